import Medusa
import Support
import Testing

/// Whatever a text is, whoever reads it comes to an end with it: nothing from outside may end the program.
@Suite struct `Any text` {
    private static let pieces: [String] = [
        "", " ", ".", ",", "-", "/", ":", "+", "(", ")", "#", "@", "'", "\u{0}", "\u{301}", "\u{1F1FA}\u{1F1F8}",
        "\u{AC00}", "\u{1100}",
        "\u{FFFF}", "\u{10FFFF}", "é", "ß", "İ", "٣", "５", "9999", "00", "2026", "12", "31", "24:00", "-12:00", "GMT",
        "Z", "T", "AM", "PM",
        "Nov", "Wed", "apt", "ste", "unit", "no", "north", "N.", "P.O.", "box", "deny", "limit", "limit500", "approve",
        "verify",
        "021000021", "999999999999999999999999", "\u{202E}", "\u{200D}", "xn--", "😀",
    ]

    @Test func `ends none of its readers`() {
        var chance = Chance(seed: 101)
        for _ in 0..<2000 {
            let text = (0...chance.below(12)).map { _ in chance.pick(Self.pieces) }.joined(
                separator: chance.pick(["", " "]))
            let reading = Timestamp.Reading(text)
            #expect(reading.map { $0.first <= $0.last } ?? true)
            #expect(text.canonicallyComposed == text)
            #expect(text.canonicallyFolded.canonicallyFolded == text.canonicallyFolded)
            _ = text.withoutMarks
            _ = Persona.nearMiss(ofEmail: text)
            _ = Persona.nearMiss(ofEmail: "a.\(text)@b.co")
            _ = Bank(routingNumber: text)
            let address = StandardAddress(
                lines: [text, text], city: text, region: text, postalCode: text, country: text)
            #expect(address == address)
        }
    }
}
