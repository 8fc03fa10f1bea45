import Medusa
import Testing

@Suite struct `An agreement` {
    private static let delivered = Samples.now + .days(3)

    private func agreement(
        _ email: String = "john@example.com", collected: Money? = nil, after days: Int64 = 0, shipped: Bool = true
    ) throws -> Agreement {
        var transaction = try Samples.finalized()
        if shipped { try transaction.ship([Samples.shipment(deliveredAt: Self.delivered)], at: Samples.now) }
        let now = Self.delivered + .days(days)
        let agreement = Agreement(
            transaction, collected: collected.map { [Collected(amount: $0, at: now, isPayoff: false)] } ?? [],
            customer: Samples.user(email), at: now, Samples.settings)
        return try #require(agreement)
    }

    @Test func `exists for finalized leases only`() {
        let none = Agreement(
            Samples.signed(), collected: [], customer: Samples.user(), at: Samples.now, Samples.settings)
        #expect(none == nil)
    }

    @Test func `begins on the day after delivery`() throws {
        #expect(try agreement().leaseStart == Self.delivered + .days(1))
    }

    @Test(arguments: [(0, 52), (1, 51), (7, 51), (8, 50), (1 + 51 * 7, 0), (4000, 0)])
    func `is paid off week by week`(days: Int, left: Int) throws {
        let agreement = try agreement(after: Int64(days))
        #expect(agreement.estimatedOwnership == Money(cents: 1728) * left)
        #expect(agreement.pastDue == .zero)
    }

    @Test(arguments: [(0, 0), (1, 1), (8, 2), (15, 3)])
    func `falls past due when the scheduled payments decline`(days: Int, weeks: Int) throws {
        let agreement = try agreement("x.decline@example.com", after: Int64(days))
        #expect(agreement.pastDue == Money(cents: 1728) * weeks)
        #expect(agreement.estimatedOwnership == Money(cents: 1728) * 52)
    }

    @Test func `is past due from the start for the persona of that name`() throws {
        #expect(try agreement("x.pastdue@example.com", shipped: false).pastDue == Money(cents: 1728))
    }

    @Test func `is lowered by what is collected, past due first`() throws {
        let before = try agreement("x.pastdue@example.com", after: 8)
        let after = try agreement("x.pastdue@example.com", collected: Money(cents: 2000), after: 8)
        #expect(before.pastDue == Money(cents: 3456))
        #expect(after.pastDue == Money(cents: 1456))
        #expect(after.estimatedOwnership == before.estimatedOwnership - Money(cents: 2000))
    }

    @Test func `waives the rental of payments that are not due, for an early payoff`() throws {
        // 898.56 × 400 ÷ 840
        #expect(try agreement().earlyPayoff == Money(cents: 42789))
    }

    @Test func `is worth nothing once everything went back`() throws {
        var transaction = try Samples.finalized()
        _ = transaction.cancel([], at: Samples.now)
        let agreement = Agreement(
            transaction, collected: [], customer: Samples.user("x.pastdue@a.co"), at: Samples.now, Samples.settings)
        #expect(agreement?.earlyPayoff == .zero)
        #expect(agreement?.pastDue == .zero)
    }

    @Test(arguments: [
        (0, Refusal?.some(.invalid(#""amount" must be a positive number"#))), (1, nil), (42789, nil),
        (42790, .invalid(#""amount" must be less than or equal to 427.89"#)),
    ])
    func `takes payments up to its payoff`(cents: Int, expected: Refusal?) throws {
        let agreement = try agreement()
        let refused = refusal { () throws(Refusal) in
            _ = try Payment(of: Money(cents: Int64(cents)), towards: agreement, from: Samples.user())
        }
        #expect(refused == expected)
    }

    @Test(arguments: [("john@example.com", Payment.Outcome.success), ("x.decline@example.com", Payment.decline)])
    func `collects, or is declined`(email: String, outcome: Payment.Outcome) throws {
        let agreement = try agreement()
        let payment = try Payment(of: .dollars(2), towards: agreement, from: Samples.user(email))
        #expect(payment.outcome == outcome)
    }
}
