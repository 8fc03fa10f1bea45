import Medusa
import Testing

@Suite struct `A schedule` {
    private static let delivered = Samples.now + .days(3)
    private static let start = delivered + .days(1)

    private func agreement(_ email: String = "john@example.com", collected: Money? = nil, shipped: Bool = true) throws
        -> Agreement
    {
        var transaction = try Samples.finalized()
        if shipped { try transaction.ship([Samples.shipment(deliveredAt: Self.delivered)], at: Samples.now) }
        return try #require(
            Agreement(
                transaction,
                collected: collected.map { [Collected(amount: $0, at: Samples.now, isPayoff: false)] } ?? [],
                customer: Samples.user(email), at: Self.delivered, Samples.settings))
    }

    @Test func `has a payment a week, from the day after delivery`() throws {
        let payments = try agreement().payments(after: Samples.now, through: Self.start + .days(14))
        #expect(payments.map(\.number) == [1, 2, 3])
        #expect(payments.map(\.at) == [Self.start, Self.start + .days(7), Self.start + .days(14)])
        #expect(payments.allSatisfy { $0.amount == Money(cents: 1728) && $0.isCollected })
    }

    @Test func `begins after one moment and includes the other`() throws {
        let agreement = try agreement()
        #expect(agreement.payments(after: Self.start, through: Self.start + .days(7)).map(\.number) == [2])
        #expect(agreement.payments(after: Self.start - .days(1), through: Self.start).map(\.number) == [1])
    }

    @Test func `ends with the term`() throws {
        #expect(try agreement().payments(after: Samples.now, through: Self.start + .days(3650)).count == 52)
    }

    @Test func `ends earlier, with a smaller payment, when something was collected`() throws {
        let payments = try agreement(collected: Money(cents: 1728 * 50 + 1000)).payments(
            after: Samples.now, through: Self.start + .days(3650))
        #expect(payments.map(\.amount) == [Money(cents: 1728), Money(cents: 728)])
    }

    @Test func `declines for a customer whose payments do`() throws {
        let payments = try agreement("x.decline@example.com").payments(after: Samples.now, through: Self.start)
        #expect(payments.map(\.isCollected) == [false])
    }

    @Test func `has nothing before the delivery is known`() throws {
        #expect(try agreement(shipped: false).payments(after: Samples.now, through: Self.start + .days(99)).isEmpty)
    }

    @Test func `knows its next payment`() throws {
        let agreement = try agreement()
        #expect(agreement.nextPayment(after: Samples.now) == Self.start)
        #expect(agreement.nextPayment(after: Self.start) == Self.start + .days(7))
        #expect(agreement.nextPayment(after: Self.start + .days(7 * 51)) == nil)
    }

    @Test func `adds up to what the agreement says is past due`() throws {
        let now = Self.start + .days(30)
        let declined = try agreement("x.decline@example.com")
        let due = declined.payments(after: Samples.now, through: now).reduce(Money.zero) { $0 + $1.amount }
        var transaction = try Samples.finalized()
        try transaction.ship([Samples.shipment(deliveredAt: Self.delivered)], at: Samples.now)
        let later = Agreement(
            transaction, collected: [], customer: Samples.user("x.decline@example.com"), at: now, Samples.settings)
        #expect(later?.pastDue == due)
    }
}
