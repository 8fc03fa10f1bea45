internal import Medusa

/// A text in which `*` stands for anything. Case does not matter, nor how accents were typed, nor how a number is written.
///
/// What it takes to look at a text grows with the length of the text and of the pattern, whatever they are: each of many patterns may
/// meet each of many long texts.
package struct Wildcard: Sendable, CustomStringConvertible {
    package let description: String
    private let number: Decimal?
    /// What it begins with, and what it ends with; without a star the whole of it is the first.
    private let first: [UInt8]
    private let last: [UInt8]?
    /// What stands between stars, in its order.
    private let between: [Needle<UInt8>]

    package init(_ pattern: String) {
        description = pattern
        number = Decimal(pattern)
        let star = UInt8(ascii: "*")
        var pieces = pattern.canonicallyFolded.utf8.split(separator: star, omittingEmptySubsequences: false)[...]
        first = pieces.popFirst().map { Array($0) } ?? []
        last = pieces.popLast().map { Array($0) }
        between = pieces.filter { !$0.isEmpty }.map { Needle(Array($0)) }
    }

    /// A text as it is compared, for whoever has several patterns for it.
    package struct Subject {
        fileprivate let number: Decimal?
        fileprivate let folded: [UInt8]

        package init(_ text: String) {
            number = Decimal(text)
            folded = Array(text.canonicallyFolded.utf8)
        }
    }

    package func accepts(_ text: String) -> Bool { accepts(Subject(text)) }

    package func accepts(_ subject: Subject) -> Bool {
        if let number, let other = subject.number { return number == other }
        let text = subject.folded
        guard let last else { return text == first }
        guard text.count >= first.count + last.count, text.starts(with: first), text.suffix(last.count) == last[...]
        else { return false }
        // The first place is the best one: whatever stands behind another one stands behind it too.
        var rest = text.dropFirst(first.count).dropLast(last.count)
        for needle in between {
            guard let end = needle.end(in: rest) else { return false }
            rest = rest[end...]
        }
        return true
    }
}

/// Something that is looked for, after Knuth, Morris and Pratt: a text is passed once, and no place of it twice.
struct Needle<Unit: Equatable & Sendable>: Sendable {
    private let units: [Unit]
    /// By how many units have been found: of how many of them, at the end, the needle begins again.
    private let fallback: [Int]

    /// - Parameter units: at least one.
    init(_ units: [Unit]) {
        self.units = units
        var fallback = [0, 0]
        var length = 0
        for unit in units.dropFirst() {
            while length > 0, units[length] != unit { length = fallback[length] }
            if units[length] == unit { length += 1 }
            fallback.append(length)
        }
        self.fallback = fallback
    }

    /// Behind the first place in a text where it stands.
    func end(in text: ArraySlice<Unit>) -> Int? {
        var length = 0
        for (place, unit) in zip(text.indices, text) {
            while length > 0, units[length] != unit { length = fallback[length] }
            if units[length] == unit { length += 1 }
            if length == units.count { return place + 1 }
        }
        return nil
    }
}
