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

    /// When a manual review resolves by itself, and how.
    package var resolution: Resolution?

    /// Whether it is more than a prequalification (routes 34 and 35).
    package let isComplete: Bool

    /// The channel of the key that applied; `nil` where an earlier version kept none.
    package let funnel: String?

    package init(
        id: Int64, status: Status, spendingLimit: Money, createdAt: Timestamp, resolution: Resolution? = nil,
        isComplete: Bool = true, funnel: String? = nil
    ) {
        self.funnel = funnel
        self.id = id
        self.status = status
        self.spendingLimit = spendingLimit
        self.createdAt = createdAt
        self.resolution = resolution
        self.isComplete = isComplete
    }

    /// What a manual review comes to, at a set time.
    package struct Resolution: Hashable, Sendable {
        package let at: Timestamp
        package let status: Status
        package let spendingLimit: Money

        /// - Parameter spendingLimit: counts for an approval only.
        package init(at: Timestamp, status: Status, spendingLimit: Money) {
            self.at = at
            self.status = status
            self.spendingLimit = status == .approved ? spendingLimit : .zero
        }

        package var verdict: Verdict { .reviewed(status, limit: spendingLimit) }
    }

    /// What the decision says of the applicant, besides the application itself.
    package struct Verdict: Hashable, Sendable {
        package let status: Status
        package let spendingLimit: Money
        package let verification: User.Verification
        package let spendingHold: Bool
        /// For a review: when it resolves by itself, and how.
        package var resolution: Resolution?

        /// An application under review.
        ///
        /// - Parameter resolution: how the review ends by itself; it does not when `nil`.
        package static func underReview(_ resolution: Resolution?) -> Verdict {
            var verdict = reviewed(.pending, limit: .zero)
            verdict.resolution = resolution
            return verdict
        }

        /// What a reviewer decides.
        package static func reviewed(_ status: Status, limit: Money) -> Verdict {
            switch status {
            case .approved:
                Verdict(status: .approved, spendingLimit: limit, verification: .succeeded, spendingHold: false)
            case .failed: Verdict(status: .failed, spendingLimit: .zero, verification: .failed, spendingHold: false)
            case .pending: Verdict(status: .pending, spendingLimit: .zero, verification: .pending, spendingHold: false)
            }
        }
    }

    /// Decides: a rule of the scenario, then the e-mail's suffix but `.approve`, then the SSN, then `.approve`, then the default, which is
    /// approval too (decisions.md 9 and 10).
    ///
    /// - Parameter ruling: what the first rule that fits says.
    package static func verdict(
        ruling: Persona.Ruling? = nil, email: String, ssn: String, at now: Timestamp, _ settings: Settings
    ) throws(Refusal) -> Verdict {
        let (outcome, limit) =
            ruling.map { ($0.outcome, $0.limit) }
            ?? Persona.deciding(email: email, ssn: ssn).map { ($0.persona.outcome, $0.limit) } ?? (.approve, nil)
        switch outcome {
        case .gatewayFails:
            throw .gatewayFailed
        case .deny:
            return .reviewed(.failed, limit: .zero)
        case .manualReview:
            return .underReview(
                ruling?.resolvesAfter.map { span in
                    Resolution(
                        at: now + span, status: ruling?.resolvesAs ?? .approved,
                        spendingLimit: limit ?? settings.spendingLimit)
                })
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
