internal import HTTP
internal import HTTPServer

extension FuzzTarget {
    /// However a head is cut into pieces, it comes to the same; and what was accepted is what RFC 9112 allows.
    static let requestHead = FuzzTarget("request-head") { bytes in
        let whole = HeadReading(bytes, piece: bytes.count)
        for piece in [1, 2, 7] {
            let pieces = HeadReading(bytes, piece: piece)
            try require(
                whole.end == pieces.end, "in pieces of \(piece) a head ends at \(String(describing: pieces.end))")
            try require(
                whole.end == nil || whole.head == pieces.head, "in pieces of \(piece) a head is \(pieces.head)")
            try require(
                (whole.rejection == nil) == (pieces.rejection == nil),
                "at once \(String(describing: whole.rejection)), in pieces \(String(describing: pieces.rejection))")
        }
        if let rejection = whole.rejection {
            try require((400...599).contains(rejection.status.rawValue), "\(rejection) is no refusal")
            try require(!rejection.message.isEmpty, "\(rejection) has no message")
        }
        guard let end = whole.end else { return }
        try require(end <= bytes.count && end > 0, "a head ends at \(end) of \(bytes.count)")
        for field in whole.fields {
            try require(!field.name.isEmpty, "a field has no name")
            let value = Array(field.value.utf8)
            try require(value.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 9 }, "a value has a control character")
            try require(value.first != 0x20 && value.last != 0x20, "a value begins or ends with a blank")
        }
        // The next head, by the same reader: nothing of the first one is left.
        var reader = HeadReading(bytes, piece: bytes.count).reader
        reader.begin()
        let plain = Array("GET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
        let next = try? reader.read(plain, from: 0, to: plain.count)
        try require(next == plain.count && reader.head.framing == .none, "a plain head behind it is another")
        // The same head again is known by its bytes, and comes to the same.
        reader = whole.reader
        reader.begin()
        let again = try? reader.read(bytes, from: 0, to: end)
        try require(again == end && "\(reader.head)" == whole.head, "the same head again is \(reader.head)")
    }

    /// Chunked coding: cut into pieces it comes to the same body, and what it writes is chunked coding that reads as the same.
    static let chunked = FuzzTarget("chunked") { bytes in
        let whole = ChunkedReading(bytes, piece: bytes.count)
        for piece in [1, 3] {
            let pieces = ChunkedReading(bytes, piece: piece)
            try require(whole.isRefused == pieces.isRefused, "in pieces of \(piece) it is another answer")
            guard !whole.isRefused else { continue }
            try require(whole.isComplete == pieces.isComplete, "in pieces of \(piece) it ends elsewhere")
            try require(whole.body == pieces.body, "in pieces of \(piece) it is another body")
        }
        guard whole.isComplete else { return }
        let again = ChunkedReading(whole.output, piece: whole.output.count)
        try require(again.isComplete && again.body == whole.body, "what was written reads as another body")
        try require(again.rest == whole.output.count, "what was written ends before its end")
    }

    /// A target, its query and its authority: what was understood, written again, is understood as the same.
    static let requestTarget = FuzzTarget("request-target") { bytes in
        let raw = text(bytes)
        if let authority = Authority(raw) { try check(authority, raw) }
        guard let target = Target(raw), !target.isWholeServer else { return }
        try require(target.segments.allSatisfy { !$0.isEmpty }, "a segment is empty")
        let path = "/" + target.segments.map(\.percentEncoded).joined(separator: "/")
        let query = target.query.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }.joined(separator: "&")
        guard let again = Target(query.isEmpty ? path : "\(path)?\(query)") else {
            throw Broken(description: "\(path)?\(query) cannot be read again")
        }
        try require(again.segments == target.segments, "\(again.segments) are not \(target.segments)")
        try require(
            again.query.map { [$0.name, $0.value] } == target.query.map { [$0.name, $0.value] }, "another query")
        let fields: Fields = ["Host": raw, "Forwarded": raw, "X-Forwarded-For": raw]
        let request = Request(method: .get, target: target, fields: fields, body: [])
        try require(Host(request.clientAddress) != nil || request.clientAddress.contains(":"), request.clientAddress)
        let origin = request.serverOrigin
        try require(origin.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "the origin is \(origin)")
    }

    private static func check(_ authority: Authority, _ raw: String) throws {
        let port = authority.port.map { ":\($0)" } ?? ""
        try require(
            Authority(authority.host.text + port) == authority, "\(authority.host.text)\(port) is not \(authority)")
        try require((0...65_535).contains(authority.port ?? 0), "the port is \(String(describing: authority.port))")
    }
}

private struct HeadReading {
    private(set) var reader = RequestHeadReader()
    private(set) var end: Int?
    private(set) var rejection: Rejection?

    init(_ bytes: [UInt8], piece: Int) {
        var come = 0
        while come < bytes.count, end == nil, rejection == nil {
            come = min(bytes.count, come + max(1, piece))
            do throws(Rejection) {
                end = try reader.read(Array(bytes[..<come]), from: 0, to: come)
            } catch {
                rejection = error
            }
        }
    }

    var fields: [NamedValue] { reader.head.fields.lines }
    var head: String { "\(reader.head)" }
}

private struct ChunkedReading {
    private var reader = ChunkedReader()
    private(set) var output: [UInt8] = []
    private(set) var isRefused = false
    /// Where it ended.
    private(set) var rest = 0

    init(_ bytes: [UInt8], piece: Int) {
        var come = 0
        while come < bytes.count, !reader.isComplete {
            come = min(bytes.count, come + max(1, piece))
            do throws(Rejection) {
                rest = try reader.read(Array(bytes[..<come]), from: rest, into: &output)
            } catch {
                isRefused = true
                return
            }
        }
    }

    var isComplete: Bool { reader.isComplete }

    /// The data of what was written, read by a reader that knows its plain form only.
    var body: [UInt8] {
        var body: [UInt8] = []
        var rest = output[...]
        while !rest.isEmpty {
            let line = rest.prefix { $0 != UInt8(ascii: "\r") }
            let size = Int(text(line), radix: 16) ?? 0
            rest = rest.dropFirst(line.count + 2)
            body += rest.prefix(size)
            rest = rest.dropFirst(size + 2)
        }
        return body
    }
}
