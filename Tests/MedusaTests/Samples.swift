import Medusa

/// Values that the domain's tests begin with.
enum Samples {
    static let now = Timestamp(milliseconds: 1_521_474_687_080)
    static let settings = Settings()

    static func user(
        _ email: String = "john@example.com", status: Application.Status? = .approved, limit: Money = .dollars(1300),
        hold: Bool = false, engagements: [User.Engagement] = []
    ) -> User {
        User(
            id: 1, firstName: "John", lastName: "Doe", email: email, createdAt: now, spendingHold: hold,
            application: status.map { Application(id: 1, status: $0, spendingLimit: limit, createdAt: now) },
            engagements: engagements)
    }

    static func lease(signed: Bool = false, finalized: Bool = false) -> Lease {
        Lease(
            id: 1, customer: 1, createdAt: now, expiresAt: now + .hours(24), signedAt: signed || finalized ? now : nil,
            finalizedAt: finalized ? now : nil)
    }

    static func order(
        cost: Decimal = Decimal(whole: 200), quantity: Int = 2, shipping: Money = .zero, discount: Money = .zero
    )
        -> Order
    {
        Order(
            reference: "ABC-1",
            items: [Order.Item(sku: "A", brand: "Apple", description: "iPad", cost: cost, quantity: quantity)],
            shippingCost: shipping, totalDiscount: discount)
    }

    /// Two lines: three of A, two of B.
    static func transaction() -> Transaction {
        let order = Order(
            reference: "ABC-1",
            items: [
                Order.Item(sku: "A", brand: "Apple", description: "iPad", cost: Decimal(whole: 100), quantity: 3),
                Order.Item(sku: "B", brand: "Sony", description: "TV", cost: Decimal(whole: 50), quantity: 2),
            ])
        return Transaction(
            lease: lease(), reference: "ABC-1", orderId: nil, shippingCost: .zero, payTomorrowTaxTotal: nil,
            terms: order.terms(settings), lines: order.lines)
    }

    static func signed() -> Transaction {
        var transaction = transaction()
        transaction.sign(at: now)
        return transaction
    }

    static func finalized() throws -> Transaction {
        var transaction = signed()
        try transaction.finalize(at: now)
        return transaction
    }

    static let tracking = Line.Tracking(carrier: "ups", number: "9M", link: "")

    static func shipment(_ sku: String? = nil, _ quantity: Int? = nil, deliveredAt: Timestamp = now + .days(3))
        -> Transaction.Shipment
    {
        Transaction.Shipment(sku: sku, quantity: quantity, tracking: tracking, deliveredAt: deliveredAt)
    }

    static func counts(_ transaction: Transaction, _ line: Int = 0) -> [String: Int] {
        Dictionary(
            uniqueKeysWithValues: transaction.lines[line].quantityByStatus.map { ($0.stage.rawValue, $0.count) })
    }
}

/// What a step of the state machine refuses with; `nil` when it does not.
func refusal(_ step: () throws(Refusal) -> Void) -> Refusal? {
    do {
        try step()
        return nil
    } catch {
        return error
    }
}
