/// What holds of every order at any moment, and between any two, whatever is done to it and however the clock moves.
///
/// The list is checked after each write of a debug build, and over random lives by `Tests/MedusaTests/LifeTests.swift`.
package enum Invariant: String, CaseIterable, Sendable {
    case unitsAddUp = "The units of a line in all its stages are its quantity, and none is negative."
    case amountsAddUp = "The amounts of the lines and of shipping are the cash price, and none is negative."
    case partsAddUpToTheWhole =
        "What has come back and what is still engaged are the cash price; with nothing left everything has come back, with something left not everything."
    case engagementOnlyFalls = "What an order takes from the limit only falls."
    case deliveredStaysDelivered = "A unit that was delivered stays delivered, or is returned."
    case firstBillingDateStays = "The first billing date never moves once the first units are delivered."
    case nothingFallsDueBeforeTheSignature = "No payment falls due before the lease was signed."
    case ownershipIsWhatIsToCome =
        "What is to be paid to own is what is past due and the payments that are not due yet."
    case payoffPaysOff =
        "The payoff lies between what is past due and what is to be paid to own; once it is paid, nothing is."
    case paymentsAddUp = "What was paid and what is to be paid are the total of payments, or the lease is paid off."
    case eventsMoveTheBalance =
        "As time passes, the balance changes by what the payments say that fell due: declined ones are past due, others are paid."
    case creditsStayWithinThePrice = "What is credited of a line and of shipping is not more than was paid for them."
    case stepsAreKept = "What was signed or finalized was so at the same moment ever after."
}

/// Everything that the invariants speak of, as somebody finds it at a moment.
package struct Found: Hashable, Sendable {
    package var at: Timestamp
    package var signedAt: Timestamp?
    package var finalizedAt: Timestamp?
    package var cashPrice: Money
    package var shippingAmount: Money
    package var engaged: Money
    package var lines: [FoundLine]
    package var firstDelivery: Timestamp?
    package var creditedShipping: Money
    package var agreement: FoundAgreement?

    package struct FoundLine: Hashable, Sendable {
        package var quantity: Int
        package var amount: Money
        package var isDiscount: Bool
        package var units: [Line.Stage: Int]
        /// Units that are with the customer.
        package var delivered: Int
        /// What has come back for units that are gone.
        package var gone: Money
        package var credited: Money
    }

    package struct FoundAgreement: Hashable, Sendable {
        package var leaseStart: Timestamp
        package var pastDue: Money
        package var ownership: Money
        package var payoff: Money
        package var totalOfPayments: Money
        /// What Collect Payment took, and whether that was the payoff.
        package var collected: Money
        package var isPaidOff: Bool
        /// Payments that fell due and went through.
        package var paid: Money
        /// Payments that are to come, whenever that is.
        package var toCome: [Agreement.Due]
    }

    /// - Parameters:
    ///   - agreement: `nil` while there is none.
    ///   - collected: what Collect Payment took towards it.
    package init(
        _ transaction: Transaction, _ agreement: Agreement?, collected: [Collected] = [], credits: [Credit] = [],
        at now: Timestamp
    ) {
        at = now
        signedAt = transaction.lease.signedAt
        finalizedAt = transaction.lease.finalizedAt
        cashPrice = transaction.terms.cashPrice
        shippingAmount = transaction.shippingAmount
        engaged = transaction.engagedAmount
        firstDelivery = transaction.firstDelivery
        creditedShipping = credits.reduce(.zero) { $0 + $1.shipping }
        lines = transaction.lines.enumerated().map { index, line in
            FoundLine(
                quantity: line.quantity, amount: line.amount, isDiscount: line.isDiscount,
                units: Dictionary(uniqueKeysWithValues: Line.Stage.allCases.map { ($0, line.count($0)) }),
                delivered: line.parcels.reduce(0) {
                    $1.isDelivered(at: now) ? $0 + $1.shipped + $1.received : $0 + $1.received
                }, gone: line.goneAmount,
                credited: credits.reduce(.zero) { $1.lineNumber == index + 1 ? $0 + $1.item : $0 })
        }
        self.agreement = agreement.map { agreement in
            FoundAgreement(
                leaseStart: agreement.leaseStart, pastDue: agreement.pastDue, ownership: agreement.estimatedOwnership,
                payoff: agreement.earlyPayoff, totalOfPayments: transaction.terms.totalOfPayments,
                collected: collected.reduce(.zero) { $0 + $1.amount }, isPaidOff: collected.contains(where: \.isPayoff),
                paid: agreement.payments(after: .earliest, through: now)
                    .reduce(.zero) { $1.isCollected ? $0 + $1.amount : $0 },
                toCome: agreement.payments(after: now, through: .latest))
        }
    }

    fileprivate var hasLiveGoods: Bool {
        let goods = lines.filter { !$0.isDiscount }
        return (goods.isEmpty ? lines : goods).contains { $0.gone(of: $0.units) < $0.quantity }
    }
}

extension Found.FoundLine {
    fileprivate func gone(of units: [Line.Stage: Int]) -> Int {
        units[.canceled, default: 0] + units[.returned, default: 0]
    }
}

extension Invariant {
    /// The first one that does not hold of what was found.
    ///
    /// - Parameter before: what was found at an earlier moment, or at the same one before a call; `nil` for nothing.
    package static func broken(in found: Found, after before: Found? = nil) -> Invariant? {
        allCases.first { !$0.holds(of: found, after: before) }
    }

    package func holds(of found: Found, after before: Found? = nil) -> Bool {
        holds(of: found) && before.map { holds(from: $0, to: found) } ?? true
    }

    private func holds(of found: Found) -> Bool {
        let agreement = found.agreement
        switch self {
        case .unitsAddUp:
            return found.lines.allSatisfy { line in
                line.units.values.allSatisfy { $0 >= 0 } && line.units.values.reduce(0, +) == line.quantity
            }
        case .amountsAddUp:
            let sum = found.lines.reduce(found.shippingAmount) { $0 + $1.amount }
            return sum == found.cashPrice && found.shippingAmount >= .zero
                && found.lines.allSatisfy { $0.amount >= .zero }
        case .partsAddUpToTheWhole: return found.partsAddUp
        case .nothingFallsDueBeforeTheSignature:
            guard let agreement, let signedAt = found.signedAt else { return agreement == nil }
            return agreement.leaseStart >= signedAt && agreement.toCome.allSatisfy { $0.at >= signedAt }
        case .ownershipIsWhatIsToCome:
            guard let agreement, found.firstDelivery != nil else { return true }
            return agreement.ownership == agreement.toCome.reduce(agreement.pastDue) { $0 + $1.amount }
        case .payoffPaysOff:
            guard let agreement else { return true }
            guard !agreement.isPaidOff else {
                return [agreement.pastDue, agreement.payoff, agreement.ownership].allSatisfy { $0 == .zero }
                    && agreement.toCome.isEmpty
            }
            return .zero <= agreement.pastDue && agreement.pastDue <= agreement.payoff
                && agreement.payoff <= agreement.ownership && (agreement.payoff > .zero || agreement.ownership == .zero)
        case .paymentsAddUp:
            guard let agreement, !agreement.isPaidOff, found.hasLiveGoods else { return true }
            return agreement.collected + agreement.paid + agreement.ownership == agreement.totalOfPayments
        case .creditsStayWithinThePrice:
            return found.creditedShipping <= found.shippingAmount
                && found.lines.allSatisfy { $0.credited <= $0.amount }
        case .engagementOnlyFalls, .deliveredStaysDelivered, .firstBillingDateStays, .eventsMoveTheBalance,
            .stepsAreKept:
            return true
        }
    }

    private func holds(from before: Found, to found: Found) -> Bool {
        switch self {
        case .engagementOnlyFalls: return found.engaged <= before.engaged
        case .deliveredStaysDelivered:
            return zip(before.lines, found.lines).allSatisfy { earlier, later in
                let returned = later.units[.returned, default: 0] - earlier.units[.returned, default: 0]
                return later.delivered + max(0, returned) >= earlier.delivered
                    && later.units[.canceled, default: 0] >= earlier.units[.canceled, default: 0] && returned >= 0
            }
        case .firstBillingDateStays:
            guard let first = before.firstDelivery, first <= before.at else { return true }
            return found.firstDelivery == first && found.agreement?.leaseStart == before.agreement?.leaseStart
        case .eventsMoveTheBalance: return found.balanceFollows(before)
        case .stepsAreKept:
            return (before.signedAt == nil || before.signedAt == found.signedAt)
                && (before.finalizedAt == nil || before.finalizedAt == found.finalizedAt)
        case .unitsAddUp, .amountsAddUp, .partsAddUpToTheWhole, .nothingFallsDueBeforeTheSignature,
            .ownershipIsWhatIsToCome, .payoffPaysOff, .paymentsAddUp, .creditsStayWithinThePrice:
            return true
        }
    }
}

extension Found {
    fileprivate var partsAddUp: Bool {
        guard hasLiveGoods else { return engaged == .zero }
        let cameBack = lines.reduce(Money.zero) { $0 + $1.gone }
        return engaged + cameBack == cashPrice
            && lines.allSatisfy { line in
                line.gone(of: line.units) == line.quantity
                    ? line.gone == line.amount : line.amount == .zero || line.gone < line.amount
            }
    }

    /// Whether nothing but time has passed since then, and what fell due is what changed.
    fileprivate func balanceFollows(_ before: Found) -> Bool {
        guard let agreement, let earlier = before.agreement, at > before.at, lines == before.lines,
            firstDelivery == before.firstDelivery, agreement.collected == earlier.collected
        else { return true }
        let fell = earlier.toCome.filter { $0.at <= at }
        let declined = fell.reduce(Money.zero) { $1.isCollected ? $0 : $0 + $1.amount }
        let paid = fell.reduce(Money.zero) { $1.isCollected ? $0 + $1.amount : $0 }
        return agreement.pastDue == earlier.pastDue + declined && agreement.ownership == earlier.ownership - paid
            && agreement.toCome == Array(earlier.toCome.dropFirst(fell.count))
    }
}
