/// A finalized lease as its customer pays it off (C.8). Nothing of it is stored but what Collect Payment took: it follows from the
/// transaction, those payments and the time, so that moving the clock moves the schedule (decisions.md 17).
package struct Agreement: Hashable, Sendable {
    package let transaction: Transaction
    /// The first billing date: the day after the first delivery or receipt, but not before the lease was signed; until a delivery is
    /// known, the day after it is to be expected.
    package let leaseStart: Timestamp
    package let pastDue: Money
    /// What is still to be paid to own the goods by the schedule: what is past due, and the payments that are not due yet.
    package let estimatedOwnership: Money
    /// What is to be paid to own them now: the rental charge of payments that are not due yet is waived.
    package let earlyPayoff: Money
    private let schedule: Schedule

    /// - Parameters:
    ///   - collected: what Collect Payment has taken so far, in order.
    ///   - customer: whose scheduled payments go through or decline.
    /// - Returns: `nil` while the lease is not finalized.
    package init?(
        _ transaction: Transaction, collected: [Collected], customer: User, at now: Timestamp, _ settings: Settings
    ) {
        guard let finalizedAt = transaction.lease.finalizedAt else { return nil }
        let terms = transaction.terms
        let delivery = transaction.firstDelivery ?? finalizedAt + settings.transitTime
        // A delivery at the end of time leaves room for its payments.
        let last = Timestamp.latest - Terms.period * terms.term
        leaseStart = max(min(delivery + .days(1), last), transaction.lease.signedAt ?? finalizedAt)
        self.transaction = transaction
        schedule = Schedule(
            terms: terms, start: leaseStart, isBilled: transaction.firstDelivery != nil,
            firstDueAt: customer.isPastDueFromTheStart ? min(finalizedAt, leaseStart) : nil,
            declines: customer.declinesScheduledPayments, collected: collected)
        let account = transaction.hasLiveGoods ? schedule.account(at: now) : .closed
        pastDue = account.pastDue
        estimatedOwnership = account.left
        earlyPayoff = account.pastDue + terms.payoff(ofPayments: account.notDue)
    }
}

extension Terms {
    /// What is to be paid instead of payments that are not due yet: without their share of the rental charge, and at least a cent.
    fileprivate func payoff(ofPayments amount: Money) -> Money {
        guard amount > .zero else { return .zero }
        return max(Money(cents: 1), amount.times(cashPrice.cents, over: (cashPrice + costOfRental).cents))
    }
}

/// What Collect Payment took towards an agreement.
package struct Collected: Hashable, Sendable {
    package let amount: Money
    package let at: Timestamp
    /// Whether it was all that was asked for to own the goods at once: nothing is left to be paid after it.
    package let isPayoff: Bool

    package init(amount: Money, at: Timestamp, isPayoff: Bool) {
        self.amount = amount
        self.at = at
        self.isPayoff = isPayoff
    }
}

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
        transaction.hasLiveGoods ? schedule.payments(after: after, through: through) : []
    }

    /// When the next payment falls due.
    package func nextPayment(after now: Timestamp) -> Timestamp? {
        // The next one on the schedule, or none: where nothing is left for it, nothing is left for those after it.
        payments(after: now, through: max(now, leaseStart) + Terms.period).first?.at
    }
}

/// The weekly payments of an agreement, and what becomes of its balance with each, and with what is collected in between.
private struct Schedule: Hashable, Sendable {
    let terms: Terms
    let start: Timestamp
    /// Whether a delivery is known, with which billing begins.
    let isBilled: Bool
    /// When the first payment is due where it is not on the first billing date. That is no event, but how things stand from then on.
    let firstDueAt: Timestamp?
    /// Whether payments that fall due are not collected.
    let declines: Bool
    let collected: [Collected]

    struct Account: Hashable {
        /// What is still to be paid, past due or not due yet.
        var left: Money
        var pastDue: Money

        static let closed = Account(left: .zero, pastDue: .zero)
        var notDue: Money { left - pastDue }

        mutating func fallDue(_ amount: Money, declines: Bool) {
            if declines { pastDue += amount } else { left = left - amount }
        }

        /// What is past due is paid first, then the payments that come last.
        mutating func take(_ payment: Collected) {
            guard !payment.isPayoff else {
                self = .closed
                return
            }
            left = max(.zero, left - payment.amount)
            pastDue = min(left, max(.zero, pastDue - payment.amount))
        }
    }

    func account(at now: Timestamp) -> Account { replay(through: now) { _ in } }

    func payments(after: Timestamp, through: Timestamp) -> [Agreement.Due] {
        var dues: [Agreement.Due] = []
        _ = replay(through: through) { due in
            if due.at > after { dues.append(due) }
        }
        return dues
    }

    /// Goes through payments as they fall due, and what was collected, in the order of time.
    private func replay(through end: Timestamp, _ visit: (Agreement.Due) -> Void) -> Account {
        var account = Account(left: terms.totalOfPayments, pastDue: .zero)
        var next = 0
        if let firstDueAt, firstDueAt <= end {
            account.fallDue(min(terms.payment, account.notDue), declines: declines)
            next = 1
        }
        var reserved = declines ? Money.zero : collected.reduce(.zero) { $1.isPayoff ? $0 : $0 + $1.amount }
        for payment in collected where payment.at <= end {
            fallDue(through: payment.at, from: &next, &account, reserved: reserved, visit)
            account.take(payment)
            if !declines, !payment.isPayoff { reserved = reserved - payment.amount }
        }
        fallDue(through: end, from: &next, &account, reserved: reserved, visit)
        return account
    }

    /// - Parameter reserved: what was taken later than that. A delivery that is reported late lets payments fall due for days that have
    ///   passed; what the customer has paid in the meantime is not asked for again.
    private func fallDue(
        through end: Timestamp, from next: inout Int, _ account: inout Account, reserved: Money,
        _ visit: (Agreement.Due) -> Void
    ) {
        guard isBilled, end >= start else { return }
        let last = min(terms.term - 1, (end - start) / Terms.period)
        while next <= last {
            let amount = min(terms.payment, account.notDue - reserved)
            guard amount > .zero else { return }
            account.fallDue(amount, declines: declines)
            visit(
                Agreement.Due(
                    number: next + 1, at: start + Terms.period * next, amount: amount, isCollected: !declines))
            next += 1
        }
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
    /// Whether it is all that is asked for to own the goods at once.
    package let isPayoff: Bool

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
        isPayoff = outcome == .success && amount == agreement.earlyPayoff
    }
}
