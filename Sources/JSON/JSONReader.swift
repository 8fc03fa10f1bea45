/// The parser: one pass, strict UTF-8, bounded depth. A struct on the stack, because state in a class is checked for
/// exclusive access at every touch.
struct JSONReader {
    private static let depthLimit = 64

    private let bytes: [UInt8]
    private var position = 0
    private var tape: [JSON.Entry] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        tape.reserveCapacity(min(64, bytes.count / 8 + 4))
    }

    mutating func read() throws(JSONError) -> [JSON.Entry] {
        guard bytes.count < Int(UInt32.max) else { throw fail("the text is larger than 4 GiB") }
        skipSpace()
        try readValue(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw fail("there is more after the value") }
        return tape
    }

    private func fail(_ reason: String) -> JSONError { JSONError(offset: position, reason: reason) }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func readValue(depth: Int) throws(JSONError) {
        guard depth < Self.depthLimit else { throw fail("nested deeper than \(Self.depthLimit)") }
        guard let first = current else { throw fail("the text ends where a value should be") }
        switch first {
        case UInt8(ascii: "{"): try readObject(depth: depth)
        case UInt8(ascii: "["): try readArray(depth: depth)
        case UInt8(ascii: "\""): try readString()
        case UInt8(ascii: "t"): try readWord("true", .true)
        case UInt8(ascii: "f"): try readWord("false", .false)
        case UInt8(ascii: "n"): try readWord("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try readNumber()
        default: throw fail("not the beginning of a value")
        }
    }

    private mutating func open(_ kind: JSON.Kind) -> Int {
        tape.append(JSON.Entry(kind: kind, isEscaped: false, start: UInt32(position), end: 0, next: 0))
        position += 1
        skipSpace()
        return tape.count - 1
    }

    private mutating func close(_ place: Int) {
        position += 1
        tape[place].end = UInt32(position)
        tape[place].next = UInt32(tape.count)
    }

    private mutating func readObject(depth: Int) throws(JSONError) {
        let place = open(.object)
        if current == UInt8(ascii: "}") { return close(place) }
        while true {
            guard current == UInt8(ascii: "\"") else { throw fail("a member must begin with a quoted name") }
            let name = tape.count
            try readString()
            tape[name].isName = true
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw fail("a colon is missing after the name") }
            position += 1
            skipSpace()
            try readValue(depth: depth + 1)
            skipSpace()
            switch current {
            case UInt8(ascii: "}"): return close(place)
            case UInt8(ascii: ","):
                position += 1
                skipSpace()
            default: throw fail("a comma or } is missing")
            }
        }
    }

    private mutating func readArray(depth: Int) throws(JSONError) {
        let place = open(.array)
        if current == UInt8(ascii: "]") { return close(place) }
        while true {
            try readValue(depth: depth + 1)
            skipSpace()
            switch current {
            case UInt8(ascii: "]"): return close(place)
            case UInt8(ascii: ","):
                position += 1
                skipSpace()
            default: throw fail("a comma or ] is missing")
            }
        }
    }

    private mutating func append(_ kind: JSON.Kind, from start: Int, to end: Int, isEscaped: Bool = false) {
        tape.append(
            JSON.Entry(
                kind: kind, isEscaped: isEscaped, start: UInt32(start), end: UInt32(end), next: UInt32(tape.count + 1)))
    }

    private mutating func readWord(_ word: StaticString, _ kind: JSON.Kind) throws(JSONError) {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, bytes[position..<end].elementsEqual("\(word)".utf8) else {
            throw fail("not the beginning of a value")
        }
        append(kind, from: position, to: end)
        position = end
    }

    private mutating func readNumber() throws(JSONError) {
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") { position += 1 } else { try readDigits() }
        if current == UInt8(ascii: ".") {
            position += 1
            try readDigits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try readDigits()
        }
        append(.number, from: start, to: position)
    }

    private mutating func readDigits() throws(JSONError) {
        let start = position
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw fail("a digit is missing") }
    }

    private mutating func readString() throws(JSONError) {
        position += 1
        let start = position
        var isEscaped = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                append(.string, from: start, to: position, isEscaped: isEscaped)
                position += 1
                return
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                try readEscape()
            } else if byte < 0x20 {
                throw fail("a control character must be escaped")
            } else if byte < 0x80 {
                position += 1
            } else {
                try readMultibyte()
            }
        }
        throw fail("the text ends inside a string")
    }

    private mutating func readEscape() throws(JSONError) {
        position += 1
        switch current {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        // Half of a surrogate pair is taken, as `JSON.parse` takes it, and reads as U+FFFD: some clients cut a text within a pair.
        case UInt8(ascii: "u"): try readUnit()
        default: throw fail("not an escape of JSON")
        }
    }

    /// Reads `uXXXX`.
    private mutating func readUnit() throws(JSONError) {
        guard position + 4 < bytes.count, hexadecimal(bytes[position + 1...position + 4]) != nil else {
            throw fail("\\u needs four hexadecimal digits")
        }
        position += 5
    }

    /// The well-formed sequences of the Unicode Standard, table 3-7.
    private mutating func readMultibyte() throws(JSONError) {
        let lead = bytes[position]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE, 0xEF: length = 3
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw fail("not UTF-8")
        }
        guard position + length <= bytes.count, second.contains(bytes[position + 1]),
            bytes[position + 1..<position + length].allSatisfy({ (0x80...0xBF).contains($0) })
        else { throw fail("not UTF-8") }
        position += length
    }
}

func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt16? {
    var value: UInt16 = 0
    for digit in digits {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt16(digit - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt16(digit - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt16(digit - UInt8(ascii: "A") + 10)
        default: return nil
        }
    }
    return value
}

/// The text of a string's source, which the reader has already found well formed.
func unescape(_ source: ArraySlice<UInt8>) -> String {
    var text: [UInt16] = []
    var plain: [UInt8] = []
    var result = ""
    var position = source.startIndex
    func flush() {
        result += String(decoding: plain, as: UTF8.self) + String(decoding: text, as: UTF16.self)
        plain.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: true)
    }
    while position < source.endIndex {
        guard source[position] == UInt8(ascii: "\\") else {
            if !text.isEmpty { flush() }
            plain.append(source[position])
            position += 1
            continue
        }
        let escape = source[position + 1]
        if escape == UInt8(ascii: "u") {
            if !plain.isEmpty { flush() }
            text.append(hexadecimal(source[position + 2...position + 5]) ?? 0xFFFD)
            position += 6
            continue
        }
        if !text.isEmpty { flush() }
        switch escape {
        case UInt8(ascii: "b"): plain.append(0x08)
        case UInt8(ascii: "f"): plain.append(0x0C)
        case UInt8(ascii: "n"): plain.append(0x0A)
        case UInt8(ascii: "r"): plain.append(0x0D)
        case UInt8(ascii: "t"): plain.append(0x09)
        default: plain.append(escape)
        }
        position += 2
    }
    flush()
    return result
}
