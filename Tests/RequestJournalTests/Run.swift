import Contract
import HTTP
import JSON
import Medusa
import MedusaAPI
import MedusaStore
import RequestJournal
import Sandbox
import Testing

/// A merchant's requests in a sandbox of their own, with a journal.
final class Run {
    let sandboxes = Sandboxes(home: .memory, seed: 1, allowedKeys: ["k", "l"], requestFields: Routes.ruledFields)
    let gateway: Gateway

    init(recording: Recording = Recording()) {
        gateway = Gateway(sandboxes, access: Access(isLoopback: false), recording: recording) { _ in }
    }

    var sandbox: Sandbox { get throws { try sandboxes.sandbox(for: "k") } }
    var journal: Journal { get throws { try sandbox.store.journal } }

    /// - Returns: the body of the answer, and the id of its entry.
    @discardableResult
    func send(
        _ method: HTTP.Method, _ path: String, _ body: String? = nil, token: String? = nil, key: String = "k",
        fields: [(String, String)] = []
    ) throws -> (body: JSON?, id: String?) {
        var header: Fields = ["Authorization": key]
        if let token { header.add("customer-token", token) }
        if body != nil { header.add("Content-Type", "application/json") }
        for (name, value) in fields { header.add(name, value) }
        let target = try #require(Target(path))
        let reply = gateway.answer(
            Request(method: method, target: target, fields: header, body: Array((body ?? "").utf8)))
        try reply.unsettled?.store.settle()
        return (
            try? JSON(reply.response.body), reply.response.fields.first { $0.name == Gateway.requestIdField }?.value
        )
    }

    func create(_ email: String) throws -> String {
        let body = #"{"firstName":"J","lastName":"D","email":"\#(email)"}"#
        return try #require(try send(.post, "/v3/users", body).body?["data"]?["token"]?.string)
    }

    /// With a bank account.
    static let application = """
        {"street1":"123 Test Dr.","city":"Hollywood","regionAbbr":"FL","postalCode":"33021","country":"US",\
        "mobilePhone":"6514447773","dateOfBirth":"1998-03-23","ssn":"888776666",\
        "employmentInformation":{"monthlyIncome":1250,"payFrequency":"weekly"},\
        "bankAccount":{"routing":"021000021","account":"3483898238239","type":"checking"}}
        """

    func verify(_ document: String) throws -> Verification.Outcome {
        let json = try JSON(Array(document.utf8))
        #expect(Verification.fields.violations(of: json).map(\.message) == [])
        return try Verification(reading: .object(json), present: sandbox.now).outcome(in: journal)
    }

    func entry(_ id: Int64) throws -> RecordedRequest { RecordedRequest(try #require(try journal.find(id))) }
}
