import Medusa
import Support
import Testing

/// The standard library compares strings by canonical equivalence; it is asked here whether two texts are the same.
@Suite struct `Text in canonical form` {
    private static let scalars: [Unicode.Scalar] =
        (0xC0...0x24F).compactMap(Unicode.Scalar.init) + (0x300...0x345).compactMap(Unicode.Scalar.init)
        + (0x1E00...0x1EFF).compactMap(Unicode.Scalar.init) + (0x1F00...0x1FFC).compactMap(Unicode.Scalar.init)
        + (0x1100...0x1112).compactMap(Unicode.Scalar.init) + (0x1161...0x1175).compactMap(Unicode.Scalar.init)
        + (0x11A8...0x11C2).compactMap(Unicode.Scalar.init) + (0xAC00...0xAC80).compactMap(Unicode.Scalar.init)
        + (0x900...0x9FF).compactMap(Unicode.Scalar.init) + [
            "a", "e", "o", "A", "\u{212A}", "\u{212B}", "\u{2126}", "\u{F900}",
        ]

    private static func text(_ chance: inout Chance) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<(1 + chance.below(6)) { text.append(chance.pick(scalars)) }
        return String(text)
    }

    @Test func `is the same text, and says so to the standard library`() {
        var chance = Chance(seed: 44)
        for _ in 0..<20_000 {
            let text = Self.text(&chance)
            #expect(text.canonicallyComposed == text)
            #expect(text.canonicallyComposed.canonicallyComposed.utf8.elementsEqual(text.canonicallyComposed.utf8))
        }
    }

    @Test func `has the same bytes for whatever is the same text`() {
        var chance = Chance(seed: 45)
        for _ in 0..<20_000 {
            let text = Self.text(&chance)
            // Another spelling: marks that do not block each other change places, and what has two parts is taken apart.
            var other = String.UnicodeScalarView()
            for scalar in text.canonicallyComposed.unicodeScalars.reversed() {
                other.insert(scalar, at: other.startIndex)
            }
            let swapped = Self.swapped(Array(other), &chance)
            guard swapped == text else { continue }
            #expect(
                swapped.canonicallyComposed.utf8.elementsEqual(text.canonicallyComposed.utf8), "\(text.unicodeScalars)")
        }
    }

    private static func swapped(_ scalars: [Unicode.Scalar], _ chance: inout Chance) -> String {
        var scalars = scalars
        if scalars.count > 1 {
            let place = chance.below(scalars.count - 1)
            scalars.swapAt(place, place + 1)
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    @Test(arguments: [
        ("ü", "U\u{308}"), ("Å", "\u{212B}"), ("K", "\u{212A}"), ("ß", "SS"), ("ς", "Σ"), ("ά", "Ά"), ("é", "É"),
        ("ﬀ", "FF"), ("ΰ", "Ϋ\u{301}"), ("각", "각"), ("ą\u{302}", "a\u{302}\u{328}"), ("İ", "i\u{307}"),
    ])
    func `knows no case when it is folded`(left: String, right: String) {
        #expect(left.canonicallyFolded.utf8.elementsEqual(right.canonicallyFolded.utf8))
    }

    @Test(arguments: [("ı", "i"), ("ü", "u"), ("ø", "o"), ("Ж", "ж\u{306}")])
    func `keeps apart what is not the same letter`(left: String, right: String) {
        #expect(left.canonicallyFolded != right.canonicallyFolded)
    }

    @Test(arguments: [("Cañon", "Canon"), ("São Paulo", "Sao Paulo"), ("Zażółć", "Zazołc"), ("plain", "plain")])
    func `loses its accents where it is asked to`(text: String, expected: String) {
        #expect(text.withoutMarks == expected)
    }
}
