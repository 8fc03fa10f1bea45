/// A customer, with the decision in force and the leases that draw on its limit.
package struct User: Hashable, Sendable {
    package enum Verification: String, Sendable {
        case pending, failed, succeeded
    }

    /// A lease as its customer's balance sees it.
    package struct Engagement: Hashable, Sendable {
        package let lease: Lease
        /// The caller's own transaction id.
        package let reference: String
        /// What it takes from the limit while it lives.
        package let amount: Money

        package init(lease: Lease, reference: String, amount: Money) {
            self.lease = lease
            self.reference = reference
            self.amount = amount
        }
    }

    /// The row number; the public identifier derives from it.
    package let id: Int64
    package var firstName: String
    package var lastName: String
    package var email: String
    package let createdAt: Timestamp
    package var dateOfBirth: String?
    package var spendingHold: Bool
    package var verification: Verification
    package var application: Application?
    package var engagements: [Engagement]
    /// The youngest payment method that a first payment has been declined on (decisions.md 10, `.firstpayment`).
    package var declinedPaymentMethod: Int64?
    /// What a rule of the scenario said about this customer, where it is to be remembered.
    package var ruledPersona: Persona.Outcome?

    package init(
        id: Int64, firstName: String, lastName: String, email: String, createdAt: Timestamp,
        dateOfBirth: String? = nil, spendingHold: Bool = false, verification: Verification = .pending,
        application: Application? = nil, engagements: [Engagement] = [], declinedPaymentMethod: Int64? = nil,
        ruledPersona: Persona.Outcome? = nil
    ) {
        self.id = id
        self.firstName = firstName
        self.lastName = lastName
        self.email = email
        self.createdAt = createdAt
        self.dateOfBirth = dateOfBirth
        self.spendingHold = spendingHold
        self.verification = verification
        self.application = application
        self.engagements = engagements
        self.declinedPaymentMethod = declinedPaymentMethod
        self.ruledPersona = ruledPersona
    }

    private var persona: Persona.Outcome? { ruledPersona ?? Persona.outcome(ofEmail: email)?.outcome }

    /// Whether the customer's payments, scheduled or collected, decline.
    package var declinesScheduledPayments: Bool { persona == .pastDue || persona == .collectionDeclines }
    package var declinesCollection: Bool { persona == .collectionDeclines }
    package var isPastDueFromTheStart: Bool { persona == .pastDue }

    // MARK: Applying

    /// An application may be filed while none is approved or under review (decisions.md 11). After a denial the customer
    /// may try again, and the same test value denies again.
    package func mayApply() throws(Refusal) {
        switch application?.status {
        case .approved, .pending: throw .customerAlreadyApplied
        case .failed, nil: return
        }
    }

    // MARK: Spending

    /// The limit less what live leases take (decisions.md 9).
    package func availableBalance(at now: Timestamp) -> Money {
        guard let application, application.status == .approved else { return .zero }
        let spent = engagements.reduce(Money.zero) { $1.lease.isLive(at: now) ? $0 + $1.amount : $0 }
        return max(.zero, application.spendingLimit - spent)
    }

    /// A tenth of the balance (decisions.md 9).
    package func availableWeeklySpending(at now: Timestamp) -> Money { availableBalance(at: now).times(1, over: 10) }

    /// A customer who is undecided, pending, denied or on hold gets no lease (decisions.md 10).
    package func mayLease() throws(Refusal) {
        switch application?.status {
        case nil: throw .customerMayNotLease(.undecided)
        case .pending: throw .customerMayNotLease(.pending)
        case .failed: throw .customerMayNotLease(.denied)
        case .approved: if spendingHold { throw .customerMayNotLease(.onHold) }
        }
    }

    // MARK: The first payment

    package enum FirstPayment: Hashable, Sendable {
        case collected
        /// There is nothing to collect it from.
        case missing
        /// Declined; `remember` is the youngest method that was tried, to be kept with the user.
        case declined(remember: Int64)
    }

    /// Collects the payment that signing asks for.
    ///
    /// - Parameters:
    ///   - youngestMethod: the payment method that was added last, if there is one.
    ///   - isRuled: whether a rule of the scenario declines the first payment of this very request.
    package func firstPayment(youngestMethod: Int64?, isRuled: Bool = false) -> FirstPayment {
        guard let youngestMethod else { return .missing }
        guard isRuled || persona == .firstPaymentDeclines else { return .collected }
        if let declinedPaymentMethod, youngestMethod > declinedPaymentMethod { return .collected }
        return .declined(remember: declinedPaymentMethod ?? youngestMethod)
    }
}
