internal import Contract
internal import HTTP
internal import Medusa

extension FuzzTarget {
    /// E-mails, network addresses, postal addresses, and Unicode's forms of them: five lines.
    static let addresses = FuzzTarget("addresses") { bytes in
        var input = Bytes(bytes)
        let email = text(input.line())
        try check(email: email)
        try check(ip: email)
        let lines = [text(input.line()), text(input.line())]
        let (city, region) = (text(input.line()), text(input.line()))
        let code = text(input.line())
        for text in [email, city] { try check(unicode: text) }
        let address = StandardAddress(lines: lines, city: city, region: region, postalCode: code, country: region)
        let composed = StandardAddress(
            lines: lines.map(\.canonicallyComposed), city: city.canonicallyComposed, region: region.canonicallyComposed,
            postalCode: code.canonicallyComposed, country: region.canonicallyComposed)
        try require(address == composed, "the address depends on how its accents were typed")
        // Capitals of other letters than ASCII's are no spelling of the same street.
        guard (lines + [city, region, code]).allSatisfy({ $0.utf8.allSatisfy { $0 < 0x80 } }) else { return }
        let loud = StandardAddress(
            lines: lines.map { $0.uppercased() }, city: city.uppercased(), region: region.uppercased(),
            postalCode: code.uppercased(), country: region.uppercased())
        try require(address == loud, "the address depends on its capitals")
    }

    private static func check(email: String) throws {
        _ = Persona.outcome(ofEmail: email)
        _ = Persona.nearMiss(ofEmail: email)
        let isValid = EmailAddress.isValid(email)
        try require(isValid == EmailAddress.isValid(email.canonicallyComposed), "valid in one form only")
        guard isValid else { return }
        let text = email.canonicallyComposed
        try require(text.utf16.count <= 254, "an e-mail of \(text.utf16.count) units")
        let sides = text.split(separator: "@", omittingEmptySubsequences: false)
        try require(sides.count == 2 && sides.allSatisfy { !$0.isEmpty }, "not two sides of one @")
        try require(!text.utf8.contains { $0 <= 0x20 || $0 == 0x7F }, "a blank or control character")
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return }
        try require(EmailAddress.isValid(text.uppercased()), "not valid in capitals")
    }

    private static func check(ip text: String) throws {
        guard IPAddress.isOne(text) else { return }
        let address = text.prefix { $0 != "/" }
        switch Host(address.contains(":") ? "[\(address)]" : String(address)) {
        case .ipv4, .ipv6: break
        case .name, nil: throw Broken(description: "\(text) is an address and no host")
        }
    }

    private static func check(unicode text: String) throws {
        let composed = text.canonicallyComposed
        // Swift's own comparison is canonical equivalence.
        try require(composed == text, "composing has changed the text")
        try require(Array(composed.canonicallyComposed.utf8) == Array(composed.utf8), "composing twice is another text")
        let folded = text.canonicallyFolded
        try require(Array(folded.canonicallyFolded.utf8) == Array(folded.utf8), "folding twice is another text")
        try require(Array(composed.canonicallyFolded.utf8) == Array(folded.utf8), "folding depends on the form")
        let plain = text.withoutMarks
        try require(Array(plain.withoutMarks.utf8) == Array(plain.utf8), "taking marks off twice is another text")
    }
}
