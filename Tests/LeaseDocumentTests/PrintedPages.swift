import ContentCoding

/// What a PDF of libharu's prints, read from its pages: bytes in WinAnsiEncoding between parentheses, UTF-16 between angle brackets.
struct PrintedPages {
    /// Each line as it is printed, with whatever fonts.
    private(set) var lines: [String] = []
    /// The names of the fonts that are part of it.
    private(set) var fonts: Set<String> = []
    /// Whether something is set in a font that is not there, or a string does not end.
    private(set) var isBroken = false

    var text: String { lines.joined(separator: "\n") }

    init(_ pdf: [UInt8]) {
        for line in pdf.split(separator: UInt8(ascii: "\n")) where line.starts(with: "/BaseFont /".utf8) {
            fonts.insert(String(decoding: line.dropFirst("/BaseFont /".utf8.count), as: UTF8.self))
        }
        let opening = Array("stream\r\n".utf8)
        let closing = Array("\nendstream".utf8)
        var place = 0
        while let start = Self.find(opening, in: pdf, from: place) {
            guard let end = Self.find(closing, in: pdf, from: start) else { break }
            place = end + closing.count
            let packed = Array(pdf[(start + opening.count)..<end])
            // The first page is there before libharu is told to compress.
            let stream = (try? ContentCoding.deflate.inflate(packed, limit: 64 << 20)) ?? packed
            // A page's own stream begins with its operators; fonts and their maps do not.
            guard Self.find(Array("BT\n".utf8), in: Array(stream.prefix(400)), from: 0) != nil else { continue }
            read(stream)
        }
    }

    private static func find(_ wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let first = wanted.first, start < bytes.count else { return nil }
        var place = start
        while let next = bytes[place...].firstIndex(of: first) {
            if bytes[next...].starts(with: wanted) { return next }
            place = next + 1
        }
        return nil
    }

    private mutating func read(_ stream: [UInt8]) {
        var line = ""
        for row in stream.split(separator: UInt8(ascii: "\n")) {
            if row.elementsEqual("ET".utf8) {
                lines.append(line)
                line = ""
            }
            guard row.suffix(3).elementsEqual(" Tj".utf8) else { continue }
            let shown = row.dropLast(3)
            switch shown.first {
            case UInt8(ascii: "("): line += winAnsi(shown.dropFirst().dropLast())
            case UInt8(ascii: "<"): line += utf16(shown.dropFirst().dropLast())
            default: isBroken = true
            }
        }
    }

    /// From 80 to 9F, as annex D.2 of ISO 32000 has them; dots are not assigned.
    private static let extras = Array("€.‚ƒ„…†‡ˆ‰Š‹Œ.Ž..‘’“”•–—˜™š›œ.žŸ".unicodeScalars)

    private static func scalar(_ byte: UInt8) -> Unicode.Scalar {
        (0x80...0x9F).contains(byte) ? extras[Int(byte) - 0x80] : Unicode.Scalar(byte)
    }

    private func winAnsi(_ bytes: ArraySlice<UInt8>) -> String {
        var text = ""
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                text.unicodeScalars.append(Self.scalar(byte))
                continue
            }
            let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8) ?? 0
            rest = rest.dropFirst(3)
            text.unicodeScalars.append(Self.scalar(code))
        }
        return text
    }

    private func utf16(_ digits: ArraySlice<UInt8>) -> String {
        let text = Array(digits)
        let units = stride(from: 0, to: text.count, by: 4).map { place in
            UInt16(String(decoding: text[place..<min(place + 4, text.count)], as: UTF8.self), radix: 16) ?? 0xFFFD
        }
        return String(decoding: units, as: UTF16.self)
    }
}
