import Foundation
import JSON
import SQLite
import Sandbox
import Support
import Testing

/// Rows 100 to 106 of the faults found on 0.4.0, against the built program.
@Suite struct `A value beyond all bounds` {
    private let server: Server
    private let shop: Shop

    init() throws {
        server = try Server("--quiet")
        shop = try Shop(server, key: "k")
    }

    /// A call of one request, and what it is answered.
    private struct Call: CustomTestStringConvertible, Sendable {
        let method: String
        let path: String
        var body: String?
        let status: Int
        let message: String

        var testDescription: String { "\(method) \(path) \(body ?? "")" }

        init(_ method: String, _ path: String, _ status: Int, _ message: String) {
            (self.method, self.path, self.status, self.message) = (method, path, status, message)
        }

        init(_ method: String, _ path: String, _ body: String, _ status: Int, _ message: String) {
            self.init(method, path, status, message)
            self.body = body
        }
    }

    private static let time = "from 1970-01-01 to 9999-12-31"

    private static let calls = [
        // 100
        Call("GET", "/v3/users?limit=1e-9223372036854775808", 400, #""limit" must be greater than or equal to 1"#),
        Call("GET", "/v3/users?limit=1e99999999999999999999", 400, #""limit" must be a number"#),
        Call("GET", "/v3/users?page=1.0000001", 400, #""page" must be an integer"#),
        Call(
            "PATCH", "/_sandbox/settings", #"{"spendingLimit":1e9223372036854775807}"#, 400,
            #""spendingLimit" must be a number"#),
        Call(
            "PATCH", "/_sandbox/settings", #"{"term":1e-9223372036854775808}"#, 400,
            #""term" must be greater than or equal to 1"#),
        // 101
        Call("GET", "/_sandbox/requests?since=-P2100Y", 400, #""since" must be a valid date \#(time)"#),
        Call(
            "GET", "/_sandbox/requests?until=0000-01-01T00:00:00%2B14:00", 400,
            #""until" must be a date, or a duration of ISO 8601 such as -P3D"#),
        Call(
            "POST", "/_sandbox/faults", #"{"status":503,"from":"-P2100Y"}"#, 400,
            #""from" must be a valid date \#(time)"#),
        Call(
            "POST", "/_sandbox/faults", #"{"status":503,"until":"P8000Y"}"#, 400,
            #""until" must be a valid date \#(time)"#),
        Call(
            "POST", "/_sandbox/faults", #"{"status":503,"until":"0000-01-01T00:00:00+14:00"}"#, 400,
            #""until" must be a date, or a duration of ISO 8601 such as -P3D"#),
        Call(
            "POST", "/_sandbox/verify", #"{"requests":[{"since":"-P2100Y"}]}"#, 400,
            #""since" must be a valid date \#(time)"#),
        // 105
        Call(
            "POST", "/_sandbox/clock/advance", #"{"to":"9999-12-31T23:59:59.000Z"}"#, 400,
            #""value" must not lead out of the time from 1970-01-01 to 9998-12-31: a running clock goes on from there; freeze it to go further"#
        ),
        Call(
            "POST", "/_sandbox/clock/advance", #"{"by":"P8000Y"}"#, 400, #""by" must not lead out of the time \#(time)"#
        ),
        // 106
        Call(
            "PUT", "/_sandbox/personas",
            #"{"rules":[{"when":{"email":"*"},"outcome":"manualReview","resolvesAfter":"P10000Y"}]}"#, 400,
            #""resolvesAfter" must not lead out of the time \#(time)"#),
    ]

    @Test(arguments: calls)
    private func `is refused in words, and the server lives`(call: Call) throws {
        let answer = try shop.send(call.method, call.path, call.body)
        #expect(answer.status == call.status)
        #expect(answer.message == call.message)
        #expect(try shop.send("GET", "/_sandbox/state").status == 200)
    }

    @Test func `as a first name is met by a numeric pattern`() throws {
        let body = #"{"firstName":"1e-9223372036854775808","lastName":"D","email":"a@b.co"}"#
        #expect(try shop.send("POST", "/v3/users", body).status == 200)
        let found = try shop.control("POST", "verify", #"{"requests":[{"body":{"firstName":5}}]}"#)
        #expect(found.status == 409)
        #expect(try shop.control("POST", "verify", #"{"requests":[{"body":{"firstName":{"below":5}}}]}"#).status == 200)
    }

    @Test(arguments: ["at: -P2100Y", "at: 0000-01-01T00:00:00+14:00", "at: P8000Y"])
    func `in a scenario is a problem of its line`(at: String) throws {
        let text = "about: x\\ngiven:\\n  users:\\n    jane: {email: a@b.co, \(at)}\\n"
        let answer = try shop.control("PUT", "scenario", #"{"text":"\#(text)"}"#)
        #expect(answer.status == 400)
        #expect(answer.message?.hasPrefix("scenario:4:") == true, "\(answer.text)")
    }

    /// A finalized transaction of one item.
    private func finalized() throws -> String {
        let person = try shop.create("a@b.co")
        _ = try shop.apply(person.token)
        _ = try shop.addCard(person.token)
        let order =
            #"{"transactionId":"T","items":[{"brand":"b","sku":"A","description":"d","cost":100,"quantity":2}]}"#
        let lease = try shop.send("POST", "/v3/leases", order, token: person.token).data["leaseId"]?.string ?? ""
        let signed = #"{"ipAddress":"127.0.0.1","signed":true}"#
        _ = try shop.send("POST", "/v3/leases/\(lease)/sign", signed, token: person.token)
        #expect(try shop.send("POST", "/v3/transactions/T/finalize").status == 200)
        return person.token
    }

    @Test(arguments: [
        ("0000-01-01T00:00:00+14:00", #""items[0].deliveryDate" must be a valid date"#),
        ("1969-12-31", #""items[0].deliveryDate" must be a valid date from 1970-01-01 to 9999-12-31"#),
        ("+275760-09-13", #""items[0].deliveryDate" must be a valid date"#),
    ])
    func `is no day of a delivery`(date: String, message: String) throws {
        _ = try finalized()
        let shipment = #"{"items":[{"sku":"A","carrier":"ups","shipDate":"2026-03-01","deliveryDate":"\#(date)"}]}"#
        let answer = try shop.send("POST", "/v3/transactions/T/confirm-shipment", shipment)
        #expect(answer.status == 400)
        #expect(answer.message == message)
    }

    @Test func `cannot be reached by adding to the last day`() throws {
        let token = try finalized()
        let shipment = #"{"items":[{"sku":"A","carrier":"ups","shipDate":"9999-12-31T23:59:59.999Z","quantity":1}]}"#
        #expect(try shop.send("POST", "/v3/transactions/T/confirm-shipment", shipment).status == 200)
        let agreements = try shop.send("GET", "/v3/customers/me/agreements", token: token).json
        #expect(
            agreements.elements.first?["leaseStartDate"]?.string == "9999-01-01T23:59:59.999Z", "with room for 52 weeks"
        )
        let receipt = #"{"items":[{"sku":"A","quantity":1,"receiptDate":"9999-12-31T23:59:59.999Z"}]}"#
        #expect(try shop.send("POST", "/v3/transactions/T/confirm-receipt", receipt).status == 200)
        #expect(try shop.control("PUT", "clock", #"{"mode":"frozen","now":"9999-12-31T23:59:59Z"}"#).status == 200)
        #expect(try shop.create("b@b.co").token != "")
        #expect(try shop.send("POST", "/v3/transactions/T/return").status == 200)
        #expect(try shop.control("POST", "clock/advance", #"{"by":"PT1S"}"#).status == 400)
    }

    @Test(arguments: [("1899-12-31", 400), ("1900-01-01", 200), ("9999-12-31", 200), ("0000-01-01", 200)])
    func `is no birth, where it is a date at all`(birth: String, status: Int) throws {
        let person = try shop.create("a@b.co")
        let answer = try shop.apply(person.token, changing: ["dateOfBirth": #""\#(birth)""#])
        #expect(answer.status == status)
        if status == 400 {
            #expect(answer.message == #""dateOfBirth" must be a valid date from 1900-01-01 to 9999-12-31"#)
        }
    }

    @Test func `comes to no amount that cannot be calculated with`() throws {
        let person = try shop.create("a.limit10000000@b.co")
        _ = try shop.apply(person.token)
        // Row 103.
        let items = [("A", "10000000", 100_000), ("DISCOUNT-1", "-10000000", 99_999), ("DISCOUNT-2", "-9999999.99", 1)]
            .map {
                #"{"brand":"b","sku":"\#($0.0)","description":"d","cost":\#($0.1),"quantity":\#($0.2)}"#
            }
        let order =
            #"{"transactionId":"T","items":[\#(items.joined(separator: ","))],"totalDiscount":9999900,"shipping":{"cost":10000000}}"#
        let answer = try shop.send("POST", "/v3/leases", order, token: person.token)
        #expect(answer.status == 400)
        #expect(answer.message == #""items[0]" cost × quantity must be less than or equal to 1000000000"#)
    }
}

@Suite struct `A database with what no sandbox makes` {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path

    /// What 0.4.0 kept: each locked its sandbox out.
    @Test(arguments: [
        #"UPDATE documents SET body = '{"mode":"real","offset":"P2912345D"}' WHERE name = 'clock'"#,
        #"UPDATE documents SET body = '{' WHERE name = 'clock'"#,
        #"UPDATE documents SET body = '{"name":"x","text":"about: [it, no, longer, plays"}' WHERE name = 'origin'"#,
        #"UPDATE documents SET body = '{"name":7}' WHERE name = 'origin'"#,
        #"INSERT INTO faults (definition) VALUES ('{"status":503,"from":"2026-11-25T04:00:00.000Z","until":"0026-11-25T04:00:00.000Z"}')"#,
        "UPDATE parcels SET delivered_at = -62198755200000", "UPDATE parcels SET delivered_at = 9223372036854775807",
        "UPDATE users SET created_at = -9223372036854775808, token_expires_at = 9223372036854775807",
        "UPDATE applications SET status = 'pending', spending_limit = 0, resolves_at = 9223372036854775807, resolves_as = 'approved'",
    ])
    func `is opened, answers, and can be reset`(change: String) throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var server = try Server(dataDirectory: directory, "--quiet")
        #expect(try server.call("PUT", "/_sandbox/scenario", #"{"name":"partial-shipment"}"#).status == 200)
        #expect(server.stop().code == 0)
        try execute(change)
        server = try Server(dataDirectory: directory, "--quiet")
        for path in ["/_sandbox/state", "/_sandbox/clock", "/v3/users", "/v3/transactions", "/_sandbox/faults"] {
            #expect(try server.call("GET", path).status == 200, "\(path)")
        }
        #expect(try server.call("POST", "/_sandbox/clock/advance", #"{"by":"PT0S"}"#).status == 200)
        let reset = try server.call("POST", "/_sandbox/reset")
        #expect(reset.status == 200)
        if change.contains("no, longer, plays") {
            #expect(try reset.json["data"]?["problem"]?.string?.hasPrefix("x:") == true)
            #expect(try server.call("GET", "/_sandbox/state").json["data"]?["users"]?.elements.isEmpty == true)
        }
        #expect(
            try server.call("POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"a@b.co"}"#).status == 200)
    }

    private func execute(_ sql: String) throws {
        try SQLite.Connection(.file("\(directory)/\(Sandboxes.fingerprint(of: "k", length: 32)).sqlite")).execute(sql)
    }
}
