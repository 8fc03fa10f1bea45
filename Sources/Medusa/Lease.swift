/// The signing side of a transaction (C.6): pending until it is signed, gone when it expires unsigned, then finalized.
package struct Lease: Hashable, Sendable {
    package enum Status: String, Sendable {
        case pending, signed
    }

    /// The row number, shared with the transaction; public identifiers derive from it.
    package let id: Int64
    package let customer: Int64
    /// Whose order it is for; empty in a sandbox of one vendor.
    package let vendor: String
    package let createdAt: Timestamp
    package private(set) var expiresAt: Timestamp
    package var signedAt: Timestamp?
    package var finalizedAt: Timestamp?

    package init(
        id: Int64, customer: Int64, vendor: String = "", createdAt: Timestamp, expiresAt: Timestamp,
        signedAt: Timestamp? = nil, finalizedAt: Timestamp? = nil
    ) {
        self.vendor = vendor
        self.id = id
        self.customer = customer
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.signedAt = signedAt
        self.finalizedAt = finalizedAt
    }

    package var status: Status { signedAt == nil ? .pending : .signed }

    /// Unsigned past its time (decisions.md 13).
    package func isExpired(at now: Timestamp) -> Bool { signedAt == nil && now >= expiresAt }

    /// Gives it up, unless it has expired before.
    package mutating func expire(at now: Timestamp) { expiresAt = min(expiresAt, now) }

    /// Whether a vendor may see it: its own, and everybody's. `nil` sees all.
    package func isVisible(to vendor: String?) -> Bool { vendor == nil || self.vendor.isEmpty || self.vendor == vendor }

    /// Whether it still takes from the customer's limit.
    package func isLive(at now: Timestamp) -> Bool { !isExpired(at: now) }
}
