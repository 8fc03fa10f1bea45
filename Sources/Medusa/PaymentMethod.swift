/// A bank account or a tokenised card (routes 7 and 10). Whole account numbers are never kept.
package struct PaymentMethod: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case ach(routingNumber: String)
        case card(brand: String, firstSix: String)
    }

    package let kind: Kind
    package let lastFour: String
    package let label: String
    package var isPrimary: Bool

    package init(_ kind: Kind, lastFour: String, label: String, isPrimary: Bool) {
        self.kind = kind
        self.lastFour = lastFour
        self.label = label
        self.isPrimary = isPrimary
    }

    package var isCard: Bool {
        switch kind {
        case .card: true
        case .ach: false
        }
    }

    private func bank(_ ruling: Persona.Outcome? = nil) -> Persona.Outcome? {
        guard case .ach(let routingNumber) = kind else { return nil }
        return Bank(routingNumber: routingNumber, ruling: ruling).outcome
    }

    /// Checks a method that is about to be added (C.5).
    ///
    /// - Parameters:
    ///   - isVerified: whether Verify ACH has seen the account (route 24).
    ///   - ruling: what a rule of the scenario says of its bank.
    package func mayJoin(isVerified: Bool, ruling: Persona.Outcome? = nil) throws(Refusal) {
        switch bank(ruling) {
        case .bankRefused: throw .bankNotAccepted
        case .bankRequiresVerification: if !isVerified { throw .bankRequiresVerification }
        case .notPrimaryEligible: if isPrimary { throw .notPrimaryEligible }
        default: break
        }
    }

    /// The first method becomes the primary one, if it may.
    package mutating func join(isFirst: Bool) {
        if isFirst, bank() != .notPrimaryEligible { isPrimary = true }
    }

    /// The brand as the documented answer writes it: `visa` → `Visa` (route 10).
    package static func brandName(_ cardType: String) -> String {
        switch cardType {
        case "american-express": "American Express"
        case "mastercard": "Mastercard"
        default: cardType.prefix(1).uppercased() + cardType.dropFirst()
        }
    }
}
