import Contract
import ControlAPI
import HTTP
import JSON
import Medusa
import MedusaAPI
import MedusaStore
import Sandbox
import Testing

@testable import Conformance

/// A server in process that tells the truth, or lies.
private final class Subject {
    let sandboxes = Sandboxes(home: .memory, seed: 1, allowedKeys: [], requestFields: Routes.ruledFields)
    private let gateway: Gateway
    private let control: Control
    /// Whether it is a sandbox, or something else that has no control API.
    private let hasControl: Bool

    init(hasControl: Bool = true) throws {
        gateway = Gateway(sandboxes, access: Access(isLoopback: true)) { _ in }
        control = Control(gateway)
        self.hasControl = hasControl
        let sandbox = try sandboxes.sandbox(for: "key")
        try sandbox.store.write { try sandbox.set(Clock.frozen(Timestamp(milliseconds: 1_521_474_687_080))) }
        try sandbox.store.settle()
    }

    func answer(_ sent: Walk.Sent) throws -> Walk.Answer {
        let target = try #require(Target(sent.path))
        var fields = Fields()
        for field in sent.fields { fields.add(field.name, field.value) }
        let request = Request(
            method: try #require(Method(rawValue: sent.method)), target: target, fields: fields,
            body: Array((sent.body ?? "").utf8))
        let reply =
            Control.owns(target) && hasControl ? control.answer(request, version: "0") : gateway.answer(request)
        try reply.unsettled?.store.settle()
        let response = reply.answeredHere()
        return Walk.Answer(status: response.status.rawValue, text: response.body)
    }
}

@Suite struct `The conformance check` {
    private func check(
        _ subject: Subject, _ lie: @escaping (Walk.Sent, Walk.Answer) -> Walk.Answer = { $1 }
    ) throws -> Conformance {
        try Conformance(
            Walk(key: "key", run: "t", domain: "example.com") { lie($0, try subject.answer($0)) }, snapshot: "check-t")
    }

    @Test func `has a probe for every declared answer, and none beside`() {
        let declared = Routes.endpoints.flatMap { endpoint in
            Conformance.answers(of: endpoint).map { "\(endpoint.operation) \($0.status) \($0.code ?? "-")" }
        }
        let probed = Probe.all.map { "\($0.operation) \($0.status) \($0.code ?? "-")" }
        #expect(Set(probed) == Set(declared))
        #expect(probed.count == Set(probed).count)
    }

    @Test func `finds every answer of the sandbox the same`() throws {
        let conformance = try check(Subject())
        #expect(conformance.rows.count == 131)
        for row in conformance.rows {
            #expect(row.verdict == .same, "\(row.operation) \(row.status) \(row.code ?? "")")
        }
        #expect(!conformance.hasDifferences)
        #expect(conformance.leftover == nil)
    }

    /// A refused first payment aside, which is to be remembered: it declines until another payment method is added.
    @Test func `meets no refusal that leaves anything behind, on any route`() throws {
        let subject = try Subject()
        var refusals: [String: Int] = [:]
        let walk = Walk(key: "key", run: "t", domain: "example.com") { sent in
            guard sent.path.hasPrefix("/v3") else { return try subject.answer(sent) }
            let sandbox = try subject.sandboxes.sandbox(for: "key")
            let before = try sandbox.store.image()
            let answer = try subject.answer(sent)
            // A fault counts the requests that it was there for.
            guard sandbox.faults.isEmpty else {
                _ = try subject.answer(
                    Walk.Sent(method: "DELETE", path: "/_sandbox/faults", fields: sent.fields, body: nil))
                return answer
            }
            if answer.status >= 400, answer.status != 402 {
                refusals["\(sent.method) \(sent.path) \(answer.status)", default: 0] += 1
                let isSame = try before == sandbox.store.image()
                #expect(isSame, "\(sent.method) \(sent.path) \(answer.status) \(sent.body ?? "")")
            }
            return answer
        }
        _ = try Conformance(walk, snapshot: "check-t")
        #expect(refusals.values.reduce(0, +) > 80)
    }

    @Test func `leaves a sandbox as it was, whatever it was told`() throws {
        let subject = try Subject()
        let create = Walk.Sent(
            method: "POST", path: "/v3/users",
            fields: [NamedValue("Authorization", "key"), NamedValue("Content-Type", "application/json")],
            body: Walk.user("somebody@example.com"))
        _ = try subject.answer(create)
        let strict = Walk.Sent(
            method: "PATCH", path: "/_sandbox/settings", fields: create.fields,
            body: #"{"strictness":"strict","arrayResponses":"wrapped"}"#)
        _ = try subject.answer(strict)
        let state = Walk.Sent(method: "GET", path: "/_sandbox/state", fields: create.fields, body: nil)
        let before = try subject.answer(state).text
        #expect(try !check(subject).hasDifferences)
        #expect(try subject.answer(state).text == before)
        let snapshots = Walk.Sent(method: "GET", path: "/_sandbox/snapshots", fields: create.fields, body: nil)
        #expect(try subject.answer(snapshots).data?["snapshots"]?.elements.isEmpty == true)
    }

    @Test func `says what only a sandbox can be told, where there is none`() throws {
        let conformance = try check(Subject(hasControl: false))
        let unreachable = conformance.rows.filter { $0.verdict.word == "not reachable" }
        #expect(
            Set(unreachable.map { "\($0.operation) \($0.status) \($0.code ?? "")" }) == [
                "createAuthorizationToken 404 InvalidMerchantId", "applyForSpendingLimit 404 LeaseNotFound",
                "applyForSpendingLimit 409 UserAlreadyExists", "prequalificationStart 409 UserAlreadyExists",
                "signLease 400 InvalidCustomer", "signLease 410 LeaseExpired", "loginCustomer 200 ",
                "verifyAnswers 400 TransactionTimeOut",
            ])
        #expect(!conformance.hasDifferences)
    }

    struct Lie: CustomTestStringConvertible {
        let testDescription: String
        let operation: String
        let status: Int
        var code: String?
        /// What the check says of it.
        let found: String
        let tell: @Sendable (Walk.Sent, Walk.Answer) -> Walk.Answer

        /// - Parameters:
        ///   - path: a part of the request's path.
        ///   - text: what is replaced in the answer.
        init(
            _ what: String, _ operation: String, _ status: Int, code: String? = nil, at path: String, _ text: String,
            _ other: String, _ found: String
        ) {
            testDescription = what
            (self.operation, self.status, self.code, self.found) = (operation, status, code, found)
            tell = { sent, answer in
                guard sent.path.contains(path), answer.status == status else { return answer }
                let body = String(decoding: answer.text, as: UTF8.self).replacing(text, with: other)
                return Walk.Answer(status: answer.status, text: Array(body.utf8))
            }
        }
    }

    static let lies = [
        Lie(
            "a key renamed", "finalizeLease", 200, at: "/finalize", "leaseNumber", "leaseNo",
            "body.data.leaseNumber is missing; body.data.leaseNo is not documented"),
        Lie(
            "a number as a string", "getLeaseSettings", 200, at: "/settings/lease", "49.95", "\"49.95\"",
            "body.data.minimumOrderValue is a string, not a number"),
        Lie(
            "a value of no list", "getLeaseByID", 200, at: "/v3/leases/", "\"pending\"", "\"unsigned\"",
            "body.data.leaseStatus is none of signed, pending"),
        Lie(
            "an array wrapped", "getAgreements", 200, at: "/me/agreements", "[{", "{\"data\":[{",
            "the body is no JSON"),
        Lie(
            "another code", "signLease", 410, code: "LeaseExpired", at: "/sign", "LeaseExpired", "Expired",
            "body.error.code is Expired, not LeaseExpired"),
        Lie(
            "a code as a number", "createUser", 409, code: "UserAlreadyExists", at: "/v3/users",
            "\"UserAlreadyExists\"", "11503",
            "body.error.code is 11503, not UserAlreadyExists"),
        Lie(
            "another status inside", "createUser", 400, code: "", at: "/v3/users", "\"statusCode\":400",
            "\"statusCode\":422",
            "body.error.statusCode is not 400"),
        Lie(
            "no JSON", "getProducts", 200, at: "/v3/products", "{\"data\"", "<html>", "the body is no JSON"),
        Lie(
            "a member too deep to see", "getTransactionByID", 200, at: "/v3/transactions/", "\"ordered\"", "\"order\"",
            "body.data.items[0].quantityByStatus.ordered is missing; body.data.items[0].quantityByStatus.order is not documented"
        ),
    ]

    @Test(arguments: lies) func `finds a lie, and says where`(lie: Lie) throws {
        let conformance = try check(Subject(), lie.tell)
        let row = try #require(
            conformance.rows.first { $0.operation == lie.operation && $0.status == lie.status && $0.code == lie.code })
        #expect(row.verdict.word == "differs")
        #expect(conformance.hasDifferences)
        #expect(conformance.table.contains(lie.found))
    }

    @Test func `asks in the other spellings as well`() throws {
        var asked: Set<String> = []
        let subject = try Subject()
        let walk = Walk(key: "key", run: "t", domain: "example.com") { sent in
            asked.insert("\(sent.method) \(sent.path.prefix { $0 != "?" })")
            return try subject.answer(sent)
        }
        let conformance = try Conformance(walk, snapshot: "check-t")
        #expect(asked.isSuperset(of: ["POST /v3/user/exists", "GET /v3/checkout"]))
        for end in ["/return-items", "/finalize"] {
            #expect(asked.contains { $0.hasSuffix(end) && ($0.contains("/transaction/") || end == "/return-items") })
        }
        #expect(conformance.rows.contains { $0.route == "GET /v3/transaction/{transactionId}" && $0.verdict == .same })
    }

    @Test func `finds another status`() throws {
        let conformance = try check(Subject()) { sent, answer in
            sent.path.hasSuffix("/paymentMethods/add") && answer.status == 201
                ? Walk.Answer(status: 200, text: answer.text) : answer
        }
        let row = try #require(conformance.rows.first { $0.operation == "addPaymentMethod" && $0.status == 201 })
        #expect(row.verdict == .differs(["answers 200"]))
    }

    @Test func `goes on when one answer never comes`() throws {
        struct Silence: Error {}
        let subject = try Subject()
        let walk = Walk(key: "key", run: "t", domain: "example.com") { sent in
            if sent.path.hasSuffix("/products") { throw Silence() }
            return try subject.answer(sent)
        }
        let conformance = try Conformance(walk, snapshot: "check-t")
        #expect(conformance.rows.count { $0.verdict != .same } == 1)
        #expect(conformance.hasDifferences)
    }

    @Test func `stops at once where nobody answers`() throws {
        struct Nobody: Error {}
        #expect(throws: Nobody.self) {
            try Conformance(Walk(key: "k", run: "t", domain: "e") { _ in throw Nobody() }, snapshot: "s")
        }
    }

    @Test func `writes JSON and JUnit that say the same as the table`() throws {
        let conformance = try check(Subject(), Self.lies[1].tell)
        let json = try JSON(conformance.json)
        #expect(json["differs"]?.numberText == "1")
        #expect(json["rows"]?.elements.count == conformance.rows.count)
        let differing = json["rows"]?.elements.first { $0["verdict"]?.string == "differs" }
        #expect(differing?["route"]?.string == "GET /v3/settings/lease")
        #expect(differing?["differences"]?.elements.count == 1)
        #expect(conformance.junit.contains(#"tests="131" failures="1" skipped="0""#))
        #expect(conformance.junit.contains(#"<testcase classname="POST /v3/users" name="400 validation"/>"#))
        #expect(conformance.table.hasSuffix("131 answers: 130 same, 1 differ, 0 not reachable"))
    }
}
