import Medusa
import Testing

@Suite struct `An order` {
    @Test func `is priced as the documented sample`() {
        let terms = Samples.order().terms(Samples.settings)
        #expect(terms.cashPrice == .dollars(400))
        #expect(terms.costOfRental == .dollars(440))
        #expect(terms.payment == Money(cents: 1728))
        #expect(terms.term == 52)
        #expect(terms.purchaseSalesTax == .dollars(28))
    }

    @Test func `adds shipping and takes off the discount`() {
        let order = Samples.order(shipping: Money(cents: 1050), discount: .dollars(10))
        #expect(order.total == Money(cents: 40050))
    }

    @Test func `spreads the discount over the items in proportion`() {
        let order = Samples.order(discount: .dollars(40))
        #expect(order.lines[0].cost == Decimal(whole: 180))
    }

    @Test(arguments: [
        (4994, 1300, Refusal?.some(.amountNotSatisfied(minimum: Money(cents: 4995)))),
        (4995, 1300, nil), (130_000, 1300, nil),
        (130_001, 1300, .exceedsSpendingLimit(available: .dollars(1300))),
        (-1, 1300, .invalidItem("A")),
    ])
    func `must reach the minimum and stay within the limit`(cents: Int, available: Int, expected: Refusal?) {
        let order = Samples.order(cost: Decimal(Int64(cents), places: 2), quantity: 1)
        #expect(
            refusal { () throws(Refusal) in
                try order.validate(available: .dollars(Int64(available)), Samples.settings)
            } == expected)
    }

    @Test func `may have a negative line that is a discount`() {
        let order = Order(
            reference: "1",
            items: [
                Order.Item(sku: "A", brand: "b", description: "d", cost: Decimal(whole: 100), quantity: 1),
                Order.Item(sku: "DISCOUNT-1", brand: "b", description: "d", cost: Decimal(whole: -20), quantity: 1),
            ])
        #expect(
            refusal { () throws(Refusal) in try order.validate(available: .dollars(80), Samples.settings) } == nil)
        #expect(order.total == .dollars(80))
    }
}
