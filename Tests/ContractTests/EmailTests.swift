import Contract
import Foundation
import HTTP
import JSON
import Support
import Testing

/// Joi's rule, said once more in another way: as one expression for ASCII, which is what RFC 5321 and 1035 come to.
@Suite struct `An e-mail` {
    private static let rule =
        "^(?=.{1,254}$)(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
        + "@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$"

    private static func isValid(_ email: String) -> Bool {
        let body = JSONWriter.write { $0.object { $0.member("email", email) } }
        let field = Key.optional("email", .email, "").field
        return (try? JSON(body)).map { [field].violations(of: $0).isEmpty } ?? false
    }

    /// Mostly right, with something wrong here and there.
    private static func email(_ chance: inout Chance) -> String {
        func word(_ letters: [String], _ length: Int, _ chance: inout Chance) -> String {
            (0..<length).map { _ in chance.pick(letters) }.joined()
        }
        let atoms = ["a", "b", "Z", "0", "9", "-", "_", "+", "'", "!", "#", "~", "=", "{"]
        let hosts = ["a", "b", "Z", "0", "9", "-", "x"]
        let wrong = [
            ".", "..", "@", " ", ",", "(", "\"", ":", ";", "<", "[", "\\", "_", "-", "\u{7F}", "\t", "%", "/", "é",
        ]
        func length(_ chance: inout Chance) -> Int {
            chance.isOne(in: 12) ? 60 + chance.below(8) : 1 + chance.below(5)
        }
        var local = (0...chance.below(3)).map { _ in word(atoms, length(&chance), &chance) }.joined(separator: ".")
        var domain = (0...(1 + chance.below(3))).map { _ in word(hosts, length(&chance), &chance) }.joined(
            separator: ".")
        if chance.isOne(in: 10) { domain = (0..<(20 + chance.below(45))).map { _ in "abc" }.joined(separator: ".") }
        if chance.isOne(in: 3) { domain += ".com" }
        if chance.isOne(in: 3) {
            let place = local.index(local.startIndex, offsetBy: chance.below(local.count + 1))
            local.insert(contentsOf: chance.pick(wrong), at: place)
        } else if chance.isOne(in: 3) {
            let place = domain.index(domain.startIndex, offsetBy: chance.below(domain.count + 1))
            domain.insert(contentsOf: chance.pick(wrong), at: place)
        }
        return chance.isOne(in: 40) ? local + domain : "\(local)@\(domain)"
    }

    @Test func `is what Joi takes for one`() throws {
        let rule = try NSRegularExpression(pattern: Self.rule)
        var chance = Chance(seed: 32)
        var (taken, refused) = (0, 0)
        for _ in 0..<30_000 {
            let email = Self.email(&chance)
            // Letters beyond ASCII have a test of their own.
            guard email.utf8.allSatisfy({ $0 < 0x80 }) else { continue }
            let range = NSRange(email.startIndex..., in: email)
            let expected = rule.firstMatch(in: email, range: range) != nil
            #expect(Self.isValid(email) == expected, "\(email)")
            if expected { taken += 1 } else { refused += 1 }
        }
        #expect(taken > 2000 && refused > 2000, "the generator makes \(taken) right ones and \(refused) wrong ones")
    }

    @Test(arguments: [
        "jörg@example.com", "李小龙@example.com", "a@müller.de", "a@例え.jp", "a@example.рф", "a@b。com", "a@ｅxample.com",
        "o'brien+x@x-y.co", "a@xn--mller-kva.de", "\u{80}@example.com", "a@1.co", "a@💩.la",
        String(repeating: "é", count: 32) + "@b.co", String(repeating: "e\u{301}", count: 32) + "@b.co",
        "a@" + String(repeating: "ü", count: 50) + ".de",
    ])
    func `may have other letters than ASCII's`(email: String) {
        #expect(Self.isValid(email))
    }

    @Test(arguments: [
        "a..b@example.com", ".a@example.com", "a.@example.com", "a@-b.co", "a@b-.co", "a@b.1", "a@b.c1-", "a@1.2.3.4",
        "a@b_c.co",
        "a@b..co", "a@.b.co", "a@b.co.", "a@[1.2.3.4]", "\"a b\"@c.co", "a(x)@b.co", "a@b", "a@", "@b.co", "a b@c.co",
        "a,b@c.co",
        "a@b c.co", "a@b\u{2028}.co", "a@\u{301}b.co", "a@b.co%", "a@b%41.co",
        String(repeating: "é", count: 33) + "@b.co",
        "a@" + String(repeating: "b", count: 64) + ".co", "a@" + String(repeating: "ü", count: 64) + ".de", "Doe",
        "John <a@b.co>", "mailto:a@b.co", "a@b.co ", " a@b.co", "a@@b.co",
    ])
    func `is refused where an atom, a label, a length or the top level is wrong`(email: String) {
        #expect(!Self.isValid(email))
    }

    @Test func `may be any text, and whatever is expected of it: it is judged, and nothing ends`() throws {
        let pieces = [
            "", "a", ".", "@", "-", ":", "::", "1", "255", "ü", "\u{301}", "。", "％", "xn--", " ", "\u{0}", "😀", "12345",
            "ffff", "FL",
        ]
        let kinds: [Contract.Expectation] = [
            .date, .notNegative, .digits, .yearAndMonth, .state, .country, .postalCode,
        ]
        let fields =
            kinds.enumerated().map { Key.optional("f\($0)", .string.expecting($1), "").field }
            + [Key.optional("email", .email, "").field]
        var chance = Chance(seed: 102)
        for _ in 0..<3000 {
            let text = (0...chance.below(10)).map { _ in chance.pick(pieces) }.joined()
            let body = try JSON(JSONWriter.write { $0.object { for field in fields { $0.member(field.name, text) } } })
            let endpoint = Endpoint(
                .post, "/x", title: "", section: .customer, source: .own, security: .apiKey, body: fields, outcomes: [])
            let oddities = endpoint.oddities(headers: Fields(), query: [], body: body)
            #expect(oddities.count <= fields.count)
            _ = fields.violations(of: body)
        }
    }
}
