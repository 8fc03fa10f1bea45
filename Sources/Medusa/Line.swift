/// One line of an order: an item, what was paid for it, and how many of its units stand where.
package struct Line: Hashable, Sendable {
    /// Where a unit can be (decisions.md 15). The order is the order of `quantityByStatus`.
    package enum Stage: String, CaseIterable, Sendable {
        case ordered, signed, shipped, received, returned, canceled
    }

    package let sku: String
    package let brand: String
    package let description: String
    /// The price of a unit in dollars with its share of the order's discount (route 13: "any discount already applied").
    package let cost: Decimal
    package let quantity: Int
    /// What is paid for all units together, discounts taken off. The amounts of an order and its shipping are its cash price.
    package let amount: Money
    /// Units that are neither ordered nor in a parcel, by the stage they are in now.
    private var units: [Stage: Int]
    /// What has been delivered, or is on its way; each with other dates, earliest first.
    package private(set) var parcels: [Parcel]
    /// What was last said of a carrier.
    package private(set) var tracking: Tracking?

    /// Units that reach their customer at the same moment.
    package struct Parcel: Hashable, Sendable {
        package let deliveredAt: Timestamp
        /// Units that a carrier has or had: delivered, once it is `deliveredAt`.
        package fileprivate(set) var shipped: Int
        /// Units that somebody confirmed the receipt of.
        package fileprivate(set) var received: Int

        package init(deliveredAt: Timestamp, shipped: Int = 0, received: Int = 0) {
            self.deliveredAt = deliveredAt
            self.shipped = shipped
            self.received = received
        }

        package func isDelivered(at now: Timestamp) -> Bool { deliveredAt <= now }
    }

    /// What a merchant says of the way that units take.
    package struct Tracking: Hashable, Sendable {
        package let carrier: String
        package let number: String
        package let link: String

        package init(carrier: String, number: String, link: String) {
            self.carrier = carrier
            self.number = number
            self.link = link
        }
    }

    /// How many units a line may have.
    package static let mostUnits = 100_000

    /// - Parameter units: of the stages without a parcel: `signed`, `returned` and `canceled`.
    package init(
        sku: String, brand: String, description: String, cost: Decimal, quantity: Int, amount: Money,
        units: [Stage: Int] = [:], parcels: [Parcel] = [], tracking: Tracking? = nil
    ) {
        self.sku = sku
        self.brand = brand
        self.description = description
        self.cost = cost
        self.quantity = min(max(quantity, 0), Self.mostUnits)
        self.amount = amount
        self.units = units
        self.parcels = parcels.sorted { $0.deliveredAt < $1.deliveredAt }
        self.tracking = tracking
    }

    /// How many units are in a stage now.
    package func count(_ stage: Stage) -> Int {
        switch stage {
        case .ordered: quantity - units.values.reduce(0, +) - count(.shipped) - count(.received)
        case .shipped: parcels.reduce(0) { $0 + $1.shipped }
        case .received: parcels.reduce(0) { $0 + $1.received }
        case .signed, .returned, .canceled: units[stage, default: 0]
        }
    }

    /// `quantityByStatus`: always `ordered`, which is the whole order, and every other count above zero.
    package var quantityByStatus: [(stage: Stage, count: Int)] {
        Stage.allCases.compactMap { stage in
            if stage == .ordered { return (stage, quantity) }
            let count = count(stage)
            return count > 0 ? (stage, count) : nil
        }
    }

    /// Whether it takes off from what the other lines come to, as a line of V1 with a negative price does (D.2).
    package var isDiscount: Bool { cost < .zero && sku.hasPrefix(Self.discountPrefix) }
    static let discountPrefix = "DISCOUNT"

    // MARK: Money

    /// What so many of its units came to. Of a part it is the nearest cent, and never the whole of an amount as long as a unit is left;
    /// of all units it is the amount.
    package func price(ofUnits count: Int) -> Money {
        guard count < quantity else { return amount }
        guard count > 0, amount > .zero else { return .zero }
        return min(amount.times(Int64(count), over: Int64(quantity)), amount - Money(cents: 1))
    }

    /// What has come back for cancelled and returned units.
    package var goneAmount: Money { price(ofUnits: count(.canceled) + count(.returned)) }
    package var hasLiveUnits: Bool { count(.canceled) + count(.returned) < quantity }
    var isCanceled: Bool { count(.canceled) == quantity }

    // MARK: Moves

    /// All units become the customer's, to be delivered.
    mutating func sign() {
        let count = count(.ordered)
        if count > 0 { units[.signed, default: 0] += count }
    }

    /// Hands units that were signed for to a carrier.
    ///
    /// - Returns: how many.
    mutating func ship(upTo wanted: Int, _ tracking: Tracking, deliveredAt: Timestamp) -> Int {
        let count = take(upTo: wanted, from: .signed)
        guard count > 0 else { return 0 }
        parcel(deliveredAt) { $0.shipped += count }
        self.tracking = tracking
        return count
    }

    /// Hands units to the customer: what is in parcels first, then from the shelf. Those of a parcel that has been delivered were
    /// delivered then.
    ///
    /// - Parameter moment: when they were handed over; not later than `now`.
    /// - Returns: how many.
    mutating func receive(upTo wanted: Int, at moment: Timestamp, now: Timestamp) -> Int {
        var moved = 0
        // Those whose parcel was still on its way: they arrive with this receipt.
        var arriving = 0
        for index in parcels.indices {
            let count = min(parcels[index].shipped, wanted - moved)
            parcels[index].shipped -= count
            moved += count
            if parcels[index].isDelivered(at: now) { parcels[index].received += count } else { arriving += count }
        }
        let fromShelf = take(upTo: wanted - moved, from: .signed)
        if arriving + fromShelf > 0 { parcel(moment) { $0.received += arriving + fromShelf } }
        dropEmptyParcels()
        return moved + fromShelf
    }

    /// Cancels units that have not been delivered: those that are still here first, then those that arrive last (decisions.md 15).
    ///
    /// - Returns: how many.
    mutating func cancel(upTo wanted: Int, at now: Timestamp) -> Int {
        let unsigned = min(count(.ordered), wanted)
        var moved = unsigned + take(upTo: wanted - unsigned, from: .signed)
        for index in parcels.indices.reversed() where !parcels[index].isDelivered(at: now) {
            let count = min(parcels[index].shipped, wanted - moved)
            parcels[index].shipped -= count
            moved += count
        }
        if moved > 0 { units[.canceled, default: 0] += moved }
        dropEmptyParcels()
        return moved
    }

    /// Takes back units that were received or shipped.
    ///
    /// - Returns: how many.
    mutating func takeBack(upTo wanted: Int) -> Int {
        var moved = 0
        for index in parcels.indices {
            let count = min(parcels[index].received, wanted - moved)
            parcels[index].received -= count
            moved += count
        }
        for index in parcels.indices {
            let count = min(parcels[index].shipped, wanted - moved)
            parcels[index].shipped -= count
            moved += count
        }
        if moved > 0 { units[.returned, default: 0] += moved }
        dropEmptyParcels()
        return moved
    }

    private mutating func take(upTo wanted: Int, from stage: Stage) -> Int {
        let count = min(units[stage, default: 0], max(0, wanted))
        if count > 0 { units[stage, default: 0] -= count }
        return count
    }

    /// Changes the parcel that arrives at a moment; there is one from now on.
    private mutating func parcel(_ moment: Timestamp, _ change: (inout Parcel) -> Void) {
        if let index = parcels.firstIndex(where: { $0.deliveredAt == moment }) {
            change(&parcels[index])
            return
        }
        var parcel = Parcel(deliveredAt: moment)
        change(&parcel)
        parcels.insert(parcel, at: parcels.firstIndex { $0.deliveredAt > moment } ?? parcels.endIndex)
    }

    private mutating func dropEmptyParcels() { parcels.removeAll { $0.shipped == 0 && $0.received == 0 } }
}
