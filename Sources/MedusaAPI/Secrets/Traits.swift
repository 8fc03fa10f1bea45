/// What one look at a text says about whether a closer one is worth its time.
struct Traits {
    private(set) var digits = 0
    /// The longest word that could be base64.
    private(set) var longestWord = 0
    private(set) var hasEscapes = false
    /// Whether a name may stand before a value in it.
    private(set) var hasAssignments = false

    private enum Kind: UInt8 {
        case other, digit, word, escape, assignment
    }

    private static let kinds: [UInt8] = (0...255).map { (byte: UInt8) in
        let kind: Kind =
            if byte.isDigit {
                .digit
            } else if byte.isBase64URL || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/") {
                .word
            } else if "%&\\".utf8.contains(byte) {
                .escape
            } else if ":=<>\"'`".utf8.contains(byte) {
                .assignment
            } else {
                .other
            }
        return kind.rawValue
    }

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        let kinds = Self.kinds
        var word = 0
        for place in range {
            switch kinds[Int(bytes[place])] {
            case Kind.digit.rawValue:
                digits += 1
                word += 1
            case Kind.word.rawValue: word += 1
            case Kind.escape.rawValue:
                hasEscapes = true
                longestWord = max(longestWord, word)
                word = 0
            case Kind.assignment.rawValue:
                hasAssignments = true
                longestWord = max(longestWord, word)
                word = 0
            default:
                longestWord = max(longestWord, word)
                word = 0
            }
        }
        longestWord = max(longestWord, word)
    }

    /// Whether it can have the look of a secret: an SSN has nine digits, a token a long word.
    var mayHaveShape: Bool { digits >= 9 || longestWord >= 20 }

    /// Whether it can be wrapped in something; seven bytes of base64 are ten.
    var mayBeDisguised: Bool { hasEscapes || longestWord >= 10 }

    var isHarmless: Bool { !mayHaveShape && !mayBeDisguised && !hasAssignments }
}

extension SecretShape {
    /// Whether a long text may have a secret's look in it. It is told by digits only, of which it looks at every third byte: no
    /// number that counts has its digits in groups of two.
    static func mayBe(in bytes: [UInt8]) -> Bool {
        var place = 2
        while place < bytes.count {
            guard bytes[place].isDigit else {
                place += 3
                continue
            }
            var (start, end) = (place, place + 1)
            while start > 0, bytes[start - 1].isDigit { start -= 1 }
            while end < bytes.count, bytes[end].isDigit { end += 1 }
            if isCandidate(bytes, start, end) { return true }
            place = end + 2
        }
        return false
    }

    private static func isCandidate(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Bool {
        switch end - start {
        case 9, 13...: true
        case 10...12: start > 0 && bytes[start - 1].isLetter || end < bytes.count && bytes[end].isLetter
        case 7: groupBefore(bytes, start) == 2
        case 3: (2...3).contains(groupBehind(bytes, end)) || (2...3).contains(groupBefore(bytes, start))
        case 4...6: groupBehind(bytes, end) >= 3 || (2...7).contains(groupBefore(bytes, start)) && end - start == 4
        default: false
        }
    }

    /// How many digits stand behind up to three bytes that are neither letters nor quotes.
    private static func groupBehind(_ bytes: [UInt8], _ end: Int) -> Int {
        var place = end
        while place < bytes.count, place < end + 3, bytes[place].mayJoinDigits { place += 1 }
        guard place > end else { return 0 }
        return bytes[place...].prefix(20).prefix(while: \.isDigit).count
    }

    private static func groupBefore(_ bytes: [UInt8], _ start: Int) -> Int {
        var place = start
        while place > 0, place > start - 3, bytes[place - 1].mayJoinDigits { place -= 1 }
        guard place < start else { return 0 }
        return bytes[..<place].suffix(20).reversed().prefix(while: \.isDigit).count
    }
}

extension UInt8 {
    fileprivate var mayJoinDigits: Bool { self >= 0x80 || self == 0x20 || self == 0x09 || "-._/+".utf8.contains(self) }
}
