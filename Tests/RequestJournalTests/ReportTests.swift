import HTTP
import JSON
import Medusa
import MedusaAPI
import MedusaStore
import RequestJournal
import Sandbox
import Scenarios
import Testing

@Suite struct `A report` {
    private let run = Run()

    private var report: RunReport { get throws { try RunReport(run.journal) } }

    private func missteps() throws -> [Misstep: Int] {
        Dictionary(uniqueKeysWithValues: try report.violations.map { ($0.misstep, $0.count) })
    }

    private func approved(_ email: String = "a@example.com") throws -> String {
        let token = try run.create(email)
        try run.send(.post, "/v3/users/me/apply", Run.application, token: token, fields: [("customer-ip", "10.0.0.1")])
        return token
    }

    private func lease(_ token: String, _ reference: String) throws -> String {
        let order =
            #"{"transactionId":"\#(reference)","items":[{"brand":"b","sku":"s","description":"d","cost":100,"quantity":1}]}"#
        return try run.send(.post, "/v3/leases", order, token: token).body?["data"]?["leaseId"]?.string ?? ""
    }

    private func sign(_ lease: String, _ token: String) throws {
        try run.send(.post, "/v3/leases/\(lease)/sign", #"{"ipAddress":"127.0.0.1","signed":true}"#, token: token)
    }

    @Test func `of nothing says that nobody can say`() throws {
        #expect(try !report.isReady)
        #expect(try report.verdict == "nothing was asked, so nobody can say")
    }

    @Test func `of a whole purchase is ready for certification`() throws {
        try run.send(.get, "/v3/user-exists?email=a@example.com")
        let token = try approved()
        try sign(try lease(token, "T1"), token)
        try run.send(.post, "/v3/transactions/T1/finalize")
        try run.send(.post, "/v3/transactions/T1/confirm-receipt")
        try run.send(.post, "/v3/transactions/T1/return")
        #expect(try report.verdict == "ready for certification")
        #expect(try report.warnings == [])
        #expect(try report.covered.met == 8)
    }

    @Test func `names the steps that are left out`() throws {
        _ = try approved()
        #expect(
            try report.missing == [.customerFound, .leased, .signed, .finalized, .delivered, .undone])
    }

    @Test func `groups what was odd`() throws {
        for number in 0..<3 {
            try run.send(
                .post, "/v3/users",
                #"{"firstName":"J","lastName":"D","email":"a\#(number)@example.com","locael":"en"}"#)
        }
        let warnings = try report.warnings
        #expect(warnings.map(\.sentence) == [#""locael" is not documented; did you mean "locale"?"#])
        #expect(warnings.map(\.count) == [3])
    }

    @Test func `notices a transaction that is finalized before its lease is signed`() throws {
        let token = try approved()
        let lease = try lease(token, "T1")
        try run.send(.post, "/v3/transactions/T1/finalize")
        try sign(lease, token)
        #expect(try missteps() == [.finalizedBeforeSigned: 1])
    }

    @Test func `notices a delivery before the transaction is finalized`() throws {
        let token = try approved()
        try sign(try lease(token, "T1"), token)
        try run.send(.post, "/v3/transactions/T1/confirm-shipment")
        #expect(try missteps() == [.deliveredBeforeFinalized: 1])
    }

    @Test func `notices a lease before the decision`() throws {
        _ = try lease(try run.create("a@example.com"), "T1")
        #expect(try missteps() == [.leasedBeforeDecided: 1])
    }

    @Test func `notices a shipment that is never confirmed, and forgets it when it is, or is cancelled`() throws {
        let token = try approved()
        for reference in ["T1", "T2", "T3"] {
            try sign(try lease(token, reference), token)
            try run.send(.post, "/v3/transactions/\(reference)/finalize")
        }
        #expect(try missteps() == [.shipmentNeverConfirmed: 3])
        try run.send(.post, "/v3/transactions/T1/confirm-shipment")
        try run.send(.post, "/v3/transactions/T2/cancel")
        #expect(try missteps() == [.shipmentNeverConfirmed: 1])
    }

    @Test func `does not take an order of another world for the same`() throws {
        let token = try approved()
        try sign(try lease(token, "T1"), token)
        try run.send(.post, "/v3/transactions/T1/finalize")
        try run.sandbox.replace(with: Store.Image(trusted: try run.sandbox.fresh().store.image()))
        let again = try approved()
        try sign(try lease(again, "T1"), again)
        try run.send(.post, "/v3/transactions/T1/finalize")
        try run.send(.post, "/v3/transactions/T1/confirm-shipment")
        #expect(try missteps() == [.shipmentNeverConfirmed: 1])
    }

    @Test func `notices a contract that nobody has seen`() throws {
        let token = try approved()
        let first = try lease(token, "T1")
        _ = try lease(token, "T2")
        try run.send(.get, "/v3/leases/\(first)", token: token)
        #expect(try missteps() == [.contractNeverSeen: 1])
    }

    @Test func `notices a token of another key`() throws {
        let body = #"{"firstName":"J","lastName":"D","email":"a@b.co"}"#
        let token = try run.send(.post, "/v3/users", body, key: "l").body?["data"]?["token"]?.string
        try run.send(.get, "/v3/users/me", token: token)
        #expect(try missteps() == [.tokenOfAnotherKey: 1])
    }

    @Test func `notices a transaction id that is used again`() throws {
        let token = try approved()
        try sign(try lease(token, "T1"), token)
        _ = try lease(token, "T1")
        #expect(try missteps() == [.transactionIdReused: 1])
    }

    @Test func `notices a retry without a pause`() throws {
        let sandbox = try run.sandbox
        try sandbox.store.write {
            try sandbox.add(
                fault: try JSON(Array(#"{"operations":["getLeaseSettings"],"times":1,"status":503}"#.utf8)),
                at: sandbox.now)
        }
        try sandbox.store.settle()
        try run.send(.get, "/v3/settings/lease")
        try run.send(.get, "/v3/settings/lease")
        try run.send(.get, "/v3/settings/lease")
        #expect(try missteps() == [.retriedWithoutPause: 1])
    }

    @Test func `counts what had to make room`() throws {
        try run.sandbox.settings.journalEntries = 10
        for _ in 0..<500 { try run.send(.get, "/v3/settings/lease") }
        let route = try #require(try report.routes.first { $0.operation == "getLeaseSettings" })
        #expect(route.statuses.first { $0.status == 200 }?.count == 500)
        #expect(try report.requests == 500)
        #expect(try report.evicted >= 490)
    }

    @Test func `knows only steps that exist, and scenarios that are shipped`() throws {
        for milestone in Milestone.allCases {
            for operation in milestone.operations { #expect(Routes.operations.contains(operation), "\(operation)") }
        }
        let shipped = Set(Shipped.all.map(\.name))
        for scenario in try report.routes.flatMap(\.statuses).compactMap(\.scenario) {
            #expect(shipped.contains(scenario))
        }
    }

    @Test func `escapes whatever a client has sent`() throws {
        try run.send(.post, "/v3/users", #"{"firstName":"J","lastName":"D","email":"a@b.co","<script>":1}"#)
        #expect(try !report.html.contains("<script>"))
        #expect(try !report.junit.contains("<script>"))
        #expect(try report.html.contains("&lt;script&gt;"))
    }
}
