internal import FoundationEssentials

/// What keeps HTTP clients from asking a proxy for a server of this machine: `NO_PROXY`, and `no_proxy`, which some read instead.
enum ProxyExceptions {
    private static let loopback = ["127.0.0.1", "localhost", "::1", "[::1]"]

    /// Both variables, with what they have already, and the hosts of this machine behind it.
    ///
    /// - Parameter url: of our own server; its host may be another address of this machine.
    static func variables(for url: String? = nil, _ environment: [String: String] = ProcessInfo.processInfo.environment)
        -> [String: String]
    {
        let (upper, lower) = (environment["NO_PROXY"], environment["no_proxy"])
        let hosts = loopback + (url.map(hosts) ?? [])
        return [
            // A variable that is not set would hide what the other one says.
            "NO_PROXY": adding(hosts, to: upper ?? lower ?? ""), "no_proxy": adding(hosts, to: lower ?? upper ?? ""),
        ]
    }

    /// An IPv6 address is known with brackets to some clients, and without to others.
    private static func hosts(of url: String) -> [String] {
        let authority = url.drop { $0 != "/" }.drop { $0 == "/" }.prefix { $0 != "/" }
        if authority.hasPrefix("[") {
            let address = authority.dropFirst().prefix { $0 != "]" }
            return [String(address), "[\(address)]"]
        }
        return [String(authority.prefix { $0 != ":" })]
    }

    private static func adding(_ hosts: [String], to list: String) -> String {
        var entries = list.split { $0 == "," || $0.isWhitespace }.map(String.init)
        // A star stands for every host, and only when it stands alone.
        if entries == ["*"] { return "*" }
        for host in hosts where !entries.contains(host) { entries.append(host) }
        return entries.joined(separator: ",")
    }
}
