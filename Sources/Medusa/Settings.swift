/// The numbers that decisions.md leaves to the sandbox's owner, with the defaults that reproduce the documented samples.
package struct Settings: Hashable, Sendable {
    /// What an approved application grants (decisions.md 9).
    package var spendingLimit = Money.dollars(1300)
    /// The smallest order total that a lease is made for (G-15).
    package var minimumOrder = Money(cents: 4995)
    /// The rental charge as a share of the cash price: 400 → 440.
    package var rentalRate = Decimal(11, places: 1)
    /// Sales tax, as a share.
    package var taxRate = Decimal(7, places: 2)
    /// How many weekly payments a lease has.
    package var term = 52
    /// How long a lease waits for its signature (decisions.md 13).
    package var leaseLifetime = Timestamp.Span.hours(24)
    /// How long a customer token lives (decisions.md 8).
    package var tokenLifetime = Timestamp.Span.hours(1)
    /// How long a parcel without a delivery date is taken to travel.
    package var transitTime = Timestamp.Span.days(3)
    /// Whether an SSN on file for another user is refused (decisions.md 11).
    package var uniqueSSN = false
    /// Whether routes 10, 22 and 23 wrap their arrays in `data` (decisions.md 1).
    package var wrapsArrays = false

    /// What follows when a token is used with another key than the one that minted it (decisions.md 8).
    package var tokenMisuse = TokenMisuse.refuse

    package enum TokenMisuse: String, CaseIterable, Sendable {
        /// The request is refused, and the misuse reported.
        case refuse
        /// Both sandboxes are closed from then on, as the vendor threatens to do with both accounts.
        case suspend
    }

    /// The auth key of the Payment Plugin that opens the sandbox; `nil` for the API key itself.
    package var authKey: String?

    /// How long the modal of the Payment Plugin says that it is deciding, at least: on the browser's clock, not on the sandbox's.
    package var decidingTime = Timestamp.Span.seconds(1)

    /// What becomes of a request that is odd, and not wrong (decisions.md 19).
    package var strictness = Strictness.warn

    package enum Strictness: String, CaseIterable, Sendable {
        /// Nothing, as the documents say.
        case real
        /// The same answers, and each oddity is counted.
        case warn
        /// A refusal.
        case strict
    }

    /// How many requests the journal keeps, and how many bytes they may take; the oldest make room.
    package var journalEntries = 10_000
    package var journalBytes = 16 << 20

    package init() {}
}
