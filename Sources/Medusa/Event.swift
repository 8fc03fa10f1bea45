/// Something that falls due by the passing of time alone.
package struct Event: Hashable, Sendable {
    package enum Happening: Hashable, Sendable {
        /// A manual review comes to its set result.
        case reviewResolved(Application.Resolution)
        /// A parcel reaches its customer.
        case delivered
        case paymentDue(number: Int, amount: Money, isCollected: Bool)
        case leaseExpired
        /// The customer's latest token.
        case tokenExpired
    }

    package let at: Timestamp
    package let happening: Happening
    package let customer: Int64
    /// The lease or transaction that it happens to.
    package let transaction: Int64?

    package init(at: Timestamp, _ happening: Happening, customer: Int64, transaction: Int64? = nil) {
        self.at = at
        self.happening = happening
        self.customer = customer
        self.transaction = transaction
    }
}

extension Event: Comparable {
    /// By time; at the same moment in the order of the cases above, then of rows, so that the order is always the same.
    package static func < (left: Event, right: Event) -> Bool {
        (left.at, left.rank, left.transaction ?? 0, left.customer)
            < (right.at, right.rank, right.transaction ?? 0, right.customer)
    }

    private var rank: Int {
        switch happening {
        case .reviewResolved: 0
        case .delivered: 1
        case .paymentDue: 2
        case .leaseExpired: 3
        case .tokenExpired: 4
        }
    }
}
