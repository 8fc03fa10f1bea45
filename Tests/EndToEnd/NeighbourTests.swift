import Foundation
import JSON
import Support
import Testing

/// Long calls work elsewhere, with their sandbox; nobody else waits, and nothing changes its order.
@Suite struct `A long call` {
    private let server: Server

    init() throws { server = try Server() }

    /// A story of many customers, as a call that takes long.
    private func story(of customers: Int, _ prefix: String = "u") throws -> String {
        let users = (0..<customers).map { "    \(prefix)\($0): { email: \(prefix)\($0)@example.com }\n" }.joined()
        let text = String(decoding: try JSONEncoder().encode("about: many\ngiven:\n  users:\n" + users), as: UTF8.self)
        return #"{"name":"many","text":\#(text)}"#
    }

    private func user(_ email: String) -> String { #"{"firstName":"J","lastName":"D","email":"\#(email)"}"# }

    @Test func `keeps no other sandbox waiting`() throws {
        let busy = try server.connect()
        try busy.send(Server.request("PUT", "/_sandbox/scenario", try story(of: 1500), key: "busy"))
        var served = 0
        let neighbour = try server.connect()
        // The neighbour's answers come while the other still waits for its own.
        while !busy.hasSomething, served < 100_000 {
            try neighbour.send(Server.request("GET", "/v3/user-exists?email=a@b.co", key: "near"))
            #expect(try neighbour.response()?.status == 200)
            served += 1
        }
        #expect(try busy.response()?.status == 200)
        #expect(served >= 10)
    }

    @Test func `is done before what its own sandbox is asked next, in the order of asking`() throws {
        let first = try server.connect()
        try first.send(Server.request("PUT", "/_sandbox/scenario", try story(of: 600)))
        #expect(try first.response()?.status == 200)
        // One that is read at once, so that whatever is answered behind it was read later.
        try first.send(Server.request("POST", "/_sandbox/reset"))
        _ = try server.call("GET", "/_sandbox/health")
        var others: [Connection] = []
        for number in 0..<20 {
            let one = try server.connect()
            try one.send(Server.request("POST", "/v3/users", user("later\(number)@example.com")))
            others.append(one)
            if number == 9 { try one.send(Server.request("POST", "/_sandbox/snapshots", #"{"name":"then"}"#)) }
        }
        #expect(try first.response()?.status == 200)
        for one in others { #expect(try one.response()?.status == 200) }
        #expect(try others[9].response()?.status == 201)
        let state = try server.call("GET", "/_sandbox/state").json["data"]?["users"]?.elements.count
        // None was lost when the story was put in the place of everything.
        #expect(state == 620)
    }

    @Test func `may be followed by others that wait in line, each of which does what it says`() throws {
        _ = try server.call("POST", "/v3/users", user("a@b.co"))
        let connections = try (0..<12).map { _ in try server.connect() }
        for (number, connection) in connections.enumerated() {
            switch number % 4 {
            case 0: try connection.send(Server.request("PUT", "/_sandbox/scenario", try story(of: 100, "s\(number)x")))
            case 1: try connection.send(Server.request("POST", "/_sandbox/snapshots", #"{"name":"n\#(number)"}"#))
            case 2: try connection.send(Server.request("GET", "/_sandbox/state"))
            default: try connection.send(Server.request("POST", "/_sandbox/reset"))
            }
        }
        for connection in connections { #expect((200...201).contains(try connection.response()?.status ?? 0)) }
    }

    @Test func `is answered to a client that has closed its side`() throws {
        let connection = try server.connect()
        try connection.send(Server.request("PUT", "/_sandbox/scenario", try story(of: 300)))
        connection.finish()
        #expect(try connection.response()?.status == 200)
        let behind = try server.connect()
        try behind.send(Server.request("GET", "/v3/user-exists?email=u7@example.com"))
        behind.finish()
        #expect(try JSON(Array((behind.response()?.body ?? "").utf8))["data"]?["exists"]?.bool == true)
    }

    @Test func `that a client no longer waits for is done all the same, and harms nobody`() throws {
        for _ in 0..<20 {
            let connection = try server.connect()
            try connection.send(Server.request("PUT", "/_sandbox/scenario", try story(of: 50)))
            let waiting = try server.connect()
            try waiting.send(Server.request("POST", "/v3/users", user("gone@example.com")))
        }
        #expect(try server.call("GET", "/v3/user-exists?email=u7@example.com").json["data"]?["exists"]?.bool == true)
    }

    @Test func `is finished before the server ends`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try Server(dataDirectory: folder)
        let connection = try first.connect()
        try connection.send(Server.request("PUT", "/_sandbox/scenario", try story(of: 300)))
        _ = try first.call("GET", "/_sandbox/health")
        #expect(first.stop().code == 0)
        let answer = try connection.response()
        let second = try Server(dataDirectory: folder)
        let isThere = try second.call("GET", "/v3/user-exists?email=u7@example.com").json["data"]?["exists"]?.bool
        // Answered with success, or with why not; what was answered is so.
        #expect(answer?.status == 200 ? isThere == true : answer?.status == 503)
    }

    /// The page of a browser may read an answer that comes later, too.
    @Test func `has the header that its page needs`() throws {
        let connection = try server.connect()
        let body = #"{"requests":[{"operation":"createUser"}],"within":"PT30S"}"#
        var request = Server.request("POST", "/_sandbox/verify", body)
        request = request.replacing("Host: localhost\r\n", with: "Host: localhost\r\nOrigin: http://localhost:3000\r\n")
        try connection.send(request)
        _ = try server.call("GET", "/_sandbox/clock")
        _ = try server.call("POST", "/v3/users", user("a@b.co"))
        let answer = try connection.response()
        #expect(answer?.status == 200)
        #expect(answer?.field("Access-Control-Allow-Origin") == "http://localhost:3000")
    }
}

/// A verification that waits is told of each request once.
@Suite struct `A waiting verification` {
    private let server: Server

    init() throws { server = try Server() }

    private func wait(for document: String) throws -> Connection {
        let connection = try server.connect()
        try connection.send(Server.request("POST", "/_sandbox/verify", document))
        return connection
    }

    private func create(_ email: String) throws {
        _ = try server.call("POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"\#(email)"}"#)
    }

    @Test(arguments: [1, 3, 40])
    func `is answered by the request that makes it hold, among many others`(others: Int) throws {
        let waiting = try (0..<others).map { number in
            try wait(
                for:
                    #"{"requests":[{"operation":"createUser","body":{"email":"e\#(number)@example.com"}}],"within":"PT1M"}"#
            )
        }
        // A control call comes behind them in their own sandbox: they wait from then on.
        _ = try server.call("GET", "/_sandbox/clock")
        for number in (0..<others).reversed() { try create("e\(number)@example.com") }
        for (number, one) in waiting.enumerated() {
            let answer = try one.response()
            #expect(answer?.status == 200, "number \(number)")
        }
    }

    @Test func `begins to count anew with another world, unless it is to count all`() throws {
        let own = try wait(for: #"{"requests":[{"operation":"createUser","count":2}],"within":"PT1M"}"#)
        let all = try wait(for: #"{"requests":[{"operation":"createUser","count":3}],"all":true,"within":"PT1M"}"#)
        _ = try server.call("GET", "/_sandbox/clock")
        try create("a@example.com")
        _ = try server.call("POST", "/_sandbox/reset")
        try create("b@example.com")
        try create("c@example.com")
        #expect(try own.response()?.status == 200)
        #expect(try all.response()?.status == 200)
    }

    @Test func `holds as soon as the journal that spoke against it is emptied`() throws {
        try create("a@example.com")
        let none = try wait(for: #"{"requests":[{"operation":"createUser","never":true}],"within":"PT1M"}"#)
        _ = try server.call("GET", "/_sandbox/clock")
        _ = try server.call("DELETE", "/_sandbox/requests")
        #expect(try none.response()?.status == 200)
    }

    @Test func `is told what came nearest when its time is over, however many wait`() throws {
        let waiting = try (0..<30).map { _ in
            try wait(
                for: #"{"requests":[{"operation":"createUser","body":{"email":"x@example.com"}}],"within":"PT0.3S"}"#)
        }
        try create("y@example.com")
        for one in waiting {
            let answer = try one.response()
            #expect(answer?.status == 409)
            #expect(answer?.body.contains("y@example.com") == true || answer?.body.contains("found none") == true)
        }
    }
}
