internal import Contract
internal import HTTP
internal import JSON
internal import LeaseDocument
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// One request on its way through an endpoint, which reads the same everywhere: load, decode, decide, save, encode.
struct Call {
    let endpoint: Endpoint
    let sandbox: Sandbox
    let consumer: Sandbox.Consumer
    /// The API key, where several share the sandbox.
    let boundKey: String?
    /// Whose transactions and lists it sees, where the sandbox has several vendors (decisions.md 7).
    let vendor: String?
    /// The sandbox's time, read once for the whole request.
    let now: Timestamp
    let customerRow: Int64?
    let parameters: [NamedValue]
    let query: [NamedValue]
    let payload: JSON?
    /// What is odd about the request; nothing where the sandbox does not ask.
    let oddities: [Oddity]
    let trace: Trace

    var store: Store { sandbox.store }

    func parameter(_ name: String) -> String {
        guard let found = parameters.first(where: { $0.name == name }) else {
            preconditionFailure("\(endpoint.path) has no {\(name)}")
        }
        return found.value
    }

    /// What the request brings, validated. An endpoint may look for what the path names before it asks for this; what is wrong here is
    /// the answer all the same (decisions.md 14).
    /// Every endpoint asks for it, also one that takes nothing, for a strict sandbox refuses oddities here (decisions.md 19).
    func input() throws -> Input {
        let input = try endpoint.validate(query: query, body: payload)
        if let first = oddities.first, sandbox.settings.strictness == .strict { throw first.violation }
        return input
    }

    /// The customer behind the token.
    func customer() throws -> User {
        guard let customerRow, let user = try store.users.user(customerRow) else { throw Refusal.invalidCredentials }
        trace.before.customer = user
        return user
    }

    /// The user whom the path names.
    func namedUser() throws -> User {
        guard let row = sandbox.identifiers.row(.user, parameter("userId")),
            let user = try store.users.user(row)
        else { throw Refusal.userNotFound }
        trace.before.customer = user
        return user
    }

    /// The customer's own lease that the path names.
    func lease() throws -> Transaction {
        guard let row = sandbox.tokens.row(ofLease: parameter("leaseId")),
            let transaction = try store.transactions.transaction(row), transaction.lease.customer == customerRow,
            transaction.lease.isVisible(to: vendor)
        else { throw Refusal.leaseNotFound }
        trace.before.transaction = transaction
        return transaction
    }

    /// The transaction that the path names: by the caller's id, or by the opaque one of the samples (G-34).
    ///
    /// - Parameter missing: pages disagree on the code (decisions.md 3).
    func transaction(orThrow missing: Refusal) throws -> Transaction {
        let id = parameter("transactionId")
        let row = sandbox.tokens.row(ofLease: id)
        let found =
            try store.transactions.transaction(reference: id, vendor: vendor)
            ?? row.flatMap { try store.transactions.transaction($0) }
        guard let found, found.lease.isVisible(to: vendor) else { throw missing }
        trace.before.transaction = found
        return found
    }

    /// Keeps what has become of an order.
    func save(_ transaction: Transaction) throws {
        try store.transactions.save(transaction)
        try sandbox.expectInvariants(of: transaction, before: trace.before.transaction, at: now)
        trace.after.transaction = transaction
    }

    /// A token for a customer; when the latest one expires is kept, for it is an event on the sandbox's clock.
    func mintToken(for user: Int64) throws -> String {
        try store.users.rememberToken(of: user, expiresAt: sandbox.tokenExpiry(at: now))
        return sandbox.customerToken(for: user, at: now, key: boundKey)
    }

    /// Remembers which test value decided.
    func note(_ persona: Persona?) {
        if let persona { trace.deciders.append(.testValue(persona)) }
    }

    /// What the first rule of the scenario that fits this request says, among those whose outcome is asked for.
    ///
    /// - Parameters:
    ///   - customer: whose name and e-mail count where the request has none.
    ///   - other: the same values under the names that other calls have for them.
    func ruling(
        _ isAsked: (Persona.Outcome) -> Bool, customer: User? = nil, also other: JSON? = nil
    ) -> Persona.Ruling? {
        let fits = sandbox.rules.firstIndex {
            isAsked($0.ruling.outcome) && $0.fits(payload, also: other, customer: customer)
        }
        guard let fits else { return nil }
        let ruling = sandbox.rules[fits].ruling
        trace.deciders.append(.rule(fits + 1, ruling.outcome))
        return ruling
    }

    func userId(_ row: Int64) -> String { sandbox.identifiers.identifier(.user, row) }

    func leaseId(_ lease: Lease) -> String { sandbox.leaseId(lease) }

    func document(_ transaction: Transaction, of user: User) throws -> LeaseDocument {
        var document = LeaseDocument(
            customerName: "\(user.firstName) \(user.lastName)", email: user.email,
            leaseId: leaseId(transaction.lease), transaction: transaction)
        let remark = try store.remarks.find(.transaction(transaction), SignLease.endpoint.operation)
        if let remark, let said = try? JSON(remark) {
            document.signingAddress = said[SignLease.ipAddress.field.name]?.string
            document.signingTime = said[SignLease.timestamp.field.name]?.string
        }
        return document
    }

    // MARK: What is kept and decides nothing

    /// Keeps what a request says of its customer, for whoever looks at the state.
    ///
    /// - Parameter fields: of the body, as they are declared.
    func keep(_ fields: [Field], of user: Int64) throws {
        try keep(fields, .customer(user))
    }

    func keep(_ fields: [Field], of transaction: Transaction) throws {
        try keep(fields, .transaction(transaction))
    }

    private func keep(_ fields: [Field], _ subject: Remarks.Subject) throws {
        guard let payload, let remark = sandbox.remark(of: payload, fields) else { return }
        try store.remarks.save(subject, endpoint.operation, remark)
    }
}
