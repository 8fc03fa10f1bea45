internal import Contract
internal import JSON
internal import Medusa
internal import MedusaStore
internal import RequestJournal
internal import Sandbox

extension FuzzTarget {
    /// Stars: a text and a pattern, on two lines, agree with the plainest matcher that there is.
    static let wildcards = FuzzTarget("wildcards") { bytes in
        var input = Bytes(bytes)
        let (pattern, subject) = (text(input.line()), text(input.line()))
        let accepts = Wildcard(pattern).accepts(subject)
        try require(Wildcard("*").accepts(subject), "* does not stand for anything")
        try require(Wildcard("*\(subject)*").accepts(subject), "a text is not found in itself")
        if Decimal(pattern) == nil || Decimal(subject) == nil {
            let plain = isPlainMatch(Array(subject.canonicallyFolded.utf8), Array(pattern.canonicallyFolded.utf8))
            try require(accepts == plain, "\(subject) and \(pattern): \(accepts)")
        }
        if accepts, Decimal(subject) == nil {
            try require(
                Wildcard(pattern).accepts(subject.uppercased().lowercased()) || !isASCII(subject), "case matters")
        }
    }

    private static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }

    /// By a table: whether the first bytes of the one are the first of the other.
    private static func isPlainMatch(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
        var row = [true] + Array(repeating: false, count: text.count)
        for byte in pattern {
            let isStar = byte == UInt8(ascii: "*")
            var next = [isStar && row[0]]
            for (place, letter) in text.enumerated() {
                next.append(isStar ? row[place + 1] || next[place] : row[place] && letter == byte)
            }
            row = next
        }
        return row[text.count]
    }

    /// A document of `verify`, and a request's body behind it: what is declared is checked, and what is right reads and looks.
    static let verification = FuzzTarget("verification") { bytes in
        var input = Bytes(bytes)
        let line = input.line()
        let body = input.remainder()
        guard let document = try? JSON(line), Verification.fields.violations(of: document).isEmpty else { return }
        let present = Timestamp(milliseconds: 1_772_442_000_000)
        do {
            _ = try Verification(reading: .object(document), present: present)
        } catch {
            try require(error is Violation, "\(error)")
            return
        }
        var entry = Journal.Entry(
            at: present, arrived: present, tookMicroseconds: 1, status: 200, method: "POST", operation: "createUser",
            target: "/v3/users?a=\(text(body.prefix(200)).filter { $0.isLetter })", requestFields: Array("A: b".utf8),
            requestBody: body, responseFields: [], responseBody: body, notes: [])
        for expected in document["requests"]?.elements ?? [] {
            guard Pattern.fields.violations(of: expected.without(["count", "atLeast", "atMost", "never"])).isEmpty
            else {
                continue
            }
            guard let pattern = try? Pattern(reading: .object(expected), present: present) else { continue }
            for status in [200, 400, 503] {
                entry.status = status
                let request = RecordedRequest(entry)
                let differences = pattern.differences(in: request)
                try require(pattern.fits(request) == differences.isEmpty, "it fits, and has differences")
                _ = differences.map(\.sentence)
            }
            try require(!pattern.sentence.isEmpty, "a pattern has no words")
        }
    }
}

extension JSON {
    fileprivate func without(_ names: Set<String>) -> JSON {
        let bytes = JSONWriter.write { writer in
            writer.object { object in
                for member in members where !names.contains(member.name) {
                    object.escapedKey(member.name)
                    object.raw(member.value.source)
                }
            }
        }
        return (try? JSON(bytes)) ?? self
    }
}
