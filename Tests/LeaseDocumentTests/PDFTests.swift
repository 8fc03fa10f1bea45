import Foundation
import LeaseDocument
import Medusa
import Support
import Testing

@Suite struct `A contract on paper` {
    private static let dejaVu = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
    private static let droid = "/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf"

    private func document(_ name: String, item: String = "iPad") -> LeaseDocument {
        let now = Timestamp(milliseconds: 1_521_474_687_080)
        let order = Order(
            reference: "ABC-1",
            items: [Order.Item(sku: "A", brand: "Apple", description: item, cost: Decimal(whole: 200), quantity: 2)])
        let lease = Lease(id: 1, customer: 1, createdAt: now, expiresAt: now + .hours(24), signedAt: nil)
        return LeaseDocument(
            customerName: name, email: "x@example.com", leaseId: "lease",
            transaction: Transaction(
                lease: lease, reference: "ABC-1", orderId: nil, shippingCost: .zero, payTomorrowTaxTotal: nil,
                terms: order.terms(Settings()), lines: order.lines))
    }

    private func print(_ name: String, item: String = "iPad", fonts: [String]? = nil) throws -> PrintedPages {
        PrintedPages(try document(name, item: item).pdf(fonts: fonts))
    }

    /// Rightly printed: each of its letters is there, or the document names it.
    private func expectFaithful(_ name: String, fonts: [String]? = nil) throws {
        let pages = try print(name, fonts: fonts)
        #expect(!pages.isBroken)
        let words = pages.lines.joined(separator: " ")
        let note = words.firstRange(of: "These characters stand as ?").map { String(words[$0.lowerBound...]) } ?? ""
        let named = Set(note.split { !"U+0123456789ABCDEF".contains($0) }.map(String.init))
        let isPrinted = name.canonicallyComposed.unicodeScalars.filter { !$0.properties.isDefaultIgnorableCodePoint }
            .map { named.contains($0.codePoint) ? "?" : $0 }
        let expected = String(String.UnicodeScalarView(isPrinted))
        // A line ends where it is full, and a mark may stand on a space of its own.
        let (printed, wanted) = (Self.letters(words), Self.letters("Lessee:\(expected),x@example.com"))
        let start = printed.firstRange(of: Self.letters("Lessee:"))?.lowerBound ?? 0
        let found = Array(printed[start...].prefix(wanted.count))
        // What is read from right to left is printed in that order; a test of its own looks at it.
        let isTurned = name.unicodeScalars.contains {
            (0x590...0x8FF).contains($0.value) || (0xFB1D...0xFEFE).contains($0.value)
        }
        #expect(isTurned ? found.sorted() == wanted.sorted() : found == wanted, "\(name): \(pages.text)")
    }

    private static func letters(_ text: String) -> [UInt32] {
        text.unicodeScalars.map(\.value).filter { $0 != 0x20 && $0 != 0xA0 }
    }

    @Test func `has the letters of a name that Western fonts lack`() throws {
        let pages = try print("Müller-Łukasz", fonts: [Self.dejaVu])
        #expect(pages.text.contains("Lessee: Müller-Łukasz, x@example.com"))
        #expect(!pages.text.contains("stand as ?"))
    }

    /// `.ci/packages` brings the font; a machine without it has nothing to look at here.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: droid)))
    func `has Chinese, Japanese and Korean letters where a font does, beside others`() throws {
        let pages = try print("李小龙 Łukasz ひらがな 김철수", fonts: [Self.dejaVu, Self.droid])
        #expect(pages.text.contains("Lessee: 李小龙 Łukasz ひらがな 김철수, x@example.com"))
        #expect(!pages.text.contains("stand as ?"))
    }

    @Test func `says which letters no font has, and where they can be read`() throws {
        let text = try print("李小龙", fonts: [Self.dejaVu]).text.replacing("\n", with: " ")
        #expect(text.contains("Lessee: ???, x@example.com"))
        #expect(
            text.contains(
                "These characters stand as ? in this document, because no font of this machine has them: U+674E, U+5C0F, "
                    + "U+9F99. The HTML contract"))
    }

    @Test func `says so where the machine has no font at all`() throws {
        let text = try print("Łukasz", fonts: ["/nonexistent.ttf"]).text.replacing("\n", with: " ")
        #expect(
            text.contains("because this machine has no TrueType font that was looked for: U+0141. The HTML contract"))
    }

    @Test func `says nothing of fonts where everything is printed`() throws {
        #expect(!(try print("Zoë Œuvre – “A” €5", fonts: [])).text.contains("stand as ?"))
    }

    @Test func `embeds no font for a name that needs none`() throws {
        #expect(try print("Zoë Müller").fonts == ["Helvetica", "Helvetica-Bold"])
    }

    /// Of two fonts that can be opened, the one that nothing is printed in stays out.
    @Test func `embeds only the fonts that print something`() throws {
        #expect(try print("Łukasz 🙂").fonts.count == 3)
    }

    @Test(arguments: ["/etc/passwd", "/dev/zero", "/usr/share/fonts", "/proc/self/mem", ""])
    func `is printed although a file is no font`(path: String) throws {
        let pages = try print("Łukasz", fonts: [path, Self.dejaVu])
        #expect(pages.text.contains("Lessee: Łukasz,"))
    }

    @Test func `prints an accent that was typed apart as one letter`() throws {
        #expect(try print("Nguye\u{302}\u{303}n", fonts: [Self.dejaVu]).text.contains("Lessee: Nguyễn,"))
    }

    @Test(arguments: [
        ("שלום", "םולש"), ("John שלום עולם Doe", "John םלוע םולש Doe"), ("בן-ארי, Dan", "ירא-ןב, Dan"),
        ("שָׁלוֹם", "םוֹלשָׁ"), ("12 סלמה", "12 המלס"), ("סלמה 12", "12 המלס"), ("שלום 305 עולם", "םלוע 305 םולש"),
    ])
    func `prints what is read from right to left in that order`(name: String, printed: String) throws {
        let text = try print(name, fonts: [Self.dejaVu]).text
        // Marks have an order of their own, so scalars are compared in normal form.
        #expect(
            Self.letters(text.canonicallyComposed).contains(Self.letters("Lessee: \(printed.canonicallyComposed),")),
            "\(text)")
    }

    @Test func `names at most twenty-four letters, and counts the others`() throws {
        let han = String(String.UnicodeScalarView((0x4E00..<0x4E1E).compactMap(Unicode.Scalar.init)))
        let text = try print(han, fonts: []).text.replacing("\n", with: " ")
        #expect(text.contains("U+4E17 and 6 more. The HTML contract"))
    }

    @Test func `is small, whatever the letters`() throws {
        #expect(try document("Łukasz Александр Ελένη").pdf(fonts: [Self.dejaVu]).count < 150_000)
    }

    @Test func `breaks a word that is wider than the page`() throws {
        let word = String(repeating: "Ł", count: 4000)
        let pages = try print("x", item: word, fonts: [Self.dejaVu])
        #expect(pages.text.filter { $0 == "Ł" }.count == 4000)
        #expect(pages.lines.allSatisfy { $0.count < 200 })
    }

    private static let scripts: [(name: String, letters: ClosedRange<UInt32>)] = [
        ("Latin", 0xC0...0x17F), ("Latin Extended-B", 0x180...0x24F), ("Greek", 0x391...0x3C9),
        ("Cyrillic", 0x400...0x45F), ("Vietnamese", 0x1EA0...0x1EF9), ("Hebrew", 0x5D0...0x5EA),
        ("Arabic", 0x621...0x64A), ("Devanagari", 0x905...0x939), ("Thai", 0xE01...0xE2E), ("kana", 0x3041...0x30FA),
        ("Han", 0x4E00...0x9FA5), ("Hangul", 0xAC00...0xD7A3), ("emoji", 0x1F300...0x1F64F),
        ("rare Han", 0x20000...0x20FFF), ("marks", 0x300...0x36F), ("controls", 0x1...0x1F),
        ("symbols", 0x2000...0x2BFF), ("anything", 0x1...0x10FFFF),
    ]

    private func name(_ chance: inout Chance, mixing: Bool) -> String {
        var script = chance.pick(Self.scripts)
        var text = String.UnicodeScalarView()
        for place in 0..<(2 + chance.below(16)) {
            if mixing, chance.isOne(in: 4) { script = chance.pick(Self.scripts) }
            if place > 0, chance.isOne(in: 6) { text.append(chance.pick([" ", "-", "'", "a", "é", "?"])) }
            let value =
                script.letters.lowerBound
                + UInt32(chance.below(Int(script.letters.upperBound - script.letters.lowerBound) + 1))
            // What breaks a line is no letter of a name.
            if let scalar = Unicode.Scalar(value), ![9, 10, 13].contains(value) { text.append(scalar) }
        }
        return String(text)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `prints each letter of any name, or names it as missing`(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        for round in 0..<60 {
            try expectFaithful(name(&chance, mixing: round % 2 == 0), fonts: round % 3 == 0 ? [Self.dejaVu] : nil)
        }
    }

    @Test func `prints each letter that the machine has, or names it, without any font`() throws {
        var chance = Chance(seed: 5)
        for _ in 0..<60 { try expectFaithful(name(&chance, mixing: true), fonts: []) }
    }
}

extension Unicode.Scalar {
    fileprivate var codePoint: String {
        let digits = String(value, radix: 16, uppercase: true)
        return "U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)"
    }
}
