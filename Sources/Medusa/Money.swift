/// An amount in integer cents; floating point never touches money (decisions.md 12).
///
/// It is at most ten trillion dollars, either way, and its operators end there: none can overflow. What is accepted from outside is
/// bounded far below (`Order.mayBeAddedUp`), so that no amount of a sandbox ever comes to that end.
package struct Money: Hashable, Comparable, Sendable {
    package let cents: Int64

    /// In cents.
    private static let largest: Int64 = 1_000_000_000_000_000

    /// An amount beyond the largest becomes that.
    package init(cents: Int64) { self.cents = min(max(cents, -Self.largest), Self.largest) }

    package static func dollars(_ dollars: Int64) -> Money { Money(cents: dollars).times(100, over: 1) }

    package static let zero = Money(cents: 0)

    package static func < (left: Money, right: Money) -> Bool { left.cents < right.cents }
    package static func + (left: Money, right: Money) -> Money { Money(cents: left.cents + right.cents) }
    package static func - (left: Money, right: Money) -> Money { Money(cents: left.cents - right.cents) }
    package static func * (price: Money, count: Int) -> Money { price.times(Int64(count), over: 1) }
    package static func += (left: inout Money, right: Money) { left = left + right }

    package var magnitude: Money { cents < 0 ? .zero - self : self }

    /// The amount × `numerator` ÷ `denominator`, halves away from zero.
    ///
    /// - Parameter denominator: above zero.
    package func times(_ numerator: Int64, over denominator: Int64) -> Money {
        Money(rounding: Int128(cents) * Int128(numerator), over: Int128(denominator))
    }

    /// The shortest decimal text in dollars: `17.28`, `400`, `12.3`.
    package var dollarsText: String {
        let rest = cents.magnitude % 100
        let sign = cents < 0 ? "-" : ""
        let fraction = rest == 0 ? "" : rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"
        return "\(sign)\(cents.magnitude / 100)\(fraction)"
    }

    /// The text a person reads in a contract: `$1,234.50`.
    package var display: String {
        let whole = String(cents.magnitude / 100)
        let rest = cents.magnitude % 100
        var grouped = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index).isMultiple(of: 3) { grouped.append(",") }
            grouped.append(digit)
        }
        return "\(cents < 0 ? "-" : "")$\(grouped).\(rest < 10 ? "0" : "")\(rest)"
    }
}
