internal import Sandbox

/// What else a text can be read as: escapes, base64 and hexadecimal, as deep as people wrap things.
enum Disguise {
    /// How many wrappings are taken off one within the other.
    static let depth = 4
    /// In bytes; what is longer is looked at so far.
    static let longest = 64 << 10

    /// Seven bytes are ten letters of base64.
    static let shortestWord = 10

    /// Whether a word can be base64 or hexadecimal of a text in ASCII: the first six bits of three bytes are those of its first byte, of
    /// which ASCII has a few.
    static func mayBeCoded(_ bytes: [UInt8], _ word: Range<Int>) -> Bool {
        guard word.count >= shortestWord else { return false }
        let start = word.lowerBound
        func isFirst(_ byte: UInt8) -> Bool { byte >= 0x49 && byte <= 0x5A || byte >= 0x61 && byte <= 0x66 }
        if isFirst(bytes[start]) && isFirst(bytes[start + 4]) && isFirst(bytes[start + 8]) { return true }
        func isHigh(_ byte: UInt8) -> Bool { byte >= 0x32 && byte <= 0x37 }
        return word.count >= 14 && isHigh(bytes[start]) && isHigh(bytes[start + 2]) && isHigh(bytes[start + 4])
            && isHigh(bytes[start + 6]) && isHigh(bytes[start + 8])
    }

    /// The readings of a text, besides itself.
    static func readings(of text: [UInt8]) -> [[UInt8]] {
        var readings: [[UInt8]] = []
        if text.contains(UInt8(ascii: "%")) || text.contains(UInt8(ascii: "+")) {
            readings.append(percentDecoded(text))
        }
        if text.contains(UInt8(ascii: "&")) { readings.append(entitiesDecoded(text)) }
        if text.contains(UInt8(ascii: "\\")) { readings.append(escapesDecoded(text)) }
        if text.contains(where: { $0 >= 0xC2 }) { readings.append(plainDigits(text)) }
        // Base64 in lines.
        if text.contains(0x0A) { readings.append(text.filter { $0 != 0x0A && $0 != 0x0D }) }
        for word in words(text) {
            // An identifier in hexadecimal is no base64: that of any text has letters behind f.
            guard text[word].allSatisfy(\.isHexadecimalDigit) else {
                if let decoded = Base64URL.decode(text[word]) { readings.append(decoded) }
                continue
            }
            let decoded = word.count % 2 == 0 ? pairs(text[word]) : []
            if decoded.allSatisfy({ $0 < 0x7F && $0 >= 0x20 }) { readings.append(decoded) }
        }
        return readings.filter { $0 != text && !$0.isEmpty }
    }

    /// What may be base64 as a whole, and between what joins words.
    private static func words(_ text: [UInt8]) -> [Range<Int>] {
        var words: [Range<Int>] = []
        func collect(_ isPart: (UInt8) -> Bool) {
            var start = 0
            while start < text.count {
                guard isPart(text[start]) else {
                    start += 1
                    continue
                }
                let end = text[start...].firstIndex { !isPart($0) } ?? text.count
                if words.last != start..<end, mayBeCoded(text, start..<end) { words.append(start..<end) }
                start = end
            }
        }
        collect { $0.isBase64URL || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }
        collect(\.isAlphanumeric)
        return words
    }

    private static func pairs(_ text: ArraySlice<UInt8>) -> [UInt8] {
        let digits = text.map(\.hexadecimalValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    static func percentDecoded(_ text: [UInt8]) -> [UInt8] {
        var decoded: [UInt8] = []
        var place = 0
        while place < text.count {
            if text[place] == UInt8(ascii: "%"), place + 2 < text.count, text[place + 1].isHexadecimalDigit,
                text[place + 2].isHexadecimalDigit
            {
                decoded.append(text[place + 1].hexadecimalValue << 4 | text[place + 2].hexadecimalValue)
                place += 3
            } else {
                decoded.append(text[place] == UInt8(ascii: "+") ? UInt8(ascii: " ") : text[place])
                place += 1
            }
        }
        return decoded
    }

    /// Digits of full width as ASCII, and without what is not to be seen.
    private static func plainDigits(_ text: [UInt8]) -> [UInt8] {
        var plain = ""
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0xFF10...0xFF19:
                plain.unicodeScalars.append(UnicodeScalar(UInt8(scalar.value - 0xFF10) + UInt8(ascii: "0")))
            case 0xAD, 0x200B...0x200F, 0x2060, 0xFEFF: break
            default: plain.unicodeScalars.append(scalar)
            }
        }
        return Array(plain.utf8)
    }

    private static let entities: [String: String] = [
        "quot": "\"", "apos": "'", "amp": "&", "lt": "<", "gt": ">", "nbsp": " ", "colon": ":", "equals": "=",
        "dash": "-", "hyphen": "-", "ndash": "-", "mdash": "-", "minus": "-", "period": ".", "lowbar": "_",
    ]

    /// Those of HTML and XML.
    private static func entitiesDecoded(_ text: [UInt8]) -> [UInt8] {
        var decoded: [UInt8] = []
        var place = 0
        while place < text.count {
            let name = text[(place + 1)...].prefix(10).prefix { $0.isAlphanumeric || $0 == UInt8(ascii: "#") }
            guard text[place] == UInt8(ascii: "&"), let read = entity(String(decoding: name, as: UTF8.self)) else {
                decoded.append(text[place])
                place += 1
                continue
            }
            decoded += Array(read.utf8)
            place += 1 + name.count
            if place < text.count, text[place] == UInt8(ascii: ";") { place += 1 }
        }
        return decoded
    }

    private static func entity(_ name: String) -> String? {
        guard name.hasPrefix("#") else { return entities[name] }
        let number = name.dropFirst()
        let value =
            number.first == "x" || number.first == "X" ? UInt32(number.dropFirst(), radix: 16) : UInt32(number)
        return value.flatMap(UnicodeScalar.init).map { String($0) }
    }

    /// Those of JSON, JavaScript, Python, PHP and Ruby: `\u0031`, `\u{31}`, `\x31`, `\061`.
    private static func escapesDecoded(_ text: [UInt8]) -> [UInt8] {
        var decoded: [UInt8] = []
        var place = 0
        while place < text.count {
            guard text[place] == UInt8(ascii: "\\"), place + 1 < text.count else {
                decoded.append(text[place])
                place += 1
                continue
            }
            let escape = text[place + 1]
            var digits = text[(place + 2)...]
            var (radix, most) = (16, 0)
            switch escape {
            case UInt8(ascii: "u"), UInt8(ascii: "U"), UInt8(ascii: "x"): most = escape == UInt8(ascii: "x") ? 2 : 4
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                (radix, most) = (8, 3)
                digits = text[(place + 1)...]
            default: break
            }
            let isBraced = most == 4 && digits.first == UInt8(ascii: "{")
            if isBraced { (digits, most) = (digits.dropFirst(), 6) }
            let number = digits.prefix(most).prefix { radix == 16 ? $0.isHexadecimalDigit : $0.isDigit && $0 < 0x38 }
            guard let value = UInt32(String(decoding: number, as: UTF8.self), radix: radix),
                let scalar = UnicodeScalar(value)
            else {
                decoded.append(escape)
                place += 2
                continue
            }
            decoded += Array(String(scalar).utf8)
            place = number.endIndex + (isBraced ? 1 : 0)
        }
        return decoded
    }
}

extension UInt8 {
    /// Of a hexadecimal digit.
    fileprivate var hexadecimalValue: UInt8 {
        isDigit ? self - UInt8(ascii: "0") : (self | 0x20) &- UInt8(ascii: "a") &+ 10
    }
}
