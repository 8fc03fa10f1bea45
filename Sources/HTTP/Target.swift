/// A request target (RFC 9112, section 3.2): path segments and query, each percent-decoded *after* splitting, so that `%2F` inside an
/// identifier stays inside its segment.
package struct Target: Sendable {
    /// Without empty ones: the vendor's gateway, Kong, merges slashes before it looks for a route.
    package let segments: [String]
    /// In the order of the request.
    package let query: [NamedValue]
    /// The path as it was sent, before the `?`.
    package let path: String
    /// The query as it was sent, behind the `?`; empty where there is none.
    package let queryText: String
    /// The host and port of a target in absolute form, which a client sends to its proxy; it counts before `Host` (section 3.2.2).
    package private(set) var authority: String?

    /// - Throws: `malformed` when it is neither a path, an absolute URL of http or https, nor `*`, or when an escape does not decode to
    ///   UTF-8.
    package init(parsing raw: String) throws(Rejection) {
        let bytes = Array(raw.utf8)
        guard bytes != [UInt8(ascii: "*")] else {
            self.init(segments: [], query: [], path: raw, queryText: "")
            return
        }
        if bytes.first == UInt8(ascii: "/") {
            guard let parsed = Target.parse(bytes) else { throw .malformed(.encoding) }
            self = parsed
            return
        }
        guard let start = Self.authorityStart(bytes) else { throw .malformed(.targetForm) }
        let end = bytes[start...].firstIndex { "/?#".utf8.contains($0) } ?? bytes.count
        let authority = String(decoding: bytes[start..<end], as: UTF8.self)
        guard Authority(authority) != nil else { throw .malformed(.targetForm) }
        let rest = end < bytes.count && bytes[end] == UInt8(ascii: "/") ? bytes[end...] : "/".utf8 + bytes[end...]
        guard let parsed = Target.parse(Array(rest)) else { throw .malformed(.encoding) }
        self = parsed
        self.authority = authority
    }

    /// `nil` for what is none.
    package init?(_ raw: String) {
        do throws(Rejection) { try self.init(parsing: raw) } catch { return nil }
    }

    /// Behind `http://` or `https://`, in whatever case.
    private static func authorityStart(_ bytes: [UInt8]) -> Int? {
        for scheme in ["http://", "https://"] {
            let count = scheme.utf8.count
            if bytes.count > count, bytes[..<count].map({ $0 | 0x20 }).elementsEqual(scheme.utf8.map { $0 | 0x20 }) {
                return count
            }
        }
        return nil
    }

    private init(segments: [String], query: [NamedValue], path: String, queryText: String) {
        self.segments = segments
        self.query = query
        self.path = path
        self.queryText = queryText
    }

    /// Whether it is `*`: OPTIONS of the server, and not of a resource.
    package var isWholeServer: Bool { path == "*" }

    /// A target without a query.
    package init(segments: [String]) {
        self.init(segments: segments, query: [], path: "/" + segments.joined(separator: "/"), queryText: "")
    }

    /// The same query at another path.
    package func at(_ segments: [String]) -> Target {
        Target(segments: segments, query: query, path: "/" + segments.joined(separator: "/"), queryText: queryText)
    }

    private static func parse(_ bytes: [UInt8]) -> Target? {
        guard bytes.first == UInt8(ascii: "/") else { return nil }
        let pathEnd = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.count
        var segments: [String] = []
        segments.reserveCapacity(6)
        var start = 1
        while start <= pathEnd {
            let end = bytes[start..<pathEnd].firstIndex(of: UInt8(ascii: "/")) ?? pathEnd
            guard let segment = decode(bytes[start..<end], plusIsSpace: false) else { return nil }
            if !segment.isEmpty { segments.append(segment) }
            start = end + 1
        }
        var query: [NamedValue] = []
        start = pathEnd + 1
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "&")) ?? bytes.count
            if end > start {
                let equals = bytes[start..<end].firstIndex(of: UInt8(ascii: "=")) ?? end
                guard let name = decode(bytes[start..<equals], plusIsSpace: true),
                    let value = decode(bytes[min(equals + 1, end)..<end], plusIsSpace: true)
                else { return nil }
                query.append(NamedValue(name, value))
            }
            start = end + 1
        }
        let path = String(decoding: bytes[..<pathEnd], as: UTF8.self)
        let queryText = pathEnd < bytes.count ? String(decoding: bytes[(pathEnd + 1)...], as: UTF8.self) : ""
        return Target(segments: segments, query: query, path: path, queryText: queryText)
    }

    /// - Parameter plusIsSpace: the query's older convention, which browsers and form encoders still use.
    private static func decode(_ raw: ArraySlice<UInt8>, plusIsSpace: Bool) -> String? {
        guard raw.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") || $0 >= 0x80 }) else {
            return String(decoding: raw, as: UTF8.self)
        }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(raw.count)
        var index = raw.startIndex
        while index < raw.endIndex {
            let byte = raw[index]
            switch byte {
            case UInt8(ascii: "%"):
                guard index + 2 < raw.endIndex,
                    let high = raw[index + 1].hexadecimal, let low = raw[index + 2].hexadecimal
                else { return nil }
                decoded.append(high << 4 | low)
                index += 2
            case UInt8(ascii: "+") where plusIsSpace: decoded.append(UInt8(ascii: " "))
            default: decoded.append(byte)
            }
            index += 1
        }
        return String(validating: decoded, as: UTF8.self)
    }
}

extension String {
    /// As a segment of a path, or a name or value of a query: what RFC 3986, section 2.3, does not reserve stands, the rest is escaped.
    package var percentEncoded: String {
        utf8.reduce(into: "") { text, byte in
            let isPlain =
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || "0123456789-._~".utf8.contains(byte)
            text +=
                isPlain
                ? String(UnicodeScalar(byte)) : "%\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"
        }
    }
}

extension UInt8 {
    /// The value of an ASCII hexadecimal digit.
    package var hexadecimal: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
