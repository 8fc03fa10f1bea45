import Support
import Testing

@testable import Sandbox

@Suite struct `A wildcard` {
    @Test(arguments: [
        ("", "", true), ("", "a", false), ("*", "", true), ("**", "anything", true), ("a*", "A", true),
        ("*b*", "abc", true), ("*b*c*", "acb", false), ("ab*ba", "aba", false), ("*\n", "a\r\n", true),
        ("13", "13.00", true), ("1*", "13", true), ("É*", "e\u{301}tude", true), ("STRASSE", "straße", true),
    ])
    func `accepts what it stands for`(pattern: String, text: String, accepts: Bool) {
        #expect(Wildcard(pattern).accepts(text) == accepts)
    }

    /// Of three letters, so that pieces begin within each other as often as they can.
    @Test func `agrees with the plainest matcher, whatever it is`() {
        var chance = Chance(seed: 112)
        for _ in 0..<20_000 {
            let text = String((0..<chance.below(14)).map { _ in chance.pick(["a", "b", "c"]) as Character })
            let pattern = String((0..<chance.below(9)).map { _ in chance.pick(["a", "b", "*", "*"]) as Character })
            #expect(
                Wildcard(pattern).accepts(text) == Self.isMatch(text[...], pattern[...]), "\(pattern) and \(text)")
        }
    }

    private static func isMatch(_ text: Substring, _ pattern: Substring) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        guard first == "*" else { return first == text.first && isMatch(text.dropFirst(), pattern.dropFirst()) }
        return isMatch(text, pattern.dropFirst()) || !text.isEmpty && isMatch(text.dropFirst(), pattern)
    }

    /// Comparisons are counted, so that no clock is needed. The text is the worst one there is: all but the last letter fit everywhere.
    @Test func `looks at a text four times as long with four times the work`() {
        func work(_ length: Int) -> Int {
            let comparisons = Comparisons()
            let unit = { (letter: UInt8) in Counted(letter: letter, comparisons: comparisons) }
            let needle = Needle(Array(repeating: unit(97), count: length / 2) + [unit(98)])
            #expect(needle.end(in: Array(repeating: unit(97), count: length)[...]) == nil)
            return comparisons.count
        }
        let (short, long) = (work(1000), work(4000))
        #expect(long <= short * 4 + 16)
        #expect(short <= 8 * 1000)
    }
}

private final class Comparisons: @unchecked Sendable {
    // Of one test alone, which runs in one task.
    var count = 0
}

private struct Counted: Equatable, Sendable {
    let letter: UInt8
    let comparisons: Comparisons

    static func == (left: Counted, right: Counted) -> Bool {
        left.comparisons.count += 1
        return left.letter == right.letter
    }
}
