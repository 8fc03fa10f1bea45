import Medusa
import Support
import Testing

/// Money against integers that are wide enough for everything: no rounding but the last one.
@Suite struct `Amounts` {
    private static let count = 20_000

    /// A price in ten-thousandths of a dollar, and a count of units.
    private static func price(_ chance: inout Chance) -> (tenThousandths: Int, count: Int) {
        let scale = chance.pick([1, 1, 100, 10_000])
        return (chance.below(1_000_000) * scale, 1 + chance.below(chance.pick([3, 10, 100_000])))
    }

    @Test func `are multiplied exactly, and rounded once, halves away from zero`() {
        var chance = Chance(seed: 1)
        for _ in 0..<Self.count {
            let (price, count) = Self.price(&chance)
            let exact = Int128(price) * Int128(count)
            let amount = Decimal(Int64(price), places: 4).money(times: count)
            #expect(amount.cents == Int64((exact + 50) / 100), "\(price) × \(count)")
            #expect(Decimal(-Int64(price), places: 4).money(times: count).cents == -amount.cents)
        }
    }

    @Test(arguments: [
        ("49.9449999", 1, 4994), ("49.945", 1, 4995), ("33.335", 3, 10_001), ("0.005", 1, 1), ("0.0049999999", 1, 0),
        ("0.0049999999", 2, 1), ("99.99499999999999", 1, 9999), ("1.005", 1000, 100_500),
    ])
    func `of units are those of the exact price`(price: String, count: Int, cents: Int64) throws {
        #expect(try #require(Decimal(price)).money(times: count) == Money(cents: cents))
    }

    @Test func `of a discount add up to it to the cent, whatever it is shared out over`() {
        var chance = Chance(seed: 2)
        for _ in 0..<Self.count {
            let order = Self.order(&chance)
            let lines = order.lines
            let goods = order.items.reduce(Money.zero) { $0 + max(.zero, $1.amount) }
            let paid = lines.reduce(Money.zero) { $0 + $1.amount }
            let off = order.items.reduce(order.totalDiscount) { $0 - min(.zero, $1.amount) }
            #expect(paid == max(.zero, goods - off))
            for (line, item) in zip(lines, order.items) {
                // No share is further than a cent from the exact one.
                #expect(.zero <= line.amount && line.amount <= max(.zero, item.amount))
                guard goods > .zero else { continue }
                let exact =
                    max(.zero, item.amount) - min(off, goods).times(max(.zero, item.amount).cents, over: goods.cents)
                #expect((line.amount - exact).magnitude <= Money(cents: 1))
            }
        }
    }

    @Test func `of printed prices bring the units to what they come to`() {
        var chance = Chance(seed: 3)
        for _ in 0..<Self.count {
            let order = Self.order(&chance)
            let shown = order.lines.reduce(Money.zero) { $0 + $1.cost.money(times: $1.quantity) }
            let goods = order.items.reduce(Money.zero) { $0 + max(.zero, $1.amount) }
            guard goods > .zero else { continue }
            #expect(shown + order.shippingLeft == order.total, "\(order)")
        }
    }

    @Test func `that come back in parts add up to what the whole would be`() {
        var chance = Chance(seed: 4)
        for _ in 0..<Self.count {
            for line in Self.order(&chance).lines {
                #expect(line.price(ofUnits: 0) == .zero)
                #expect(line.price(ofUnits: line.quantity) == line.amount)
                let (one, other) = (chance.below(line.quantity + 1), chance.below(line.quantity + 1))
                #expect(line.price(ofUnits: min(one, other)) <= line.price(ofUnits: max(one, other)))
                if (one < line.quantity) && (line.amount > .zero) {
                    #expect(line.price(ofUnits: one) < line.amount, "with one left, not everything")
                    let exact = line.amount.times(Int64(one), over: Int64(line.quantity))
                    #expect((line.price(ofUnits: one) - exact).magnitude <= Money(cents: 1))
                }
            }
        }
    }

    @Test func `of a rate are exact to eight places and more`() {
        var chance = Chance(seed: 5)
        for _ in 0..<Self.count {
            let (cents, rate) = (Int64(chance.below(100_000_000)), Int64(chance.below(1_000_000_000)))
            let (rental, places) = (Money(cents: cents).times(Decimal(rate, places: 9)), Int128(1_000_000_000))
            #expect(rental.cents == Int64((Int128(cents) * Int128(rate) + places / 2) / places))
            let term = Int64(1 + chance.below(520))
            let payment = Money(cents: cents).times(Decimal(rate, places: 9), plus: 1, over: term)
            let divisor = places * Int128(term)
            #expect(payment.cents == Int64((Int128(cents) * (Int128(rate) + places) + divisor / 2) / divisor))
        }
    }

    @Test func `of three items that share a discount of ten are 290.00 together`() {
        let item = Order.Item(sku: "A", brand: "b", description: "d", cost: Decimal(whole: 100), quantity: 1)
        let apart = Order(reference: "1", items: [item, item, item], totalDiscount: .dollars(10)).lines
        #expect(apart.map(\.amount.cents) == [9666, 9667, 9667])
        #expect(apart.map(\.cost.description) == ["96.66", "96.67", "96.67"])
        let three = Order.Item(sku: "A", brand: "b", description: "d", cost: Decimal(whole: 100), quantity: 3)
        let together = Order(reference: "1", items: [three], totalDiscount: .dollars(10)).lines
        #expect(together[0].amount == .dollars(290))
        #expect(together[0].cost.description == "96.667", "as many places as bring three of them to 290.00")
    }

    @Test func `of 999 of a thousand units are 994.01 after a discount of five`() {
        let item = Order.Item(sku: "A", brand: "b", description: "d", cost: Decimal(whole: 1), quantity: 1000)
        let line = Order(reference: "1", items: [item], totalDiscount: .dollars(5)).lines[0]
        #expect(line.price(ofUnits: 999) == Money(cents: 99_401))
        #expect(line.price(ofUnits: 1000) == .dollars(995))
    }

    private static func order(_ chance: inout Chance) -> Order {
        var items = (0...chance.below(5)).map { index in
            let (price, count) = price(&chance)
            return Order.Item(
                sku: "S\(index)", brand: "b", description: "d", cost: Decimal(Int64(price), places: 4),
                quantity: min(count, 500))
        }
        if chance.isOne(in: 4) {
            let cost = Decimal(-Int64(chance.below(100_000)), places: 2)
            items.append(.init(sku: "DISCOUNT-1", brand: "b", description: "d", cost: cost, quantity: 1))
        }
        return Order(
            reference: "1", items: items, shippingCost: Money(cents: Int64(chance.below(5000))),
            totalDiscount: Money(cents: Int64(chance.below(chance.pick([1, 100, 100_000, 100_000_000])))))
    }
}
