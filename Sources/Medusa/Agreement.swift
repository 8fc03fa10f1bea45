/// A finalized lease as its customer pays it off (C.8). Nothing of it is stored: it follows from the transaction, the
/// payments collected and the time, so that moving the clock moves the schedule (decisions.md 17).
package struct Agreement: Hashable, Sendable {
    package let transaction: Transaction
    /// The first billing date: the day after delivery or receipt; until then, the day after it is to be expected.
    package let leaseStart: Timestamp
    package let pastDue: Money
    /// What is still to be paid to own the goods by the schedule.
    package let estimatedOwnership: Money
    /// What is to be paid to own them now: the rental charge of payments that are not due yet is waived.
    package let earlyPayoff: Money
    private let collected: Money
    private let declines: Bool
    private let isDelivered: Bool

    /// - Parameters:
    ///   - collected: what Collect Payment has taken so far.
    ///   - customer: whose scheduled payments go through or decline.
    /// - Returns: `nil` while the lease is not finalized.
    package init?(
        _ transaction: Transaction, collected: Money, customer: User, at now: Timestamp, _ settings: Settings
    ) {
        guard let finalizedAt = transaction.lease.finalizedAt else { return nil }
        let terms = transaction.terms
        let delivery = transaction.lines.compactMap { $0.parcel?.deliveredAt }.min()
        let start = (delivery ?? finalizedAt + settings.transitTime) + .days(1)
        self.transaction = transaction
        self.collected = collected
        leaseStart = start
        isDelivered = delivery != nil
        declines = customer.declinesScheduledPayments

        guard transaction.lines.contains(where: \.hasLiveUnits) else {
            (pastDue, estimatedOwnership, earlyPayoff) = (.zero, .zero, .zero)
            return
        }
        var due = 0
        if delivery != nil, now >= start {
            due = min(terms.term, 1 + (now - start) / Terms.period)
        }
        if customer.isPastDueFromTheStart { due = max(due, 1) }

        let billed = terms.payment * due
        pastDue = declines ? max(.zero, billed - collected) : .zero
        let left = max(.zero, terms.totalOfPayments - collected - (declines ? .zero : billed))
        estimatedOwnership = left
        let notDue = left - pastDue
        earlyPayoff = pastDue + notDue.times(terms.cashPrice.cents, over: (terms.cashPrice + terms.costOfRental).cents)
    }
}

/// The schedule, which the clock moves along.
extension Agreement {
    /// A payment on its day.
    package struct Due: Hashable, Sendable {
        /// Counted from 1.
        package let number: Int
        package let at: Timestamp
        package let amount: Money
        /// Whether it goes through; else it adds to what is past due.
        package let isCollected: Bool
    }

    /// The payments that fall due after one moment and up to another, in order.
    package func payments(after: Timestamp, through: Timestamp) -> [Due] {
        guard isDelivered, through >= leaseStart, transaction.lines.contains(where: \.hasLiveUnits) else { return [] }
        let terms = transaction.terms
        let first = after < leaseStart ? 0 : (after - leaseStart) / Terms.period + 1
        let last = min(terms.term - 1, (through - leaseStart) / Terms.period)
        guard first <= last else { return [] }
        var dues: [Due] = []
        dues.reserveCapacity(last - first + 1)
        for index in first...last {
            let left = terms.totalOfPayments - collected - (declines ? .zero : terms.payment * index)
            guard left > .zero else { break }
            dues.append(
                Due(
                    number: index + 1, at: leaseStart + Terms.period * index,
                    amount: min(terms.payment, left), isCollected: !declines))
        }
        return dues
    }

    /// When the next payment falls due.
    package func nextPayment(after now: Timestamp) -> Timestamp? {
        let next = max(now + Terms.period, leaseStart)
        return payments(after: now, through: next).first?.at
    }
}

/// One attempt of Collect Payment (route 23). A declined payment is an answer like any other.
package struct Payment: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        case success
        case failed(reason: String, code: String)
    }

    package let amount: Money
    package let outcome: Outcome

    /// The documented decline.
    package static let decline = Outcome.failed(reason: "DECLINE CHECK CHECK LIMIT EXCEEDED", code: "123")

    /// Collects an amount towards an agreement: what is past due first, then the payoff (decisions.md 17).
    ///
    /// - Parameter isRuled: whether a rule of the scenario declines this very payment.
    package init(
        of amount: Money, towards agreement: Agreement, from customer: User, isRuled: Bool = false
    ) throws(Refusal) {
        guard amount > .zero else { throw .invalid(#""amount" must be a positive number"#) }
        guard amount <= agreement.earlyPayoff else {
            throw .invalid(#""amount" must be less than or equal to \#(agreement.earlyPayoff.dollarsText)"#)
        }
        self.amount = amount
        outcome = isRuled || customer.declinesCollection ? Self.decline : .success
    }
}
