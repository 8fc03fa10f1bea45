/// What a lease is asked for (route 12), and what it costs.
package struct Order: Hashable, Sendable {
    package struct Item: Hashable, Sendable {
        package let sku: String
        package let brand: String
        package let description: String
        package let cost: Money
        package let quantity: Int

        package init(sku: String, brand: String, description: String, cost: Money, quantity: Int) {
            self.sku = sku
            self.brand = brand
            self.description = description
            self.cost = cost
            self.quantity = quantity
        }
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

    private var goods: Money { items.reduce(.zero) { $0 + $1.cost * $1.quantity } }

    /// Σ cost × quantity + shipping − discount (decisions.md 12).
    package var total: Money { goods + shippingCost - totalDiscount }

    /// What all that is added up in an order may come to, whatever its sign: a billion dollars. It is far above any limit, and so far
    /// below the largest amount that nothing which is computed from an order can reach that.
    package static let largestSum = Money.dollars(1_000_000_000)

    /// Checks that the order can be added up: each item's price × quantity, all of them with shipping and discount, and the
    /// prices once the discount is shared out. The messages are in the voice of the validation.
    package func mayBeAddedUp() throws(Refusal) {
        let most = "must be less than or equal to \(Self.largestSum.dollarsText)"
        var sum = shippingCost + totalDiscount
        for (index, item) in items.enumerated() {
            let amount = (item.cost * item.quantity).magnitude
            guard amount <= Self.largestSum else { throw .invalid("\"items[\(index)]\" cost × quantity \(most)") }
            sum += amount
            guard sum <= Self.largestSum else { throw .invalid("\"items\" with shipping and discount \(most) in all") }
        }
        for (index, line) in lines.enumerated() where (line.cost * line.quantity).magnitude > Self.largestSum {
            throw .invalid(
                "\"totalDiscount\" is too large for what the items come to: it would be shared out to \"items[\(index)]\" beyond any price"
            )
        }
    }

    /// Checks the items, the minimum and the customer's limit, in this order.
    package func validate(available: Money, _ settings: Settings) throws(Refusal) {
        for item in items where item.cost < .zero && !item.sku.hasPrefix("DISCOUNT") {
            // Only a discount's line may be negative: the rule of V1 that still explains the limits (D.2).
            throw .invalidItem(item.sku)
        }
        guard total >= settings.minimumOrder else { throw .amountNotSatisfied(minimum: settings.minimumOrder) }
        guard total <= available else { throw .exceedsSpendingLimit(available: available) }
    }

    /// The lines as they are stored: each unit's price with its proportional share of the discount.
    package var lines: [Line] {
        items.map { item in
            let discount = goods > .zero ? totalDiscount.times(item.cost.cents, over: goods.cents) : .zero
            return Line(
                sku: item.sku, brand: item.brand, description: item.description, cost: item.cost - discount,
                quantity: item.quantity)
        }
    }

    /// The numbers of the contract (decisions.md 12): 400 → 440 → 17.28 with the default settings.
    package func terms(_ settings: Settings) -> Terms {
        let rental = total.times(settings.rentalRate, over: 10_000)
        return Terms(
            cashPrice: total, costOfRental: rental,
            payment: (total + rental).times(10_000 + settings.taxRate, over: 10_000 * Int64(settings.term)),
            term: settings.term,
            purchaseSalesTax: payTomorrowTaxTotal ?? total.times(settings.taxRate, over: 10_000))
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
