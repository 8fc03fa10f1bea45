/// What a merchant credits of one line of an order, in an item's price and in shipping (route 37).
package struct Credit: Hashable, Sendable {
    /// From 1, in the order of the lease's items.
    package let lineNumber: Int
    package let item: Money
    package let shipping: Money

    package init(lineNumber: Int, item: Money, shipping: Money) {
        self.lineNumber = lineNumber
        self.item = item
        self.shipping = shipping
    }
}

extension Transaction {
    /// Checks credits that are about to be given: of lines that exist, and no more in all than was paid for what was not cancelled.
    ///
    /// - Parameters:
    ///   - requests: each with the SKU that its line must have.
    ///   - earlier: what was credited before.
    package func mayCredit(_ requests: [(sku: String, credit: Credit)], after earlier: [Credit]) throws(Refusal) {
        guard lease.finalizedAt != nil else { throw .notFinalized(.refunded) }
        var all = earlier
        for (sku, credit) in requests {
            guard lines.indices.contains(credit.lineNumber - 1), lines[credit.lineNumber - 1].sku == sku else {
                throw .invalidItem(sku)
            }
            all.append(credit)
            let credited = all.reduce(Money.zero) { $1.lineNumber == credit.lineNumber ? $0 + $1.item : $0 }
            let shipped = all.reduce(Money.zero) { $0 + $1.shipping }
            guard credited <= lines[credit.lineNumber - 1].creditableAmount, shipped <= creditableShipping else {
                throw .invalidItem(sku)
            }
        }
    }

    /// What was paid for shipping, and can be credited.
    package var creditableShipping: Money { min(shippingCost, shippingAmount) }
}

extension Line {
    /// What was paid for its units, those aside that were cancelled: nobody paid for them.
    package var creditableAmount: Money { amount - price(ofUnits: count(.canceled)) }
}
