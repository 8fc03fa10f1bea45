import HTTP
import JSON
import MedusaAPI
import Sandbox
import Testing

@Suite struct `What the journal must not show` {
    private let seen = SeenSecrets()

    private func masked(_ body: String) throws -> String {
        var secrets = Secrets()
        return String(decoding: secrets.body(try JSON(Array(body.utf8)), seen, learns: true), as: UTF8.self)
    }

    private func shown(_ target: String, isRouted: Bool = true) throws -> String {
        var secrets = Secrets()
        return secrets.target(try #require(Target(target)), seen, isRouted: isRouted)
    }

    private static let words = [
        "ssn", "SSN", "password", "newPassword", "pwd", "passphrase", "passcode", "acct", "acctNumber", "accountNumber",
        "account_no", "taxId", "tax-id", "tin", "itin", "ein", "pin", "pinCode", "iban", "cardNumber", "pan", "cvv",
        "cvc2", "secret", "token", "bearer", "sessionid", "session_id", "ssnLast4", "socialSecurityNumber",
        "driversLicenseNumber", "apiKey", "nationalId", "childKey", "authCode", "authorization", "account", "otp",
    ]

    /// A prefix in every spelling, for every word.
    @Test(arguments: words)
    func `is told by its name, whatever stands before it and however it is written`(word: String) throws {
        let capital = word.prefix(1).uppercased() + word.dropFirst()
        for name in [
            word, word.uppercased(), "customer\(capital)", "customer_\(word)", "x-\(word)", "applicant \(word)",
            "_\(word)", "a.b.\(word)",
        ] {
            #expect(try masked(#"{"\#(name)":"hunter"}"#) == #"{"\#(name)":"***"}"#)
            #expect(try shown("/v3/users?\(name.percentEncoded)=hunter") == "/v3/users?\(name.percentEncoded)=***")
        }
        #expect(try masked(#"{"\#(word)":12345,"x":1}"#) == #"{"\#(word)":"***","x":1}"#)
    }

    @Test(arguments: ["pasword", "passwrod", "passsword", "passw0rd", "acountNumber", "card_numbr", "pascode"])
    func `is told by its name with a letter wrong`(name: String) throws {
        #expect(try masked(#"{"\#(name)":"hunter"}"#) == #"{"\#(name)":"***"}"#)
    }

    @Test(arguments: [
        "className", "businessName", "shippingMethod", "spin", "latin", "martin", "japan", "lifespan", "accountType",
        "discount", "secretary", "itinerary", "signed", "description", "processNumber", "tokenized", "cardType",
        "lastFour", "routing", "passengers", "firstName",
    ])
    func `is not told by a name that only looks like one`(name: String) throws {
        #expect(try masked(#"{"\#(name)":"hunter"}"#) == #"{"\#(name)":"hunter"}"#)
    }

    @Test(arguments: ["true", "false", "null"])
    func `is no flag`(value: String) throws {
        #expect(try masked(#"{"resetPassword":\#(value)}"#) == #"{"resetPassword":\#(value)}"#)
    }

    @Test(arguments: [
        "123456789", "123-45-6789", "123 45 6789", "123.45.6789", "123 456 789", "12-3456789", "ORD123456789",
        "a 123–45–6789 b", "1 2 3 4 5 6 7 8 9", "１２３４５６７８９", "123\u{200B}456789", "4111111111111111",
        "4111 1111 1111 1111", "4111-1111-1111-1111", "378282246310005", "3782 822463 10005", "4222222222222",
        "DE89 3704 0044 0532 0130 00", "DE89370400440532013000", "GB82 WEST 1234 5698 7654 32 please",
        "MT84MALT011000012345MTLCAST001S", "password=hunter", "{'pin': 'hunter'}", "<ssn>1</ssn>",
        "user: 'x', pwd: 'y'",
        "https://x.example/?token=abc", "MTIzNDU2Nzg5", "MTIzLTQ1LTY3ODk=", "cGFzc3dvcmQ9aHVudGVy",
        "313233343536373839", "%31%32%33456789", "&#49;23456789", "123&#x2d;45&hyphen;6789",
        "\\\\u0031\\\\x32\\\\063456789",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJlc2lnbmF0dXJl",
    ])
    func `is told by its look, or by what it is wrapped in`(text: String) throws {
        #expect(try masked(#"{"note":"\#(text)"}"#) == #"{"note":"***"}"#)
        #expect(try masked(#"["a","\#(text)"]"#) == #"["a","***"]"#)
    }

    @Test(arguments: [
        "6514447773", "+1 (651) 444-7773", "651-444-7773", "33021-1234", "2026-03-02T09:00:00.000Z", "03/02/2026",
        "2026-03-02 2026-03-09", "1521474687080", "5ab0a3b123456789c2d3e4f5", "550e8400-e29b-41d4-a716-a12345678900",
        "ABC-1", "order 1234567", "1Z999AA10123456784", "Hollywood", "12345678", "17.28", "someone.new12@example.com",
        "https://www.ups.com/track?loc=en_US&tracknum=ABC", "4111111111111112", "192.168.100.200",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VySWQiOiI1YWIwYTNiMTIzNDU2Nzg5YzJkM2U0ZjUiLCJsZWFzZSI6MX0.c2lnbmF0dXJl",
        "iPad Mini, 64 GB (2nd)", "a & b", "100%", "C:\\\\Users",
    ])
    func `is not what everybody may see`(text: String) throws {
        #expect(try masked(#"{"note":"\#(text)"}"#) == #"{"note":"\#(text)"}"#)
        #expect(try masked(#"{"note":"\#(text)"}"#) == #"{"note":"\#(text)"}"#)
    }

    @Test(arguments: [
        ("123456789", true), ("123456789.0", true), ("4111111111111111", true), ("-123456789", true),
        ("1.23456789e8", true), ("12345678", false), ("0.123456789", false), ("1521474687080", false),
        ("17.28", false), ("40000", false),
    ])
    func `can be a number`(number: String, isSecret: Bool) throws {
        #expect(try masked(#"{"a":\#(number)}"#) == (isSecret ? #"{"a":"***"}"# : #"{"a":\#(number)}"#))
    }

    @Test func `leaves a bank's routing number, which is public`() throws {
        let body = #"{"bankAccount":{"routing":"021000021","account":"***","type":"checking"}}"#
        #expect(try masked(body.replacing("***", with: "3483898238")) == body)
        #expect(try shown("/v3/routing-numbers/021000021") == "/v3/routing-numbers/021000021")
        #expect(try shown("/v3/users/021000021/authorize") == "/v3/users/***/authorize")
    }

    @Test func `is what was one under another name, before and after`() throws {
        #expect(
            try masked(#"{"firstName":"tr0ub4dor","password":"tr0ub4dor","note":"it is tr0ub4dor!"}"#)
                == #"{"firstName":"***","password":"***","note":"***"}"#)
        #expect(try masked(#"{"a":{"tr0ub4dor":1}}"#) == #"{"a":{"***":1}}"#)
        #expect(try shown("/v3/users/tr0ub4dor/authorize?q=tr0ub4dor&r=1") == "/v3/users/***/authorize?q=***&r=1")
        #expect(try masked(#"{"account":"7654321"}"#) == #"{"account":"***"}"#)
        #expect(try masked(#"{"n":7654321,"m":"x7654321y","b":"NzY1NDMyMQ=="}"#) == #"{"n":"***","m":"***","b":"***"}"#)
        var secrets = Secrets()
        #expect(
            secrets.sentence("There is no customer tr0ub4dor: name one", seen) == "There is no customer ***: name one")
        #expect(
            String(
                decoding: secrets.answer(Array(#"{"data":{"x":"tr0ub4dor"}}"#.utf8), seen, isSuspect: false),
                as: UTF8.self)
                == #"{"data":{"x":"***"}}"#)
        // Another sandbox knows nothing of it.
        var others = Secrets()
        let other = others.body(try JSON(Array(#"{"a":"tr0ub4dor"}"#.utf8)), SeenSecrets(), learns: true)
        #expect(String(decoding: other, as: UTF8.self) == #"{"a":"tr0ub4dor"}"#)
    }

    /// At every place of a text, among many.
    @Test func `is found wherever it stands, as long as it is one of the latest`() {
        let text = Array(String(repeating: "abcdefghij klmnop ", count: 20).utf8)
        for number in 0..<1500 { seen.remember(Array("secret\(number)".utf8)) }
        for place in stride(from: 0, through: text.count, by: 1) {
            let whole = Array(text[..<place]) + Array("secret1234".utf8) + Array(text[place...])
            #expect(seen.ranges(in: whole) == [place..<place + 10])
        }
        let forgotten = Array("x secret100 y".utf8)
        #expect(seen.ranges(in: forgotten).isEmpty)
        #expect(seen.isIn(Array("secret1499".utf8), 0..<10))
    }

    @Test func `is the value of what a label beside it names`() throws {
        #expect(
            try masked(#"[{"name":"password","value":"hunter"},{"name":"city","value":"Boca"}]"#)
                == #"[{"name":"password","value":"***"},{"name":"city","value":"Boca"}]"#)
    }

    @Test func `keeps half of a surrogate pair as what it reads as`() throws {
        #expect(try masked(#"{"a":"A\ud83d","b":"\ud83d\ude00"}"#) == "{\"a\":\"A\u{FFFD}\",\"b\":\"\\ud83d\\ude00\"}")
    }

    /// Whatever is sent, the outcome is JSON, and a second look changes nothing.
    @Test func `leaves JSON, for whatever is JSON`() throws {
        var state: UInt64 = 7
        func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let pieces = [
            "ssn", " 123456789 ", "\\u0031", "é", "=", ":", "'", "<ssn>", "%31", "&#49;", "a", " ",
            " 4111111111111111 ",
            "password", "\\\"", "\\ud83d", "eyJ", ".", "-", "😀", "MTIzNDU2Nzg5", "account", "{", "}", "\\\\",
        ]
        func text() -> String { "\"" + (0..<below(6)).map { _ in pieces[below(pieces.count)] }.joined() + "\"" }
        func value(_ depth: Int) -> String {
            switch below(depth > 3 ? 4 : 6) {
            case 0: text()
            case 1: ["1", "123456789", "-0.5e3", "4111111111111111"][below(4)]
            case 2: ["true", "false", "null"][below(3)]
            case 3: text()
            case 4: "[" + (0..<below(4)).map { _ in value(depth + 1) }.joined(separator: ",") + "]"
            default: "{" + (0..<below(4)).map { _ in "\(text()):\(value(depth + 1))" }.joined(separator: ", ") + "}"
            }
        }
        for _ in 0..<5000 {
            let body = value(0)
            let once = try masked(body)
            #expect(try masked(once) == once, "\(body)")
            #expect(!once.contains("123456789") && !once.contains("4111111111111111"), "\(body)")
        }
    }
}
