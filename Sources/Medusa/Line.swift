/// One line of an order: an item, and how many of its units stand where.
package struct Line: Hashable, Sendable {
    /// Where a unit can be (decisions.md 15). The order is the order of `quantityByStatus`.
    package enum Stage: String, CaseIterable, Sendable {
        case ordered, signed, shipped, received, returned, canceled
    }

    package let sku: String
    package let brand: String
    package let description: String
    /// The price of a unit with its share of the order's discount (route 13: "any discount already applied").
    package let cost: Money
    package let quantity: Int
    /// Units that have left `ordered`, by the stage they are in now.
    package private(set) var units: [Stage: Int]
    package var parcel: Parcel?

    /// What is known of the delivery; the latest parcel when there were several.
    package struct Parcel: Hashable, Sendable {
        package var carrier: String
        package var trackingNumber: String
        package var trackingLink: String
        package var deliveredAt: Timestamp

        package init(carrier: String, trackingNumber: String, trackingLink: String, deliveredAt: Timestamp) {
            self.carrier = carrier
            self.trackingNumber = trackingNumber
            self.trackingLink = trackingLink
            self.deliveredAt = deliveredAt
        }
    }

    /// How many units a line may have.
    package static let mostUnits = 100_000

    package init(
        sku: String, brand: String, description: String, cost: Money, quantity: Int, units: [Stage: Int] = [:],
        parcel: Parcel? = nil
    ) {
        self.sku = sku
        self.brand = brand
        self.description = description
        self.cost = cost
        self.quantity = min(max(quantity, 0), Self.mostUnits)
        self.units = units
        self.parcel = parcel
    }

    /// How many units are in a stage now.
    package func count(_ stage: Stage) -> Int {
        stage == .ordered ? quantity - units.values.reduce(0, +) : units[stage, default: 0]
    }

    /// `quantityByStatus`: always `ordered`, which is the whole order, and every other count above zero.
    package var quantityByStatus: [(stage: Stage, count: Int)] {
        Stage.allCases.compactMap { stage in
            if stage == .ordered { return (stage, quantity) }
            let count = count(stage)
            return count > 0 ? (stage, count) : nil
        }
    }

    /// Moves up to `wanted` units, emptying the stages in the order in which they are given.
    ///
    /// - Returns: how many were moved.
    @discardableResult
    package mutating func move(upTo wanted: Int, from stages: [Stage], to target: Stage) -> Int {
        var moved = 0
        for stage in stages {
            let taken = min(count(stage), wanted - moved)
            guard taken > 0 else { continue }
            if stage != .ordered { units[stage, default: 0] -= taken }
            units[target, default: 0] += taken
            moved += taken
        }
        return moved
    }

    /// Delivered units can no longer be cancelled; a parcel that is on its way can (decisions.md 15).
    func cancellableStages(at now: Timestamp) -> [Stage] {
        guard let parcel, parcel.deliveredAt <= now else { return [.ordered, .signed, .shipped] }
        return [.ordered, .signed]
    }

    /// What the units that still count cost.
    var goneAmount: Money { cost * (count(.canceled) + count(.returned)) }
    var hasLiveUnits: Bool { count(.canceled) + count(.returned) < quantity }
}
