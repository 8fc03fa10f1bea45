internal import Contract
package import HTTP
package import JSON
package import Sandbox

/// What must not be shown, wherever it stands: SSNs, account and card numbers, passwords, tokens, and what lets somebody in like
/// them. Three things give one away: the name before it, its look, and that it was one elsewhere in the same sandbox.
package struct Secrets {
    package static let mask = "***"

    private var names = SecretNames()
    private var lastHeaders: [Header] = [Header(), Header()]

    package init() {}

    // MARK: Bodies

    /// A document without its secrets. What its names say to be one is remembered, and masked wherever else it stands.
    ///
    /// - Parameters:
    ///   - seen: of the sandbox that it met.
    ///   - learns: whether the sandbox is to know these secrets again; an answer's it made itself.
    package mutating func body(_ json: JSON, _ seen: SeenSecrets, learns: Bool) -> [UInt8] {
        let version = seen.version
        let masked = walk(json, seen, learns: learns)
        // What stands behind may be what stood before, under another name.
        return seen.version == version ? masked : walk(json, seen, learns: learns)
    }

    /// What is kept of a body that nobody can read: how long it was.
    static func placeholder(_ bytes: [UInt8]) -> [UInt8] {
        bytes.isEmpty ? [] : Array("(\(bytes.count) bytes that are no JSON, not shown)".utf8)
    }

    /// A document of ours in which every text is a sentence: only what is a secret is taken out of it.
    mutating func notes(_ bytes: [UInt8], _ seen: SeenSecrets) -> [UInt8] {
        guard
            seen.isIn(bytes, bytes.indices) || SecretShape.mayBe(in: bytes)
                || bytes.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "\\") }),
            let json = try? JSON(bytes)
        else { return bytes }
        return walk(json, seen, learns: false, areSentences: true)
    }

    /// The answer to what was refused: it may repeat a part of it, so it is always looked through.
    mutating func refusal(_ bytes: [UInt8], _ seen: SeenSecrets) -> [UInt8] {
        guard let json = try? JSON(bytes) else { return bytes }
        return walk(json, seen, learns: false, areSentences: true)
    }

    /// An answer without its secrets, looked through only where it may have one.
    ///
    /// - Parameters:
    ///   - isSuspect: whether its declaration says that it has.
    ///   - kept: how many bytes of what is returned are kept; what stands behind them is not looked through.
    package mutating func answer(
        _ bytes: [UInt8], _ seen: SeenSecrets, isSuspect: Bool, keeping kept: Int = .max
    ) -> [UInt8] {
        guard isSuspect || seen.isIn(bytes, bytes.indices) || SecretShape.mayBe(in: bytes) else { return bytes }
        guard let json = try? JSON(bytes) else { return Self.placeholder(bytes) }
        return walk(json, seen, learns: false, keeping: kept)
    }

    /// One look at each name and value, in the order of the text; what is a secret is replaced.
    private mutating func walk(
        _ json: JSON, _ seen: SeenSecrets, learns: Bool, areSentences: Bool = false, keeping kept: Int = .max
    ) -> [UInt8] {
        let bytes = json.document
        var copy = Copy(bytes)
        var meaning = SecretName.Meaning.ordinary
        var isSentence = areSentences
        var holderEnd = 0
        /// The place behind what may be the value of a label that names a secret.
        var labelEnd = 0
        var place = 0
        while place < json.tokenCount {
            let token = json.token(place)
            place += 1
            switch token.part {
            case .name:
                guard copy.count(before: token.range) <= kept else { return copy.finish() }
                meaning = self.meaning(of: token, in: json, isInHolder: place <= holderEnd)
                if place <= labelEnd, meaning == .ordinary, SecretName.isValue(bytes[token.range]) { meaning = .secret }
                isSentence = areSentences || token.range.count == 7 && bytes[token.range].elementsEqual("message".utf8)
                if hidesName(token, meaning, in: json, seen) { copy.replaceText(token.range) }
                let value = json.token(place)
                if meaning == .holder, value.part == .object {
                    holderEnd = max(holderEnd, value.next)
                    meaning = .ordinary
                }
                guard meaning.isSecret else { continue }
                if learns, meaning != .key { learn(place, in: json, seen) }
                if value.part != .word { copy.replace(value) }
                place = value.next
                meaning = .ordinary
            case .string:
                if meaning == .label { labelEnd = names.meaning(bytes[token.range]) == .secret ? place + 6 : 0 }
                if let text = replacement(of: token, meaning, isSentence, in: json, seen, learns) {
                    copy.replaceText(token.range, with: text)
                }
                meaning = .ordinary
            case .number:
                if meaning != .moment, NumberShape.isSecret(bytes, token.range, meaning) || isSeen(token, bytes, seen) {
                    copy.replace(token)
                }
                meaning = .ordinary
            case .word: meaning = .ordinary
            case .object, .array: (meaning, labelEnd) = (.ordinary, 0)
            }
        }
        return copy.finish()
    }

    private mutating func meaning(of name: JSON.Token, in json: JSON, isInHolder: Bool) -> SecretName.Meaning {
        let text = name.isEscaped ? Array(json.text(of: name).utf8)[...] : json.document[name.range]
        let meaning = names.meaning(text)
        return isInHolder && meaning == .ordinary && SecretName.isNumber(text) ? .secret : meaning
    }

    /// A name that is somebody's number, or hides one.
    private mutating func hidesName(
        _ name: JSON.Token, _ meaning: SecretName.Meaning, in json: JSON, _ seen: SeenSecrets
    ) -> Bool {
        let bytes = json.document
        let isKnown = !meaning.isSecret && seen.isIn(bytes, name.range)
        if isKnown { return true }
        guard name.isEscaped || !Traits(bytes, name.range).isHarmless else { return false }
        let text = Array(json.text(of: name).utf8)
        return SecretText(seen).clue(in: text, text.indices, .ordinary, &names) != nil
    }

    private func isSeen(_ token: JSON.Token, _ bytes: [UInt8], _ seen: SeenSecrets) -> Bool {
        token.range.count >= 6 && seen.isIn(bytes, token.range)
    }

    /// What a string becomes, as a string's source; `nil` where it stays.
    private mutating func replacement(
        of token: JSON.Token, _ meaning: SecretName.Meaning, _ isSentence: Bool, in json: JSON, _ seen: SeenSecrets,
        _ learns: Bool
    ) -> [UInt8]? {
        guard meaning != .testValue else { return nil }
        var (bytes, range) = (json.document, token.range)
        if token.isEscaped {
            bytes = Array(json.text(of: token).utf8)
            range = bytes.indices
        }
        if isSentence {
            let text = String(decoding: bytes[range], as: UTF8.self)
            let shown = sentence(text, seen)
            return shown == text ? nil : quoted(shown)
        }
        guard let clue = SecretText(seen).clue(in: bytes, range, meaning, &names) else {
            return token.isEscaped ? repaired(token, in: json) : nil
        }
        // What comes back in an answer has no name there; what is told by its digits is found again by them.
        if learns, clue != .seen, range.count <= 256, clue != .shape || bytes[range].contains(where: \.isLetter) {
            seen.remember(bytes[range])
        }
        return Array(Self.mask.utf8)
    }

    /// Half of a surrogate pair is no text anywhere: it is kept as what it reads as.
    private func repaired(_ token: JSON.Token, in json: JSON) -> [UInt8]? {
        let source = json.document[token.range]
        guard source.contains(UInt8(ascii: "d")) || source.contains(UInt8(ascii: "D")) else { return nil }
        let text = json.text(of: token)
        return text.unicodeScalars.contains("\u{FFFD}") ? quoted(text) : nil
    }

    private func quoted(_ text: String) -> [UInt8] {
        JSONWriter.write { $0.value(text) }.dropFirst().dropLast()
    }

    /// Remembers the texts and numbers of a value: itself, the elements of an array, and what a name says to be a secret's.
    private mutating func learn(_ first: Int, in json: JSON, _ seen: SeenSecrets) {
        let end = json.token(first).next
        var (place, isMeant) = (first, true)
        while place < end {
            let token = json.token(place)
            switch token.part {
            case .name:
                isMeant = meaning(of: token, in: json, isInHolder: true).isSecret || json.text(of: token) == "value"
            case .string where isMeant:
                let text = Array(json.text(of: token).utf8)
                if !Self.isToken(text) { seen.remember(text) }
            case .number where isMeant: seen.remember(json.document[token.range])
            case .string, .number, .word, .object, .array: break
            }
            place += 1
        }
    }

    /// What is known by its look need not be remembered: each customer has a token, and many of them.
    private static func isToken(_ text: [UInt8]) -> Bool {
        text.starts(with: "eyJ".utf8) && !SecretShape.ranges(in: text, text.indices).isEmpty
    }

    // MARK: Targets

    /// Path and query, with the secrets in their places masked.
    ///
    /// - Parameter isRouted: whether the path is one of the API's, whose places are known.
    package mutating func target(_ target: Target, _ seen: SeenSecrets?, isRouted: Bool) -> String {
        let path = path(target, seen, isRouted: isRouted)
        return target.queryText.isEmpty ? path : "\(path)?\(query(target.queryText, seen))"
    }

    package mutating func path(_ target: Target, _ seen: SeenSecrets?, isRouted: Bool) -> String {
        let bytes = Array(target.path.utf8)
        if isRouted, Traits(bytes, bytes.indices).isHarmless, seen?.isIn(bytes, bytes.indices) != true {
            return target.path
        }
        var meaning = SecretName.Meaning.ordinary
        let segments = target.path.split(separator: "/", omittingEmptySubsequences: false).map { raw in
            let text = Array(raw.utf8)
            let clue = SecretText(seen).clue(in: text, text.indices, meaning, &names)
            if clue == .disguise || clue == .name { seen?.remember(text) }
            let isHidden = clue != nil || !isRouted && meaning.isSecret && !text.isEmpty
            meaning = names.meaning(text[...])
            return isHidden ? Self.mask : String(raw)
        }
        return segments.joined(separator: "/")
    }

    /// Remembers what the names of a query say to be secrets.
    mutating func learn(_ query: [NamedValue], _ seen: SeenSecrets) {
        for pair in query where names.meaning(Array(pair.name.utf8)[...]) == .secret {
            let text = Array(pair.value.utf8)
            if !Self.isToken(text) { seen.remember(text) }
        }
    }

    private mutating func query(_ text: String, _ seen: SeenSecrets?) -> String {
        let pairs = text.split(separator: "&", omittingEmptySubsequences: false).map { pair in
            let raw = pair.prefix { $0 != "=" }
            let name = Self.decoded(raw)
            let value = Self.decoded(pair.dropFirst(raw.count + 1))
            let meaning = names.meaning(name[...])
            let text = SecretText(seen)
            let hidesName = meaning == .ordinary && text.clue(in: name, name.indices, .ordinary, &names) != nil
            let hidesValue =
                meaning.isSecret && meaning != .holder || meaning == .holder && !value.isEmpty
                || text.clue(in: value, value.indices, meaning, &names) != nil
            guard hidesName || hidesValue else { return String(pair) }
            let shownName = hidesName ? Self.mask : String(raw)
            return raw.count == pair.count
                ? shownName : "\(shownName)=\(hidesValue ? Self.mask : String(pair.dropFirst(raw.count + 1)))"
        }
        return pairs.joined(separator: "&")
    }

    private static func decoded(_ text: some StringProtocol) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: "%")) || bytes.contains(UInt8(ascii: "+")) else { return bytes }
        return Disguise.percentDecoded(bytes)
    }

    // MARK: Headers

    /// The header of the last message, and what became of it: clients send the same one again and again.
    private struct Header {
        var lines: [NamedValue] = []
        var text: [UInt8] = []
        var seen: ObjectIdentifier?
        var version = 0
    }

    enum Side: Int {
        case request, response
    }

    /// `Name: value`, a line a field.
    mutating func header(_ lines: [NamedValue], of side: Side, _ seen: SeenSecrets) -> [UInt8] {
        let last = lastHeaders[side.rawValue]
        if !last.text.isEmpty, last.seen == ObjectIdentifier(seen), last.version == seen.version, last.lines == lines {
            return last.text
        }
        var text: [UInt8] = []
        text.reserveCapacity(256)
        for line in lines {
            let name = Array(line.name.utf8)
            let meaning = names.meaning(name[...])
            if side == .request, meaning == .secret {
                let value = Array(line.value.utf8)
                if !Self.isToken(value) { seen.remember(value) }
            }
            Self.append(line.name, shown(line, meaning, seen), to: &text)
        }
        lastHeaders[side.rawValue] = Header(
            lines: lines, text: text, seen: ObjectIdentifier(seen), version: seen.version)
        return text
    }

    /// The same with everything as it came.
    static func open(_ lines: [NamedValue]) -> [UInt8] {
        var text: [UInt8] = []
        for line in lines { append(line.name, line.value, to: &text) }
        return text
    }

    private static func append(_ name: String, _ value: String, to text: inout [UInt8]) {
        text.append(contentsOf: name.utf8)
        text.append(UInt8(ascii: ":"))
        text.append(UInt8(ascii: " "))
        text.append(contentsOf: value.utf8)
        text.append(UInt8(ascii: "\n"))
    }

    private mutating func shown(_ line: NamedValue, _ meaning: SecretName.Meaning, _ seen: SeenSecrets) -> String {
        let value = Array(line.value.utf8)
        switch meaning {
        case .secret, .holder: return Self.mask
        case .key:
            // The end of a long API key helps to see which one it was.
            let isKey = line.name.lowercased() == "authorization" && value.count >= 16
            let isSecret = SecretText(seen).clue(in: value, value.indices, .ordinary, &names) != nil
            return isKey && !isSecret ? Self.mask + line.value.suffix(4) : Self.mask
        case .ordinary, .bank, .moment, .label, .testValue:
            return SecretText(seen).clue(in: value, value.indices, meaning, &names) == nil ? line.value : Self.mask
        }
    }

    // MARK: Sentences

    /// A text of ours that may repeat what a caller has sent.
    package mutating func sentence(_ text: String, _ seen: SeenSecrets?) -> String {
        let bytes = Array(text.utf8)
        let traits = Traits(bytes, bytes.indices)
        let known = seen?.ranges(in: bytes) ?? []
        guard !traits.isHarmless || !known.isEmpty else { return text }
        var copy = Copy(bytes)
        var end = 0
        let found = (SecretShape.ranges(in: bytes, bytes.indices) + known).sorted { $0.lowerBound < $1.lowerBound }
        for range in found where range.lowerBound >= end {
            copy.replaceText(range)
            end = range.upperBound
        }
        let open = String(decoding: copy.finish(), as: UTF8.self)
        // Then what is wrapped in something, a word at a time.
        let words = open.split(separator: " ", omittingEmptySubsequences: false).map { word in
            let word = Array(word.utf8)
            let isHidden = SecretText(seen, isSentence: true).clue(in: word, word.indices, .ordinary, &names) != nil
            return isHidden ? Self.mask : String(decoding: word, as: UTF8.self)
        }
        return words.joined(separator: " ")
    }

    /// A value that is shown outside of the journal.
    mutating func value(_ text: String, _ seen: SeenSecrets?) -> String {
        let bytes = Array(text.utf8)
        return SecretText(seen).clue(in: bytes, bytes.indices, .ordinary, &names) == nil ? text : Self.mask
    }
}

extension Sandbox {
    /// A text that somebody gave it, as the state shows it.
    package func shown(_ text: String) -> String {
        guard !showsSecrets else { return text }
        var secrets = Secrets()
        return secrets.value(text, seenSecrets)
    }
}

extension Gateway {
    /// Takes secrets out of an answer that repeats what it was asked, or what somebody else has sent: a refusal, a verification.
    package func hideSecrets(in response: inout Response, of sandbox: Sandbox?) {
        guard !recording.showsSecrets, !response.body.isEmpty else { return }
        response.body = secrets.refusal(response.body, sandbox?.seenSecrets ?? SeenSecrets())
    }

    /// The sandbox of whoever asks, for what the log must not show; none is opened for that, and none is looked at that is away.
    package func openedSandbox(of fields: Fields) -> Sandbox? {
        let sandbox = sandboxToDescribe(to: fields)
        return sandbox?.absence == nil ? sandbox : nil
    }

    /// The sandbox of whoever asks; none is opened for that. It may be away.
    package func sandboxToDescribe(to fields: Fields) -> Sandbox? {
        guard let key = fields["authorization"] else { return nil }
        return sandboxes.opened(for: key.hasScheme ? String(key.dropFirst("bearer ".count)) : key)
    }

    /// A path for the log.
    package func shownPath(_ target: Target, in sandbox: Sandbox?) -> String {
        recording.showsSecrets ? target.path : secrets.path(target, sandbox?.seenSecrets, isRouted: sandbox != nil)
    }

    /// A sentence for the log.
    package func shown(_ sentence: String, in sandbox: Sandbox?) -> String {
        recording.showsSecrets ? sentence : secrets.sentence(sentence, sandbox?.seenSecrets)
    }
}

extension SecretName.Meaning {
    /// Whether a text or a number with that name is masked whatever it looks like.
    var isSecret: Bool {
        switch self {
        case .secret, .holder, .key: true
        case .ordinary, .bank, .moment, .label, .testValue: false
        }
    }
}

/// The bytes of a document, some of them replaced on the way.
private struct Copy {
    private let bytes: [UInt8]
    private var pending = 0
    private var copied: [UInt8] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Replaces the text of a string or a name, within its quotes.
    mutating func replaceText(_ range: Range<Int>, with text: [UInt8] = Array(Secrets.mask.utf8)) {
        if copied.isEmpty { copied.reserveCapacity(bytes.count) }
        copied.append(contentsOf: bytes[pending..<range.lowerBound])
        copied.append(contentsOf: text)
        pending = range.upperBound
    }

    /// Replaces a whole value, whatever it is, by a string.
    mutating func replace(_ token: JSON.Token) {
        guard token.part != .string else { return replaceText(token.range) }
        replaceText(token.range, with: Array("\"\(Secrets.mask)\"".utf8))
    }

    /// How long the copy is before a place of the text.
    func count(before range: Range<Int>) -> Int { copied.count + range.lowerBound - pending }

    mutating func finish() -> [UInt8] {
        guard pending > 0 || !copied.isEmpty else { return bytes }
        copied.append(contentsOf: bytes[pending...])
        return copied
    }
}

/// Whether a number of a document is somebody's.
enum NumberShape {
    /// - Parameter range: of a JSON number.
    static func isSecret(_ bytes: [UInt8], _ range: Range<Int>, _ name: SecretName.Meaning) -> Bool {
        guard range.count >= 9 else { return false }
        // A fraction of nothing says nothing: 123456789.0 is a whole number, 0.123456789 a rate.
        let text = bytes[range].drop { $0 == UInt8(ascii: "-") }
        let whole = text.prefix(while: \.isDigit)
        let rest = text.dropFirst(whole.count)
        if rest.allSatisfy({ $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }) {
            return !SecretShape.ranges(in: bytes, whole.startIndex..<whole.endIndex, name).isEmpty
        }
        guard rest.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) else { return false }
        let digits = text.prefix { $0 | 0x20 != UInt8(ascii: "e") }.filter(\.isDigit)
        return !SecretShape.ranges(in: digits, digits.indices, name).isEmpty
    }
}
