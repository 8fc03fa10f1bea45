/// What the name of a member, a parameter or a field says of its value.
///
/// It goes by words, and not by the declarations, so that a misspelt body gives nothing away either: `customerSsn`, `applicant_ssn`,
/// `X-SSN` and `SSN` are one.
enum SecretName {
    enum Meaning {
        case ordinary
        /// The value is a secret, and so is all that is in it.
        case secret
        /// A text or a number is a secret; of an object, its `number` is (`bankAccount`).
        case holder
        /// It lets somebody in, as an API key does. Not looked for elsewhere: a key is part of many a name.
        case key
        /// A number of nine digits that is public: a bank's routing number.
        case bank
        /// A moment, which can look like a card number.
        case moment
        /// It says what the value beside it is: `{"name": "password", "value": …}`.
        case label
        /// Our own words about a test value, of which the pages have a list.
        case testValue
    }

    /// Anywhere at the beginning of a word, or at the end of the name.
    private static let strong: [String] = [
        "ssn", "socialsecurity", "socialinsurance", "nationalid", "password", "passwd", "passphrase", "passcode", "pwd",
        "cardnumber", "cardno", "accountnum",
        "acctnum", "accountno", "acctno", "cvv", "cvc", "securitycode", "taxid", "taxpayerid", "taxnumber",
        "driverslicense", "driverlicense", "licensenumber", "passport", "sessionid", "sessid", "clientsecret",
        "pincode", "pinnumber", "dlnumber", "verificationcode",
    ]
    /// Long enough to be known with one letter wrong.
    private static let misspelt: [[UInt8]] = ["password", "passcode", "passphrase", "accountnumber", "cardnumber"].map {
        Array($0.utf8)
    }
    /// At the end of the name.
    private static let last: [String] = ["acct", "iban", "secret", "token", "bearer", "credential", "credentials"]
    /// As the last word.
    private static let words: [String] = ["pin", "tin", "itin", "ein", "pan", "otp", "sid", "dln", "dl", "pass"]
    /// At the end of the name.
    private static let keys: [String] = [
        "authorization", "apikey", "childkey", "authcode", "secretkey", "accesskey", "privatekey", "cookie",
    ]
    private static let moments: Set<String> = [
        "at", "timestamp", "time", "date", "ts", "now", "iat", "exp", "nbf", "since", "until",
    ]

    private static let labels: Set<String> = ["name", "key", "field", "id", "type", "label", "param", "parameter"]
    private static let values: Set<String> = ["value", "val", "text", "content", "data"]

    /// Whether it is the value of what a label beside it names.
    static func isValue(_ name: some Sequence<UInt8>) -> Bool {
        values.contains(String(decoding: fold(name).folded, as: UTF8.self))
    }

    static func meaning(_ name: some Sequence<UInt8>) -> Meaning {
        let (folded, starts) = fold(name)
        guard folded.count >= 2 else { return .ordinary }
        func ends(with word: String, atWord: Bool) -> Bool {
            let utf8 = word.utf8
            let start = folded.count - utf8.count
            return start >= 0 && folded[start...].elementsEqual(utf8) && (!atWord || starts.contains(start))
        }
        if String(decoding: folded, as: UTF8.self) == "testvalue" { return .testValue }
        if keys.contains(where: { ends(with: $0, atWord: false) }) { return .key }
        // A name of many words is a sentence.
        guard folded.count <= 64 else { return .ordinary }
        if ends(with: "routing", atWord: false) || ends(with: "routingnumber", atWord: false)
            || ends(with: "routingnumbers", atWord: false)
        {
            return .bank
        }
        let isStrong = strong.contains { word in
            ends(with: word, atWord: false) || starts.contains { folded[$0...].starts(with: word.utf8) }
        }
        if isStrong || last.contains(where: { ends(with: $0, atWord: false) })
            || words.contains(where: { ends(with: $0, atWord: true) })
            || misspelt.contains(where: { isNearly(folded, $0) })
        {
            return .secret
        }
        if ends(with: "account", atWord: false) { return folded.count == "account".utf8.count ? .secret : .holder }
        if ends(with: "card", atWord: true) { return .holder }
        if labels.contains(String(decoding: folded, as: UTF8.self)) { return .label }
        let lastWord = String(decoding: folded[(starts.last ?? 0)...], as: UTF8.self)
        return moments.contains(lastWord) ? .moment : .ordinary
    }

    /// Whether it is the number of what it stands in, an account or a card.
    static func isNumber(_ name: some Sequence<UInt8>) -> Bool {
        ["number", "no", "num", "digits"].contains(String(decoding: fold(name).folded, as: UTF8.self))
    }

    /// Whether a letter is missing, too many, another, or two are swapped.
    private static func isNearly(_ name: [UInt8], _ word: [UInt8]) -> Bool {
        guard (name.count - word.count).magnitude <= 1 else { return false }
        let start = zip(name, word).prefix { $0 == $1 }.count
        let end = zip(name.reversed(), word.reversed()).prefix { $0 == $1 }.count
        let longest = max(name.count, word.count)
        if start + end >= longest - 1 { return true }
        return name.count == word.count && start + end >= longest - 2 && start + 1 < longest
            && name[start] == word[start + 1] && name[start + 1] == word[start]
    }

    /// Letters and digits in lower case, and where words begin among them: behind what joins words, and at a capital.
    private static func fold(_ name: some Sequence<UInt8>) -> (folded: [UInt8], starts: [Int]) {
        var folded: [UInt8] = []
        var starts: [Int] = []
        var isBehindWord = true
        var wasCapital = false
        for byte in name {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                if isBehindWord || !wasCapital { starts.append(folded.count) }
                folded.append(byte | 0x20)
                (isBehindWord, wasCapital) = (false, true)
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                if isBehindWord { starts.append(folded.count) }
                folded.append(byte)
                (isBehindWord, wasCapital) = (false, false)
            default: isBehindWord = true
            }
        }
        return (folded, starts)
    }
}

/// The meanings of names that came before: clients send the same ones again and again.
struct SecretNames {
    /// Made when the first name comes.
    private var slots: [(name: [UInt8], meaning: SecretName.Meaning)] = []

    mutating func meaning(_ name: ArraySlice<UInt8>) -> SecretName.Meaning {
        guard (2...128).contains(name.count) else { return .ordinary }
        var hash: UInt32 = 0x811C_9DC5
        for byte in name { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        let slot = Int((hash ^ hash >> 15) & 255)
        if slots.isEmpty { slots = .init(repeating: ([], .ordinary), count: 256) }
        if slots[slot].name.elementsEqual(name) { return slots[slot].meaning }
        let meaning = SecretName.meaning(name)
        slots[slot] = (Array(name), meaning)
        return meaning
    }
}
