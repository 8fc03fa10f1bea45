import Foundation
import JSON
import Support
import Synchronization
import Testing

@Suite struct `The journal` {
    /// A request of a client's, and when it was sent and answered.
    private struct Asked: Sendable {
        let mark: String
        let id: Int
        let sent: ContinuousClock.Instant
        let answered: ContinuousClock.Instant
    }

    /// How many requests each of sixteen clients makes; `make soak` asks for 5,000.
    private static let perClient =
        ProcessInfo.processInfo.environment["MEDUSA_JOURNAL_REQUESTS"].flatMap(Int.init) ?? 200
    private static let clients = 16

    /// Reads, creations, refusals and paths that are not there, each with a mark of its own.
    private static func request(_ mark: String, _ number: Int) -> String {
        let field = "X-Mark: \(mark)\r\n"
        func get(_ target: String) -> String {
            "GET \(target) HTTP/1.1\r\nHost: localhost\r\nAuthorization: k\r\n\(field)\r\n"
        }
        switch number % 5 {
        case 0:
            let body = #"{"firstName":"J","lastName":"D","email":"\#(mark)@example.com"}"#
            return "POST /v3/users HTTP/1.1\r\nHost: localhost\r\nAuthorization: k\r\n\(field)"
                + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        case 1: return get("/v3/user-exists?email=\(mark)@example.com")
        case 2: return get("/v3/users/me")
        case 3: return get("/v3/nothing/\(mark)")
        default: return get("/v3/settings/lease")
        }
    }

    private static func id(_ response: Connection.Response) throws -> Int {
        try #require(response.field("x-sandbox-request-id").flatMap { Int($0) })
    }

    /// What sixteen clients were answered until they were done, or the server was gone.
    ///
    /// - Parameter last: the server is killed once so many have been answered, wherever it is then.
    private func ask(_ server: Server, _ round: String, _ count: Int, killingAfter last: Int = .max) -> [Asked] {
        let all = Mutex<[Asked]>([])
        let answered = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: Self.clients) { client in
            guard let connection = try? server.connect() else { return }
            var asked: [Asked] = []
            for number in 0..<count {
                let mark = "\(round)-\(client)-\(number)"
                let sent = ContinuousClock.now
                try? connection.send(Self.request(mark, number))
                guard let response = try? connection.response(), let id = try? Self.id(response) else { break }
                asked.append(Asked(mark: mark, id: id, sent: sent, answered: .now))
                if answered.add(1, ordering: .relaxed).newValue == last {
                    kill(server.process.processIdentifier, SIGKILL)
                }
            }
            all.withLock { $0 += asked }
        }
        return all.withLock { $0 }
    }

    /// Every entry, page by page.
    private func entries(_ shop: Shop, _ filter: String = "") throws -> [JSON] {
        var entries: [JSON] = []
        var after = 0
        while true {
            let page = try shop.control("GET", "requests?limit=1000&after=\(after)\(filter)").data
            entries += page["requests"]?.elements ?? []
            guard let next = page["next"]?.numberText.flatMap({ Int($0) }) else { return entries }
            after = next
        }
    }

    private func mark(_ entry: JSON) -> String? {
        entry["request"]?["fields"]?.elements.first { $0["name"]?.string == "X-Mark" }?["value"]?.string
    }

    @Test func `holds each request of sixteen clients once, in an order that agrees with the answers`() throws {
        let server = try Server("--quiet")
        let shop = try Shop(server, key: "k")
        try shop.control("PATCH", "settings", #"{"journalEntries":1000000,"journalBytes":1000000000}"#)
        let asked = ask(server, "all", Self.perClient)
        #expect(asked.count == Self.clients * Self.perClient)
        let found = try entries(shop)
        #expect(found.count == asked.count)
        let ids = Dictionary(uniqueKeysWithValues: found.map { (mark($0) ?? "", $0["id"]?.numberText ?? "") })
        for one in asked { #expect(ids[one.mark] == String(one.id), "\(one.mark)") }
        // Whoever was answered before another asked stands before it.
        var latestSent: ContinuousClock.Instant?
        for one in asked.sorted(by: { $0.id < $1.id }) {
            if let latestSent { #expect(latestSent <= one.answered, "\(one.mark)") }
            latestSent = max(latestSent ?? one.sent, one.sent)
        }
    }

    @Test func `counts exactly, right after the last answer, a hundred times out of a hundred`() throws {
        let server = try Server("--quiet")
        let shop = try Shop(server, key: "k")
        for round in 0..<100 {
            let asked = ask(server, "round\(round)", 5)
            let expectation = #"{"header":{"x-mark":"round\#(round)-*"},"count":\#(asked.count)}"#
            let verified = try shop.control("POST", "verify", #"{"requests":[\#(expectation)]}"#)
            #expect(asked.count == Self.clients * 5)
            #expect(verified.status == 200, "\(verified.text)")
        }
    }

    @Test func `has every acknowledged request after kill -9, and replayed gives the same state`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try Server(dataDirectory: folder, "--quiet", "--show-pii")
        let clock = #"{"mode":"frozen","now":"2026-03-02T09:00:00Z"}"#
        let settings = #"{"journalEntries":1000000,"journalBytes":1000000000}"#
        try Shop(first, key: "k").control("PUT", "clock", clock)
        try Shop(first, key: "k").control("PATCH", "settings", settings)
        let asked = ask(first, "load", Self.perClient, killingAfter: Self.clients * Self.perClient / 2)
        first.process.waitUntilExit()
        #expect(first.process.terminationReason == .uncaughtSignal)
        #expect(asked.count >= Self.clients * Self.perClient / 2)

        let server = try Server(dataDirectory: folder, "--quiet", "--show-pii")
        let shop = try Shop(server, key: "k")
        let found = try entries(shop)
        let ids = Dictionary(uniqueKeysWithValues: found.map { (mark($0) ?? "", $0["id"]?.numberText ?? "") })
        for one in asked { #expect(ids[one.mark] == String(one.id), "\(one.mark) is lost") }

        let empty = try Server("--quiet")
        let replayed = try Shop(empty, key: "k")
        try replayed.control("PUT", "clock", clock)
        try replayed.control("PATCH", "settings", settings)
        let connection = try empty.connect()
        for entry in found {
            let fields = (entry["request"]?["fields"]?.elements ?? []).map {
                "\($0["name"]?.string ?? ""): \($0["value"]?.string ?? "")\r\n"
            }
            let body = entry["request"]?["body"].map { String(decoding: $0.source, as: UTF8.self) } ?? ""
            let line = "\(entry["method"]?.string ?? "") \(entry["target"]?.string ?? "") HTTP/1.1\r\n"
            try connection.send("\(line)\(fields.joined())\r\n\(body)")
            let response = try #require(try connection.response())
            #expect(String(response.status) == entry["status"]?.numberText)
        }
        #expect(try replayed.state().source == shop.state().source)
    }

    /// A read changes nothing, and yet it is answered only when its entry is kept.
    @Test func `has every answered read, though the server was killed in the middle of a turn`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var answered: [String] = []
        for round in 0..<5 {
            let server = try Server(dataDirectory: folder, "--quiet")
            let connections = try (0..<64).map { _ in try server.connect() }
            // Each is known to the server before the turn that counts.
            for connection in connections {
                try connection.send(Server.request("GET", "/_sandbox/health"))
                #expect(try connection.response()?.status == 200)
            }
            // Stopped, so that one turn of its loop finds all the requests, and more behind each.
            kill(server.process.processIdentifier, SIGSTOP)
            for (number, connection) in connections.enumerated() {
                try connection.send((0..<3).map { Self.request("r\(round)-\(number)-\($0)", 4) }.joined())
            }
            kill(server.process.processIdentifier, SIGCONT)
            // Killed as soon as anything is answered: in the middle of a turn, if an answer does not wait for its end.
            _ = try Connection.firstToHear(connections)
            kill(server.process.processIdentifier, SIGKILL)
            server.process.waitUntilExit()
            for (number, connection) in connections.enumerated() {
                var count = 0
                while let response = try? connection.response(), response.status == 200 { count += 1 }
                answered += (0..<count).map { "r\(round)-\(number)-\($0)" }
            }
        }
        #expect(!answered.isEmpty)
        let kept = Set(try entries(try Shop(try Server(dataDirectory: folder, "--quiet"), key: "k")).compactMap(mark))
        for one in answered { #expect(kept.contains(one), "\(one) is lost") }
    }

    @Test func `says when entries had to make room`() throws {
        let server = try Server("--quiet")
        let shop = try Shop(server, key: "k")
        try shop.control("PATCH", "settings", #"{"journalEntries":20}"#)
        for _ in 0..<100 { try shop.send("GET", "/v3/settings/lease") }
        let page = try shop.control("GET", "requests").data
        let held = page["found"]?.numberText.flatMap { Int($0) } ?? 0
        #expect(held <= 20 && held > 0)
        #expect(page["evicted"]?.numberText == String(100 - held))
        let gone = try shop.control("GET", "requests/1")
        #expect(gone.message?.contains("had to make room") == true)
        let verified = try shop.control(
            "POST", "verify", #"{"requests":[{"operation":"getLeaseSettings","count":100}]}"#)
        #expect(verified.status == 409)
        #expect(verified.message?.contains("so nobody can say") == true)
    }

    @Test func `streams requests as they come, and from where a reader left off`() throws {
        let server = try Server("--quiet")
        let shop = try Shop(server, key: "k")
        try shop.send("GET", "/v3/settings/lease")
        let reader = try server.connect()
        try reader.send(
            "GET /_sandbox/requests?status=4xx HTTP/1.1\r\nHost: localhost\r\nAuthorization: k\r\n"
                + "Accept: text/event-stream\r\nLast-Event-ID: 0\r\n\r\n")
        try shop.send("GET", "/v3/nothing")
        let first = try reader.text(through: "\n\n")
        #expect(first.contains("Content-Type: text/event-stream"))
        #expect(first.contains("id: 2\nevent: request\ndata: {\"id\":2,"))
        try shop.send("GET", "/v3/settings/lease")
        try shop.send("GET", "/v3/users/me")
        #expect(try reader.text(through: "\n\n").contains("id: 4\n"))
    }

    @Test func `lets a verification wait for what is still to come, and no longer`() throws {
        let server = try Server("--quiet")
        let (waiting, inVain) = (try server.connect(), try server.connect())
        func verify(_ operation: String, within: String) -> String {
            let expected = #"{"requests":[{"operation":"\#(operation)"}],"within":"\#(within)"}"#
            return Server.request("POST", "/_sandbox/verify", expected)
        }
        try waiting.send(verify("getLeaseSettings", within: "PT1M"))
        try inVain.send(verify("getUser", within: "PT20S"))
        _ = try server.call("GET", "/v3/settings/lease")
        #expect(try Connection.firstToHear([waiting, inVain]) == 0)
        #expect(try waiting.response()?.status == 200)
    }

    @Test func `ends a wait in vain with what came nearest`() throws {
        let server = try Server("--quiet")
        _ = try server.call("GET", "/v3/nothing")
        let answer = try server.call(
            "POST", "/_sandbox/verify", #"{"requests":[{"operation":"getUser"}],"within":"PT0.05S"}"#)
        #expect(answer.status == 409)
        #expect(answer.body.contains("the nearest is #1 GET /v3/nothing"))
    }

    @Test func `outlives a reset, and begins a count anew`() throws {
        let server = try Server("--quiet")
        let shop = try Shop(server, key: "k")
        try shop.send("GET", "/v3/settings/lease")
        try shop.control("POST", "reset")
        #expect(try shop.control("GET", "requests").data["found"]?.numberText == "0")
        #expect(try shop.control("GET", "requests?all=true").data["found"]?.numberText == "1")
        #expect(try shop.control("GET", "report").data["requests"]?.numberText == "1")
        try shop.control("DELETE", "requests")
        #expect(try shop.control("GET", "requests?all=true").data["found"]?.numberText == "0")
        #expect(try shop.send("GET", "/v3/settings/lease").id == "2")
    }

    @Test func `gives every answer an id, also one that never became a request`() throws {
        let server = try Server("--quiet")
        let shop = try Shop(server, key: "k")
        #expect(try shop.send("GET", "/v3/settings/lease").id == "1")
        let large = String(repeating: "x", count: 1_100_000)
        #expect(try shop.send("POST", "/v3/users", #"{"firstName":"\#(large)"}"#).id == "2")
        #expect(try shop.raw("GET", "/v3/users", "").id == "stray-1")
        #expect(try shop.raw("GET", "/v3/%zz", "Authorization: k\r\n").id == "3")
        #expect(try shop.send("GET", "/v3/settings/lease").id == "4")
    }

    @Test func `is not there where it is not wanted`() throws {
        let server = try Server("--quiet", "--no-journal")
        let answer = try server.call("GET", "/v3/settings/lease")
        #expect(answer.field("x-sandbox-request-id") == nil)
        #expect(try server.call("GET", "/_sandbox/requests").json["data"]?["found"]?.numberText == "0")
    }

    @Test func `has no secret in its file`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try Server(dataDirectory: folder, "--quiet")
        let body = #"{"firstName":"J","lastName":"D","email":"a@b.co","password":"sesame open"}"#
        let token = try #require(try server.call("POST", "/v3/users", body).json["data"]?["token"]?.string)
        _ = try server.call("POST", "/v3/users/me/apply", Shop.application(["ssn": #""987654321""#]), token: token)
        server.stop()
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
            for secret in ["sesame open", "987654321", token] {
                #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(name) has \(secret)")
            }
        }
    }
}
