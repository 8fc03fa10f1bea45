import Medusa
import Testing

@Suite struct `Money is integer cents` {
    @Test(arguments: [
        (1728, "17.28"), (40000, "400"), (1230, "12.3"), (5, "0.05"), (-1, "-0.01"), (0, "0"), (-100_50, "-100.5"),
    ])
    func `writes the shortest decimal`(cents: Int, text: String) {
        #expect(Money(cents: Int64(cents)).dollarsText == text)
    }

    @Test(arguments: [(5, 1, 2, 3), (-5, 1, 2, -3), (4, 1, 3, 1), (5, 1, 3, 2), (84000, 10700, 520_000, 1728)])
    func `rounds halves away from zero`(cents: Int, numerator: Int, denominator: Int, expected: Int) {
        let product = Money(cents: Int64(cents)).times(Int64(numerator), over: Int64(denominator))
        #expect(product == Money(cents: Int64(expected)))
    }

    @Test(arguments: [
        ("12.34", 1234), ("1", 100), ("1.0000", 100), ("-0.5", -50), ("1e2", 10000), ("0.005", 1), ("0.0049", 0),
        ("49.95", 4995), ("100.23", 10023), ("1E-2", 1), ("0.1e1", 100),
    ])
    func `reads dollars without floating point`(text: String, cents: Int) {
        #expect(Decimal(text)?.money == Money(cents: Int64(cents)))
    }

    @Test(arguments: ["", "abc", "1.2.3", "--1", "1e", "1e999999", "0x10", "9e30", "NaN", "1 "])
    func `does not read what is no number`(text: String) {
        #expect(Decimal(text) == nil)
    }

    @Test(arguments: [(123_456_789, "$1,234,567.89"), (5, "$0.05"), (100_000, "$1,000.00"), (-250, "-$2.50")])
    func `shows a person grouped dollars`(cents: Int, text: String) {
        #expect(Money(cents: Int64(cents)).display == text)
    }
}
