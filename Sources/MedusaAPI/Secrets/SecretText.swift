internal import Sandbox

/// Whether a text gives a secret away: by its look, because it was a secret elsewhere, by a name in it, or wrapped in something.
struct SecretText {
    /// How a text was found out.
    enum Clue {
        case shape, seen, name, disguise
    }

    private let seen: SeenSecrets?
    private let isSentence: Bool

    /// - Parameters:
    ///   - seen: what was a secret before.
    ///   - isSentence: whether it is a word of a sentence of ours, in which `"password"` alone is no clue.
    init(_ seen: SeenSecrets?, isSentence: Bool = false) {
        self.seen = seen
        self.isSentence = isSentence
    }

    func clue(
        in bytes: [UInt8], _ range: Range<Int>, _ name: SecretName.Meaning, _ names: inout SecretNames, depth: Int = 0
    ) -> Clue? {
        let traits = Traits(bytes, range)
        if let seen, seen.isIn(bytes, range) { return .seen }
        if traits.isHarmless { return nil }
        if traits.mayHaveShape, !SecretShape.isIdentifier(bytes, range),
            !SecretShape.ranges(in: bytes, range, name).isEmpty
        {
            return .shape
        }
        if traits.hasAssignments, hasSecretName(bytes, range, &names) { return .name }
        guard traits.mayBeDisguised, depth < Disguise.depth else { return nil }
        for reading in Disguise.readings(of: Array(bytes[range].prefix(Disguise.longest))) {
            if clue(in: reading, reading.indices, name, &names, depth: depth + 1) != nil { return .disguise }
        }
        return nil
    }

    /// Whether a secret's name stands before a value, as in forms, literals, XML and multipart: `ssn: 1`, `ssn=1`, `'ssn' => 1`,
    /// `<ssn>1`, `name="ssn"`.
    private func hasSecretName(_ bytes: [UInt8], _ range: Range<Int>, _ names: inout SecretNames) -> Bool {
        func isSecret(_ word: Range<Int>, _ names: inout SecretNames) -> Bool {
            switch names.meaning(bytes[word]) {
            case .secret, .holder, .key: true
            case .ordinary, .bank, .moment, .label, .testValue: false
            }
        }
        for place in range {
            switch bytes[place] {
            case UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: ">"):
                guard let word = word(in: bytes, endingAt: place, range.lowerBound), isSecret(word, &names) else {
                    continue
                }
                if saysSomething(bytes, place + 1..<range.upperBound) { return true }
            case _ where isSentence: break
            case UInt8(ascii: "<"):
                let end = bytes[(place + 1)..<range.upperBound].firstIndex { !$0.isNamePart } ?? range.upperBound
                if end > place + 1, end < range.upperBound, isSecret(place + 1..<end, &names) { return true }
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
                let end = bytes[(place + 1)..<range.upperBound].firstIndex { !$0.isNamePart } ?? range.upperBound
                guard end < range.upperBound, bytes[end] == bytes[place], end + 1 < range.upperBound else { continue }
                if isSecret(place + 1..<end, &names) { return true }
            default: break
            }
        }
        return false
    }

    /// The name right before a place, behind blanks and what closes a quotation.
    private func word(in bytes: [UInt8], endingAt place: Int, _ start: Int) -> Range<Int>? {
        var end = place
        while end > start, " \t\"'`\\])".utf8.contains(bytes[end - 1]) { end -= 1 }
        var begin = end
        while begin > start, end - begin < 100, bytes[begin - 1].isNamePart { begin -= 1 }
        return begin < end ? begin..<end : nil
    }

    /// Whether a value follows that is more than `true`, `null`, or a mask.
    private func saysSomething(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        let rest = bytes[range].prefix(64).drop { " \t\n\r\"'`>\\=:[({".utf8.contains($0) }
        guard let first = rest.first, first != UInt8(ascii: "<"), first != UInt8(ascii: ",") else { return false }
        return !["true", "false", "null", "none", Secrets.mask].contains { word in
            rest.starts(with: word.utf8) { $0 | 0x20 == $1 | 0x20 }
        }
    }
}

extension UInt8 {
    fileprivate var isNamePart: Bool { isBase64URL || self == UInt8(ascii: ".") }
}
