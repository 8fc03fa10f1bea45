import Foundation
import JSON
import Support
import Testing

/// More keys than may be open at once: each is served, and what the longest unused ones had is not lost.
@Suite struct `A newcomer` {
    private static func create(_ number: Int) -> String {
        #"{"firstName":"J","lastName":"D","email":"u\#(number)@example.com"}"#
    }

    /// Many customers, each with a key of its own, on one connection.
    private func fill(_ server: Server, _ count: Int) throws -> [String] {
        let connection = try server.connect()
        return try (0..<count).map { number in
            try connection.send(Server.request("POST", "/v3/users", Self.create(number), key: "key-\(number)"))
            let answer = try #require(try connection.response())
            #expect(answer.status == 200, "\(answer.body)")
            return try #require(try answer.json["data"]?["token"]?.string)
        }
    }

    private func check(_ server: Server, _ tokens: [String]) throws {
        let connection = try server.connect()
        for (number, token) in tokens.enumerated().reversed() {
            try connection.send(Server.request("GET", "/v3/users/me", token: token, key: "key-\(number)"))
            let answer = try #require(try connection.response())
            #expect(answer.body.contains("u\(number)@example.com"), "key-\(number): \(answer.status) \(answer.body)")
        }
    }

    @Test func `is served in memory, and what made room for it comes back with its tokens`() throws {
        let server = try Server("--quiet", "--sandbox-limit", "8")
        try check(server, try fill(server, 200))
        #expect(server.stop().code == 0)
    }

    @Test func `is served on disk, and everything is there after kill -9`() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var server = try Server(dataDirectory: directory, "--quiet", "--sandbox-limit", "4")
        let tokens = try fill(server, 40)
        server.stop(SIGKILL)
        server = try Server(dataDirectory: directory, "--quiet", "--sandbox-limit", "4")
        try check(server, tokens)
    }

    /// A stream of what has happened and what will; its first event is there already, and so read.
    private func stream(_ server: Server) throws -> Connection {
        let reader = try server.connect()
        try reader.send(
            "GET /_sandbox/requests HTTP/1.1\r\nHost: localhost\r\nAuthorization: k\r\nAccept: text/event-stream\r\n"
                + "Last-Event-ID: 0\r\n\r\n")
        _ = try reader.text(through: "data: {\"id\":1,")
        return reader
    }

    @Test func `makes a stream end with a sentence, and a wait with an answer`() throws {
        let server = try Server("--quiet", "--sandbox-limit", "1")
        _ = try server.call("GET", "/v3/users")
        let reader = try stream(server)
        let waiting = try server.connect()
        try waiting.send(
            Server.request("POST", "/_sandbox/verify", #"{"requests":[{"operation":"getUser"}],"within":"PT1M"}"#))
        // Answered after it on the same loop, so the verification waits by now.
        _ = try server.call("GET", "/v3/users")
        _ = try server.call("GET", "/v3/users", key: "newcomer")
        #expect(try reader.text(through: "ask again to go on after").contains("made room for another"))
        let answer = try #require(try waiting.response())
        #expect(answer.status == 409)
        #expect(answer.body.contains("The sandbox was closed meanwhile; ask again"))
    }

    @Test func `makes the quietest of many streams end`() throws {
        let server = try Server("--quiet")
        _ = try server.call("GET", "/v3/users")
        let readers = try (0...64).map { _ in try stream(server) }
        #expect(try readers[0].text(through: "ask again").contains("64 streams follow this sandbox"))
        _ = try server.call("GET", "/v3/users")
        #expect(try readers[64].text(through: "data: {\"id\":2").contains("id: 2\n"))
    }

    @Test func `hears why the longest unused was dropped, where it was to be`() throws {
        let server = try Server("--quiet", "--sandbox-limit", "2", "--evict", "drop")
        let tokens = try fill(server, 3)
        let answer = try server.call("GET", "/v3/users/me", token: tokens[0], key: "key-0")
        #expect(answer.status == 401)
        #expect(server.stop().log.contains("was unused the longest was dropped"))
    }

    @Test func `that only asks for scripts leaves no trace`() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let server = try Server(dataDirectory: directory, "--quiet")
        let connection = try server.connect()
        for number in 0..<600 {
            try connection.send("GET /sdk/js?authKey=key-\(number) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try connection.response()?.status == 200)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["lock"])
    }

    @Test func `that is no key is refused with the rule, whatever its bytes`() throws {
        let server = try Server("--quiet")
        for bytes in [[0xC3, 0xA9], [0x65, 0xCC, 0x81], [0xFF], [0x6B, 0x80]] as [[UInt8]] {
            let connection = try server.connect()
            try connection.send(
                Array("GET /v3/users HTTP/1.1\r\nHost: localhost\r\nAuthorization: ".utf8) + bytes
                    + Array("\r\n\r\n".utf8))
            let answer = try #require(try connection.response())
            #expect(answer.status == 401, "\(bytes)")
            #expect(answer.body.contains("visible ASCII"), "\(bytes): \(answer.body)")
        }
    }
}
