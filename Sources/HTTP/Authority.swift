/// A host and a port, as `Host` and the authority of a URL name them (RFC 3986, section 3.2).
package struct Authority: Hashable, Sendable {
    package let host: Host
    package let port: Int?

    /// `nil` for what is none: a user's name, a character that no host has, a port beyond 65,535.
    package init?(_ text: String) {
        let text = text.utf8[...]
        let hostEnd: Substring.UTF8View.Index
        if text.first == UInt8(ascii: "[") {
            guard let close = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            hostEnd = text.index(after: close)
        } else {
            hostEnd = text.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
        }
        guard let host = Host(text[..<hostEnd]), let port = Self.port(text[hostEnd...]) else { return nil }
        self.host = host
        self.port = port >= 0 ? port : nil
    }

    /// What `:6338` says; -1 for none, `nil` for what is none.
    private static func port(_ text: Substring.UTF8View) -> Int? {
        guard let colon = text.first else { return -1 }
        let digits = text.dropFirst()
        guard colon == UInt8(ascii: ":"), digits.count <= 5,
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        let port = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        return digits.isEmpty ? -1 : port <= 65_535 ? port : nil
    }
}

/// A host: an address, or a name.
package enum Host: Hashable, Sendable {
    case ipv4([UInt8])
    /// Eight groups.
    case ipv6([UInt16])
    /// Letters, digits, dashes, underscores, and single dots between them, in lower case, without a last dot. RFC 3986 allows more, but nobody's host has it,
    /// and what the server prints may end up in a shell.
    case name(String)

    package init?(_ text: String) { self.init(text.utf8[...]) }

    init?(_ text: Substring.UTF8View) {
        if text.first == UInt8(ascii: "[") {
            guard text.last == UInt8(ascii: "]"), let groups = Self.groups(Substring(text.dropFirst().dropLast()))
            else {
                return nil
            }
            self = .ipv6(groups)
            return
        }
        let name = text.last == UInt8(ascii: ".") ? text.dropLast() : text
        if let address = Self.address(Substring(name)) {
            self = .ipv4(address)
            return
        }
        let isName = name.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) && byte >= 0x41
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-._".utf8.contains(byte)
        }
        let dot = UInt8(ascii: ".")
        let hasEmptyLabel =
            name.first == dot || name.last == dot || zip(name, name.dropFirst()).contains { $0 == (dot, dot) }
        guard !name.isEmpty, name.count <= 253, isName, !hasEmptyLabel else { return nil }
        self = .name(Substring(name).lowercased())
    }

    /// `127.0.0.1`: four decimal numbers. Other spellings that C takes, such as `127.1`, are no address here: browsers send none.
    private static func address(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: [UInt8] = []
        for part in parts {
            guard part.utf8.count <= 3, part.utf8.allSatisfy({ (48...57).contains($0) }), let byte = UInt8(part) else {
                return nil
            }
            address.append(byte)
        }
        return address
    }

    /// Eight groups of an IPv6 address (RFC 4291, section 2.2). Zones are a machine's own business, and no part of a `Host`.
    private static func groups(_ text: Substring) -> [UInt16]? {
        guard let gap = text.firstRange(of: "::") else {
            let groups = group(text)
            return groups?.count == 8 ? groups : nil
        }
        let rest = text[gap.upperBound...]
        guard let first = group(text[..<gap.lowerBound]), let last = group(rest), first.count + last.count <= 7 else {
            return nil
        }
        return first + Array(repeating: 0, count: 8 - first.count - last.count) + last
    }

    private static func group(_ text: Substring) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, let address = address(part) {
                groups += [UInt16(address[0]) << 8 | UInt16(address[1]), UInt16(address[2]) << 8 | UInt16(address[3])]
                continue
            }
            guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ $0.hexadecimal != nil }),
                let group = UInt16(part, radix: 16)
            else { return nil }
            groups.append(group)
        }
        return groups
    }

    /// Whether it can only be this machine.
    package var isLoopback: Bool {
        switch self {
        case .ipv4(let address): address[0] == 127
        case .ipv6(let groups):
            groups == [0, 0, 0, 0, 0, 0, 0, 1] || groups[..<6] == [0, 0, 0, 0, 0, 0xFFFF] && groups[6] >> 8 == 127
        case .name(let name): name == "localhost" || name.hasSuffix(".localhost")
        }
    }
}

extension Host {
    /// As a URL has it.
    package var text: String {
        switch self {
        case .ipv4(let address): address.map(String.init).joined(separator: ".")
        case .ipv6(let groups): "[\(groups.map { String($0, radix: 16) }.joined(separator: ":"))]"
        case .name(let name): name
        }
    }
}
