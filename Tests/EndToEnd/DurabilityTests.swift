import Foundation
import JSON
import Support
import Testing

@Suite struct `What was acknowledged` {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path

    private func create(_ email: String) -> String {
        Server.request("POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"\#(email)"}"#)
    }

    @Test func `is there after kill -9 in the middle of a loop of creations`() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var acknowledged: [String] = []
        for round in 0..<10 {
            let server = try Server(dataDirectory: directory, "--quiet")
            let connections = try (0..<64).map { _ in try server.connect() }
            // Stopped, so that one turn of its loop finds all the requests, and more behind each.
            kill(server.process.processIdentifier, SIGSTOP)
            for (number, connection) in connections.enumerated() {
                try connection.send((0..<3).map { create("r\(round).c\(number).n\($0)@example.com") }.joined())
            }
            kill(server.process.processIdentifier, SIGCONT)
            // Killed as soon as anything is acknowledged: in the middle of a turn, if an answer does not wait for its end.
            let isFirst = try connections[0].response()?.status == 200
            kill(server.process.processIdentifier, SIGKILL)
            server.process.waitUntilExit()
            #expect(isFirst)
            for (number, connection) in connections.enumerated() {
                var count = number == 0 ? 1 : 0
                while let response = try? connection.response(), response.status == 200 { count += 1 }
                acknowledged += (0..<count).map { "r\(round).c\(number).n\($0)@example.com" }
            }
        }
        let server = try Server(dataDirectory: directory, "--quiet")
        let connection = try server.connect()
        for email in acknowledged {
            try connection.send(Server.request("GET", "/v3/user-exists?email=\(email)"))
            #expect(try connection.response()?.body.contains(#""exists":true"#) == true, "\(email) is lost")
        }
    }

    @Test func `survives a restart with its identifiers and tokens, whatever the seed`() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var server = try Server(dataDirectory: directory, "--seed", "1")
        let body = #"{"firstName":"J","lastName":"D","email":"a@b.co"}"#
        let token = try server.call("POST", "/v3/users", body).json["data"]?["token"]?.string
        let before = try server.call("GET", "/v3/users/me", token: token)
        server.stop()
        server = try Server(dataDirectory: directory, "--seed", "2")
        #expect(try server.call("GET", "/v3/users/me", token: token).body == before.body)
        #expect(before.status == 200)
    }

    @Test func `in memory is gone with the program`() throws {
        let body = #"{"firstName":"J","lastName":"D","email":"a@b.co"}"#
        #expect(try Server().call("POST", "/v3/users", body).status == 200)
        #expect(try Server().call("POST", "/v3/users", body).status == 200)
    }
}

@Suite struct `Racing requests` {
    private let server: Server
    private let token: String
    private let lease: String

    /// A signed and finalized order of ten units.
    init() throws {
        server = try Server("--quiet")
        let created = try server.call("POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"a@b.co"}"#)
        token = created.jsonToken
        let application = """
            {"street1":"1","city":"c","regionAbbr":"FL","postalCode":"33021","country":"US","mobilePhone":"6514447773",\
            "dateOfBirth":"1998-03-23","ssn":"888776666","employmentInformation":{"monthlyIncome":1250,"payFrequency":"weekly"},\
            "bankAccount":{"routing":"021000021","account":"12345678","type":"checking"}}
            """
        _ = try server.call("POST", "/v3/users/me/apply", application, token: token)
        let order =
            #"{"transactionId":"T","items":[{"brand":"b","sku":"s","description":"d","cost":10,"quantity":10}]}"#
        let made = try server.call("POST", "/v3/leases", order, token: token)
        lease = try made.json["data"]?["leaseId"]?.string ?? ""
    }

    /// Sends the same request on eight connections, twice on each, before it reads any answer.
    private func race(_ path: String, _ body: String, token: String? = nil) throws -> [Connection.Response] {
        let connections = try (0..<8).map { _ in try server.connect() }
        for connection in connections {
            try connection.send(String(repeating: Server.request("POST", path, body, token: token), count: 2))
        }
        return try connections.flatMap { connection in
            try (0..<2).map { _ in try #require(try connection.response()) }
        }
    }

    private func counts() throws -> String? {
        let items = try server.call("GET", "/v3/transactions/T").json["data"]?["items"]?.elements
        return items?.first?["quantityByStatus"].map { String(decoding: $0.source, as: UTF8.self) }
    }

    @Test func `never over-count`() throws {
        let signs = try race("/v3/leases/\(lease)/sign", #"{"ipAddress":"1.1.1.1","signed":true}"#, token: token)
        #expect(signs.allSatisfy { $0.status == 200 })
        _ = try race("/v3/transactions/T/finalize", "{}")
        let ship = #"{"items":[{"sku":"s","carrier":"ups","shipDate":"2018-03-20","quantity":1}]}"#
        let shipped = try race("/v3/transactions/T/confirm-shipment", ship)
        #expect(shipped.count { $0.status == 200 } == 10)
        #expect(shipped.count { $0.status == 400 } == 6)
        let returns = try race("/v3/transactions/T/return", #"{"items":[{"sku":"s","quantity":1}]}"#)
        #expect(returns.count { $0.body.contains(#""returned":[{"sku":"s","quantity":1}]"#) } == 10)
        #expect(try counts() == #"{"ordered":10,"returned":10}"#)
    }

    @Test func `create one user, and refuse the others`() throws {
        let answers = try race("/v3/users", #"{"firstName":"J","lastName":"D","email":"same@b.co"}"#)
        #expect(answers.count { $0.status == 200 } == 1)
        #expect(answers.count { $0.status == 409 } == 15)
    }
}

extension Support.Connection.Response {
    fileprivate var jsonToken: String { (try? json["data"]?["token"]?.string) ?? "" }
}
