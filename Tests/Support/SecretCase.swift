/// A secret, and a request that brings it: for tests that it comes to light nowhere.
package struct SecretCase: Sendable {
    package let wrapping: String
    package let secret: Secret
    package let request: [UInt8]
    /// What must stand in no output: the secret, and what it was wrapped into.
    package let forbidden: [String]

    package struct Secret: Sendable {
        package let kind: Kind
        package let text: String
        /// A member's name that says what it is.
        package let name: String
    }

    package enum Kind: CaseIterable, Sendable {
        case ssn, card, iban, token
        /// Known by their names only, here or in an earlier request.
        case account, password, opaque

        package var isKnownByLook: Bool {
            switch self {
            case .ssn, .card, .iban, .token: true
            case .account, .password, .opaque: false
            }
        }
    }
}

/// The same cases for the same seed.
package struct SecretCases {
    private var random: SplitMix
    private let key: String
    private var made = 0

    package init(seed: UInt64, key: String) {
        random = SplitMix(state: seed)
        self.key = key
    }

    // MARK: Secrets

    package mutating func secret() -> SecretCase.Secret {
        let kind = SecretCase.Kind.allCases[random.below(SecretCase.Kind.allCases.count)]
        let (text, names) =
            switch kind {
            case .ssn:
                (ssn(), ["ssn", "SSN", "customerSsn", "applicant_ssn", "social-security-number", "taxId", "ssn4"])
            case .card: (card(), ["cardNumber", "card_number", "PAN", "account", "creditCardNumber"])
            case .iban: (iban(), ["iban", "IBAN", "bankIban", "account"])
            case .token: (token(), ["token", "accessToken", "customer-token", "bearer"])
            case .account:
                (
                    digits(7...12, butNot: [9]),
                    ["account", "accountNumber", "acct", "acctNumber", "bank_account_number"]
                )
            case .password:
                (word(9...20), ["password", "newPassword", "pwd", "passphrase", "client_secret", "Passcode"])
            case .opaque: (word(12...32), ["token", "sessionId", "session_id", "refreshToken", "secret"])
            }
        return SecretCase.Secret(kind: kind, text: text, name: names[random.below(names.count)])
    }

    private mutating func digits(_ counts: ClosedRange<Int>, butNot excluded: Set<Int> = []) -> String {
        var count = 0
        repeat { count = counts.lowerBound + random.below(counts.count) } while excluded.contains(count)
        // Never one digit again and again, and no zero in front, so that it can be a number as well.
        return "\(1 + random.below(9))" + (1..<count).map { _ in "\(random.below(10))" }.joined()
    }

    private mutating func ssn() -> String {
        let nine = digits(9...9)
        let parts = [nine.prefix(3), nine.dropFirst(3).prefix(2), nine.suffix(4)].map(String.init)
        return [nine, parts.joined(separator: "-"), parts.joined(separator: " "), parts.joined(separator: "."), nine][
            random.below(5)]
    }

    private mutating func card() -> String {
        let count = [13, 14, 15, 16, 16, 16, 19][random.below(7)]
        var number = "\(3 + random.below(4))" + digits(count - 2...count - 2)
        let sum = number.utf8.reversed().enumerated().reduce(0) { sum, digit in
            let value = Int(digit.element - 48)
            return sum + (digit.offset % 2 == 0 ? (value > 4 ? value * 2 - 9 : value * 2) : value)
        }
        number += "\((10 - sum % 10) % 10)"
        guard random.below(3) == 0 else { return number }
        let separator = [" ", "-"][random.below(2)]
        return stride(from: 0, to: number.count, by: 4).map { start in
            String(number.dropFirst(start).prefix(4))
        }.joined(separator: separator)
    }

    private mutating func iban() -> String {
        let country = ["DE", "GB", "FR", "MT"][random.below(4)]
        let body =
            switch country {
            case "GB": "WEST" + digits(14...14)
            case "MT": "MALT" + digits(5...5) + "0012345MTLCAST001S"
            default: digits(18...18)
            }
        let remainder = (body + country + "00").utf8.reduce(0) { sum, byte in
            let value = byte < 58 ? Int(byte - 48) : Int(byte - 55)
            return (sum * (value > 9 ? 100 : 10) + value) % 97
        }
        let check = 98 - remainder
        let number = "\(country)\(check < 10 ? "0" : "")\(check)\(body)"
        guard random.below(2) == 0 else { return number }
        return stride(from: 0, to: number.count, by: 4).map { start in
            String(number.dropFirst(start).prefix(4))
        }.joined(separator: " ")
    }

    private mutating func token() -> String {
        let payload = #"{"sub":"\#(word(8...12))","exp":1800000000}"#
        return "eyJhbGciOiJIUzI1NiJ9.\(base64(payload, url: true)).\(word(43...43))"
    }

    private mutating func word(_ counts: ClosedRange<Int>) -> String {
        let letters = Array("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        let count = counts.lowerBound + random.below(counts.count)
        return String((0..<count).map { _ in letters[random.below(letters.count)] })
    }

    // MARK: Wrappings

    /// What a wrapping makes of a secret.
    private struct Sent {
        var method = "POST"
        var target = "/v3/users"
        var fields: [String] = []
        /// `nil` for none at all.
        var type: String? = "application/json"
        var body: [UInt8] = []
        var blobs: [String] = []
    }

    private typealias Wrap = @Sendable (_ name: String, _ secret: String) -> Sent

    private struct Wrapping: Sendable {
        let name: String
        /// Whether the secret's name stands with it.
        let isNamed: Bool
        let wrap: Wrap
    }

    private static func json(_ name: String, isNamed: Bool, _ body: @escaping @Sendable (String, String) -> String)
        -> Wrapping
    {
        Wrapping(name: name, isNamed: isNamed) { Sent(body: Array(body($0, $1).utf8)) }
    }

    /// A member with a text that hides the secret.
    private static func hidden(
        _ name: String, isNamed: Bool, _ blob: @escaping @Sendable (String, String) -> String
    ) -> Wrapping {
        Wrapping(name: name, isNamed: isNamed) { member, secret in
            let blob = blob(member, secret)
            return Sent(body: Array("{\"note\":\(quoted(blob)),\"x\":1}".utf8), blobs: [blob])
        }
    }

    private static func body(
        _ name: String, _ type: String?, isNamed: Bool = true, _ text: @escaping @Sendable (String, String) -> String
    ) -> Wrapping {
        Wrapping(name: name, isNamed: isNamed) { Sent(type: type, body: Array(text($0, $1).utf8)) }
    }

    private static func get(_ name: String, isNamed: Bool, _ target: @escaping @Sendable (String, String) -> String)
        -> Wrapping
    {
        Wrapping(name: name, isNamed: isNamed) { Sent(method: "GET", target: target($0, $1), type: nil) }
    }

    private static func field(_ name: String, isNamed: Bool, _ line: @escaping @Sendable (String, String) -> String)
        -> Wrapping
    {
        Wrapping(name: name, isNamed: isNamed) { Sent(method: "GET", fields: [line($0, $1)], type: nil) }
    }

    private static let wrappings: [Wrapping] = [
        json("a member", isNamed: true) { #"{"\#($0)":"\#($1)"}"# },
        json("a member deep inside", isNamed: true) { #"{"a":{"b":[{"c":{"\#($0)":"\#($1)"}}]}}"# },
        json("an array", isNamed: true) { #"{"\#($0)":["x","\#($1)"]}"# },
        json("an object", isNamed: true) { #"{"\#($0)":{"value":"\#($1)"}}"# },
        json("a number", isNamed: true) { name, secret in
            secret.utf8.allSatisfy { (48...57).contains($0) }
                ? #"{"\#(name)":\#(secret)}"# : #"{"\#(name)":"\#(secret)"}"#
        },
        json("another member", isNamed: false) { #"{"note":"\#($1)"}"# },
        json("an element", isNamed: false) { #"{"notes":["a","\#($1)"]}"# },
        json("a sentence", isNamed: false) { #"{"note":"please call: \#($1), thank you"}"# },
        json("the second of two members", isNamed: true) { #"{"\#($0)":"a","\#($0)":"\#($1)"}"# },
        json("the member before its name", isNamed: true) { #"{"note":"\#($1)","\#($0)":"\#($1)"}"# },
        json("a name", isNamed: false) { #"{"\#($1)":true}"# },
        json("escapes", isNamed: false) { #"{"note":"\#(unicode($1))"}"# },
        json("a name in escapes", isNamed: true) { #"{"\#(unicode($0))":"\#($1)"}"# },
        json("a customer who is created", isNamed: true) {
            #"{"firstName":"J","lastName":"D","email":"s\#(hash($1))@example.com","\#($0)":"\#($1)"}"#
        },
        hidden("JSON in JSON", isNamed: true) { #"{"\#($0)":"\#($1)"}"# },
        hidden("JSON in JSON without its name", isNamed: false) { #"{"note":"\#($1)"}"# },
        hidden("JSON in JSON in JSON", isNamed: true) { #"{"a":\#(quoted(#"{"\#($0)":"\#($1)"}"#))}"# },
        hidden("a JavaScript literal", isNamed: true) { "{\($0): '\($1)'}" },
        hidden("a Python literal", isNamed: true) { "{'\($0)': '\($1)'}" },
        hidden("a PHP literal", isNamed: true) { "['\($0)' => '\($1)']" },
        hidden("a Ruby literal", isNamed: true) { "{:\($0) => \"\($1)\"}" },
        hidden("XML in JSON", isNamed: true) { "<a><\($0)>\($1)</\($0)></a>" },
        hidden("a form in JSON", isNamed: true) { "a=1&\($0)=\($1)" },
        hidden("base64", isNamed: false) { base64($1) },
        hidden("base64 of JSON", isNamed: true) { base64(#"{"\#($0)":"\#($1)"}"#) },
        hidden("base64 for URLs", isNamed: false) { base64("x: \($1)", url: true) },
        hidden("percent escapes", isNamed: false) { percent($1) },
        hidden("entities", isNamed: false) { entities($1) },
        hidden("hexadecimal escapes", isNamed: false) { $1.utf8.map { "\\x" + String($0, radix: 16) }.joined() },
        body("a Python literal for a body", "application/json") { "{'\($0)': '\($1)'}" },
        body("a JavaScript literal for a body", "application/json") { "{\($0): \"\($1)\"}" },
        body("a PHP literal for a body", "application/json") { "['\($0)' => '\($1)']" },
        body("a Ruby literal for a body", "application/json") { "{:\($0) => '\($1)'}" },
        body("JSON cut short", "application/json") { #"{"\#($0)": "\#($1)""# },
        body("JSON and more", "application/json") { #"{"\#($0)": "\#($1)"} x"# },
        body("lines of JSON", "application/json") { "{\"\($0)\":\"\($1)\"}\n{\"a\":1}\n" },
        body("JSON behind a byte order mark", "application/json") { "\u{FEFF}{\"\($0)\":\"\($1)\"}" },
        body("a form", "application/x-www-form-urlencoded") { "a=b&\($0)=\(percent($1, all: false))" },
        body("a form without its name", "application/x-www-form-urlencoded", isNamed: false) {
            "note=\(percent($1, all: false))"
        },
        body("JSON as a form", "application/x-www-form-urlencoded") { #"{"\#($0)":"\#($1)"}"# },
        body("multipart", "multipart/form-data; boundary=b") {
            "--b\r\nContent-Disposition: form-data; name=\"\($0)\"\r\n\r\n\($1)\r\n--b--\r\n"
        },
        body("XML", "application/xml") { "<a><\($0)>\($1)</\($0)></a>" },
        body("plain text", "text/plain", isNamed: false) { "it is \($1)" },
        body("JSON of no type", nil) { #"{"\#($0)":"\#($1)"}"# },
        body("an array of all", "application/json", isNamed: false) { #"["\#($1)"]"# },
        Wrapping(name: "gzip", isNamed: true) { name, secret in
            Sent(
                fields: ["Content-Encoding: gzip"],
                body: Deflated.gzip(Array(#"{"\#(name)":"\#(secret)"}"#.utf8)))
        },
        Wrapping(name: "broken gzip", isNamed: true) { name, secret in
            Sent(
                fields: ["Content-Encoding: gzip"],
                body: Deflated.gzip(Array(#"{"\#(name)":"\#(secret)"}"#.utf8)).dropLast(9))
        },
        get("a parameter", isNamed: true) { "/v3/users?\($0)=\(percent($1, all: false))" },
        get("another parameter", isNamed: false) { "/v3/users?q=\(percent($1, all: false))" },
        get("a parameter in escapes", isNamed: false) { "/v3/users?q=\(percent($1))" },
        get("a parameter in base64", isNamed: false) { "/v3/users?q=\(base64($1, url: true))" },
        get("the name of a parameter", isNamed: false) { "/v3/users?\(percent($1, all: false))" },
        get("a segment of a route", isNamed: false) { "/v3/users/\(percent($1, all: false))/authorize" },
        get("a segment in escapes", isNamed: false) { "/v3/transactions/\(percent($1))" },
        get("a segment of no route", isNamed: false) { "/nothing/\(percent($1, all: false))/here" },
        get("a call of the sandbox", isNamed: false) { "/_sandbox/users/\(percent($1, all: false))" },
        get("a lease that is not there", isNamed: false) { "/_sandbox/leases/\(percent($1, all: false))" },
        get("a target that does not decode", isNamed: false) { "/v3/\(percent($1, all: false))/%zz" },
        field("a field of the header", isNamed: true) { "X-\($0.replacing("_", with: "-")): \($1)" },
        field("another field", isNamed: false) { "X-Note: \($1)" },
        field("a field in base64", isNamed: false) { "X-Note: \(base64($1))" },
        field("a form in a field", isNamed: true) { "X-Note: \($0)=\($1)" },
        field("a cookie", isNamed: true) { "Cookie: a=b; c=\($1)" },
        field("a referrer", isNamed: true) { "Referer: https://shop.example/?\($0)=\(percent($1, all: false))" },
        field("a user agent", isNamed: false) { "User-Agent: shop/1.0 (\($1))" },
        field("a customer's token", isNamed: true) { "customer-token: \($1)" },
    ]

    package static var wrappingCount: Int { wrappings.count }

    /// The next case, and the request that teaches its secret by name where nothing else does; each wrapping in its turn.
    package mutating func next() -> (teaching: [UInt8]?, case: SecretCase) {
        let wrapping = Self.wrappings[made % Self.wrappings.count]
        made += 1
        let secret = secret()
        let sent = wrapping.wrap(secret.name, secret.text)
        let isTaught = !secret.kind.isKnownByLook && !wrapping.isNamed
        let teaching = isTaught ? request(Sent(body: Array(#"{"\#(secret.name)":"\#(secret.text)"}"#.utf8))) : nil
        // Its digits alone, too, where it is grouped.
        var forbidden = [secret.text] + sent.blobs
        if secret.kind == .ssn || secret.kind == .card { forbidden.append(secret.text.filter(\.isNumber)) }
        return (
            teaching,
            SecretCase(wrapping: wrapping.name, secret: secret, request: request(sent), forbidden: forbidden)
        )
    }

    private func request(_ sent: Sent) -> [UInt8] {
        var head = "\(sent.method) \(sent.target) HTTP/1.1\r\nHost: localhost\r\nAuthorization: \(key)\r\n"
        for field in sent.fields { head += "\(field)\r\n" }
        if let type = sent.type { head += "Content-Type: \(type)\r\n" }
        if sent.method == "POST" { head += "Content-Length: \(sent.body.count)\r\n" }
        return Array("\(head)\r\n".utf8) + sent.body
    }
}

/// Sebastiano Vigna's generator.
private struct SplitMix {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ mixed >> 31) % UInt64(bound))
    }
}

private func quoted(_ text: String) -> String {
    "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
}

private func unicode(_ text: String) -> String {
    text.utf8.map { "\\u00" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

private func entities(_ text: String) -> String {
    text.utf8.enumerated().map { $0 % 2 == 0 ? "&#\($1);" : "&#x\(String($1, radix: 16));" }.joined()
}

/// - Parameter all: whether everything is escaped, or only what must be.
private func percent(_ text: String, all: Bool = true) -> String {
    text.utf8.map { byte in
        let isPlain =
            !all && (byte | 0x20 >= 97 && byte | 0x20 <= 122 || (48...57).contains(byte) || "-._~".utf8.contains(byte))
        return isPlain
            ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
}

private func hash(_ text: String) -> String {
    String(text.utf8.reduce(5381 as UInt64) { ($0 &* 33) ^ UInt64($1) } % 1_000_003, radix: 36)
}

private func base64(_ text: String, url: Bool = false) -> String {
    let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\(url ? "-_" : "+/")")
    var (buffer, bits, encoded): (UInt32, UInt32, String) = (0, 0, "")
    for byte in text.utf8 {
        buffer = buffer << 8 | UInt32(byte)
        bits += 8
        while bits >= 6 {
            bits -= 6
            encoded.append(alphabet[Int(buffer >> bits & 63)])
        }
    }
    if bits > 0 { encoded.append(alphabet[Int(buffer << (6 - bits) & 63)]) }
    return encoded + (url ? "" : String(repeating: "=", count: (4 - encoded.count % 4) % 4))
}
