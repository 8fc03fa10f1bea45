import Medusa
import Support

/// A random life of a lease: an order, and what is done to it in any sequence while the clock jumps. After each step it says what it
/// finds, as a customer and a merchant would.
struct Life {
    /// A fault as somebody could have programmed it, so that a test can see whether an invariant notices.
    enum Planted: CaseIterable {
        case losesAUnitOfAPartlyReceivedParcel, roundsSharesOneByOne, roundsUnitsOneByOne, givesBackBelowZero
        case datesALineByItsLastParcel, billsFromTheLastParcel, billsFromBeforeTheSignature, forgetsWhatWasCollected
        case goesOnAfterThePayoff, countsDeclinedPaymentsAsPaid, declinesWhatWasPrepaid, creditsThePrintedPrice
        case signsAgain

        var breaks: Invariant {
            switch self {
            case .losesAUnitOfAPartlyReceivedParcel: .unitsAddUp
            case .roundsSharesOneByOne: .amountsAddUp
            case .roundsUnitsOneByOne: .partsAddUpToTheWhole
            case .givesBackBelowZero: .engagementOnlyFalls
            case .datesALineByItsLastParcel: .deliveredStaysDelivered
            case .billsFromTheLastParcel: .firstBillingDateStays
            case .billsFromBeforeTheSignature: .nothingFallsDueBeforeTheSignature
            case .forgetsWhatWasCollected: .ownershipIsWhatIsToCome
            case .goesOnAfterThePayoff: .payoffPaysOff
            case .countsDeclinedPaymentsAsPaid: .paymentsAddUp
            case .declinesWhatWasPrepaid: .eventsMoveTheBalance
            case .creditsThePrintedPrice: .creditsStayWithinThePrice
            case .signsAgain: .stepsAreKept
            }
        }
    }

    let planted: Planted?
    private(set) var operations = 0
    private(set) var now: Timestamp
    private var chance: Chance
    private let customer: User
    private let settings: Settings
    private let order: Order
    private var transaction: Transaction
    private var collected: [Collected] = []
    private var credits: [Credit] = []

    init(seed: UInt64, planted: Planted? = nil) {
        var chance = Chance(seed: seed)
        self.planted = planted
        now = Samples.now
        customer = Samples.user(chance.pick(["john@a.co", "john@a.co", "x.pastdue@a.co", "x.decline@a.co"]))
        settings = Self.settings(&chance)
        order = Self.order(&chance)
        transaction = Transaction(
            lease: Samples.lease(), reference: order.reference, orderId: nil, shippingCost: order.shippingCost,
            payTomorrowTaxTotal: nil, terms: order.terms(settings), lines: order.lines)
        self.chance = chance
    }

    private static func settings(_ chance: inout Chance) -> Settings {
        var settings = Settings()
        if chance.isOne(in: 2) {
            settings.rentalRate = Decimal(Int64(chance.below(30_000_000)), places: 7)
            settings.taxRate = Decimal(Int64(chance.below(10_000)), places: 5)
            settings.term = 1 + chance.below(104)
            settings.transitTime = .days(Int64(chance.below(9)))
        }
        return settings
    }

    /// Some lines; prices of up to four places; now and then a discount, more than the items come to as well.
    private static func order(_ chance: inout Chance) -> Order {
        var items: [Order.Item] = []
        for index in 0..<(1 + chance.below(4)) {
            let places = chance.pick([0, 2, 2, 2, 4])
            let cost = Decimal(
                Int64(chance.below(places == 0 ? 500 : places == 2 ? 50_000 : 5_000_000)), places: places)
            let quantity = chance.isOne(in: 20) ? 1 + chance.below(1000) : 1 + chance.below(5)
            // A SKU may stand in several lines.
            let sku = chance.isOne(in: 6) ? "S0" : "S\(index)"
            items.append(.init(sku: sku, brand: "b", description: "d", cost: cost, quantity: quantity))
        }
        let goods = items.reduce(Money.zero) { $0 + $1.amount }
        if chance.isOne(in: 5) {
            let cost = Decimal(-Int64(1 + chance.below(2000)), places: 2)
            items.append(
                .init(sku: "DISCOUNT-1", brand: "b", description: "d", cost: cost, quantity: 1 + chance.below(2)))
        }
        let discount: Money =
            switch chance.below(4) {
            case 0: Money(cents: Int64(chance.below(max(1, Int(goods.cents)))))
            case 1: Money(cents: Int64(chance.below(1500)))
            default: .zero
            }
        var shipping = Money(cents: chance.isOne(in: 2) ? Int64(chance.below(9000)) : 0)
        let total = Order(reference: "1", items: items, shippingCost: shipping, totalDiscount: discount).total
        // No order is made for less than nothing.
        if total < .zero { shipping = shipping - total }
        return Order(reference: "1", items: items, shippingCost: shipping, totalDiscount: discount)
    }

    // MARK: Steps

    /// Does something at random; a refusal is as good as anything.
    mutating func step() {
        operations += 1
        switch chance.below(20) {
        case 0, 1: sign()
        case 2, 3: try? transaction.finalize(at: now)
        case 4, 5, 6: try? transaction.ship([shipment()], at: now)
        case 7, 8: try? transaction.receive([receipt()], at: now)
        case 9, 10: _ = transaction.cancel(selections(), at: now)
        case 11: _ = transaction.takeBack(selections(), at: now)
        case 12, 13: collect()
        case 14: credit()
        case 15: now = agreement?.nextPayment(after: now) ?? now
        case 16: now = now + .days(Int64(chance.below(60)))
        default: now = now + .hours(Int64(chance.below(100)))
        }
    }

    private mutating func sign() {
        guard (try? transaction.maySign(at: now)) != nil else { return }
        if planted == .signsAgain { transaction.lease.signedAt = now }
        transaction.sign(at: now)
    }

    private mutating func sku() -> String? {
        chance.isOne(in: 4) ? nil : chance.isOne(in: 30) ? "none" : chance.pick(transaction.lines).sku
    }

    private mutating func quantity() -> Int? { chance.isOne(in: 2) ? nil : 1 + chance.below(3) }

    private mutating func shipment() -> Transaction.Shipment {
        let delivery = now + .hours(Int64(chance.below(24 * 30) - 240))
        return .init(
            sku: sku(), quantity: quantity(), tracking: .init(carrier: "ups", number: "", link: ""),
            deliveredAt: chance.isOne(in: 50) ? .latest : delivery)
    }

    private mutating func receipt() -> Transaction.Receipt {
        .init(
            sku: sku(), quantity: quantity(),
            at: chance.isOne(in: 2) ? nil : now + .hours(Int64(chance.below(24 * 20) - 360)))
    }

    private mutating func selections() -> [Transaction.Selection] {
        if chance.isOne(in: 10) { return [] }
        return (0...chance.below(2)).map { _ in
            .init(sku: sku() ?? "none", quantity: quantity())
        }
    }

    private mutating func collect() {
        guard let agreement else { return }
        let payoff = agreement.earlyPayoff
        let amount =
            chance.isOne(in: 4) ? payoff : Money(cents: Int64(chance.below(Int(max(.zero, payoff).cents) * 5 / 4 + 2)))
        guard let payment = try? Payment(of: amount, towards: agreement, from: customer), payment.outcome == .success
        else { return }
        collected.append(Collected(amount: amount, at: now, isPayoff: payment.isPayoff))
    }

    private mutating func credit() {
        let index = chance.below(transaction.lines.count)
        let line = transaction.lines[index]
        let credit = Credit(
            lineNumber: index + 1,
            item: chance.isOne(in: 3)
                ? line.amount : Money(cents: Int64(chance.below(Int(max(.zero, line.amount).cents) * 5 / 4 + 2))),
            shipping: Money(cents: Int64(chance.below(2000))))
        if planted == .creditsThePrintedPrice {
            let before = credits.reduce(Money.zero) { $1.lineNumber == index + 1 ? $0 + $1.item : $0 }
            let printed = Decimal(line.cost.money).money(times: line.quantity)
            if transaction.lease.finalizedAt != nil, before + credit.item <= printed {
                credits.append(Credit(lineNumber: index + 1, item: credit.item, shipping: .zero))
            }
        } else if (try? transaction.mayCredit([(line.sku, credit)], after: credits)) != nil {
            credits.append(credit)
        }
    }

    // MARK: What is found

    private var agreement: Agreement? {
        Agreement(transaction, collected: kept, customer: customer, at: now, settings)
    }

    private var kept: [Collected] {
        guard planted == .goesOnAfterThePayoff else { return collected }
        return collected.map { Collected(amount: $0.amount, at: $0.at, isPayoff: false) }
    }

    var found: Found {
        var found = Found(transaction, agreement, collected: collected, credits: credits, at: now)
        spoil(&found)
        return found
    }

    private func spoil(_ found: inout Found) {
        let lines = transaction.lines
        switch planted {
        case .losesAUnitOfAPartlyReceivedParcel:
            for (index, line) in lines.enumerated() where line.count(.shipped) > 0 && line.count(.received) > 0 {
                found.lines[index].units[.received, default: 0] -= 1
            }
        case .roundsSharesOneByOne:
            let whole = order.items.reduce(Money.zero) { $0 + max(.zero, $1.amount) }
            for (index, item) in order.items.enumerated() where item.amount > .zero && whole >= order.totalDiscount {
                let share = order.totalDiscount.times(item.amount.cents, over: whole.cents)
                found.lines[index].amount = item.amount - share
            }
        case .roundsUnitsOneByOne:
            for (index, line) in lines.enumerated() {
                let gone = line.count(.canceled) + line.count(.returned)
                found.lines[index].gone = line.amount.times(1, over: Int64(line.quantity)) * gone
            }
            found.engaged = transaction.hasLiveGoods ? found.lines.reduce(found.cashPrice) { $0 - $1.gone } : .zero
        case .givesBackBelowZero:
            guard transaction.hasLiveGoods else { return }
            found.engaged = lines.reduce(found.cashPrice) {
                $0 - $1.cost.money(times: $1.count(.canceled) + $1.count(.returned))
            }
        case .datesALineByItsLastParcel:
            for (index, line) in lines.enumerated() {
                let isDelivered = line.parcels.last?.isDelivered(at: now) ?? false
                found.lines[index].delivered = isDelivered ? line.count(.shipped) + line.count(.received) : 0
            }
        case .billsFromTheLastParcel:
            if let last = lines.flatMap(\.parcels).map(\.deliveredAt).max() {
                found.agreement?.leaseStart = last + .days(1)
            }
        case .billsFromBeforeTheSignature:
            if let first = transaction.firstDelivery { found.agreement?.leaseStart = first + .days(1) }
        case .forgetsWhatWasCollected:
            if let agreement = found.agreement, !agreement.isPaidOff {
                found.agreement?.ownership = agreement.ownership + agreement.collected
            }
        case .countsDeclinedPaymentsAsPaid:
            if let agreement {
                found.agreement?.paid = agreement.payments(after: .earliest, through: now)
                    .reduce(.zero) { $0 + $1.amount }
            }
        case .declinesWhatWasPrepaid:
            if let agreement, customer.declinesScheduledPayments {
                let due = agreement.payments(after: .earliest, through: now).reduce(Money.zero) { $0 + $1.amount }
                let prepaid = collected.reduce(Money.zero) { $0 + $1.amount }
                found.agreement?.pastDue = max(.zero, due - prepaid)
            }
        case .goesOnAfterThePayoff, .creditsThePrintedPrice, .signsAgain, nil: break
        }
    }
}
