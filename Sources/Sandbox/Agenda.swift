package import Medusa
internal import MedusaStore

/// What falls due by the passing of time.
extension Sandbox {
    /// Everything that happens after one moment and up to another, in order.
    package func events(after: Timestamp, through: Timestamp) throws -> [Event] {
        guard through > after else { return [] }
        var events = try store.users.reviews(through: through).map { user, resolution in
            Event(at: max(after, resolution.at), .reviewResolved(resolution), customer: user)
        }
        events += try store.transactions.delivered(after: after, through: through).map {
            Event(at: $0.at, .delivered, customer: $0.customer, transaction: $0.transaction)
        }
        events += try store.transactions.expiring(after: after, through: through).map {
            Event(at: $0.at, .leaseExpired, customer: $0.customer, transaction: $0.transaction)
        }
        events += try store.users.tokens(after: after, through: through).map {
            Event(at: $0.at, .tokenExpired, customer: $0.user)
        }
        for agreement in try agreements() {
            let (customer, row) = (agreement.transaction.lease.customer, agreement.transaction.lease.id)
            events += agreement.payments(after: after, through: through).map { due in
                Event(
                    at: due.at, .paymentDue(number: due.number, amount: due.amount, isCollected: due.isCollected),
                    customer: customer, transaction: row)
            }
        }
        return events.sorted()
    }

    /// When the next thing happens; `nil` when nothing is to come.
    package func nextEvent(after now: Timestamp) throws -> Timestamp? {
        let payments = try agreements().compactMap { $0.nextPayment(after: now) }
        let others = [
            try store.users.nextReview(), try store.transactions.nextDelivery(after: now),
            try store.transactions.nextExpiry(after: now), try store.users.nextTokenExpiry(after: now),
        ].compactMap(\.self)
        return (payments + others).min()
    }

    /// Moves the clock forward. What falls due on the way happens here, in order. Belongs inside `store.write`.
    package func advance(to moment: Timestamp) throws -> [Event] {
        let events = try events(after: now, through: moment)
        try resolveReviews(at: moment)
        try set(clock.moved(to: moment))
        return events
    }

    private func agreements() throws -> [Agreement] {
        var customers: [Int64: User] = [:]
        return try store.transactions.finalized().compactMap { transaction in
            let row = transaction.lease.customer
            guard let customer = try customers[row] ?? store.users.user(row) else { return nil }
            customers[row] = customer
            return try agreement(transaction, of: customer, at: now)
        }
    }

    /// Stops a debug build where an order has come to what no order may ever come to.
    ///
    /// - Parameter before: what the order was before the call, if it was.
    package func expectInvariants(of transaction: Transaction, before: Transaction? = nil, at now: Timestamp) throws {
        #if DEBUG
            guard let customer = try store.users.user(transaction.lease.customer) else { return }
            let credits = try store.credits.all(of: transaction.lease.id)
            let collected = try store.payments.collected(towards: transaction.lease.id)
            func found(_ transaction: Transaction) -> Found {
                Found(
                    transaction, Agreement(transaction, collected: collected, customer: customer, at: now, settings),
                    collected: collected, credits: credits, at: now)
            }
            let broken = Invariant.broken(in: found(transaction), after: before.map(found))
            assert(broken == nil, "no longer true of \(transaction.reference): \(broken?.rawValue ?? "")")
        #endif
    }

    /// A transaction as its customer pays it off; `nil` while it is not finalized.
    package func agreement(_ transaction: Transaction, of customer: User, at now: Timestamp) throws -> Agreement? {
        guard transaction.lease.finalizedAt != nil else { return nil }
        return Agreement(
            transaction, collected: try store.payments.collected(towards: transaction.lease.id), customer: customer,
            at: now, settings)
    }
}
