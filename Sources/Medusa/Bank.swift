/// A bank, as its routing number tells (E.3).
package struct Bank: Hashable, Sendable {
    /// Whether the number passes the ABA's checksum.
    package let isValid: Bool
    package let name: String?
    /// Whether the vendor takes it.
    package let isAccepted: Bool

    /// - Parameter number: nine digits.
    package init(routingNumber number: String) {
        let digits = number.utf8.map { Int($0) - 48 }
        let weights = [3, 7, 1, 3, 7, 1, 3, 7, 1]
        isValid =
            digits.count == 9 && digits.allSatisfy { (0...9).contains($0) }
            && zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 } % 10 == 0
        name = Self.names[number]
        isAccepted = isValid && Persona.outcome(ofRoutingNumber: number) != .bankRefused
    }

    /// Those that the vendor's own tests expect.
    private static let names = [
        "325070760": "JPMorgan Chase", "026009593": "Bank of America N.A.", "042000398": "PNC Bank",
        "022000020": "HSBC Bank USA, N.A", "122105155": "US Bank", "063107513": "Wells Fargo",
        "221172610": "Citibank", "061000104": "SunTrust",
    ]
}
