/// The field that carries the API key. Blanks around its value are no part of it (RFC 9110, 5.5), and neither is a scheme
/// `Bearer`, in any case, with the blanks behind it.
enum APIKeyField {
    /// - Returns: the key as it was sent; empty where there is none.
    static func key(in value: String) -> String {
        let bytes = value.utf8
        // Most have neither, and need no copy.
        guard let first = bytes.first, let last = bytes.last else { return "" }
        if !isBlank(first), !isBlank(last), first | 0x20 != UInt8(ascii: "b") { return value }
        var key = trimmed(bytes[...])
        let scheme = key.prefix(6)
        if scheme.elementsEqual("bearer".utf8, by: { $0 | 0x20 == $1 }) {
            let rest = key.dropFirst(6)
            if rest.isEmpty || rest.first.map(isBlank) == true { key = trimmed(rest) }
        }
        return String(Substring(key))
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func trimmed(_ bytes: Substring.UTF8View) -> Substring.UTF8View {
        var rest = bytes
        while let byte = rest.first, isBlank(byte) { rest = rest.dropFirst() }
        while let byte = rest.last, isBlank(byte) { rest = rest.dropLast() }
        return rest
    }
}
