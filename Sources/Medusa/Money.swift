/// An amount in integer cents; floating point never touches money (decisions.md 12).
package struct Money: Hashable, Comparable, Sendable {
    package var cents: Int64

    package init(cents: Int64) { self.cents = cents }

    package static func dollars(_ dollars: Int64) -> Money { Money(cents: dollars * 100) }

    package static let zero = Money(cents: 0)

    package static func < (left: Money, right: Money) -> Bool { left.cents < right.cents }
    package static func + (left: Money, right: Money) -> Money { Money(cents: left.cents + right.cents) }
    package static func - (left: Money, right: Money) -> Money { Money(cents: left.cents - right.cents) }
    package static func * (price: Money, count: Int) -> Money { Money(cents: price.cents * Int64(count)) }
    package static func += (left: inout Money, right: Money) { left = left + right }

    /// The amount × `numerator` ÷ `denominator`, halves away from zero.
    package func times(_ numerator: Int64, over denominator: Int64) -> Money {
        let product = Int128(cents) * Int128(numerator)
        let half = Int128(denominator) / 2
        let rounded = (product >= 0 ? product + half : product - half) / Int128(denominator)
        return Money(cents: Int64(clamping: rounded))
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
