internal import HTTP
internal import JSON

/// What must not be shown, wherever it stands: SSNs, account numbers, passwords, tokens and what lets somebody in like them.
///
/// It goes by names, and not by the declarations, so that a misspelt body or one that is no JSON gives nothing away either.
enum Secrets {
    static let mask = "***"

    /// Names of members and parameters, in lower case and without what joins words.
    private static let names: Set<String> = [
        "ssn", "socialsecuritynumber", "account", "accountnumber", "bankaccountnumber", "password", "newpassword",
        "passcode", "token", "customertoken", "accesstoken", "authorization", "apikey", "childkey", "authcode",
        "cardnumber", "pan", "cvv", "cvc", "driverslicensenumber",
    ]

    private static let initials = Array(Set(names.compactMap(\.utf8.first)))

    private static func isSecretField(_ name: String) -> Bool {
        // By length first: this is asked for every field of every request.
        switch name.utf8.count {
        case 6, 10, 13, 14, 19:
            ["authorization", "customer-token", "cookie", "set-cookie", "proxy-authorization"]
                .contains(name.lowercased())
        default: false
        }
    }

    static func isSecret(_ name: String) -> Bool {
        names.contains(String(decoding: name.utf8.compactMap(folded), as: UTF8.self))
    }

    private static func folded(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: " "): nil
        default: byte
        }
    }

    /// The header of the last request, and what became of it: clients send the same one again and again.
    struct Header {
        private var lines: [NamedValue] = []
        private var text: [UInt8] = []

        mutating func text(of lines: [NamedValue], showing: Bool) -> [UInt8] {
            if lines != self.lines || text.isEmpty {
                self.lines = lines
                text = Secrets.text(of: lines, showing: showing)
            }
            return text
        }
    }

    /// `Name: value`, a line a field.
    ///
    /// - Parameter showing: whether secrets stand there as they came.
    static func text(of lines: [NamedValue], showing: Bool) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(256)
        for line in lines {
            text.append(contentsOf: line.name.utf8)
            text.append(UInt8(ascii: ":"))
            text.append(UInt8(ascii: " "))
            let hides = !showing && isSecretField(line.name)
            text.append(contentsOf: (hides ? masked(line) : line.value).utf8)
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }

    /// The end of a long API key helps to see which one it was.
    private static func masked(_ line: NamedValue) -> String {
        let isKey = line.name.lowercased() == "authorization"
        return isKey && line.value.utf8.count >= 16 ? mask + line.value.suffix(4) : mask
    }

    static func target(_ target: Target, showing: Bool) -> String {
        guard !target.queryText.isEmpty else { return target.path }
        guard !showing, target.query.contains(where: { isSecret($0.name) }) else {
            return "\(target.path)?\(target.queryText)"
        }
        let pairs = target.queryText.split(separator: "&").map { pair in
            let name = pair.prefix { $0 != "=" }
            return isSecret(String(name)) || name.utf8.contains(UInt8(ascii: "%")) ? "\(name)=\(mask)" : String(pair)
        }
        return "\(target.path)?\(pairs.joined(separator: "&"))"
    }

    /// A body without its secrets. One that does not look like JSON is not kept at all: nobody knows what is in it.
    static func body(_ bytes: [UInt8]) -> [UInt8] {
        guard let first = bytes.first(where: { !$0.isBlank }) else { return [] }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else {
            return Array("(\(bytes.count) bytes that are no JSON, not shown)".utf8)
        }
        var masking = Masking(bytes)
        return masking.run()
    }

    /// One walk over bytes that may be JSON; whatever follows a secret name is replaced.
    private struct Masking {
        let bytes: [UInt8]
        var place = 0
        /// Where what has not been copied begins.
        var pending = 0
        var masked: [UInt8] = []

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        mutating func run() -> [UInt8] {
            while let quote = next(UInt8(ascii: "\"")) {
                place = quote
                let name = string()
                skipBlanks()
                guard place < bytes.count, bytes[place] == UInt8(ascii: ":"), isSecret(name) else { continue }
                place += 1
                skipBlanks()
                let start = place
                skipValue()
                masked.append(contentsOf: bytes[pending..<start])
                masked.append(contentsOf: "\"\(Secrets.mask)\"".utf8)
                pending = place
            }
            guard pending > 0 else { return bytes }
            masked.append(contentsOf: bytes[pending...])
            return masked
        }

        private func next(_ byte: UInt8) -> Int? { bytes[place...].firstIndex(of: byte) }

        /// The text between two quotes, the first of which is here; the place is then behind the second.
        private mutating func string() -> Range<Int> {
            let start = place + 1
            place = start
            while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
                place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
            }
            let end = min(place, bytes.count)
            place = min(end + 1, bytes.count)
            return start..<end
        }

        private func isSecret(_ name: Range<Int>) -> Bool {
            guard (2...128).contains(name.count) else { return false }
            // Few names begin like a secret; this is asked for every name and every text of a body.
            let first = bytes[name.lowerBound] | 0x20
            let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
            guard !isLetter || Secrets.initials.contains(first) else { return false }
            if !bytes[name].contains(UInt8(ascii: "\\")) {
                return Secrets.isSecret(String(decoding: bytes[name], as: UTF8.self))
            }
            let literal = [UInt8(ascii: "\"")] + bytes[name] + [UInt8(ascii: "\"")]
            return (try? JSON(literal))?.string.map(Secrets.isSecret) ?? true
        }

        private mutating func skipBlanks() {
            while place < bytes.count, bytes[place].isBlank { place += 1 }
        }

        /// A whole value, nested ones too; to the end where it has none.
        private mutating func skipValue() {
            var depth = 0
            while place < bytes.count {
                switch bytes[place] {
                case UInt8(ascii: "\""):
                    _ = string()
                    if depth == 0 { return }
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth += 1
                    place += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    guard depth > 0 else { return }
                    depth -= 1
                    place += 1
                    if depth == 0 { return }
                case UInt8(ascii: ","):
                    guard depth > 0 else { return }
                    place += 1
                default: place += 1
                }
            }
        }
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool {
        self == UInt8(ascii: " ") || self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r")
            || self == UInt8(ascii: "\t")
    }
}
