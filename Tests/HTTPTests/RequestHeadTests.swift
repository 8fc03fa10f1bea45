import HTTP
import Testing

@Suite struct `A request's head` {
    /// Reads a text that came at once; what the reader says, and where the head ends.
    private func read(_ text: String) throws(Rejection) -> (head: RequestHead, end: Int?) {
        var reader = RequestHeadReader()
        let bytes = Array(text.utf8)
        let end = try reader.read(bytes, from: 0, to: bytes.count)
        return (reader.head, end)
    }

    private func rejection(_ text: String) -> Rejection? {
        do throws(Rejection) {
            _ = try read(text)
            return nil
        } catch {
            return error
        }
    }

    @Test func `is read to its end, and not further`() throws {
        let text = "POST /v3/users?a=b HTTP/1.1\r\nHost: localhost:6338\r\nContent-Length: 2\r\nX-A: \t b c \t\r\n\r\n"
        let (head, end) = try read(text + "{}GET")
        #expect(end == text.utf8.count)
        #expect(head.method == .post)
        #expect(head.target == "/v3/users?a=b")
        #expect(head.framing == .length(2))
        #expect(head.fields["x-a"] == "b c", "blanks around a value are no part of it")
    }

    @Test(arguments: [
        ("GET / HTTP/1.1", RequestHead.Framing.none, false), ("GET / HTTP/1.1\r\nContent-Length: 0", .none, false),
        ("GET / HTTP/1.1\r\nContent-Length: 007", .length(7), false),
        ("GET / HTTP/1.1\r\nTransfer-Encoding: Chunked", .chunked, false),
        ("GET / HTTP/1.1\r\nConnection: a, Close", .none, true), ("GET / HTTP/1.0", .none, true),
        ("GET / HTTP/1.0\r\nConnection: keep-alive", .none, false), ("GET / HTTP/1.9", .none, false),
    ])
    func `says where the body ends, and whether the connection does`(
        lines: String, framing: RequestHead.Framing, ends: Bool
    ) throws {
        let head = try read("\(lines)\r\nHost: h\r\n\r\n").head
        #expect(head.framing == framing)
        #expect(head.endsConnection == ends)
    }

    @Test(arguments: [
        ("Host: a\r\nHost: a", Rejection.malformed(.repeatedHost)), ("X: y", .malformed(.noHost)),
        ("Host: a b", .malformed(.invalidHost)), ("Host: a@b", .malformed(.invalidHost)),
        ("Host: h:x", .malformed(.invalidHost)), ("Host: [::1", .malformed(.invalidHost)),
        ("Host: h\r\nContent-Length : 49", .malformed(.spaceBeforeColon)), ("Host: h\r\n: x", .malformed(.fieldName)),
        ("Host: h\r\nA(b): x", .malformed(.fieldName)), ("Host: h\r\nno colon", .malformed(.noColon)),
        ("Host: h\r\nA: x\r\n folded", .malformed(.foldedField)),
        ("Host: h\r\nA: x\u{0}y", .malformed(.controlCharacter)),
        ("Host: h\r\nA: x\ry", .malformed(.lineEnd)), ("Host: h\r\nA: \u{1B}[2J", .malformed(.controlCharacter)),
        ("Host: h\r\nContent-Length: 2\r\nContent-Length: 2", .malformed(.repeatedLength)),
        ("Host: h\r\nContent-Length: 2, 2", .malformed(.invalidLength)),
        ("Host: h\r\nContent-Length: +2", .malformed(.invalidLength)),
        ("Host: h\r\nContent-Length: -1", .malformed(.invalidLength)),
        ("Host: h\r\nContent-Length: 0x10", .malformed(.invalidLength)),
        ("Host: h\r\nContent-Length:", .malformed(.invalidLength)),
        ("Host: h\r\nContent-Length: 9223372036854775808", .malformed(.invalidLength)),
        ("Host: h\r\nContent-Length: 99999999999999999999999", .malformed(.invalidLength)),
        ("Host: h\r\nContent-Length: 2\r\nTransfer-Encoding: chunked", .malformed(.lengthBesideCoding)),
        ("Host: h\r\nTransfer-Encoding: gzip, chunked", .unknownCoding),
        ("Host: h\r\nTransfer-Encoding: xchunked", .malformed(.invalidCoding)),
        ("Host: h\r\nTransfer-Encoding: identity", .malformed(.invalidCoding)),
        ("Host: h\r\nTransfer-Encoding: \"chunked\"", .malformed(.invalidCoding)),
        ("Host: h\r\nTransfer-Encoding: chunked, chunked", .malformed(.invalidCoding)),
        ("Host: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .malformed(.invalidCoding)),
        ("Host: h\r\nTransfer-Encoding: chunked, gzip", .malformed(.invalidCoding)),
        ("Host: h\r\nTransfer-Encoding:", .malformed(.invalidCoding)),
        ("Host: h\r\nTransfer-Encoding: chunked;q=1", .malformed(.invalidCoding)),
        ("Host: h\r\nExpect: the-unexpected", .unknownExpectation),
    ])
    func `is refused for a field`(fields: String, expected: Rejection) {
        #expect(rejection("POST /v3/users HTTP/1.1\r\n\(fields)\r\n\r\n") == expected)
    }

    @Test(arguments: [
        ("hello", Rejection.malformed(.requestLine)), ("hello world", .malformed(.requestLine)),
        ("GET  HTTP/1.1", .malformed(.requestLine)), ("GET / HTTP/1.1 ", .malformed(.requestLine)),
        ("GET / /a HTTP/1.1", .malformed(.requestLine)), (" GET / HTTP/1.1", .malformed(.requestLine)),
        ("GET / http/1.1", .malformed(.requestLine)), ("GET / HTTP/11", .malformed(.requestLine)),
        ("G(T / HTTP/1.1", .malformed(.requestLine)), ("GET\t/\tHTTP/1.1", .malformed(.requestLine)),
        ("GET / HTTP/2.0", .unknownVersion), ("PRI * HTTP/2.0", .unknownVersion),
        ("GET /\u{0} HTTP/1.1", .malformed(.controlCharacter)), ("\u{16}\u{3}\u{1}", .malformed(.tls)),
    ])
    func `is refused for its request line`(line: String, expected: Rejection) {
        #expect(rejection("\(line)\r\nHost: h\r\n\r\n") == expected)
    }

    @Test func `knows no transfer coding in version 1_0, and needs no host`() throws {
        #expect(
            rejection("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == .malformed(.codingInOldVersion))
        #expect(try read("GET / HTTP/1.0\r\n\r\n").end != nil)
    }

    @Test func `may come after empty lines, and its lines may end without a carriage return`() throws {
        #expect(try read("\r\n\n\r\nGET / HTTP/1.1\nHost: h\r\n\n").end == 30)
    }

    @Test func `takes a header of 32 KiB in whatever shape, and not one much larger`() throws {
        let one = "Cookie: \(String(repeating: "c", count: 32 << 10))\r\n"
        let many = (0..<2000).map { "X-\($0): \($0)\r\n" }.joined()
        for fields in [one, many] {
            #expect(try read("GET / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n").end != nil)
        }
        #expect(rejection("GET / HTTP/1.1\r\nHost: h\r\n\(one)\(one)\r\n") == .fieldsTooLarge)
        #expect(
            rejection("GET / HTTP/1.1\r\nHost: h\r\n\(String(repeating: "a: b\r\n", count: 10_000))") == .fieldsTooLarge
        )
        #expect(rejection("GET /\(String(repeating: "a", count: 100_000))") == .targetTooLong)
    }

    /// Every prefix of a request, and every way to cut it in two, tell the same.
    @Test(arguments: [
        "GET /v3/users?a=b HTTP/1.1\r\nHost: localhost\r\nAuthorization: k\r\n\r\n",
        "\r\nPOST / HTTP/1.1\nHost: h\nContent-Length: 10\n\n",
    ])
    func `is the same in whatever pieces it comes`(text: String) throws {
        let bytes = Array(text.utf8)
        for cut in 0..<bytes.count {
            var reader = RequestHeadReader()
            #expect(try reader.read(bytes, from: 0, to: cut) == nil)
            #expect(reader.isInside == (cut > 0))
            #expect(try reader.read(bytes, from: 0, to: bytes.count) == bytes.count)
            #expect(reader.head.fields["host"] != nil)
        }
    }

    /// What a byte is wrong for may stand in the next piece.
    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: h\r\nA: x\ry\r\n\r\n", "GET /\r HTTP/1.1\r\nHost: h\r\n\r\n",
        "\rGET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nA: x\r\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n\rA: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\u{0}\r\n\r\n", "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
    ])
    func `is refused in whatever pieces it comes`(text: String) throws {
        let bytes = Array(text.utf8)
        for cut in 0..<bytes.count {
            var reader = RequestHeadReader()
            #expect(throws: Rejection.self, "cut at \(cut)") {
                _ = try reader.read(bytes, from: 0, to: cut)
                _ = try reader.read(bytes, from: 0, to: bytes.count)
            }
        }
    }

    @Test func `is told from the one before it, also where the header is the same`() throws {
        var reader = RequestHeadReader()
        let heads = [
            "GET /a HTTP/1.1\r\nHost: h\r\nX: 1\r\n\r\n", "PUT /b HTTP/1.1\r\nHost: h\r\nX: 1\r\n\r\n",
            "GET /c HTTP/1.1\r\nHost: h\r\nX: 2\r\n\r\n", "GET /d HTTP/1.1\r\nHost: h\r\nX: 1\r\nY: 3\r\n\r\n",
        ]
        let bytes = Array(heads.joined().utf8)
        var start = 0
        var seen: [String] = []
        for _ in heads {
            let end = try #require(try reader.read(bytes, from: start, to: bytes.count))
            seen.append(
                "\(reader.head.method?.rawValue ?? "") \(reader.head.target) \(reader.head.fields.lines.map(\.value))")
            reader.begin()
            start = end
        }
        #expect(
            seen == [
                #"GET /a ["h", "1"]"#, #"PUT /b ["h", "1"]"#, #"GET /c ["h", "2"]"#, #"GET /d ["h", "1", "3"]"#,
            ])
    }

    /// What is wrong is known with the byte that makes it wrong: nobody waits for the rest.
    @Test(arguments: [
        "GET /\u{0}", "\u{16}\u{3}", "(", "GET / HTTP/1.1\r\nA\u{1}", "GET / HTTP/1.1\r\nHost: h\r\n x\r\n",
    ])
    func `is refused as soon as it is wrong`(prefix: String) {
        #expect(rejection(prefix) != nil)
    }

    @Test func `never stops the program, whatever comes`() {
        var random = SplitMix(state: 7)
        let pieces = [
            "GET", " ", "/", "HTTP/1.1", "\r\n", "\n", "\r", "Host: h", ":", "\t", "\u{0}", "Content-Length: ",
            "9223372036854775807", "Transfer-Encoding: ", "chunked", ",", "é", "Expect: 100-continue",
            "Connection: close",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int(random.next() % 14)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }
                .joined()
            _ = rejection(text)
            _ = rejection("GET / HTTP/1.1\r\nHost: h\r\n\(text)\r\n\r\n")
        }
    }
}

@Suite struct `A host` {
    @Test(arguments: [
        ("localhost", true), ("LOCALHOST.", true), ("shop.localhost:3000", true), ("127.0.0.1", true),
        ("127.9.9.9:1", true),
        ("[::1]:6338", true), ("[0:0:0:0:0:0:0:1]", true), ("[::ffff:127.0.0.1]", true), ("127.0.0.1.evil.com", false),
        ("localhost.evil.com", false), ("evil.com", false), ("10.0.0.1", false), ("[::2]", false),

        ("127.1", false), ("2130706433", false), ("127.0.0.1.", true), ("10.0.0.1.", false),
    ])
    func `is this machine's or not`(text: String, isLoopback: Bool) {
        #expect(Authority(text)?.host.isLoopback == isLoopback)
    }

    @Test(arguments: [
        "", ":80", "a b", "a/b", "a@b", "a:b", "a:99999", "a:1:2", "[::1", "[x]", "[]", "[1:2]", "a\u{0}", "ü.de",
        "[::1]x", "a..b", "a..", ".a", ".",
    ])
    func `is none`(text: String) {
        #expect(Authority(text) == nil)
    }
}

/// Chance that is the same each time.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
