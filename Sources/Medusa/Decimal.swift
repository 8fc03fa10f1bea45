/// A decimal number read from text without floating point: `12.34`, `1.0000`, `1e3`.
///
/// Whatever the text, reading it and calculating with it cannot trap. It holds eighteen decimal places, more than any number of
/// JavaScript is printed with, and whether there is more behind them: `1.0000001` is no whole number, and is greater than `1`.
package struct Decimal: Hashable, Sendable {
    /// The number in units of 10⁻¹⁸; what is beyond the eighteenth place is cut off.
    private let units: Int128
    /// The sign of what was cut off; 0 where nothing was.
    private let remainder: Int8

    /// How many units make one.
    private static let one: Int128 = 1_000_000_000_000_000_000
    /// How many units make a cent.
    private static let cent = one / 100
    /// 9 × 10¹², in units.
    private static let largest = 9_000_000_000_000 * one
    /// The smallest power of ten that JavaScript's numbers reach; what is below it is 0 there, and here.
    private static let smallestExponent = -324

    /// `nil` when the text is not a decimal number, or one beyond ± 9 × 10¹². A number too small for JavaScript is 0, as there.
    package init?(_ text: String) {
        var digits = text.utf8[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        guard let significand = Significand(&digits), let exponent = Self.exponent(digits) else { return nil }
        guard let (magnitude, isCut) = significand.units(exponent) else { return nil }
        units = isNegative ? -magnitude : magnitude
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

        /// The number × 10¹⁸, cut off; `nil` when it is too large.
        ///
        /// - Parameter exponent: at most a million, either way.
        func units(_ exponent: Int) -> (magnitude: Int128, isCut: Bool)? {
            let power = scale.addingReportingOverflow(exponent)
            guard leading > 0, !power.overflow, power.partialValue > Decimal.smallestExponent - count else {
                // Nothing but zeros, or nothing that anybody could tell from 0.
                return (0, false)
            }
            var value = Int128(leading)
            var isCut = hasMore
            var shift = power.partialValue + 18
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

    /// The number as an amount of dollars, rounded to the cent, halves away from zero.
    package var money: Money { Money(rounding: units, over: Self.cent) }

    /// The number of dollars × a count: multiplied exactly, and rounded once.
    ///
    /// - Parameter count: of units of an item; at most `Line.mostUnits`.
    package func money(times count: Int) -> Money {
        let (product, overflow) = units.multipliedReportingOverflow(by: Int128(count))
        return overflow ? money * count : Money(rounding: product, over: Self.cent)
    }

    /// The price to print for each of some units that cost this much, once a discount on all of them is taken off: with as few decimal
    /// places, from two, as bring the units to the same amount again.
    ///
    /// - Parameters:
    ///   - count: of the units.
    ///   - discount: on all units together.
    package func price(of count: Int, less discount: Money) -> Decimal {
        let amount = money(times: count) - discount
        var places = 2
        while places <= Self.printedPlaces {
            let price = discount == .zero ? rounded(places: places) : amount.divided(by: count, places: places)
            if price.money(times: count) == amount { return price }
            places += 1
        }
        return amount.divided(by: count, places: Self.printedPlaces)
    }

    /// How many decimal places a printed price has at most: as many as bring the units of a line to its amount, whatever they are.
    package static let printedPlaces = 8

    /// To the nearest multiple of a decimal place, halves away from zero.
    private func rounded(places: Int) -> Decimal {
        var divisor = Self.one
        for _ in 0..<places { divisor /= 10 }
        return Decimal(Int64(clamping: units.roundedQuotient(by: divisor)), places: places)
    }

    /// The text a person reads in a contract: `$1,234.50`, and `$96.667` where a unit has no price in whole cents.
    package var display: String { isExact(places: 2) ? money.display : "\(self < .zero ? "-" : "")$\(magnitudeText)" }

    private var magnitudeText: Substring { description.drop { $0 == "-" } }

    /// The number, if it is whole.
    package var integer: Int64? {
        remainder == 0 && units.isMultiple(of: Self.one) ? Int64(clamping: units / Self.one) : nil
    }

    /// The number × 10ᵖ, what is behind the point cut off.
    ///
    /// - Parameter places: from 0 to 18.
    package func scaled(places: Int) -> Int64 {
        var divisor = Self.one
        for _ in 0..<min(max(places, 0), 18) { divisor /= 10 }
        return Int64(clamping: units / divisor)
    }

    /// Whether it has no more than so many decimal places.
    ///
    /// - Parameter places: from 0 to 18.
    package func isExact(places: Int) -> Bool {
        var divisor = Self.one
        for _ in 0..<min(max(places, 0), 18) { divisor /= 10 }
        return remainder == 0 && units.isMultiple(of: divisor)
    }
}

extension Decimal: Comparable, CustomStringConvertible {
    package static let zero = Decimal(whole: 0)

    /// One beyond 9 × 10¹² becomes that.
    package init(whole number: Int64) {
        units = Int128(min(max(number, -9_000_000_000_000), 9_000_000_000_000)) * Self.one
        remainder = 0
    }

    /// So many of the units of a decimal place.
    ///
    /// - Parameter places: from 0 to 18.
    package init(_ count: Int64, places: Int) {
        var unit = Self.one
        for _ in 0..<min(max(places, 0), 18) { unit /= 10 }
        let (product, overflow) = Int128(count).multipliedReportingOverflow(by: unit)
        units = overflow ? (count < 0 ? -Self.largest : Self.largest) : min(max(product, -Self.largest), Self.largest)
        remainder = 0
    }

    /// An amount of dollars.
    package init(_ amount: Money) { self.init(amount.cents, places: 2) }

    package static func < (left: Decimal, right: Decimal) -> Bool {
        (left.units, left.remainder) < (right.units, right.remainder)
    }

    package var description: String {
        // What was cut off is not printed, and neither is its sign.
        let sign = units < 0 ? "-" : ""
        let (whole, rest) = units.magnitude.quotientAndRemainder(dividingBy: UInt128(Self.one))
        guard rest > 0 else { return "\(sign)\(whole)" }
        var fraction = Substring(String(rest + UInt128(Self.one)).dropFirst())
        while fraction.last == "0" { fraction.removeLast() }
        return "\(sign)\(whole).\(fraction)"
    }
}

extension Money {
    /// A part of so many equal ones, in dollars, to the nearest multiple of a decimal place.
    ///
    /// - Parameter places: from 2 to 8.
    fileprivate func divided(by count: Int, places: Int) -> Decimal {
        var scale: Int64 = 1
        for _ in 2..<max(2, places) { scale *= 10 }
        // Cents, so many places further; what is rounded once is the quotient.
        let part = (Int128(cents) * Int128(scale)).roundedQuotient(by: Int128(max(1, count)))
        return Decimal(Int64(clamping: part), places: places)
    }

    /// The parts of the amount in proportion to others: to the cent, and together the whole of it (largest remainder; where two have the
    /// same, the first one gets the cent).
    ///
    /// - Parameter weights: not below zero.
    /// - Returns: nothing but zeros, where all weights are.
    func shared(inProportionTo weights: [Money]) -> [Money] {
        let whole = weights.reduce(Int128(0)) { $0 + Int128($1.cents) }
        guard whole > 0, self != .zero else { return weights.map { _ in .zero } }
        var parts: [Int64] = []
        var remainders: [(index: Int, remainder: Int128)] = []
        for (index, weight) in weights.enumerated() {
            let (part, remainder) = (Int128(cents) * Int128(weight.cents)).quotientAndRemainder(dividingBy: whole)
            parts.append(Int64(clamping: part))
            remainders.append((index, remainder))
        }
        let missing = Int(cents - parts.reduce(0, +))
        remainders.sort { ($0.remainder, $1.index) > ($1.remainder, $0.index) }
        for (index, _) in remainders.prefix(max(0, missing)) { parts[index] += 1 }
        return parts.map { Money(cents: $0) }
    }

    /// The amount × a rate (what is added to it, if anything is) ÷ a number of parts: multiplied exactly, and rounded once.
    ///
    /// - Parameters:
    ///   - whole: how often the amount itself is taken as well: 1 for a price with its tax.
    ///   - parts: above zero.
    package func times(_ rate: Decimal, plus whole: Int64 = 0, over parts: Int64 = 1) -> Money {
        rate.times(self, plus: whole, over: parts)
    }

    /// A fraction, rounded to the nearest whole number of cents, halves away from zero.
    ///
    /// - Parameter divisor: above zero.
    init(rounding dividend: Int128, over divisor: Int128) {
        self.init(cents: Int64(clamping: dividend.roundedQuotient(by: max(1, divisor))))
    }
}

extension Int128 {
    /// Halves away from zero.
    ///
    /// - Parameter divisor: above zero.
    fileprivate func roundedQuotient(by divisor: Int128) -> Int128 {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest.magnitude >= divisor.magnitude - rest.magnitude ? quotient + (self < 0 ? -1 : 1) : quotient
    }
}

extension Decimal {
    fileprivate func times(_ amount: Money, plus whole: Int64, over parts: Int64) -> Money {
        // An amount has at most 10¹⁵ cents, and the share is cut to 10⁴ × 10¹⁸ units: their product has 37 digits, and 38 fit.
        let share = units + Int128(min(max(whole, -1000), 1000)) * Self.one
        let most = 10_000 * Self.one
        return Money(
            rounding: Int128(amount.cents) * min(max(share, -most), most), over: Self.one * Int128(max(1, parts)))
    }
}

extension UInt8 {
    /// Whether it is one of the digits 0 to 9.
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
