package import HTTP
internal import Sandbox

/// Which names the server answers to, and whose pages may call it (Docs/Network.md).
///
/// A browser lets any page send requests to this machine. Two things keep a foreign page out: it cannot name the server as its own
/// (DNS rebinding), because `Host` must be a name that nobody else can own; and what it may send without being asked for
/// permission first changes nothing.
package struct Access: Sendable {
    /// Whether only this machine reaches the server.
    private let isLoopback: Bool
    /// In lower case: `example.com`, `*.example.com` for every name below, or `*`.
    private let allowedHosts: [String]
    /// Origins as browsers write them, or `*`.
    private let allowedOrigins: [String]

    package init(isLoopback: Bool, allowedHosts: [String] = [], allowedOrigins: [String] = []) {
        self.isLoopback = isLoopback
        self.allowedHosts = allowedHosts.map { $0.lowercased() }
        self.allowedOrigins = allowedOrigins.map { $0.lowercased() }
    }

    /// Whose pages may call.
    package enum Audience: Sendable {
        /// Anybody's, as long as only this machine reaches the server: the API itself, which pages under test call.
        case everyone
        /// This machine's own: what steers the sandbox.
        case own
    }

    // MARK: Hosts

    /// Whether a name may be the server's: an address, a name of this machine, a name without a dot, as containers have, one of the
    /// vendor's, which people map to this machine, or one that was allowed.
    package func admits(host: Host) -> Bool {
        switch host {
        case .ipv4, .ipv6: true
        case .name(let name):
            host.isLoopback || !name.contains(".") || name == Self.vendor || name.hasSuffix(".\(Self.vendor)")
                || allowedHosts.contains { Self.fits(name, $0) }
        }
    }

    private static let vendor = "flexshopper.com"

    private static func fits(_ name: String, _ pattern: String) -> Bool {
        pattern == "*" || pattern == name || pattern.hasPrefix("*.") && name.hasSuffix(String(pattern.dropFirst()))
    }

    /// Whether a pattern can ever fit.
    package static func isHostPattern(_ text: String) -> Bool {
        let name = text.hasPrefix("*.") ? String(text.dropFirst(2)) : text
        return text == "*" || Host(name) != nil && !name.contains("..")
    }

    /// Whether it is an origin as browsers write it: without a path, and with a scheme.
    package static func isOriginPattern(_ text: String) -> Bool {
        text == "*" || text == "null" || authority(ofOrigin: text.lowercased()) != nil
    }

    /// Why a request is not for this server; `nil` where it is.
    ///
    /// A target in absolute form is a client's that takes the server for its proxy. No page can make a browser send one.
    package func rejection(of fields: Fields, _ target: Target) -> Rejection? {
        guard target.authority == nil, let name = fields["host"], let authority = Authority(name),
            !admits(host: authority.host)
        else { return nil }
        return .misdirected(host: authority.host.text)
    }

    // MARK: Origins

    /// Whether a page may read what the server answers.
    ///
    /// - Parameters:
    ///   - origin: what `Origin` says.
    ///   - fields: of the request; a page that the server itself has served may call it.
    package func admits(origin: String, to audience: Audience, _ fields: Fields) -> Bool {
        let origin = origin.lowercased()
        if allowedOrigins.contains("*") || allowedOrigins.contains(origin) { return true }
        if audience == .everyone, isLoopback { return true }
        guard let authority = Self.authority(ofOrigin: origin) else { return false }
        return authority.host.isLoopback || fields["host"].flatMap(Authority.init)?.host == authority.host
    }

    /// `http://localhost:3000`; a page without an origin of its own says `null`.
    private static func authority(ofOrigin origin: String) -> Authority? {
        guard let scheme = origin.firstRange(of: "://"), ["http", "https"].contains(origin[..<scheme.lowerBound]) else {
            return nil
        }
        return Authority(String(origin[scheme.upperBound...]))
    }
}

/// What the server answers to a page of another origin (the Fetch standard's CORS protocol).
extension Access {
    /// Answers, and lets a page see the answer where it may.
    package func answer(
        _ request: Request, to audience: Audience, _ route: (Request) -> Gateway.Reply
    ) -> Gateway.Reply {
        guard let origin = request.fields["origin"] else { return route(request) }
        guard admits(origin: origin, to: audience, request.fields) else {
            let isHarmless = [.get, .head, .options].contains(request.method)
            guard audience == .own, !isHarmless else { return route(request) }
            return Gateway.Reply(response: .gateway(.forbidden, Self.foreign))
        }
        if request.method == .options { return Gateway.Reply(response: preflight(request, origin)) }
        var reply = route(request)
        let fields = Self.fields(for: origin)
        reply.response.fields += fields
        if case .work(let work) = reply.deferral { work.fields += fields }
        return reply
    }

    private static let foreign =
        "A page of another origin may not steer the sandbox; start the server with --allow-origin and the page's origin"

    private static func fields(for origin: String) -> [NamedValue] {
        [
            NamedValue("Access-Control-Allow-Origin", origin), NamedValue("Access-Control-Allow-Credentials", "true"),
            NamedValue("Access-Control-Expose-Headers", exposed), NamedValue("Vary", "Origin"),
        ]
    }

    /// What a page may read besides the fields that Fetch always lets it.
    private static let exposed: String = {
        let windows = Fault.RateLimit.Window.allCases.flatMap { window in
            ["X-RateLimit-Limit-\(window.rawValue)", "X-RateLimit-Remaining-\(window.rawValue)"]
        }
        let names = [
            Gateway.requestIdField, "x-sandbox-warnings", "Date", "Allow", "Retry-After", "WWW-Authenticate",
            "Content-Disposition", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset",
        ]
        return (names + windows).joined(separator: ", ")
    }()

    private func preflight(_ request: Request, _ origin: String) -> Response {
        var fields = Self.fields(for: origin)
        fields.append(NamedValue("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE"))
        fields.append(
            NamedValue(
                "Access-Control-Allow-Headers",
                request.fields["access-control-request-headers"] ?? "authorization, content-type, customer-token"))
        // A page of the public Internet asks so before it calls a machine of a private network.
        if request.fields["access-control-request-private-network"] == "true" {
            fields.append(NamedValue("Access-Control-Allow-Private-Network", "true"))
        }
        fields.append(NamedValue("Access-Control-Max-Age", "600"))
        return Response(.noContent, fields: fields)
    }
}
