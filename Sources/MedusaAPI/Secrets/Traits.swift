/// What one look at a text says about whether a closer one is worth its time.
struct Traits {
    private(set) var digits = 0
    /// The longest word of letters, digits, `-`, `_`, `+` and `/`.
    private(set) var longestWord = 0
    private(set) var hasEscapes = false
    /// Whether a word can be base64 or hexadecimal of a text.
    private(set) var hasCodedWords = false
    /// Whether a name may stand before a value in it.
    private(set) var hasAssignments = false

    private enum Kind {
        static let other: UInt8 = 0
        static let digit: UInt8 = 1
        static let letter: UInt8 = 2
        /// What base64 has besides.
        static let joint: UInt8 = 3
        static let escape: UInt8 = 4
        static let assignment: UInt8 = 5
    }

    private static let kinds: [UInt8] = (0...255).map { (byte: UInt8) in
        if byte.isDigit { return Kind.digit }
        if byte.isLetter { return Kind.letter }
        if "-_+/".utf8.contains(byte) { return Kind.joint }
        // Of a character beyond ASCII that can be a digit, or not to be seen, the first byte.
        if "%&\\".utf8.contains(byte) || byte == 0xEF || byte == 0xE2 || byte == 0xC2 { return Kind.escape }
        return ":=<>\"'`".utf8.contains(byte) ? Kind.assignment : Kind.other
    }

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        let kinds = Self.kinds
        // Where the word began, and the letters and digits within it.
        var (word, plain) = (range.lowerBound, range.lowerBound)
        for place in range {
            let kind = kinds[Int(bytes[place])]
            if kind == Kind.letter { continue }
            if kind == Kind.digit {
                digits += 1
                continue
            }
            if place - plain >= Disguise.shortestWord { look(at: plain..<place, in: bytes) }
            plain = place + 1
            if kind == Kind.joint { continue }
            endWord(word..<place, in: bytes)
            word = place + 1
            if kind == Kind.escape { hasEscapes = true }
            if kind == Kind.assignment { hasAssignments = true }
        }
        if range.upperBound - plain >= Disguise.shortestWord { look(at: plain..<range.upperBound, in: bytes) }
        endWord(word..<range.upperBound, in: bytes)
    }

    private mutating func endWord(_ word: Range<Int>, in bytes: [UInt8]) {
        longestWord = max(longestWord, word.count)
        if word.count >= Disguise.shortestWord { look(at: word, in: bytes) }
    }

    private mutating func look(at word: Range<Int>, in bytes: [UInt8]) {
        hasCodedWords = hasCodedWords || Disguise.mayBeCoded(bytes, word)
    }

    /// Whether it can have the look of a secret: an SSN has nine digits, a token a long word.
    var mayHaveShape: Bool { digits >= 9 || longestWord >= 20 }

    var mayBeDisguised: Bool { hasEscapes || hasCodedWords }

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
        case 3: (2...3).contains(groupBehind(bytes, end)) || groupBefore(bytes, start) == 3
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
