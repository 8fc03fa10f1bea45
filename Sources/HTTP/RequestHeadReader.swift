/// Reads a request's head as its bytes come, and takes nothing that RFC 9112 does not allow, but for a bare line feed at the end of a
/// line, which its section 2.2 lets a server take.
///
/// Bounds: `longestLine` for the request line, `longestFields` for the header. What is wrong is found with the byte that makes it
/// wrong, not at the end of the head, so that nobody waits for an answer that is known.
package struct RequestHeadReader: Sendable {
    /// In bytes.
    package static let longestLine = 36 << 10
    /// In bytes; a browser's cookies for localhost can take some twenty thousand.
    package static let longestFields = 36 << 10

    /// What has been read of the present head; complete as far as it came when the reader has thrown.
    package private(set) var head = RequestHead()

    /// The bytes of the present head that have been understood, and those that have been looked at.
    private var understood = 0
    private var seen = 0
    private var hasRequestLine = false
    private var fieldsBegin = 0
    private var special = Special()

    /// The header of the latest head, and what it came to: clients send the same one again and again.
    private var knownBytes: [UInt8] = []
    private var known = Header()
    /// The host that was last found to be one.
    private var goodHost = ""

    private struct Header {
        var fields = Fields()
        var special = Special()
    }

    /// The fields that the server itself needs.
    private struct Special {
        var hosts = 0
        var host = ""
        var lengths = 0
        var length: Int?
        var codings: [String] = []
        var connection: [String] = []
        var expectations: [String] = []
    }

    package init() {}

    /// - Parameters:
    ///   - bytes: hold the present head from `start`; what was there at the last call is still there.
    ///   - end: behind the last byte that has come.
    /// - Returns: where the head ends; `nil` while it is incomplete.
    package mutating func read(_ bytes: [UInt8], from start: Int, to end: Int) throws(Rejection) -> Int? {
        isInside = end > start
        if !hasRequestLine {
            guard try readRequestLine(bytes, start, end) else { return nil }
            if let place = repeatedHeader(bytes, start + understood, end) { return try complete(at: place) }
        }
        while let line = try nextLine(
            bytes, start, end, longest: fieldsBegin + Self.longestFields, else: .fieldsTooLarge)
        {
            if line.isEmpty {
                remember(bytes[start + fieldsBegin..<start + understood])
                return try complete(at: start + understood)
            }
            try readField(bytes, line)
        }
        return nil
    }

    /// Begins with the next head.
    package mutating func begin() {
        head = RequestHead()
        (understood, seen, fieldsBegin, hasRequestLine, isInside) = (0, 0, 0, false, false)
        special = Special()
    }

    /// Whether a head has begun, and the next one has not.
    package private(set) var isInside = false

    // MARK: Lines

    /// The next line that is complete, without its end; `nil` while there is none.
    private mutating func nextLine(
        _ bytes: [UInt8], _ start: Int, _ end: Int, longest: Int, else tooLong: Rejection
    ) throws(Rejection) -> Range<Int>? {
        let first = start + understood
        var place = start + seen
        let stop = min(end, start + longest)
        while place < stop {
            let byte = bytes[place]
            if byte < 0x20 || byte == 0x7F {
                // What it is before shows only when more has come, so it is looked at again then.
                if byte == UInt8(ascii: "\r"), place + 1 == end { break }
                if byte == UInt8(ascii: "\n") {
                    seen = place + 1 - start
                    understood = seen
                    let hasReturn = place > first && bytes[place - 1] == UInt8(ascii: "\r")
                    return first..<(hasReturn ? place - 1 : place)
                }
                try check(byte, bytes, at: place, isFirst: place == start)
            }
            place += 1
        }
        seen = place - start
        guard end - start <= longest else { throw tooLong }
        return nil
    }

    /// A control character may be a tab, or a carriage return before a line feed; something stands behind the latter.
    private func check(_ byte: UInt8, _ bytes: [UInt8], at place: Int, isFirst: Bool) throws(Rejection) {
        switch byte {
        case UInt8(ascii: "\t"): return
        case UInt8(ascii: "\r"):
            guard bytes[place + 1] != UInt8(ascii: "\n") else { return }
            throw .malformed(.lineEnd)
        // The type of a record that begins a TLS handshake (RFC 8446, section 5.1).
        case 0x16 where isFirst: throw .malformed(.tls)
        default: throw .malformed(.controlCharacter)
        }
    }

    // MARK: The request line

    /// - Returns: whether it is complete.
    private mutating func readRequestLine(_ bytes: [UInt8], _ start: Int, _ end: Int) throws(Rejection) -> Bool {
        while let line = try nextLine(bytes, start, end, longest: Self.longestLine, else: .targetTooLong) {
            // Section 2.2: empty lines before a request are passed over.
            if line.isEmpty { continue }
            try understand(bytes, line)
            hasRequestLine = true
            fieldsBegin = understood
            return true
        }
        // What does not begin as a method never becomes a request.
        let first = start + understood
        if first < end, !isToken(bytes[first]), bytes[first] != UInt8(ascii: "\r") { throw .malformed(.requestLine) }
        return false
    }

    private mutating func understand(_ bytes: [UInt8], _ line: Range<Int>) throws(Rejection) {
        let space = UInt8(ascii: " ")
        guard let first = bytes[line].firstIndex(of: space), first > line.lowerBound,
            let last = bytes[line].lastIndex(of: space), last > first + 1
        else { throw .malformed(.requestLine) }
        guard bytes[line.lowerBound..<first].allSatisfy(isToken) else { throw .malformed(.requestLine) }
        head.method = Method(bytes[line.lowerBound..<first])
        // No blank, no control character; bytes beyond ASCII are let through, for many a client sends them.
        guard bytes[first + 1..<last].allSatisfy({ $0 > space }) else { throw .malformed(.requestLine) }
        guard let target = String(validating: bytes[first + 1..<last], as: UTF8.self) else {
            throw .malformed(.encoding)
        }
        head.target = target
        try readVersion(bytes[last + 1..<line.upperBound])
    }

    private mutating func readVersion(_ text: ArraySlice<UInt8>) throws(Rejection) {
        let digits: ClosedRange<UInt8> = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard text.count == 8, text.starts(with: "HTTP/".utf8), let minor = text.last, digits.contains(minor),
            digits.contains(text[text.startIndex + 5]), text[text.startIndex + 6] == UInt8(ascii: ".")
        else { throw .malformed(.requestLine) }
        guard text[text.startIndex + 5] == UInt8(ascii: "1") else { throw .unknownVersion }
        head.version = minor == UInt8(ascii: "0") ? .http10 : .http11
    }

    // MARK: Fields

    private mutating func readField(_ bytes: [UInt8], _ line: Range<Int>) throws(Rejection) {
        guard !isBlank(bytes[line.lowerBound]) else { throw .malformed(.foldedField) }
        guard let colon = bytes[line].firstIndex(of: UInt8(ascii: ":")) else { throw .malformed(.noColon) }
        let name = line.lowerBound..<colon
        guard !name.isEmpty, bytes[name].allSatisfy(isToken) else {
            let isSpaced = bytes[name].last.map(isBlank) ?? false
            throw .malformed(isSpaced ? .spaceBeforeColon : .fieldName)
        }
        // Blanks around a value are no part of it (RFC 9110, section 5.5).
        var (from, to) = (colon + 1, line.upperBound)
        while from < to, isBlank(bytes[from]) { from += 1 }
        while from < to, isBlank(bytes[to - 1]) { to -= 1 }
        let value = String(decoding: bytes[from..<to], as: UTF8.self)
        note(bytes[name], value, bytes[from..<to])
        head.fields.add(String(decoding: bytes[name], as: UTF8.self), value)
    }

    private mutating func note(_ name: ArraySlice<UInt8>, _ value: String, _ bytes: ArraySlice<UInt8>) {
        switch name.count {
        case 4 where name.isSame(as: "host"):
            special.hosts += 1
            special.host = value
        case 6 where name.isSame(as: "expect"): special.expectations.append(value.lowercased())
        case 10 where name.isSame(as: "connection"): special.connection += elements(of: value)
        case 14 where name.isSame(as: "content-length"):
            special.lengths += 1
            special.length = length(bytes)
        case 17 where name.isSame(as: "transfer-encoding"): special.codings += elements(of: value)
        default: break
        }
    }

    private func elements(of value: String) -> [String] {
        value.split(separator: ",", omittingEmptySubsequences: false).map { element in
            let start = element.utf8.drop(while: isBlank)
            return String(Substring(start).reversed().drop { $0 == " " || $0 == "\t" }.reversed()).lowercased()
        }
    }

    /// Digits only, up to the largest number of bytes that this machine can name.
    private func length(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty else { return nil }
        var length = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            let (product, isTooLarge) = length.multipliedReportingOverflow(by: 10)
            let (sum, isStillTooLarge) = product.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
            guard !isTooLarge, !isStillTooLarge else { return nil }
            length = sum
        }
        return length
    }

    // MARK: The whole

    /// Where the header ends, if it is the latest one to the letter.
    private mutating func repeatedHeader(_ bytes: [UInt8], _ place: Int, _ end: Int) -> Int? {
        guard !knownBytes.isEmpty, end - place >= knownBytes.count else { return nil }
        // By index: iterating over a slice costs five times as much, and this is every request's.
        for index in knownBytes.indices where bytes[place + index] != knownBytes[index] { return nil }
        head.fields = known.fields
        special = known.special
        return place + knownBytes.count
    }

    /// A large header is not worth the memory.
    private mutating func remember(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count <= 1024 else { return }
        knownBytes = Array(bytes)
        known = Header(fields: head.fields, special: special)
    }

    private mutating func complete(at end: Int) throws(Rejection) -> Int {
        head.framing = try framing()
        if head.version == .http11, !special.expectations.isEmpty {
            guard special.expectations == ["100-continue"] else { throw .unknownExpectation }
            head.expectsContinue = true
        }
        head.endsConnection =
            head.version == .http10
            ? !special.connection.contains("keep-alive") : special.connection.contains("close")
        guard special.hosts == 1 || special.hosts == 0 && head.version == .http10 else {
            throw .malformed(special.hosts == 0 ? .noHost : .repeatedHost)
        }
        guard special.host == goodHost || special.host.isEmpty || Authority(special.host) != nil else {
            throw .malformed(.invalidHost)
        }
        goodHost = special.host
        return end
    }

    /// RFC 9112, sections 6.1 to 6.3; where it lets a server choose, the answer is no.
    private func framing() throws(Rejection) -> RequestHead.Framing {
        guard !special.codings.isEmpty else {
            guard special.lengths <= 1 else { throw .malformed(.repeatedLength) }
            guard special.lengths == 1 else { return .none }
            guard let length = special.length else { throw .malformed(.invalidLength) }
            return length > 0 ? .length(length) : .none
        }
        guard special.lengths == 0 else { throw .malformed(.lengthBesideCoding) }
        guard head.version == .http11 else { throw .malformed(.codingInOldVersion) }
        if special.codings == ["chunked"] { return .chunked }
        let others = special.codings.dropLast()
        let areCodings = others.allSatisfy { !$0.isEmpty && $0 != "chunked" && $0.utf8.allSatisfy(isToken) }
        throw special.codings.last == "chunked" && areCodings ? .unknownCoding : .malformed(.invalidCoding)
    }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

/// RFC 9110, section 5.6.2.
private func isToken(_ byte: UInt8) -> Bool { tokenBytes[Int(byte)] }

private let tokenBytes: [Bool] = (0...255).map { byte in
    let byte = UInt8(byte)
    return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) && byte >= 0x41
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
}

extension ArraySlice<UInt8> {
    /// ASCII comparison without regard to case; `lowercased` must be lower case already, and as long.
    fileprivate func isSame(as lowercased: String) -> Bool {
        var text = lowercased.utf8.makeIterator()
        return allSatisfy { byte in
            let folded = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
            return folded == text.next()
        }
    }
}

extension Method {
    /// Methods are case-sensitive.
    fileprivate init?(_ name: ArraySlice<UInt8>) {
        guard name.count <= 7 else { return nil }
        self.init(rawValue: String(decoding: name, as: UTF8.self))
    }
}
