import Foundation
import JSON
import Support
import Testing

/// Where the network ends and the server begins: each byte sequence gets one well-formed answer or a closed connection, at once, and the
/// log says why.
@Suite struct `At the edge` {
    private let server: Server

    init() throws { server = try Server() }

    private static let head = "Host: localhost\r\nAuthorization: k\r\n"

    /// What comes, and whether the server then closes.
    private func exchange(_ text: String, with server: Server? = nil) throws -> (
        answers: [Connection.Response], rest: String
    ) {
        let connection = try (server ?? self.server).connect()
        try connection.send(text)
        connection.finish()
        return try Connection.answers(in: try connection.everything())
    }

    // MARK: Heads

    @Test(arguments: [
        "a cookie of 20,000 bytes", "165 cookies", "500 parameters", "one field of 32 KiB", "2,000 fields",
    ])
    func `32 KiB of fields are served in any shape`(shape: String) throws {
        let query = (0..<500).map { "p\($0)=\($0)" }.joined(separator: "&")
        let cookies = (0..<165).map { "c\($0)=\(String(repeating: "v", count: 62))" }.joined(separator: "; ")
        let line =
            switch shape {
            case "a cookie of 20,000 bytes": "Cookie: \(String(repeating: "c", count: 20_000))\r\n"
            case "165 cookies": "Cookie: \(cookies)\r\n"
            case "one field of 32 KiB": "X-Long: \(String(repeating: "x", count: 32_700))\r\n"
            case "2,000 fields": (0..<2000).map { "X-\($0): \($0)\r\n" }.joined()
            default: ""
            }
        let target =
            shape == "500 parameters" ? "/v3/user-exists?email=a@b.co&\(query)" : "/v3/user-exists?email=a@b.co"
        let (answers, rest) = try exchange("GET \(target) HTTP/1.1\r\n\(Self.head)\(line)\r\n")
        #expect(answers.map(\.status) == [200])
        #expect(rest == "")
    }

    @Test func `above it there is one 431, and a line in the log`() throws {
        let field = "X-Long: \(String(repeating: "x", count: 100_000))\r\n"
        #expect(try exchange("GET /v3/users HTTP/1.1\r\n\(Self.head)\(field)\r\n").answers.map(\.status) == [431])
        #expect(server.stop().log.contains("header or cookie too large"))
    }

    @Test func `blanks around a key are no part of it`() throws {
        _ = try server.call("POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"a@b.co"}"#, key: "blank")
        for key in ["blank ", " blank", "\tblank\t", "Bearer blank", "Bearer  blank", "bearer\tblank "] {
            let answer = try server.call("GET", "/v3/user-exists?email=a@b.co", key: key)
            #expect(answer.body.contains(#""exists":true"#), "\(key)")
        }
    }

    @Test func `a whole URL is served, as a client sends its proxy`() throws {
        let proxied = try Program.run(
            command: "curl",
            ["-sS", "-x", server.url, "-H", "Authorization: k", "http://api.example.com/v3/settings/lease"])
        #expect(proxied.output.contains("minimumOrderValue"), "\(proxied.errors)")
        #expect(server.stop().log.contains("GET /v3/settings/lease 200"))
    }

    @Test func `slashes are merged, as the vendor's gateway does`() throws {
        #expect(try server.call("GET", "//v3///users").status == 200)
    }

    @Test func `a TLS handshake is told from a request, in the log`() throws {
        let connection = try server.connect()
        try connection.send(
            [0x16, 0x03, 0x01, 0x00, 0xC8, 0x01, 0x00, 0x00, 0xC4, 0x03, 0x03] + Array(repeating: 7, count: 200))
        try connection.waitForEnd()
        #expect(server.stop().log.contains("use http:// instead of https://"))
    }

    // MARK: Framing

    @Test(arguments: [
        ("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400),
        ("Transfer-Encoding: gzip, chunked\r\n\r\n", 501), ("Transfer-Encoding: identity\r\n\r\n", 400),
        ("Transfer-Encoding: xchunked\r\n\r\n", 400), ("Transfer-Encoding: \"chunked\"\r\n\r\n", 400),
        ("Content-Length : 49\r\n\r\n", 400), ("Content-Length: 9223372036854775808\r\n\r\n", 400),
        ("Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        ("Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", 400),
        ("Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
        ("Transfer-Encoding: chunked\r\n\r\n 2\r\n{}\r\n0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked\r\n\r\n0\r\nA b: c\r\n\r\n", 400),
    ])
    func `what leaves the body's end in doubt is refused, and what follows is not served`(framing: String, status: Int)
        throws
    {
        let connection = try server.connect()
        let type = "Content-Type: application/json\r\n"
        try connection.send(
            "POST /v3/users HTTP/1.1\r\n\(Self.head)\(type)\(framing)" + Server.request("GET", "/v3/users"))
        // The client does not close: the server does, at once.
        let (answers, rest) = try Connection.answers(in: try connection.everything())
        #expect(answers.map(\.status) == [status])
        #expect(rest == "")
    }

    @Test func `chunks may have extensions and a trailer`() throws {
        let body = #"{"firstName":"J","lastName":"D","email":"chunk@b.co"}"#
        let size = String(body.utf8.count, radix: 16).uppercased()
        let (answers, _) = try exchange(
            "POST /v3/users HTTP/1.1\r\n\(Self.head)Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "00\(size) ; a=\"b\";c\r\n\(body)\r\n0\r\nX-Trailer: y\r\n\r\n" + Server.request("GET", "/v3/users"))
        #expect(answers.map(\.status) == [200, 200])
    }

    @Test func `a size of a chunk may have any number of zeros before it`() throws {
        let zeros = String(repeating: "0", count: 100)
        let (answers, _) = try exchange(
            "POST /v3/users HTTP/1.1\r\n\(Self.head)Transfer-Encoding: chunked\r\n\r\n\(zeros)2\r\n{}\r\n\(zeros)\r\n\r\n"
        )
        #expect(answers.first?.body.contains("is required") == true)
    }

    @Test(arguments: [
        "/\(String(repeating: "a", count: 37_000)) HTTP/1.1\r\nHost: a\r\n\r\n", "/x\u{1} HTTP/1.1\r\nHost: a\r\n\r\n",
        "/ HTTP/2.0\r\n\r\n", "/ HTTP/1.1\r\n\r\n", "/v3/%zz HTTP/1.1\r\nHost: a\r\n\r\n",
    ])
    func `HEAD has no content, whatever is wrong with it`(rest: String) throws {
        let connection = try server.connect()
        try connection.send("HEAD \(rest)")
        connection.finish()
        let text = try connection.everything()
        #expect(text.hasPrefix("HTTP/1.1 "))
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test func `a refusal repeats no customer's token`() throws {
        let made = try server.call("POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"t@b.co"}"#)
        let token = try #require(try made.json["data"]?["token"]?.string)
        for (method, path, body) in [
            ("PUT", "/_sandbox/users/\(token)/decision", #"{"status":"approved"}"#),
            ("POST", "/_sandbox/leases/\(token)/expire", nil), ("GET", "/_sandbox/requests/\(token)", nil),
            ("DELETE", "/_sandbox/faults/\(token)", nil), ("PUT", "/_sandbox/scenario", #"{"name":"\#(token)"}"#),
        ] {
            let answer = try server.call(method, path, body)
            #expect(answer.status >= 400)
            #expect(!answer.body.contains(token.suffix(43)), "\(path.prefix(20))")
        }
    }

    @Test func `a good request before a bad one is answered first`() throws {
        let (answers, _) = try exchange(
            Server.request("GET", "/v3/users") + "NONSENSE\r\n\r\n" + Server.request("GET", "/v3/users"))
        #expect(answers.map(\.status) == [200, 400])
    }

    @Test func `100 Continue comes before a body that is wanted, and not before one that is not`() throws {
        let wanted = try server.connect()
        let body = #"{"firstName":"J","lastName":"D","email":"wait@b.co"}"#
        let fields =
            "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\nExpect: 100-continue\r\n\r\n"
        try wanted.send("POST /v3/users HTTP/1.1\r\n\(Self.head)\(fields)")
        #expect(try wanted.response()?.status == 100)
        try wanted.send(body)
        #expect(try wanted.response()?.status == 200)
        let (answers, _) = try exchange(
            "POST /v3/users HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nExpect: the-moon\r\n\r\n")
        #expect(answers.map(\.status) == [417])
    }

    // MARK: Who may ask

    @Test(arguments: [
        ("evil.com", 421), ("127.0.0.1.evil.com", 421), ("localhost.evil.com:6338", 421), ("evil.localhost.com", 421),
        ("localhost", 200), ("LOCALHOST:1", 200), ("shop.localhost", 200), ("127.0.0.1:6338", 200), ("[::1]:6338", 200),
        ("192.168.1.7", 200), ("medusa", 200), ("medusa:6338", 200), ("pp3.sandbox.flexshopper.com", 200),
        ("api.flexshopper.com.", 200), ("", 200), ("flexshopper.com.evil.com", 421), ("xflexshopper.com", 421),
    ])
    func `a name that may be anybody's is not the server's`(host: String, status: Int) throws {
        for path in ["/v3/users", "/_sandbox/clock", "/openapi.json", "/sdk/js?authKey=k", "/demo", "/pp3/frame"] {
            let (answers, _) = try exchange("GET \(path) HTTP/1.1\r\nHost: \(host)\r\nAuthorization: k\r\n\r\n")
            #expect(answers.map(\.status) == [status], "\(path)")
            if status == 421 { #expect(answers.first?.body.contains("--allow-host") == true) }
        }
    }

    @Test func `a name can be allowed`() throws {
        let open = try Server("--allow-host", "sandbox.example.com", "--allow-host", "*.test.example")
        for (host, status) in [
            ("sandbox.example.com", 200), ("SANDBOX.example.com.:80", 200), ("a.test.example", 200),
            ("test.example", 421),
            ("b.example.com", 421),
        ] {
            let (answers, _) = try exchange(
                "GET /v3/users HTTP/1.1\r\nHost: \(host)\r\nAuthorization: k\r\n\r\n", with: open)
            #expect(answers.map(\.status) == [status], "\(host)")
        }
    }

    @Test(arguments: [
        ("http://127.0.0.1.evil.com", false), ("http://localhost.evil.com", false), ("https://evil.com", false),
        ("null", false), ("http://localhost@evil.com", false), ("http://evil.com#localhost", false),
        ("http://localhost:3000", true), ("https://shop.localhost", true), ("http://127.0.0.1:8080", true),
        ("http://[::1]", true),
    ])
    func `a page steers the sandbox only from this machine`(origin: String, isAllowed: Bool) throws {
        let line = "Origin: \(origin)\r\n"
        let asked = try exchange(
            "OPTIONS /_sandbox/reset HTTP/1.1\r\nHost: localhost\r\n\(line)Access-Control-Request-Method: POST\r\n\r\n")
        #expect((asked.answers.first?.field("access-control-allow-origin") == origin) == isAllowed)
        let sent = try exchange("POST /_sandbox/reset HTTP/1.1\r\n\(Self.head)\(line)\r\n")
        #expect(sent.answers.map(\.status) == [isAllowed ? 200 : 403])
    }

    @Test func `every answer tells a page that it may read it`() throws {
        let origin = "Origin: http://shop.test\r\n"
        let requests = [
            "GET /v3/users HTTP/1.1\r\n\(Self.head)\(origin)\r\n", "GET /v3/users HTTP/1.1\r\nHost: h\r\n\(origin)\r\n",
            "GET /nothing HTTP/1.1\r\n\(Self.head)\(origin)\r\n", "GET /v3/%zz HTTP/1.1\r\n\(Self.head)\(origin)\r\n",
            "BREW /v3/users HTTP/1.1\r\n\(Self.head)\(origin)\r\n",
            "POST /v3/users HTTP/1.1\r\n\(Self.head)\(origin)Content-Length: 70000000\r\n\r\n",
            "GET /v3/users HTTP/1.1\r\n\(Self.head)\(origin)no colon\r\n\r\n",
        ]
        for request in requests {
            let connection = try server.connect()
            try connection.send(request)
            let answer = try #require(try connection.response())
            #expect(answer.field("access-control-allow-origin") == "http://shop.test", "\(answer.status)")
            #expect(answer.field("access-control-allow-credentials") == "true")
            #expect(answer.field("access-control-expose-headers")?.contains("x-sandbox-request-id") == true)
        }
    }

    @Test func `a foreign page finalizes nothing unasked`() throws {
        let path = "/demo/validate-order?authKey=shop"
        func send(_ type: String?, _ origin: String) throws -> Int? {
            let body = #"{"transactionId":"x"}"#
            let fields = (type.map { "Content-Type: \($0)\r\n" } ?? "") + "Origin: \(origin)\r\n"
            return try exchange(
                "POST \(path) HTTP/1.1\r\nHost: localhost\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            ).answers.first?.status
        }
        for type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", nil] {
            #expect(try send(type, "https://evil.com") == 403)
            #expect(try send(type, "http://localhost:3000") == 415)
        }
        #expect(try send("application/json", "https://evil.com") == 403)
        #expect(try send("application/json", "http://localhost:3000") == 400, "there is no such order")
    }

    @Test func `on an address that others reach, it warns, and only pages of this machine may call`() throws {
        let open = try Server("--host", "0.0.0.0")
        let foreign =
            "Host: localhost\r\nOrigin: https://shop.example\r\nX-Auth-Key: k\r\nAccess-Control-Request-Method: POST\r\n\r\n"
        for path in ["/pp3/api/order", "/v3/users"] {
            let answer = try exchange("OPTIONS \(path) HTTP/1.1\r\n\(foreign)", with: open).answers.first
            #expect(answer?.field("access-control-allow-origin") == nil)
        }
        #expect(open.stop().log.contains("warning: listening on 0.0.0.0"))
    }

    @Test func `the addresses that it prints follow the request's own scheme and host`() throws {
        let fields = "Host: pp3.sandbox.flexshopper.com\r\nX-Forwarded-Proto: https\r\n\r\n"
        for path in ["/sdk/js?authKey=k", "/openapi.json"] {
            let answer = try exchange("GET \(path) HTTP/1.1\r\n\(fields)").answers.first
            #expect(answer?.body.contains(#""https://pp3.sandbox.flexshopper.com""#) == true, "\(path)")
        }
        let forwarded =
            "Host: localhost:1\r\nForwarded: for=1.2.3.4;proto=https;host=\"shop.localhost:8443\", for=x\r\n\r\n"
        let answer = try exchange("GET /openapi.json HTTP/1.1\r\n\(forwarded)").answers.first
        #expect(answer?.body.contains(#""https://shop.localhost:8443""#) == true)
    }

    // MARK: Bodies

    @Test func `a body without a key is read and not kept`() throws {
        let connections = try (0..<64).map { _ in try server.connect() }
        let piece = String(repeating: "x", count: 1 << 20)
        for connection in connections {
            try connection.send("POST /v3/users HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(1 << 20)\r\n\r\n")
            try connection.send(String(piece.dropLast()))
        }
        #expect(try server.call("GET", "/v3/users").status == 200)
        #expect(try server.residentMegabytes() < 60)
        for connection in connections {
            try connection.send("x")
            #expect(try connection.response()?.status == 401)
        }
    }

    @Test func `bodies on their way share one bound, and the longest waiting makes room`() throws {
        let connections = try (0..<100).map { _ in try server.connect() }
        let piece = String(repeating: " ", count: (1 << 20) - 1)
        for connection in connections {
            try connection.send("POST /v3/users HTTP/1.1\r\n\(Self.head)Content-Length: \(1 << 20)\r\n\r\n\(piece)")
        }
        #expect(try server.call("GET", "/v3/users").status == 200)
        #expect(try server.residentMegabytes() < 140)
        try connections[99].send(" ")
        #expect(try connections[99].response() != nil, "the newest is served")
        try connections[0].waitForEnd()
        #expect(server.stop().log.contains("the longest waiting body made room"))
    }

    @Test func `it listens on every address of a name`() throws {
        let named = try Server("--host", "localhost")
        let both = try Program.run(
            command: "sh", ["-c", "getent ahosts localhost | awk '{print $1}' | sort -u"])
        for address in both.output.split(separator: "\n") {
            let host = address.contains(":") ? "[\(address)]" : String(address)
            let run = try Program.run(
                command: "curl", ["-s", "-H", "Authorization: k", "http://\(host):\(named.port)/v3/users"])
            #expect(run.output.contains("users"), "\(address)")
        }
    }
}

extension Connection {
    /// Splits what a server has sent into its answers; what is left over is not one.
    static func answers(in text: String) throws -> (answers: [Response], rest: String) {
        var rest = Array(text.utf8)
        var answers: [Response] = []
        while let end = rest.firstIndex(ofSequence: Array("\r\n\r\n".utf8)) {
            let head = String(decoding: rest[..<end], as: UTF8.self)
            guard head.hasPrefix("HTTP/1.1 "), let status = Int(head.dropFirst(9).prefix(3)) else { break }
            var response = Response(status: status, head: head, body: "")
            // An answer to HEAD has a length and no body.
            let isHeadOnly = rest.count == end + 4 || rest[(end + 4)...].starts(with: "HTTP/1.1 ".utf8)
            let hasNone = status == 204 || status == 100 || isHeadOnly
            let length = hasNone ? 0 : response.field("content-length").flatMap { Int($0) } ?? 0
            guard rest.count >= end + 4 + length else { break }
            response = Response(
                status: status, head: head, body: String(decoding: rest[(end + 4)..<(end + 4 + length)], as: UTF8.self))
            answers.append(response)
            rest.removeFirst(end + 4 + length)
        }
        return (answers, String(decoding: rest, as: UTF8.self))
    }
}

extension [UInt8] {
    fileprivate func firstIndex(ofSequence mark: [UInt8]) -> Int? {
        guard count >= mark.count else { return nil }
        return (0...(count - mark.count)).first {
            self[$0] == mark[0] && self[$0..<$0 + mark.count].elementsEqual(mark)
        }
    }
}

extension Server {
    /// What the program takes of the machine's memory.
    func residentMegabytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return (Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0) / 1024
    }

    /// How many descriptors it holds.
    func descriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/fd").count
    }
}
