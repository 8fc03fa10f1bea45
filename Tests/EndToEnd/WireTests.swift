import Foundation
import Support
import Testing

/// What a server must stand, byte for byte: each bad request gets one clear answer, and the next good one is served.
@Suite struct `On the wire` {
    private let server: Server

    init() throws { server = try Server() }

    private func raw(_ request: String) throws -> Connection.Response? {
        let connection = try server.connect()
        try connection.send(request)
        return try connection.response()
    }

    private func isAlive() throws -> Bool { try server.call("GET", "/v3/users").status == 200 }

    private static let head = "Host: localhost\r\nAuthorization: k\r\n"

    struct Bad: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let request: String
        let status: Int
        let part: String

        init(
            _ name: String, _ lines: String..., head: String = "Host: localhost\r\nAuthorization: k\r\n", status: Int,
            _ part: String
        ) {
            testDescription = name
            request = lines[0] + "\r\n" + head + lines.dropFirst().joined(separator: "\r\n")
            self.status = status
            self.part = part
        }
    }

    /// Refused for its target, and then for its body.
    @Test func `a refused request whose chunks cannot be read is answered, and its connection is closed`() throws {
        let server = try Server()
        let connection = try server.connect()
        let request = "POST h:80 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        for piece in [Array(request.utf8), Array("0\r".utf8), [0xFF], Array("\nA: b\r\n\r\n".utf8)] {
            try connection.send(piece)
        }
        #expect(try connection.everything().hasPrefix("HTTP/1.1 400"))
    }

    @Test(arguments: [
        Bad("an unknown route", "GET /nothing HTTP/1.1", "\r\n", status: 404, "no Route matched"),
        Bad("a wrong method", "DELETE /v3/users HTTP/1.1", "\r\n", status: 404, "no Route matched"),
        Bad("a method of nobody's", "BREW /v3/users HTTP/1.1", "\r\n", status: 404, "no Route matched"),
        Bad("an escape that is none", "GET /v3/users/%zz HTTP/1.1", "\r\n", status: 400, "Bad request"),
        Bad("an escape that is not UTF-8", "GET /v3/%ff HTTP/1.1", "\r\n", status: 400, "Bad request"),
        Bad("a null byte, escaped", "GET /v3/transactions/a%00b HTTP/1.1", "\r\n", status: 404, "LeaseNotFound"),
        Bad("a slash, escaped", "GET /v3/transactions/a%2Fb HTTP/1.1", "\r\n", status: 404, "LeaseNotFound"),
        Bad("no host", "GET /v3/users HTTP/1.1", "\r\n", head: "Authorization: k\r\n", status: 400, "Bad request"),
        Bad("two hosts", "GET /v3/users HTTP/1.1", "Host: a", "\r\n", status: 400, "Bad request"),
        Bad(
            "two lengths", "POST /v3/users HTTP/1.1", "Content-Length: 2", "Content-Length: 2", "", "{}", status: 400,
            "Bad request"),
        Bad(
            "a length beside chunks", "POST /v3/users HTTP/1.1", "Content-Length: 2", "Transfer-Encoding: chunked", "",
            "2",
            "{}", "0", "\r\n", status: 400, "Bad request"),
        Bad(
            "a length that is none", "POST /v3/users HTTP/1.1", "Content-Length: x", "\r\n", status: 400,
            "Content-Length is not a number of bytes"),
        Bad("no HTTP", "hello world foo", "\r\n", head: "", status: 400, "METHOD TARGET VERSION"),
    ])
    func `a bad request gets one clear answer`(bad: Bad) throws {
        let response = try #require(try raw(bad.request))
        #expect(response.status == bad.status)
        #expect(response.body.contains(bad.part))
        #expect(try isAlive())
    }

    @Test func `HTTP/1.0 needs no host`() throws {
        #expect(try raw("GET /v3/users HTTP/1.0\r\nAuthorization: k\r\n\r\n")?.status == 200)
    }

    @Test func `a null byte in the target does not reach another route`() throws {
        let connection = try server.connect()
        try connection.send(Array("GET /v3/users".utf8) + [0] + Array("x HTTP/1.1\r\n\(Self.head)\r\n".utf8))
        #expect(try connection.response()?.status == 400)
        #expect(try isAlive())
    }

    @Test func `malformed JSON gets the documented 400`() throws {
        for body in ["{", "[1", "{\"a\":\"\u{0}\"}", String(repeating: "[", count: 100_000)] {
            let response = try server.call("POST", "/v3/users", body)
            #expect(response.status == 400)
            #expect(response.body.contains("Invalid request payload JSON format"))
        }
    }

    @Test func `a body of 2 MiB is too large, whichever way it comes`() throws {
        let body = String(repeating: "x", count: 2 << 20)
        let expected = #"{"message":"Request size limit exceeded"}"#
        let measured = try server.call("POST", "/v3/users", body)
        #expect(measured.status == 413)
        #expect(measured.body == expected)

        let chunked = try server.connect()
        try chunked.send("POST /v3/users HTTP/1.1\r\n\(Self.head)Transfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<32 { try chunked.send("10000\r\n\(String(repeating: "x", count: 65_536))\r\n") }
        try chunked.send("0\r\n\r\n")
        let response = try #require(try chunked.response())
        #expect(response.status == 413)
        #expect(response.body == expected)

        let asking = try server.connect()
        try asking.send(
            "POST /v3/users HTTP/1.1\r\n\(Self.head)Content-Length: 2097152\r\nExpect: 100-continue\r\n\r\n")
        #expect(try asking.response()?.status == 413, "told before it sends")
        #expect(try isAlive())
    }

    @Test func `a larger limit can be asked for`() throws {
        let roomy = try Server("--body-limit", "4194304")
        let body = #"{"firstName":"\#(String(repeating: "x", count: 2 << 20))"}"#
        #expect(try roomy.call("POST", "/v3/users", body).status == 400)
    }

    @Test func `10,000 header fields are too many`() throws {
        let fields = (0..<10_000).map { "X-Field-\($0): value\r\n" }.joined()
        let response = try raw("GET /v3/users HTTP/1.1\r\n\(Self.head)\(fields)\r\n")
        #expect(response?.status == 431)
        #expect(try isAlive())
    }

    @Test func `an e-mail of 100,000 characters is no e-mail`() throws {
        let email = String(repeating: "a", count: 100_000) + "@example.com"
        let response = try server.call("POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"\#(email)"}"#)
        #expect(response.status == 400)
        #expect(response.body.contains(#"\"email\" must be a valid email"#))
    }

    @Test func `a connection serves many requests, also when they come at once`() throws {
        let connection = try server.connect()
        func create(_ number: Int) -> String {
            Server.request("POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"a\#(number)@b.co"}"#)
        }
        try connection.send(
            (0..<50).map { create($0) + Server.request("GET", "/v3/user-exists?email=a\($0)@b.co") }.joined())
        for _ in 0..<50 {
            #expect(try connection.response()?.status == 200)
            #expect(try connection.response()?.body.contains(#""exists":true"#) == true)
        }
    }

    @Test func `chunked bodies are taken`() throws {
        let body = #"{"firstName":"J","lastName":"D","email":"a@b.co"}"#
        let pieces = body.map { "1\r\n\($0)\r\n" }.joined()
        let response = try raw(
            "POST /v3/users HTTP/1.1\r\n\(Self.head)Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n\(pieces)0\r\n\r\n"
        )
        #expect(response?.status == 200)
    }

    @Test func `HEAD answers as GET, without the body`() throws {
        let connection = try server.connect()
        try connection.send("HEAD /v3/users HTTP/1.1\r\n\(Self.head)\r\n" + Server.request("GET", "/v3/users"))
        let head = try #require(try connection.response(toHead: true))
        let get = try #require(try connection.response())
        #expect(head.status == 200)
        #expect(head.field("content-length") == get.field("content-length"))
    }

    @Test func `a page's preflight is answered without a key`() throws {
        let response = try #require(
            try raw(
                "OPTIONS /v3/leases HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:3000\r\nAccess-Control-Request-Method: POST\r\n\r\n"
            ))
        #expect(response.status == 204)
        #expect(response.field("access-control-allow-origin") == "http://localhost:3000")
        #expect(response.field("access-control-allow-methods")?.contains("POST") == true)
    }

    @Test func `a client that closes its side after the request gets its answer`() throws {
        // Stopped meanwhile, so that the server finds the request and the end together.
        kill(server.process.processIdentifier, SIGSTOP)
        let connections = try (0..<20).map { _ in try server.connect() }
        for (number, connection) in connections.enumerated() {
            let body = #"{"firstName":"J","lastName":"D","email":"half\#(number)@b.co"}"#
            try connection.send(Server.request("POST", "/v3/users", body))
            connection.finish()
        }
        kill(server.process.processIdentifier, SIGCONT)
        for connection in connections {
            let response = try #require(try connection.response())
            #expect(response.status == 200)
            #expect(response.field("connection")?.lowercased() == "close")
            try connection.waitForEnd()
        }
    }

    @Test func `clients that go away in the middle harm nobody`() throws {
        for cut in stride(from: 1, through: 120, by: 7) {
            let request = Server.request("POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"z@b.co"}"#)
            try server.connect().send(String(request.prefix(cut)))
        }
        #expect(try isAlive())
    }
}
