package import Contract
package import JSON
package import Medusa

/// The settings as a document: in a scenario, and in `PUT /_sandbox/settings`. Amounts are dollars.
extension Settings {
    private static let spendingLimitKey = Key.optional("spendingLimit", .price, "What an approved application grants")
    private static let minimumOrderKey = Key.optional("minimumOrder", .price, "The smallest order total")
    private static let rentalRateKey = Key.optional(
        "rentalRate", .share(10), "The rental charge as a share of the cash price: 1.1")
    private static let taxRateKey = Key.optional("taxRate", .share(1), "Sales tax as a share: 0.07")
    private static let termKey = Key.optional("term", .integer(1...520), "How many weekly payments a lease has")
    private static let leaseLifetimeKey = Key.optional(
        "leaseLifetime", .duration, "How long a lease waits for its signature: PT24H")
    private static let tokenLifetimeKey = Key.optional(
        "tokenLifetime", .duration, "How long a customer token lives: PT1H")
    private static let transitTimeKey = Key.optional(
        "transitTime", .duration, "How long a parcel without a delivery date travels: P3D")
    private static let uniqueSSNKey = Key.optional(
        "uniqueSSN", .boolean, "Whether an SSN on file for another user is refused")
    private static let arrayResponsesKey = Key.optional(
        "arrayResponses", .oneOf("bare", "wrapped"),
        "Whether routes 10, 22 and 23 answer a bare array or {\"data\": […]}")
    private static let tokenMisuseKey = Key.optional(
        "tokenMisuse", .oneOf("refuse", "suspend"), "What follows when a token is used with another key than its own")

    private static let strictnessKey = Key.optional(
        "strictness", .oneOf(Strictness.allCases.map(\.rawValue)),
        "What becomes of a request that is odd, and not wrong: nothing, a warning, or a refusal")

    private static let authKeyKey = Key.optional(
        authKeyName, .string(maximum: KeyForm.longest),
        "The auth key of the Payment Plugin: visible ASCII; the API key when absent")
    package static let authKeyName = "authKey"

    private static let decidingTimeKey = Key.optional(
        "decidingTime", .duration, "How long the modal says at least that it is deciding: PT1S; from PT0S to PT10M")

    private static let journalEntriesKey = Key.optional(
        "journalEntries", .integer(1...10_000_000), "How many requests the journal keeps")
    private static let journalBytesKey = Key.optional(
        "journalBytes", .integer(1 << 20...1 << 34), "How many bytes they may take: from 1 MiB")

    package static let fields = Contract.fields(
        spendingLimitKey, minimumOrderKey, rentalRateKey, taxRateKey, termKey, leaseLifetimeKey, tokenLifetimeKey,
        transitTimeKey, uniqueSSNKey, arrayResponsesKey, tokenMisuseKey, strictnessKey, authKeyKey,
        decidingTimeKey, journalEntriesKey, journalBytesKey)

    /// - Parameter others: what holds where the document says nothing.
    package init(reading values: Values, over others: Settings = Settings()) throws(Violation) {
        self = others
        spendingLimit = values[Self.spendingLimitKey] ?? spendingLimit
        minimumOrder = values[Self.minimumOrderKey] ?? minimumOrder
        rentalRate = values[Self.rentalRateKey] ?? rentalRate
        taxRate = values[Self.taxRateKey] ?? taxRate
        term = values[Self.termKey] ?? term
        leaseLifetime = try Self.span(Self.leaseLifetimeKey, in: values) ?? leaseLifetime
        tokenLifetime = try Self.span(Self.tokenLifetimeKey, in: values) ?? tokenLifetime
        transitTime = try Self.span(Self.transitTimeKey, in: values) ?? transitTime
        uniqueSSN = values[Self.uniqueSSNKey] ?? uniqueSSN
        wrapsArrays = values[Self.arrayResponsesKey].map { $0 == "wrapped" } ?? wrapsArrays
        tokenMisuse = values[Self.tokenMisuseKey].flatMap(TokenMisuse.init) ?? tokenMisuse
        strictness = values[Self.strictnessKey].flatMap(Strictness.init) ?? strictness
        authKey = values[Self.authKeyKey] ?? authKey
        decidingTime = try Self.span(Self.decidingTimeKey, in: values, .seconds(0), .seconds(600)) ?? decidingTime
        journalEntries = values[Self.journalEntriesKey] ?? journalEntries
        journalBytes = values[Self.journalBytesKey] ?? journalBytes
    }

    /// A length that is the same at any time of the year.
    private static func span(
        _ key: Key<CalendarSpan?>, in values: Values, _ least: Timestamp.Span = .seconds(1),
        _ most: Timestamp.Span = .days(3660)
    ) throws(Violation) -> Timestamp.Span? {
        guard let span = values[key] else { return nil }
        guard let fixed = span.fixed, fixed >= least, fixed <= most else {
            let bounds = "from \(CalendarSpan(rest: least)) to \(CalendarSpan(rest: most))"
            throw Violation(key.field.name, "must be \(bounds), without years and months", at: values.given(key)?.json)
        }
        return fixed
    }

    package func members(to writer: inout JSONWriter) {
        func dollars(_ key: Key<Money?>, _ amount: Money) {
            writer.key(key.field.name)
            writer.hundredths(amount.cents)
        }
        func share(_ key: Key<Decimal?>, _ share: Decimal) {
            writer.key(key.field.name)
            writer.raw(share.description.utf8)
        }
        func span(_ key: Key<CalendarSpan?>, _ span: Timestamp.Span) {
            writer.member(key.field.name, CalendarSpan(rest: span).description)
        }
        dollars(Self.spendingLimitKey, spendingLimit)
        dollars(Self.minimumOrderKey, minimumOrder)
        share(Self.rentalRateKey, rentalRate)
        share(Self.taxRateKey, taxRate)
        writer.member(Self.termKey.field.name, term)
        span(Self.leaseLifetimeKey, leaseLifetime)
        span(Self.tokenLifetimeKey, tokenLifetime)
        span(Self.transitTimeKey, transitTime)
        writer.member(Self.uniqueSSNKey.field.name, uniqueSSN)
        writer.member(Self.arrayResponsesKey.field.name, wrapsArrays ? "wrapped" : "bare")
        writer.member(Self.tokenMisuseKey.field.name, tokenMisuse.rawValue)
        writer.member(Self.strictnessKey.field.name, strictness.rawValue)
        writer.member(Self.authKeyKey.field.name, ifPresent: authKey)
        span(Self.decidingTimeKey, decidingTime)
        writer.member(Self.journalEntriesKey.field.name, journalEntries)
        writer.member(Self.journalBytesKey.field.name, journalBytes)
    }
}

extension Kind where Value == Decimal {
    /// A share, of any number of decimal places.
    fileprivate static func share(_ maximum: Int64) -> Kind { number(.zero...Decimal(whole: maximum)) }
}
