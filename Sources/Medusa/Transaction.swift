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
    /// When the first units reach their customer; once that has happened it never changes, for billing begins with it (decisions.md 17).
    package private(set) var firstDelivery: Timestamp?

    package init(
        lease: Lease, reference: String, orderId: String?, shippingCost: Money, payTomorrowTaxTotal: Money?,
        terms: Terms, lines: [Line], firstDelivery: Timestamp? = nil
    ) {
        self.firstDelivery = firstDelivery
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

    // MARK: Money

    /// What the order takes from the limit while its lease lives: what has not come back, and nothing once nothing is left.
    package var engagedAmount: Money {
        guard hasLiveGoods else { return .zero }
        return min(terms.cashPrice, max(.zero, lines.reduce(terms.cashPrice) { $0 - $1.goneAmount }))
    }

    /// What of the cash price is paid for shipping.
    package var shippingAmount: Money { max(.zero, lines.reduce(terms.cashPrice) { $0 - $1.amount }) }

    /// The lines that are no discounts on the others; all of them where there is nothing else.
    private var goods: [Line] {
        let goods = lines.filter { !$0.isDiscount }
        return goods.isEmpty ? lines : goods
    }

    /// Whether anything is left that is neither cancelled nor returned.
    package var hasLiveGoods: Bool { goods.contains(where: \.hasLiveUnits) }
    package var isCanceled: Bool { goods.allSatisfy(\.isCanceled) }

    // MARK: Sign and finalize

    /// A lease that waits for its signature. A signed one may be signed again, and nothing changes (decisions.md 14).
    package func maySign(at now: Timestamp) throws(Refusal) {
        guard lease.status == .pending else { return }
        if lease.isExpired(at: now) { throw .leaseExpired }
    }

    package mutating func sign(at now: Timestamp) {
        guard lease.status == .pending else { return }
        lease.signedAt = now
        for index in lines.indices { lines[index].sign() }
    }

    /// The merchant confirms the signed lease. Again: the same answer, and nothing changes (decisions.md 15).
    package mutating func finalize(at now: Timestamp) throws(Refusal) {
        guard lease.status == .signed else { throw .notSigned }
        if lease.finalizedAt == nil { lease.finalizedAt = now }
    }

    // MARK: Cancel and return

    /// Cancels units that are not delivered yet. Nothing selected means everything. A lease that waits for its signature expires when
    /// nothing is left that it could be signed for.
    package mutating func cancel(_ selections: [Selection], at now: Timestamp) -> Result {
        defer { if lease.status == .pending, isCanceled { lease.expire(at: now) } }
        return take(selections, at: now) { $0.cancel(upTo: $1, at: now) }
    }

    /// Takes back units that were shipped or handed over. Nothing selected means everything.
    package mutating func takeBack(_ selections: [Selection], at now: Timestamp) -> Result {
        take(selections, at: now) { $0.takeBack(upTo: $1) }
    }

    private mutating func take(
        _ selections: [Selection], at now: Timestamp, _ move: (inout Line, Int) -> Int
    ) -> Result {
        defer { expectFirstDelivery(at: now) }
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
                moved += move(&lines[index], asked - moved)
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

    /// An entry of Confirm Shipment. Without a SKU it speaks of the whole order (G-24); without a quantity, of all that is left.
    package struct Shipment: Hashable, Sendable {
        package let sku: String?
        package let quantity: Int?
        package let tracking: Line.Tracking
        package let deliveredAt: Timestamp

        package init(sku: String?, quantity: Int?, tracking: Line.Tracking, deliveredAt: Timestamp) {
            self.sku = sku
            self.quantity = quantity
            self.tracking = tracking
            self.deliveredAt = deliveredAt
        }
    }

    /// An entry of Confirm Receipt; likewise.
    package struct Receipt: Hashable, Sendable {
        package let sku: String?
        package let quantity: Int?
        /// When the units were handed over; the present moment when absent, or later than that.
        package let at: Timestamp?

        package init(sku: String? = nil, quantity: Int? = nil, at moment: Timestamp? = nil) {
            self.sku = sku
            self.quantity = quantity
            at = moment
        }
    }

    /// Hands signed units to a carrier. All entries hold, or none does.
    package mutating func ship(_ shipments: [Shipment], at now: Timestamp) throws(Refusal) {
        try deliver(shipments.map { ($0.sku, $0.quantity) }, at: now) { line, index, wanted in
            line.ship(upTo: wanted, shipments[index].tracking, deliveredAt: shipments[index].deliveredAt)
        }
    }

    /// Hands units to the customer: from the shelf, or as the end of a shipment. All entries hold, or none does.
    package mutating func receive(_ receipts: [Receipt], at now: Timestamp) throws(Refusal) {
        try deliver(receipts.map { ($0.sku, $0.quantity) }, at: now) { line, index, wanted in
            line.receive(upTo: wanted, at: min(receipts[index].at ?? now, now), now: now)
        }
    }

    private mutating func deliver(
        _ entries: [(sku: String?, quantity: Int?)], at now: Timestamp, _ move: (inout Line, Int, Int) -> Int
    ) throws(Refusal) {
        guard lease.finalizedAt != nil else { throw .notFinalized(.delivered) }
        var changed = lines
        for (entry, (sku, quantity)) in entries.enumerated() {
            var missing = quantity ?? 0
            var moved = 0
            for index in changed.indices where sku == nil || sku == changed[index].sku {
                let count = move(&changed[index], entry, quantity == nil ? changed[index].quantity : missing)
                moved += count
                missing -= count
            }
            guard moved > 0, quantity == nil || missing == 0 else { throw .invalidItem(sku ?? "") }
        }
        lines = changed
        expectFirstDelivery(at: now)
    }

    /// As long as nothing has been delivered, the first delivery is that of the parcel that arrives first.
    private mutating func expectFirstDelivery(at now: Timestamp) {
        if let firstDelivery, firstDelivery <= now { return }
        firstDelivery = lines.lazy.flatMap(\.parcels).map(\.deliveredAt).min()
    }
}
