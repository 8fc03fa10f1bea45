/// A bank, as its routing number tells (E.3): the one judgement that every call shares which is told of a bank account.
package struct Bank: Hashable, Sendable {
    /// Whether the number passes the ABA's checksum.
    package let isValid: Bool
    package let name: String?
    /// What is the matter with it, or with adding an account of it; `nil` when nothing is.
    package let outcome: Persona.Outcome?

    /// Whether the vendor takes it.
    package var isAccepted: Bool { outcome != .bankRefused }

    /// How many digits there are.
    package static let routingDigits = 9...9
    /// No page says how many at most; the vendor's own form asks for four.
    package static let accountDigits = 4...4096

    /// - Parameters:
    ///   - number: nine digits, if it is one.
    ///   - ruling: what a rule of the scenario says of it, which stands before what the number says.
    package init(routingNumber number: String, ruling: Persona.Outcome? = nil) {
        isValid = Self.isRoutingNumber(number) && Self.passesChecksum(number)
        name = Self.names[number]
        outcome = ruling ?? Persona.outcome(ofRoutingNumber: number) ?? (isValid ? nil : .bankRefused)
    }

    package static func isRoutingNumber(_ text: String) -> Bool { hasDigits(text, routingDigits) }

    package static func isAccountNumber(_ text: String) -> Bool { hasDigits(text, accountDigits) }

    private static func hasDigits(_ text: String, _ counts: ClosedRange<Int>) -> Bool {
        counts.contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    private static func passesChecksum(_ digits: String) -> Bool {
        zip(digits.utf8, [3, 7, 1, 3, 7, 1, 3, 7, 1]).reduce(0) { $0 + (Int($1.0) - 48) * $1.1 } % 10 == 0
    }

    /// Those that the vendor's own tests expect.
    private static let names = [
        "325070760": "JPMorgan Chase", "026009593": "Bank of America N.A.", "042000398": "PNC Bank",
        "022000020": "HSBC Bank USA, N.A", "122105155": "US Bank", "063107513": "Wells Fargo",
        "221172610": "Citibank", "061000104": "SunTrust",
    ]
}
