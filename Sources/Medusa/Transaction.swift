/// A merchant's order under a lease, and the quantities that move through it (C.7).
package struct Transaction: Hashable, Sendable {
    package var lease: Lease
    /// The caller's own transaction id.
    package let reference: String
    package let orderId: String?
    package let shippingCost: Money
    package let payTomorrowTaxTotal: Money?
    package let terms: Terms
    package var lines: [Line]

    package init(
        lease: Lease, reference: String, orderId: String?, shippingCost: Money, payTomorrowTaxTotal: Money?,
        terms: Terms, lines: [Line]
    ) {
        self.lease = lease
        self.reference = reference
        self.orderId = orderId
        self.shippingCost = shippingCost
        self.payTomorrowTaxTotal = payTomorrowTaxTotal
        self.terms = terms
        self.lines = lines
    }

    /// Units of one SKU in a request or an answer.
    package struct Units: Hashable, Sendable {
        package let sku: String
        package let quantity: Int

        package init(sku: String, quantity: Int) {
            self.sku = sku
            self.quantity = quantity
        }
    }

    /// An entry of a request: no quantity means all of that SKU.
    package struct Selection: Hashable, Sendable {
        package let sku: String
        package let quantity: Int?

        package init(sku: String, quantity: Int? = nil) {
            self.sku = sku
            self.quantity = quantity
        }
    }

    /// What was done, and what could not be (routes 18 and 19).
    package struct Result: Hashable, Sendable {
        package var done: [Units] = []
        package var failed: [Units] = []

        package init(done: [Units] = [], failed: [Units] = []) {
            self.done = done
            self.failed = failed
        }
    }

    /// What the order takes from the limit while its lease lives: nothing once every unit is cancelled or returned.
    package var engagedAmount: Money {
        guard lines.contains(where: \.hasLiveUnits) else { return .zero }
        // A discount's line that is gone would add to it; it never takes more than the order did.
        return min(terms.cashPrice, max(.zero, lines.reduce(terms.cashPrice) { $0 - $1.goneAmount }))
    }

    private var isCanceled: Bool { lines.allSatisfy { $0.count(.canceled) == $0.quantity } }

    // MARK: Sign and finalize

    /// A lease that waits for its signature. A signed one may be signed again, and nothing changes (decisions.md 14).
    /// One that was cancelled as a whole is as gone as an expired one.
    package func maySign(at now: Timestamp) throws(Refusal) {
        guard lease.status == .pending else { return }
        if lease.isExpired(at: now) || isCanceled { throw .leaseExpired }
    }

    package mutating func sign(at now: Timestamp) {
        guard lease.status == .pending else { return }
        lease.signedAt = now
        for index in lines.indices {
            lines[index].move(upTo: lines[index].quantity, from: [.ordered], to: .signed)
        }
    }

    /// The merchant confirms the signed lease. Again: the same answer, and nothing changes (decisions.md 15).
    package mutating func finalize(at now: Timestamp) throws(Refusal) {
        guard lease.status == .signed else { throw .notSigned }
        if lease.finalizedAt == nil { lease.finalizedAt = now }
    }

    // MARK: Cancel and return

    /// Cancels units that are not delivered yet. Nothing selected means everything.
    package mutating func cancel(_ selections: [Selection], at now: Timestamp) -> Result {
        take(selections, to: .canceled) { $0.cancellableStages(at: now) }
    }

    /// Takes back units that were shipped or handed over. Nothing selected means everything.
    package mutating func takeBack(_ selections: [Selection]) -> Result {
        take(selections, to: .returned) { _ in [.received, .shipped] }
    }

    private mutating func take(
        _ selections: [Selection], to target: Line.Stage, from stages: (Line) -> [Line.Stage]
    ) -> Result {
        var result = Result()
        let wanted = selections.isEmpty ? wholeOrder : selections
        for selection in wanted {
            let matching = lines.indices.filter { lines[$0].sku == selection.sku }
            let left = matching.reduce(0) {
                $0 + lines[$1].quantity - lines[$1].count(.canceled) - lines[$1].count(.returned)
            }
            let asked = selection.quantity ?? left
            var moved = 0
            for index in matching {
                moved += lines[index].move(upTo: asked - moved, from: stages(lines[index]), to: target)
            }
            if moved > 0 { result.done.append(Units(sku: selection.sku, quantity: moved)) }
            if moved < asked { result.failed.append(Units(sku: selection.sku, quantity: asked - moved)) }
            if asked == 0, !selections.isEmpty {
                // Named, but nothing of it is left: the caller must hear that nothing happened.
                let ordered = matching.reduce(0) { $0 + lines[$1].quantity }
                result.failed.append(Units(sku: selection.sku, quantity: ordered))
            }
        }
        return result
    }

    private var wholeOrder: [Selection] {
        var seen: Set<String> = []
        return lines.compactMap { seen.insert($0.sku).inserted ? Selection(sku: $0.sku) : nil }
    }

    // MARK: Shipment and receipt

    /// An entry of Confirm Shipment or Confirm Receipt. Without a SKU it speaks of the whole order (G-24).
    package struct Delivery: Hashable, Sendable {
        package let sku: String?
        package let quantity: Int?
        package let parcel: Line.Parcel

        package init(sku: String?, quantity: Int?, parcel: Line.Parcel) {
            self.sku = sku
            self.quantity = quantity
            self.parcel = parcel
        }
    }

    /// Hands signed units to a carrier. All entries hold, or none does.
    package mutating func ship(_ deliveries: [Delivery]) throws(Refusal) {
        try deliver(deliveries, from: [.signed], to: .shipped)
    }

    /// Hands units to the customer: from the shelf, or as the end of a shipment.
    package mutating func receive(_ deliveries: [Delivery]) throws(Refusal) {
        try deliver(deliveries, from: [.shipped, .signed], to: .received)
    }

    private mutating func deliver(
        _ deliveries: [Delivery], from stages: [Line.Stage], to target: Line.Stage
    ) throws(Refusal) {
        guard lease.finalizedAt != nil else { throw .notFinalized }
        var changed = lines
        for delivery in deliveries {
            var missing = delivery.quantity ?? 0
            var moved = 0
            for index in changed.indices where delivery.sku == nil || delivery.sku == changed[index].sku {
                let wanted = delivery.quantity == nil ? changed[index].quantity : missing
                let count = changed[index].move(upTo: wanted, from: stages, to: target)
                guard count > 0 else { continue }
                moved += count
                missing -= count
                changed[index].parcel = delivery.parcel.following(changed[index].parcel)
            }
            guard moved > 0, delivery.quantity == nil || missing == 0 else {
                throw .invalidItem(delivery.sku ?? "")
            }
        }
        lines = changed
    }
}

extension Line.Parcel {
    /// A receipt says when, not how: what the shipment said of the carrier stays.
    fileprivate func following(_ earlier: Line.Parcel?) -> Line.Parcel {
        guard carrier.isEmpty, let earlier else { return self }
        var merged = earlier
        merged.deliveredAt = deliveredAt
        return merged
    }
}
