extension Request {
    /// The scheme and host by which the client knows the server, `https://pp3.sandbox.flexshopper.com`: what a proxy in front says of
    /// them, else the request's own.
    package var serverOrigin: String {
        let forwarded = fields["forwarded"].map(Forwarded.init)
        let scheme = forwarded?.proto ?? fields["x-forwarded-proto"].map { $0.prefix { $0 != "," }.lowercased() }
        let named = target.authority ?? forwarded?.host ?? fields["x-forwarded-host"] ?? fields["host"]
        let host = named.flatMap { Authority($0) == nil ? nil : $0 } ?? "127.0.0.1"
        return "\(scheme == "https" ? "https" : "http")://\(host)"
    }
}

extension Request {
    /// The address of the client: what the proxy in front says of it, else this machine's own, from where alone the server is reached
    /// unless somebody has opened it.
    package var clientAddress: String {
        let named =
            fields["forwarded"].map(Forwarded.init)?.client
            ?? fields["x-forwarded-for"].map { String($0.prefix { $0 != "," }.filter { $0 != " " }) } ?? ""
        let host = Host(named) ?? Authority(named)?.host ?? Host("[\(named)]")
        switch host {
        case .ipv4: return host?.text ?? Self.loopback
        case .ipv6: return String((host?.text ?? Self.loopback).filter { $0 != "[" && $0 != "]" })
        case .name, nil: return Self.loopback
        }
    }

    private static let loopback = "127.0.0.1"
}

/// What the proxy next to the client says of it: the first element of `Forwarded` (RFC 7239).
private struct Forwarded {
    private(set) var proto: String?
    private(set) var host: String?
    private(set) var client: String?

    init(_ field: String) {
        for pair in field.prefix(while: { $0 != "," }).split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = parts[1].filter { $0 != "\"" && $0 != " " }
            switch parts[0].filter({ $0 != " " }).lowercased() {
            case "proto": proto = value.lowercased()
            case "host": host = value
            case "for": client = value
            default: break
            }
        }
    }
}
