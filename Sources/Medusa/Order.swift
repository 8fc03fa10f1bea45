/// What a lease is asked for (route 12), and what it costs.
package struct Order: Hashable, Sendable {
    package struct Item: Hashable, Sendable {
        package let sku: String
        package let brand: String
        package let description: String
        /// The price of a unit in dollars, as exact as it was given.
        package let cost: Decimal
        package let quantity: Int

        package init(sku: String, brand: String, description: String, cost: Decimal, quantity: Int) {
            self.sku = sku
            self.brand = brand
            self.description = description
            self.cost = cost
            self.quantity = quantity
        }

        /// What its units come to: multiplied exactly, and rounded once (decisions.md 20).
        package var amount: Money { cost.money(times: quantity) }
    }

    package let reference: String
    package let orderId: String?
    package let items: [Item]
    package let shippingCost: Money
    package let totalDiscount: Money
    package let payTomorrowTaxTotal: Money?

    package init(
        reference: String, orderId: String? = nil, items: [Item], shippingCost: Money = .zero,
        totalDiscount: Money = .zero, payTomorrowTaxTotal: Money? = nil
    ) {
        self.reference = reference
        self.orderId = orderId
        self.items = items
        self.shippingCost = shippingCost
        self.totalDiscount = totalDiscount
        self.payTomorrowTaxTotal = payTomorrowTaxTotal
    }

    /// Σ cost × quantity + shipping − discount (decisions.md 12).
    package var total: Money { items.reduce(shippingCost - totalDiscount) { $0 + $1.amount } }

    /// What all that is added up in an order may come to, whatever its sign: a billion dollars. It is far above any limit, and so far
    /// below the largest amount that nothing which is computed from an order can reach that.
    package static let largestSum = Money.dollars(1_000_000_000)

    /// Checks that the order can be added up: each item's price × quantity, and all of them with shipping and discount. The messages are
    /// in the voice of the validation.
    package func mayBeAddedUp() throws(Refusal) {
        let most = "must be less than or equal to \(Self.largestSum.dollarsText)"
        var sum = shippingCost + totalDiscount
        for (index, item) in items.enumerated() {
            let amount = item.amount.magnitude
            guard amount <= Self.largestSum else { throw .invalid("\"items[\(index)]\" cost × quantity \(most)") }
            sum += amount
            guard sum <= Self.largestSum else { throw .invalid("\"items\" with shipping and discount \(most) in all") }
        }
    }

    /// Checks the items, the minimum and the customer's limit, in this order.
    package func validate(available: Money, _ settings: Settings) throws(Refusal) {
        for item in items where item.cost < .zero && !item.sku.hasPrefix(Line.discountPrefix) {
            // Only a discount's line may be negative: the rule of V1 that still explains the limits (D.2).
            throw .invalidItem(item.sku)
        }
        guard total >= settings.minimumOrder else { throw .amountNotSatisfied(minimum: settings.minimumOrder) }
        guard total <= available else { throw .exceedsSpendingLimit(available: available) }
    }

    /// What `totalDiscount` takes off from the items: no more than they come to.
    private var itemsDiscount: Money { min(totalDiscount, items.reduce(.zero) { $0 + max(.zero, $1.amount) }) }

    /// What of the shipping cost is left where `totalDiscount` is above what the items come to: the rest of it takes off from shipping.
    package var shippingLeft: Money { shippingCost - (totalDiscount - itemsDiscount) }

    /// The lines as they are stored. Two things are shared out over the items in proportion, each to the cent: the discount, which the
    /// printed prices show, and with it the lines that are discounts, for nothing comes back for those.
    package var lines: [Line] {
        let amounts = items.map { max(.zero, $0.amount) }
        let discounts = items.reduce(totalDiscount) { $0 - min(.zero, $1.amount) }
        let shown = itemsDiscount.shared(inProportionTo: amounts)
        let taken = min(discounts, amounts.reduce(.zero, +)).shared(inProportionTo: amounts)
        return items.indices.map { index in
            let item = items[index]
            return Line(
                sku: item.sku, brand: item.brand, description: item.description,
                cost: item.cost.price(of: item.quantity, less: shown[index]), quantity: item.quantity,
                amount: amounts[index] - taken[index])
        }
    }

    /// The numbers of the contract (decisions.md 12): 400 → 440 → 17.28 with the default settings.
    package func terms(_ settings: Settings) -> Terms {
        let rental = total.times(settings.rentalRate)
        return Terms(
            cashPrice: total, costOfRental: rental,
            payment: (total + rental).times(settings.taxRate, plus: 1, over: Int64(settings.term)), term: settings.term,
            purchaseSalesTax: payTomorrowTaxTotal ?? total.times(settings.taxRate))
    }
}

/// What the customer signs: weekly payments over a term.
package struct Terms: Hashable, Sendable {
    package let cashPrice: Money
    package let costOfRental: Money
    /// Each periodic payment, tax included.
    package let payment: Money
    package let term: Int
    package let purchaseSalesTax: Money

    /// The one frequency that the documents show.
    package static let frequency = "weekly"
    package static let period = Timestamp.Span.days(7)
    /// In payments: ten years.
    package static let longestTerm = 520

    package init(cashPrice: Money, costOfRental: Money, payment: Money, term: Int, purchaseSalesTax: Money) {
        self.cashPrice = cashPrice
        self.costOfRental = costOfRental
        self.payment = payment
        self.term = min(max(term, 1), Self.longestTerm)
        self.purchaseSalesTax = purchaseSalesTax
    }

    package var totalOfPayments: Money { payment * term }
}
