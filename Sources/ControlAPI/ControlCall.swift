internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import RequestJournal
internal import Sandbox

/// One request to the sandbox itself.
struct ControlCall {
    let endpoint: Endpoint
    let admission: Sandboxes.Admission
    /// The sandbox of requests that belong to none, where the call is about them.
    let strays: Sandbox?
    let now: Timestamp
    let request: Request
    /// The API key with which it came.
    let key: String
    let gateway: Gateway
    let parameters: [NamedValue]
    let payload: JSON?
    let outlook: Outlook
    /// The loop's: for whoever is to be told later.
    let onlookers: Onlookers

    /// What the answer waits for, if anything.
    final class Outlook {
        var verification: Verification.Progress?
    }

    var sandbox: Sandbox { admission.sandbox }
    /// Whose transactions it may name, where the keys of the sandbox have several vendors (decisions.md 7).
    var vendor: String? { admission.vendor }

    /// The body of a request that is not JSON.
    var bytes: [UInt8] { request.body }

    func parameter(_ name: String) -> String {
        guard let found = parameters.first(where: { $0.name == name }) else {
            preconditionFailure("\(endpoint.path) has no {\(name)}")
        }
        return found.value
    }

    /// The body, validated; a member that is not declared is refused.
    func body() throws(Violation) -> Values {
        let input = try endpoint.validate(query: [], body: payload)
        if let payload, let unknown = endpoint.body.unknownMembers(of: payload, atMost: 1).first {
            throw unknown.violation
        }
        return input.body
    }

    /// The query, validated; a parameter that is not declared is refused.
    func query() throws(Violation) -> Values {
        let input = try endpoint.validate(query: request.target.query, body: nil)
        for pair in request.target.query where !endpoint.query.contains(where: { $0.name == pair.name }) {
            let hint = didYouMean(nearest(to: pair.name, among: endpoint.query.map(\.name)))
            throw Violation(pair.name, "is not known here\(hint)")
        }
        return input.query
    }

    /// The customer whom the path names: by a scenario's name, the public id or the e-mail.
    func user() throws -> User {
        let id = parameter("userId")
        let row =
            try sandbox.store.documents.row(.users, id) ?? sandbox.identifiers.row(.user, id)
            ?? sandbox.store.users.id(email: id)
        guard let row, let user = try sandbox.store.users.user(row) else {
            throw ControlRefusal(
                .notFound, "UserNotFound", "There is no customer \(id): name one by id, e-mail or the scenario's name")
        }
        return user
    }

    /// The lease that the path names: by a scenario's name, the lease id or the transaction id.
    func lease() throws -> Transaction {
        let (id, store) = (parameter("leaseId"), sandbox.store)
        let row =
            try store.documents.row(.leases, id) ?? store.documents.row(.transactions, id)
            ?? sandbox.tokens.row(ofLease: id)
        let found =
            try row.map { try store.transactions.transaction($0) }
            ?? store.transactions.transaction(reference: id, vendor: vendor)
        guard let found, found.lease.isVisible(to: vendor) else {
            throw ControlRefusal(
                .notFound, "LeaseNotFound",
                "There is no lease \(id): name one by lease id, transaction id or the scenario's name")
        }
        return found
    }
}

/// Why the control API refuses, in a sentence with the remedy.
struct ControlRefusal: Error {
    let status: Status
    let code: String
    let message: String

    init(_ status: Status, _ code: String, _ message: String) {
        (self.status, self.code, self.message) = (status, code, message)
    }

    var response: Response { .error(status, code, message: message) }
}

extension Endpoint {
    /// An endpoint of the sandbox itself. What is wrong with a body, or has no key, is refused everywhere.
    static func control(
        _ method: Method, _ path: String, _ title: String, security: Security = .apiKey, content: Content = .json,
        query: [Field] = [], body: [Field] = [], outcomes: [Outcome]
    ) -> Endpoint {
        Endpoint(
            method, "/_sandbox/\(path)", title: title, section: .control, source: .own, security: security,
            content: content, query: query, body: body,
            outcomes: outcomes
                + (body.isEmpty && query.isEmpty
                    ? [] : [.init(.badRequest, "", meaning: "The first field that is wrong, or not known")])
        )
    }
}

extension JSONWriter {
    /// A member whose value is JSON already.
    mutating func member(_ name: String, raw json: [UInt8]) {
        key(name)
        raw(json)
    }
}
