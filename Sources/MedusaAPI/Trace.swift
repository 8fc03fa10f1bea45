package import Contract
internal import HTTP
package import JSON
internal import Medusa
package import Sandbox

/// What is noticed about a request on its way, for the journal. It changes nothing about the answer.
package final class Trace {
    /// The sandbox that it met; `nil` as long as nobody is known to call.
    package var sandbox: Sandbox?
    /// Empty where it met no endpoint.
    var operation = ""
    /// Whether its endpoint changes nothing.
    var isRead = false
    /// Whether the answer may hold what must not be shown.
    var mayHoldSecrets = false
    /// Its body, as far as it could be read.
    package var payload: JSON?
    var oddities: [Oddity] = []
    /// Who asked, where it was not the integration itself.
    var caller: Caller?
    /// What struck it.
    package internal(set) var fault: Sandbox.ActiveFault?
    /// What decided, besides the request and the state: rules, test values.
    var deciders: [Decider] = []
    /// Why its customer token let nobody in.
    var tokenProblem: TokenProblem?
    /// Why it was refused, where a field was wrong.
    var violation: Violation?
    var before = Standing()
    var after = Standing()

    init() {}

    /// Notices something odd that only the answering call can know.
    package func notice(_ oddity: Oddity) { oddities.append(oddity) }

    /// Of an answer that is not the API's own; it may hold secrets.
    package init(of operation: String, in sandbox: Sandbox) {
        self.sandbox = sandbox
        self.operation = operation
        mayHoldSecrets = true
    }

    package enum Caller: String, Sendable {
        /// The modal of the Payment Plugin.
        case modal
    }

    enum TokenProblem: String {
        case missing, expired, ofAnotherKey, notOurs
    }

    enum Decider {
        /// The number of a rule of the scenario, from 1, and what it made happen.
        case rule(Int, Persona.Outcome)
        case testValue(Persona)
    }

    /// What a request found, or left.
    struct Standing {
        var customer: User?
        var transaction: Transaction?
    }

    /// The row of a customer who was created, or whose token has expired: of whom there is no more to say.
    var namedCustomer: Int64?

    var customerRow: Int64? {
        namedCustomer ?? after.customer?.id ?? before.customer?.id
            ?? (after.transaction ?? before.transaction)?.lease.customer
    }

    var leaseRow: Int64? { (after.transaction ?? before.transaction)?.lease.id }
}

extension Trace {
    /// What the columns of the journal do not say, as JSON.
    ///
    /// - Parameter isRead: whether the request could change nothing, and was answered: then the answer itself is the state.
    func notes(at now: Timestamp, isRead: Bool) -> [UInt8] {
        let hasStates = !isRead && !(before.isEmpty && after.isEmpty)
        guard let sandbox, hasStates || isNoteworthy else { return Self.nothing }
        return JSONWriter.write { writer in
            writer.object {
                $0.member("caller", ifPresent: caller?.rawValue)
                if !oddities.isEmpty { $0.member("warnings", array: oddities) { $0.value($1.sentence) } }
                if let fault {
                    $0.member("fault") {
                        $0.member("id", Int(fault.id))
                        $0.key("definition")
                        $0.raw(fault.definition)
                    }
                }
                if !deciders.isEmpty { $0.member("decidedBy", array: deciders) { $1.write(to: &$0) } }
                $0.member("tokenProblem", ifPresent: tokenProblem?.rawValue)
                if let violation {
                    $0.member("violation") {
                        $0.member("path", violation.path)
                        $0.member("message", violation.message)
                    }
                }
                guard hasStates else { return }
                if !before.isEmpty { $0.member("before") { before.write(to: &$0, sandbox, now) } }
                if !after.isEmpty { $0.member("after") { after.write(to: &$0, sandbox, now) } }
            }
        }
    }
}

extension Trace {
    private static let nothing = Array("{}".utf8)

    private var isNoteworthy: Bool {
        caller != nil || !oddities.isEmpty || fault != nil || !deciders.isEmpty || tokenProblem != nil
            || violation != nil
    }
}

extension Trace.Standing {
    var isEmpty: Bool { customer == nil && transaction == nil }

    func write(to writer: inout JSONWriter, _ sandbox: Sandbox, _ now: Timestamp) {
        if let customer {
            writer.member("customer") {
                $0.member("userId", sandbox.identifiers.identifier(.user, customer.id))
                $0.member("decision", customer.standing)
                if customer.application != nil {
                    $0.key("availableBalance")
                    $0.hundredths(customer.availableBalance(at: now).cents)
                }
            }
        }
        if let transaction {
            writer.member("lease") { writer in
                writer.member("transactionId", transaction.reference)
                writer.member("status", transaction.standing(at: now))
                writer.member("units") { units in
                    for stage in Line.Stage.allCases {
                        let count = transaction.lines.reduce(0) { $0 + $1.count(stage) }
                        if count > 0 { units.member(stage.rawValue, count) }
                    }
                }
                writer.member("moves", array: transaction.moves(at: now)) { $0.value($1.rawValue) }
            }
        }
    }
}

extension User {
    /// One word for the decision, as `Refusal.Standing` distinguishes them.
    fileprivate var standing: String {
        switch application?.status {
        case nil: "undecided"
        case .pending: "pending"
        case .failed: "denied"
        case .approved: spendingHold ? "onHold" : "approved"
        }
    }
}

extension Transaction {
    /// One word for how far the order is.
    fileprivate func standing(at now: Timestamp) -> String {
        if isCanceled { return "canceled" }
        if lease.finalizedAt != nil { return "finalized" }
        if lease.isExpired(at: now) { return "expired" }
        return lease.status.rawValue
    }
}

extension Trace.Decider {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object {
            switch self {
            case .rule(let number, let outcome):
                $0.member("rule", number)
                $0.member("outcome", outcome.rawValue)
            case .testValue(let persona):
                $0.member("testValue", persona.trigger.text)
                $0.member("outcome", persona.outcome.rawValue)
                $0.member("meaning", persona.meaning)
            }
        }
    }
}
