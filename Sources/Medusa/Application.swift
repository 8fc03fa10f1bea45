/// A customer's application for a spending limit, and the decision on it (route 11).
package struct Application: Hashable, Sendable {
    package enum Status: String, Sendable {
        case approved, pending, failed
    }

    /// The row number; public identifiers derive from it.
    package let id: Int64
    package var status: Status
    package var spendingLimit: Money
    package let createdAt: Timestamp

    package init(id: Int64, status: Status, spendingLimit: Money, createdAt: Timestamp) {
        self.id = id
        self.status = status
        self.spendingLimit = spendingLimit
        self.createdAt = createdAt
    }

    /// What the decision says of the applicant, besides the application itself.
    package struct Verdict: Hashable, Sendable {
        package let status: Status
        package let spendingLimit: Money
        package let verification: User.Verification
        package let spendingHold: Bool
    }

    /// Decides: the e-mail's suffix, then the SSN, then the default, which is approval (decisions.md 9 and 10).
    package static func verdict(email: String, ssn: String, _ settings: Settings) throws(Refusal) -> Verdict {
        let (outcome, limit) =
            Persona.outcome(ofEmail: email) ?? (Persona.outcome(ofSSN: ssn) ?? .approve, nil)
        switch outcome {
        case .gatewayFails:
            throw .gatewayFailed
        case .deny:
            return Verdict(status: .failed, spendingLimit: .zero, verification: .failed, spendingHold: false)
        case .manualReview:
            return Verdict(status: .pending, spendingLimit: .zero, verification: .pending, spendingHold: false)
        case .approveOnHold:
            return approved(settings.spendingLimit, spendingHold: true)
        case .approveUnverified:
            return approved(settings.spendingLimit, verification: .pending)
        case .approve, .approveWithLimit, .firstPaymentDeclines, .pastDue, .collectionDeclines, .bankRefused,
            .bankRequiresVerification, .notPrimaryEligible:
            return approved(limit ?? settings.spendingLimit)
        }
    }

    private static func approved(
        _ limit: Money, verification: User.Verification = .succeeded, spendingHold: Bool = false
    ) -> Verdict {
        Verdict(status: .approved, spendingLimit: limit, verification: verification, spendingHold: spendingHold)
    }
}
