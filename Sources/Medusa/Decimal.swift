/// A decimal number read from text without floating point: `12.34`, `1.0000`, `1e3`.
///
/// Whatever the text, reading it and calculating with it cannot trap. It holds millionths, and whether there is more behind
/// them: `1.0000001` is no whole number, and is greater than `1`.
package struct Decimal: Hashable, Sendable {
    /// The number in millionths; what is beyond the sixth place is cut off.
    package let millionths: Int64
    /// The sign of what was cut off; 0 where nothing was.
    private let remainder: Int8

    /// In millionths: 9 × 10¹² units.
    private static let largest: Int64 = 9_000_000_000_000_000_000
    /// The smallest power of ten that JavaScript's numbers reach; what is below it is 0 there, and here.
    private static let smallestExponent = -324

    /// `nil` when the text is not a decimal number, or one beyond ± 9 × 10¹². A number too small for JavaScript is 0, as there.
    package init?(_ text: String) {
        var digits = text.utf8[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        guard let significand = Significand(&digits), let exponent = Self.exponent(digits) else { return nil }
        guard let (magnitude, isCut) = significand.millionths(exponent) else { return nil }
        millionths = isNegative ? -magnitude : magnitude
        remainder = isCut ? (isNegative ? -1 : 1) : 0
    }

    /// What stands behind the digits: nothing, or `e` and an integer; one of absurd length is as good as a million.
    private static func exponent(_ text: Substring.UTF8View) -> Int? {
        guard let mark = text.first else { return 0 }
        guard mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") else { return nil }
        var digits = text.dropFirst()
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        guard !digits.isEmpty else { return nil }
        var exponent = 0
        for byte in digits {
            guard byte.isDigit else { return nil }
            exponent = min(1_000_000, exponent * 10 + Int(byte - UInt8(ascii: "0")))
        }
        return isNegative ? -exponent : exponent
    }

    /// The digits of a number, without its sign and exponent.
    private struct Significand {
        /// The first eighteen digits from the first that is not 0.
        private var leading: Int64 = 0
        /// How many of them there are.
        private var count = 0
        /// The power of ten of the last of them. A text is shorter than `Int.max`, so it cannot overflow.
        private var scale = 0
        /// Whether a digit behind those is not 0.
        private var hasMore = false

        /// Takes the digits, and the point, off a text; `nil` when there is none.
        init?(_ text: inout Substring.UTF8View) {
            var seenPoint = false
            var seenDigit = false
            while let byte = text.first {
                if byte == UInt8(ascii: "."), !seenPoint {
                    seenPoint = true
                } else if byte.isDigit {
                    seenDigit = true
                    take(byte - UInt8(ascii: "0"), isFraction: seenPoint)
                } else {
                    break
                }
                text = text.dropFirst()
            }
            guard seenDigit else { return nil }
        }

        private mutating func take(_ digit: UInt8, isFraction: Bool) {
            if count < 18 {
                leading = leading * 10 + Int64(digit)
                if leading > 0 { count += 1 }
                if isFraction { scale -= 1 }
            } else {
                hasMore = hasMore || digit > 0
                if !isFraction { scale += 1 }
            }
        }

        /// The number × 10⁶, cut off; `nil` when it is too large.
        ///
        /// - Parameter exponent: at most a million, either way.
        func millionths(_ exponent: Int) -> (magnitude: Int64, isCut: Bool)? {
            let power = scale.addingReportingOverflow(exponent)
            guard leading > 0, !power.overflow, power.partialValue > Decimal.smallestExponent - count else {
                // Nothing but zeros, or nothing that anybody could tell from 0.
                return (0, false)
            }
            var value = leading
            var isCut = hasMore
            var shift = power.partialValue + 6
            while shift > 0 {
                let product = value.multipliedReportingOverflow(by: 10)
                guard !product.overflow else { return nil }
                value = product.partialValue
                shift -= 1
            }
            while shift < 0, value > 0 {
                isCut = isCut || value % 10 > 0
                value /= 10
                shift += 1
            }
            return value <= Decimal.largest ? (value, isCut) : nil
        }
    }

    /// The number as an amount of dollars: cents, halves away from zero.
    package var money: Money { Money(cents: (millionths + (millionths < 0 ? -5000 : 5000)) / 10_000) }

    /// The number, if it is whole.
    package var integer: Int64? {
        remainder == 0 && millionths.isMultiple(of: 1_000_000) ? millionths / 1_000_000 : nil
    }
}

extension Decimal: Comparable, CustomStringConvertible {
    package static let zero = Decimal(whole: 0)

    /// One beyond 9 × 10¹² becomes that.
    package init(whole number: Int64) {
        millionths = min(max(number, -9_000_000_000_000), 9_000_000_000_000) * 1_000_000
        remainder = 0
    }

    package static func < (left: Decimal, right: Decimal) -> Bool {
        (left.millionths, left.remainder) < (right.millionths, right.remainder)
    }

    package var description: String {
        if let integer { return String(integer) }
        let sign = millionths < 0 || remainder < 0 ? "-" : ""
        let (whole, rest) = millionths.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        return "\(sign)\(whole).\(String(rest + 1_000_000).dropFirst())"
    }
}

extension UInt8 {
    /// Whether it is one of the digits 0 to 9.
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
