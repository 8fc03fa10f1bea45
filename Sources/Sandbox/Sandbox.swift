internal import Crypto
package import Medusa
package import MedusaStore
package import SQLite

/// One isolated world: its own database, clock, settings, identifiers and tokens (decisions.md 6).
package final class Sandbox {
    package let store: Store
    package let identifiers: Identifiers
    package let tokens: Tokens
    package var settings = Settings()
    package var clock = Clock.real
    /// Who calls, derived from the key: what the gateway would put into `x-consumer-custom-id` (decisions.md 7).
    package let consumer: Consumer
    private var oneTimeKeys: Int64 = 0
    /// Tokens that were found good a moment ago, so that a customer's next request costs no signature.
    private var knownTokens: [String: KnownToken] = [:]

    private var knownLeaseIds: [LeaseKey: String] = [:]

    /// `channel:vendorId` (B.4).
    package struct Consumer: Hashable, Sendable {
        package let channel: String
        package let vendorId: String
    }

    /// - Parameters:
    ///   - seed: mixed with the key, so that two keys have no identifier in common. A database that exists keeps its own.
    package init(_ location: Connection.Location, key: String, seed: UInt64) throws {
        let secret = Array(SHA256.hash(data: Array("medusa-sandbox\0\(seed)\0\(key)".utf8)))
        store = try Store(location)
        let kept = try store.secret(fresh: secret)
        identifiers = Identifiers(seed: kept.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
        tokens = Tokens(secret: kept)
        consumer = Consumer(channel: "sandbox", vendorId: Sandboxes.fingerprint(of: key, length: 8))
    }

    package var now: Timestamp { clock.now }

    /// A key that is used once and then forgotten: LoanPaymentPro's child key, Clover's PKMS key.
    package func oneTimeKey() -> String {
        // With the time, because the count begins anew whenever the database is opened.
        oneTimeKeys += 1
        return identifiers.oneTimeKey(now.milliseconds << 16 + oneTimeKeys)
    }

    package func customerToken(for user: Int64) -> String {
        tokens.customerToken(
            userId: identifiers.identifier(.user, user), at: now, lifetime: settings.tokenLifetime)
    }

    /// The row of the customer whose token it is: signed here, and not expired.
    package func customer(ofToken token: String) throws(Refusal) -> Int64 {
        if let known = knownTokens[token] {
            guard now < known.expiresAt else { throw .invalidCredentials }
            return known.user
        }
        guard let customer = tokens.customer(of: token), let user = identifiers.row(.user, customer.userId),
            now < customer.expiresAt
        else { throw .invalidCredentials }
        if knownTokens.count >= 1024 { knownTokens.removeAll(keepingCapacity: true) }
        knownTokens[token] = KnownToken(user: user, expiresAt: customer.expiresAt)
        return user
    }

    /// A lease's public id. The same ones are asked for again and again, and each costs a signature.
    package func leaseId(_ lease: Lease) -> String {
        // With the customer: a creation that was taken back gives its row number to the next one.
        let key = LeaseKey(row: lease.id, customer: lease.customer)
        if let known = knownLeaseIds[key] { return known }
        let id = tokens.leaseId(userId: identifiers.identifier(.user, lease.customer), row: lease.id)
        if knownLeaseIds.count >= 1024 { knownLeaseIds.removeAll(keepingCapacity: true) }
        knownLeaseIds[key] = id
        return id
    }

    private struct LeaseKey: Hashable {
        let row: Int64
        let customer: Int64
    }

    private struct KnownToken {
        let user: Int64
        let expiresAt: Timestamp
    }
}
