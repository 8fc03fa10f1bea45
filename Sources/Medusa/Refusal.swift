/// Why a request is refused, in order of precedence: where several hold, the first one is the answer. The order is the
/// same in `Docs/Refusals.md`, in the code and in the tests.
package enum Refusal: Error, Hashable, Sendable {
    case invalidCredentials
    /// A value that only the domain can judge; the message is in the voice of the validation (B.6).
    case invalid(String)
    case userNotFound
    case leaseNotFound
    case transactionNotFound
    case agreementNotFound
    case paymentMethodNotFound
    case passcodeRefused
    case userAlreadyExists
    case customerAlreadyApplied
    case gatewayFailed
    case bankNotAccepted
    case bankRequiresVerification
    case notPrimaryEligible
    case verificationNotPending
    case questionsExpired
    case customerMayNotLease(Standing)
    case transactionIdInUse
    case invalidItem(String)
    case amountNotSatisfied(minimum: Money)
    case exceedsSpendingLimit(available: Money)
    case leaseExpired
    case paymentRequired
    case notSigned
    case notFinalized(Errand)

    /// What needs a finalized lease.
    package enum Errand: Hashable, Sendable {
        case delivered, refunded
    }

    /// Why a customer gets no lease, and no further with a prequalification (decisions.md 10).
    package enum Standing: Hashable, Sendable {
        case undecided, pending, denied, onHold
    }
}
