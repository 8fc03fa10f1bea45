import Foundation
import JSON
import Support
import Testing

@Suite struct `The control API` {
    private let server: Server
    private let shop: Shop

    init() throws {
        server = try Server("--quiet")
        shop = try Shop(server, key: "k")
    }

    // MARK: Who may

    @Test func `says that it is live and ready, to anybody`() throws {
        let connection = try server.connect()
        try connection.send("GET /_sandbox/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let health = try #require(try connection.response())
        #expect(health.status == 200)
        #expect(try health.json["data"]?["ready"]?.bool == true)
    }

    @Test func `asks for a key like the gateway, for everything else`() throws {
        let connection = try server.connect()
        try connection.send("GET /_sandbox/state HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try connection.response()?.status == 401)
        let closed = try Server("--quiet", "--api-key", "only")
        #expect(try closed.call("POST", "/_sandbox/reset", key: "other").status == 401)
    }

    @Test func `acts on the sandbox of its key alone`() throws {
        _ = try shop.create("a@b.co")
        let other = try Shop(server, key: "other")
        try other.control("POST", "reset")
        #expect(try shop.state()["users"]?.elements.count == 1)
    }

    @Test func `does not let a page from elsewhere turn the sandbox`() throws {
        for (origin, allowed) in [("https://evil.example", false), ("http://localhost:3000", true)] {
            let connection = try server.connect()
            try connection.send(
                "OPTIONS /_sandbox/reset HTTP/1.1\r\nHost: localhost\r\nOrigin: \(origin)\r\nAccess-Control-Request-Method: POST\r\n\r\n"
            )
            let answer = try #require(try connection.response())
            #expect((answer.field("access-control-allow-origin") == origin) == allowed)
        }
    }

    // MARK: What it refuses

    struct Refused: Sendable {
        let method: String
        let path: String
        var body: String?
        let status: Int
        let message: String
    }

    @Test(arguments: [
        Refused(
            method: "GET", path: "clok", status: 404,
            message: "There is nothing at this path; did you mean /_sandbox/clock?"),
        Refused(method: "DELETE", path: "clock", status: 405, message: "This path takes HEAD, GET, PUT, OPTIONS"),
        Refused(method: "PUT", path: "clock", body: "{}", status: 400, message: #""mode" is required"#),
        Refused(
            method: "PUT", path: "clock", body: #"{"mode":"frozen","nwo":"2026-03-02"}"#, status: 400,
            message: #""nwo" is not known here; did you mean "now"?"#),
        Refused(
            method: "PUT", path: "clock", body: #"{"mode":"frozen","offset":"P1D"}"#, status: 400,
            message: #""offset" is for a real clock; a frozen one takes "now""#),
        Refused(
            method: "PUT", path: "clock", body: #"{"mode":"frozen","now":"-P100Y"}"#, status: 400,
            message: #""now" must be a valid date from 1970-01-01 to 9999-12-31"#),
        Refused(
            method: "POST", path: "clock/advance", body: "{}", status: 400,
            message: #""value" must contain exactly one of [by, to, toNextEvent]"#),
        Refused(
            method: "POST", path: "clock/advance", body: #"{"by":"-P1D"}"#, status: 400,
            message: #""by" must not go back in time"#),
        Refused(
            method: "POST", path: "clock/advance", body: #"{"by":"P9000Y"}"#, status: 400,
            message: #""by" must not lead out of the time from 1970-01-01 to 9999-12-31"#),
        Refused(
            method: "POST", path: "clock/advance", body: #"{"toNextEvent":true}"#, status: 409,
            message: "Nothing is to come: no lease waits, no payment is scheduled"),
        Refused(
            method: "PATCH", path: "settings", body: #"{"spendingLimit":"much"}"#, status: 400,
            message: #""spendingLimit" must be a number"#),
        Refused(
            method: "PUT", path: "personas", body: #"{"rules":[{"when":{"emial":"x"},"outcome":"deny"}]}"#, status: 400,
            message: #""when.emial" is no field of a request; did you mean "email"?"#),
        Refused(
            method: "POST", path: "faults", body: #"{"times":1}"#, status: 400,
            message: #""fault" does nothing: it needs status, delay, connection, content, drip, rateLimit or foreign"#),
        Refused(method: "DELETE", path: "faults/7", status: 404, message: "There is no fault 7; there is none at all"),
        Refused(
            method: "PUT", path: "scenario", body: #"{"name":"denid"}"#, status: 404,
            message: "No shipped scenario is called denid; there is denied"),
        Refused(
            method: "PUT", path: "scenario", body: #"{"text":"about: x\nsede: 1"}"#, status: 400,
            message: #"scenario:2:1: "sede" is not known here; did you mean "seed"?"#),
        Refused(
            method: "POST", path: "snapshots", body: #"{"name":"../x"}"#, status: 400,
            message: #""name" must consist of letters, digits, dots, dashes and underscores, a dot not first"#),
        Refused(
            method: "POST", path: "snapshots/x/restore", status: 404,
            message: "There is no snapshot of that name; there is none at all"),
        Refused(
            method: "PUT", path: "users/jane/hold", body: #"{"spendingHold":true}"#, status: 404,
            message: "There is no customer jane: name one by id, e-mail or the scenario's name"),
        Refused(
            method: "POST", path: "leases/x/expire", status: 404,
            message: "There is no lease x: name one by lease id, transaction id or the scenario's name"),
    ])
    func `refuses with a sentence, and the remedy`(example: Refused) throws {
        let answer = try shop.control(example.method, example.path, example.body)
        #expect(answer.status == example.status)
        #expect(answer.message == example.message)
    }

    // MARK: Time

    @Test func `moves the clock, and lists what falls due, in order`() throws {
        try shop.control("PUT", "scenario", #"{"name":"first-purchase"}"#)
        let john = try shop.create("john@example.com")
        _ = try shop.apply(john.token)
        _ = try shop.addCard(john.token)
        _ = try shop.lease(john.token, "UNSIGNED")
        let lease = try #require(try shop.lease(john.token, "SIGNED").data["leaseId"]?.string)
        _ = try shop.sign(lease, john.token)
        _ = try shop.send("POST", "/v3/transactions/SIGNED/finalize")
        _ = try shop.send("POST", "/v3/transactions/SIGNED/confirm-shipment")
        let events = try shop.advance("P20D")
        #expect(
            events == ["tokenExpired", "leaseExpired", "delivered", "paymentDue", "paymentDue", "paymentDue"])
        let clock = try shop.control("GET", "clock").data
        #expect(clock["now"]?.string == "2026-03-22T09:00:00.000Z")
        #expect(clock["nextEvent"]?.string == "2026-03-27T09:00:00.000Z")
        #expect(try shop.advance("P10Y").count == 49)
    }

    @Test func `turns back only to what has not happened yet`() throws {
        try shop.control("PUT", "clock", #"{"mode":"frozen","now":"2026-03-02T09:00:00Z"}"#)
        #expect(try shop.control("PUT", "clock", #"{"mode":"frozen","now":"2020-01-01"}"#).status == 200)
        _ = try shop.create("a@b.co")
        let refused = try shop.control("PUT", "clock", #"{"mode":"frozen","now":"2019-12-31"}"#)
        #expect(refused.status == 409)
        #expect(refused.code == "TimeGoesForward")
        #expect(try shop.control("GET", "clock").data["now"]?.string == "2020-01-01T00:00:00.000Z")
    }

    @Test func `lets a real clock go on from where it is told`() throws {
        let clock = try shop.control("PUT", "clock", #"{"mode":"real","offset":"P1Y"}"#).data
        #expect(clock["mode"]?.string == "real")
        let answer = try shop.send("GET", "/v3/users")
        #expect(answer.head.contains("Date: "))
        let year = try #require(try shop.control("GET", "clock").data["now"]?.string?.prefix(4))
        #expect(Int(year)! > Calendar.current.component(.year, from: .now))
    }

    @Test func `expires a token with the sandbox's time`() throws {
        try shop.control("PUT", "clock", #"{"mode":"frozen"}"#)
        let john = try shop.create("john@example.com")
        #expect(try shop.send("GET", "/v3/users/me", token: john.token).status == 200)
        #expect(try shop.advance("PT1H") == ["tokenExpired"])
        #expect(try shop.send("GET", "/v3/users/me", token: john.token).status == 401)
    }

    // MARK: What it changes

    @Test func `changes the settings that it names`() throws {
        let changed = try shop.control(
            "PATCH", "settings", #"{"spendingLimit":2000,"minimumOrder":10,"arrayResponses":"wrapped","term":26}"#)
        #expect(changed.status == 200)
        #expect(try shop.control("GET", "settings").data["taxRate"]?.numberText == "0.07")
        let john = try shop.create("john@example.com")
        #expect(try shop.apply(john.token).data["decision"]?["spendingLimit"]?.numberText == "2000")
        #expect(try shop.lease(john.token, "T1", cost: 10).data["term"]?.numberText == "26")
        let methods = try shop.send("GET", "/v3/customers/me/payment-methods", token: john.token).json
        #expect(methods["data"]?.isArray == true)
    }

    @Test func `decides as a reviewer would`() throws {
        let mary = try shop.create("mary.qamanual@example.com")
        _ = try shop.apply(mary.token)
        #expect(
            try shop.control("PUT", "users/\(mary.id)/decision", #"{"status":"approved","spendingLimit":777}"#).status
                == 200)
        let decided = try shop.send("GET", "/v3/users/me", token: mary.token).data
        #expect(decided["decision"]?["spendingLimit"]?.numberText == "777")
        #expect(decided["verificationStatus"]?.string == "succeeded")
        try shop.control("PUT", "users/mary.qamanual@example.com/verification", #"{"verificationStatus":"failed"}"#)
        try shop.control("PUT", "users/mary.qamanual@example.com/decision", #"{"status":"failed"}"#)
        #expect(try shop.lease(mary.token, "T1").code == "InvalidCustomer")
        let nobody = try shop.create("nobody@example.com")
        #expect(
            try shop.control("PUT", "users/\(nobody.id)/decision", #"{"status":"approved"}"#).code == "NotApplied")
    }

    @Test func `lets a review resolve at a set time`() throws {
        try shop.control("PUT", "clock", #"{"mode":"frozen"}"#)
        let mary = try shop.create("mary.qamanual@example.com")
        _ = try shop.apply(mary.token)
        let body = #"{"status":"pending","resolvesAfter":"PT30M","resolvesAs":"failed"}"#
        try shop.control("PUT", "users/\(mary.id)/decision", body)
        #expect(try shop.advance("PT30M") == ["reviewResolved"])
        #expect(try shop.send("GET", "/v3/users/me", token: mary.token).data["decision"]?["status"]?.string == "failed")
    }

    @Test func `makes a lease expire, unless it is signed`() throws {
        let john = try shop.create("john@example.com")
        _ = try shop.apply(john.token)
        _ = try shop.addCard(john.token)
        let lease = try #require(try shop.lease(john.token, "T1").data["leaseId"]?.string)
        #expect(try shop.control("POST", "leases/T1/expire").data["isExpired"]?.bool == true)
        #expect(try shop.sign(lease, john.token).code == "LeaseExpired")
        let other = try #require(try shop.lease(john.token, "T2").data["leaseId"]?.string)
        _ = try shop.sign(other, john.token)
        #expect(try shop.control("POST", "leases/\(other)/expire").code == "LeaseSigned")
    }

    @Test func `suspends both sandboxes for a misused token, when it is set to`() throws {
        let other = try Shop(server, key: "other")
        let john = try shop.create("john@example.com")
        #expect(try other.send("GET", "/v3/users/me", token: john.token).status == 401)
        #expect(try shop.send("GET", "/v3/users").status == 200)
        try other.control("PATCH", "settings", #"{"tokenMisuse":"suspend"}"#)
        #expect(try other.send("GET", "/v3/users/me", token: john.token).status == 401)
        for one in [shop, other] {
            #expect(try one.send("GET", "/v3/users").status == 403)
            try one.control("POST", "reset")
            #expect(try one.send("GET", "/v3/users").status == 200)
        }
    }

    // MARK: Reset and snapshots

    @Test func `resets to an empty sandbox, or to its scenario`() throws {
        _ = try shop.create("a@b.co")
        try shop.control("PATCH", "settings", #"{"term":1}"#)
        try shop.control("POST", "faults", #"{"status":502}"#)
        try shop.control("POST", "reset")
        let empty = try shop.state()
        #expect(empty["users"]?.elements.isEmpty == true)
        #expect(empty["settings"]?["term"]?.numberText == "52")
        #expect(empty["faults"]?.elements.isEmpty == true)
        try shop.control("PUT", "scenario", #"{"name":"past-due"}"#)
        let before = try shop.control("GET", "state").text
        _ = try shop.create("a@b.co")
        try shop.advance("P1Y")
        try shop.control("POST", "reset")
        #expect(try shop.control("GET", "state").text == before)
    }

    @Test func `fills a sandbox with the same world, whatever was in it before`() throws {
        let text = #"{"text":"about: x\nclock: {mode: frozen, now: 2026-03-02}\ngiven: {users: {a: {email: a@b.co}}}"}"#
        try shop.control("PUT", "scenario", text)
        let first = try shop.control("GET", "state").text
        // This one has a seed of its own.
        try shop.control("PUT", "scenario", #"{"name":"past-due"}"#)
        try shop.control("PUT", "scenario", text)
        #expect(try shop.control("GET", "state").text == first)
    }

    @Test(arguments: [true, false])
    func `saves, restores, lists and deletes snapshots`(isOnDisk: Bool) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var server = try isOnDisk ? Server(dataDirectory: directory, "--quiet") : Server("--quiet")
        var shop = try Shop(server, key: "k")
        try shop.control("PUT", "scenario", #"{"name":"partial-shipment"}"#)
        let before = try shop.control("GET", "state").text
        #expect(try shop.control("POST", "snapshots", #"{"name":"before"}"#).status == 201)
        _ = try shop.create("a@b.co")
        try shop.advance("P1D")
        #expect(try shop.control("POST", "snapshots", #"{"name":"after"}"#).status == 201)
        if isOnDisk {
            server.stop(SIGKILL)
            server = try Server(dataDirectory: directory, "--quiet")
            shop = try Shop(server, key: "k")
        }
        #expect(try shop.control("POST", "snapshots/before/restore").status == 200)
        #expect(try shop.control("GET", "state").text == before)
        #expect(try shop.control("POST", "snapshots/after/restore").status == 200)
        #expect(try shop.state()["users"]?.elements.count == 2)
        let names = try shop.control("GET", "snapshots").data["snapshots"]?.elements.map { $0["name"]?.string }
        #expect(names == ["after", "before"])
        #expect(try shop.control("DELETE", "snapshots/after").status == 200)
        #expect(try shop.control("POST", "snapshots/after/restore").code == "SnapshotNotFound")
        #expect(try Shop(server, key: "other").control("POST", "snapshots/before/restore").status == 404)
    }

    @Test func `refuses a snapshot that is none, and changes nothing`() throws {
        _ = try shop.create("a@b.co")
        for body in ["not a database", "SQLite format 3\0 and then garbage"] {
            let answer = try shop.control("PUT", "snapshots/x", body)
            #expect(answer.status == 400)
            #expect(answer.code == "InvalidSnapshot")
        }
        #expect(try shop.state()["users"]?.elements.count == 1)
    }

    @Test func `looks again at a snapshot that somebody has changed`() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let shop = try Shop(Server(dataDirectory: directory, "--quiet"), key: "k")
        _ = try shop.create("a@b.co")
        try shop.control("POST", "snapshots", #"{"name":"s"}"#)
        let folder = "\(directory)/snapshots"
        let name = try #require(
            try FileManager.default.subpathsOfDirectory(atPath: folder).first { $0.hasSuffix(".sqlite") })
        let file = URL(filePath: "\(folder)/\(name)")
        var bytes = try Data(contentsOf: file)
        for place in 200..<bytes.count { bytes[place] ^= 0x55 }
        try bytes.write(to: file)
        let refused = try shop.control("POST", "snapshots/s/restore")
        #expect(refused.code == "InvalidSnapshot")
        #expect(refused.message == "The snapshot s is damaged")
        #expect(try shop.state()["users"]?.elements.count == 1)
    }

    @Test func `takes a snapshot that is larger than any other body may be`() throws {
        let large = String(repeating: "x", count: 3 << 20)
        #expect(try shop.control("PUT", "snapshots/large", large).code == "InvalidSnapshot")
        #expect(try shop.send("PUT", "/_sandbox/clock", large).status == 413)
        #expect(try shop.control("PUT", "snapshots/large", large).code == "InvalidSnapshot", "and another one after it")
    }

    @Test func `keeps what it was told through kill -9`() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var server = try Server(dataDirectory: directory, "--quiet")
        var shop = try Shop(server, key: "k")
        try shop.control("PUT", "scenario", #"{"name":"vendor-outage"}"#)
        let olga = try shop.token("olga")
        #expect(try shop.apply(olga).status == 502)
        try shop.control("PATCH", "settings", #"{"term":7}"#)
        try shop.advance("PT1M")
        let before = try shop.control("GET", "state").text
        server.stop(SIGKILL)
        server = try Server(dataDirectory: directory, "--quiet")
        shop = try Shop(server, key: "k")
        #expect(try shop.control("GET", "state").text == before)
        #expect(try shop.apply(olga).status == 502, "the second of two")
        #expect(try shop.apply(olga).status == 200)
    }
}
