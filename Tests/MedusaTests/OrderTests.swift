import Medusa
import Support
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

    /// Orders whose discount is anything from nothing to more than the items come to, with lines of V1 that are discounts.
    @Test func `prints prices that are never negative and come to its total, however large the discount is`() {
        var chance = Chance(seed: 2)
        for _ in 0..<20_000 {
            let items = (0...chance.below(4)).map { index in
                Order.Item(
                    sku: "A\(index)", brand: "b", description: "d",
                    cost: Decimal(Int64(chance.below(20_000)), places: 2), quantity: 1 + chance.below(5))
            }
            let goods = items.reduce(Money.zero) { $0 + $1.amount }
            let shipping = Money(cents: Int64(chance.below(20_000)))
            let discount = Money(cents: Int64(chance.below(Int((goods + shipping).cents) + 1)))
            let order = Order(reference: "1", items: items, shippingCost: shipping, totalDiscount: discount)
            let lines = order.lines
            #expect(lines.allSatisfy { $0.cost >= .zero && $0.amount >= .zero }, "\(order)")
            #expect(order.shippingLeft >= .zero, "\(order)")
            #expect(lines.reduce(order.shippingLeft) { $0 + $1.amount } == order.total, "\(order)")
            #expect(
                lines.reduce(order.shippingLeft) { $0 + $1.cost.money(times: $1.quantity) } == order.total, "\(order)")
        }
    }

    @Test func `takes what a discount has left after its items off from shipping`() {
        let item = Order.Item(sku: "A", brand: "b", description: "d", cost: Decimal(whole: 10), quantity: 1)
        let order = Order(reference: "1", items: [item], shippingCost: .dollars(100), totalDiscount: .dollars(40))
        #expect(order.lines[0].cost == .zero)
        #expect(order.shippingLeft == .dollars(70))
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
