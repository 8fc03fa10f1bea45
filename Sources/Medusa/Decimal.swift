/// A decimal number read from text without floating point: `12.34`, `1.0000`, `1e3`.
package struct Decimal: Hashable, Sendable {
    /// The number in millionths, rounded half away from zero beyond the sixth place.
    package let millionths: Int64

    /// `nil` when the text is not a decimal number, or one beyond ± 9 × 10¹².
    package init?(_ text: String) {
        var digits = text.utf8[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        var significand: Int64 = 0
        var scale = 0
        var places = 0
        var seenPoint = false
        var seenDigit = false
        while let byte = digits.first {
            if byte == UInt8(ascii: "."), !seenPoint {
                seenPoint = true
            } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                seenDigit = true
                // Seventeen digits are more than six places of any amount that is accepted below.
                if significand < 10_000_000_000_000_000 {
                    significand = significand * 10 + Int64(byte - UInt8(ascii: "0"))
                    if seenPoint { places += 1 }
                } else if !seenPoint {
                    scale += 1
                }
            } else {
                break
            }
            digits = digits.dropFirst()
        }
        guard seenDigit else { return nil }
        if let mark = digits.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
            guard let exponent = Int(Substring(digits.dropFirst())), abs(exponent) <= 400 else { return nil }
            scale += exponent
        } else if !digits.isEmpty {
            return nil
        }
        var shift = scale - places + 6
        var value = Int128(significand)
        while shift > 0, value != 0 {
            value *= 10
            guard value < 9_000_000_000_000_000_000 else { return nil }
            shift -= 1
        }
        var rest: Int128 = 0
        while shift < 0, value != 0 || rest != 0 {
            rest = value % 10
            value = value / 10
            shift += 1
            if shift == 0, rest >= 5 { value += 1 }
        }
        guard let magnitude = Int64(exactly: value), magnitude <= 9_000_000_000_000_000_000 else { return nil }
        millionths = isNegative ? -magnitude : magnitude
    }

    /// The number as an amount of dollars.
    package var money: Money { Money(cents: millionths).times(1, over: 10_000) }

    /// The number, if it is whole.
    package var integer: Int64? { millionths.isMultiple(of: 1_000_000) ? millionths / 1_000_000 : nil }
}

extension Decimal: Comparable, CustomStringConvertible {
    package static let zero = Decimal(whole: 0)

    package init(whole number: Int64) { millionths = number * 1_000_000 }

    package static func < (left: Decimal, right: Decimal) -> Bool { left.millionths < right.millionths }

    package var description: String {
        guard let integer else {
            return "\(millionths / 1_000_000).\(String(millionths.magnitude % 1_000_000 + 1_000_000).dropFirst())"
        }
        return String(integer)
    }
}
