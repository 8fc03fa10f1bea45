/// A length of time as people write it, in ISO 8601: `P31D`, `PT2H30M`, `P1Y6M`, `-P3D`, `PT0.5S`. Years and months have no
/// fixed length, so they are counted apart and meet the calendar when they are added to a moment.
///
/// Reading cannot overflow: each unit comes once at most, with nine digits at most.
package struct CalendarSpan: Hashable, Sendable {
    package let months: Int64
    package let rest: Timestamp.Span

    package static let zero = CalendarSpan(months: 0, rest: .seconds(0))

    /// Of at most 10,000 years' months, either way; more of them become that.
    package init(months: Int64 = 0, rest: Timestamp.Span) {
        self.months = min(max(months, -Self.mostMonths), Self.mostMonths)
        self.rest = rest
    }

    private static let mostMonths: Int64 = 120_000

    /// `nil` when the text is not such a length, or one beyond 10,000 years.
    package init?(_ text: String) {
        var rest = text.utf8[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        guard rest.first == UInt8(ascii: "P"), rest.last != UInt8(ascii: "T"), rest.count > 1 else { return nil }
        rest = rest.dropFirst()
        var (months, milliseconds): (Int64, Int64) = (0, 0)
        var isTime = false
        var units = Self.units[...]
        while !rest.isEmpty {
            if rest.first == UInt8(ascii: "T"), !isTime {
                isTime = true
                rest = rest.dropFirst()
            }
            guard let (thousandths, isWhole) = Self.number(&rest), let letter = rest.first,
                let place = units.firstIndex(where: { $0.letter == letter && $0.isTime == isTime }),
                isWhole || letter == UInt8(ascii: "S")
            else { return nil }
            months += thousandths / 1000 * units[place].months
            milliseconds += thousandths * units[place].seconds
            units = units[(place + 1)...]
            rest = rest.dropFirst()
        }
        guard months <= Self.mostMonths, milliseconds <= 10_000 * 366 * 86_400_000 else { return nil }
        let sign: Int64 = isNegative ? -1 : 1
        self.init(months: sign * months, rest: .milliseconds(sign * milliseconds))
    }

    private struct Unit: Sendable {
        let letter: UInt8
        let isTime: Bool
        var months: Int64 = 0
        var seconds: Int64 = 0
    }

    /// In the order in which they may come.
    private static let units = [
        Unit(letter: UInt8(ascii: "Y"), isTime: false, months: 12),
        Unit(letter: UInt8(ascii: "M"), isTime: false, months: 1),
        Unit(letter: UInt8(ascii: "W"), isTime: false, seconds: 7 * 86_400),
        Unit(letter: UInt8(ascii: "D"), isTime: false, seconds: 86_400),
        Unit(letter: UInt8(ascii: "H"), isTime: true, seconds: 3600),
        Unit(letter: UInt8(ascii: "M"), isTime: true, seconds: 60),
        Unit(letter: UInt8(ascii: "S"), isTime: true, seconds: 1),
    ]

    /// `2` or `2.5`, in thousandths; at most nine digits before the point.
    private static func number(_ rest: inout Substring.UTF8View) -> (thousandths: Int64, isWhole: Bool)? {
        func digits() -> [Int64] {
            let found = rest.prefix(while: \.isDigit)
            rest = rest.dropFirst(found.count)
            return found.map { Int64($0 - UInt8(ascii: "0")) }
        }
        let whole = digits()
        guard (1...9).contains(whole.count) else { return nil }
        let number = whole.reduce(0) { $0 * 10 + $1 } * 1000
        guard rest.first == UInt8(ascii: ".") else { return (number, true) }
        rest = rest.dropFirst()
        let fraction = digits()
        guard !fraction.isEmpty else { return nil }
        return (number + zip(fraction, [100, 10, 1]).reduce(0) { $0 + $1.0 * $1.1 }, false)
    }

    package var isNegative: Bool { months < 0 || rest.milliseconds < 0 }

    /// The length without years and months; `nil` when it has some.
    package var fixed: Timestamp.Span? { months == 0 ? rest : nil }
}

extension CalendarSpan: CustomStringConvertible {
    /// The shortest text that reads back as the same length.
    package var description: String {
        let sign = isNegative ? "-" : ""
        var text = "\(sign)P"
        let (years, monthsLeft) = months.magnitude.quotientAndRemainder(dividingBy: 12)
        if years > 0 { text += "\(years)Y" }
        if monthsLeft > 0 { text += "\(monthsLeft)M" }
        let all = rest.milliseconds.magnitude
        if all / 86_400_000 > 0 { text += "\(all / 86_400_000)D" }
        let ofDay = all % 86_400_000
        guard ofDay > 0 else { return months == 0 && all == 0 ? "PT0S" : text }
        text += "T"
        if ofDay / 3_600_000 > 0 { text += "\(ofDay / 3_600_000)H" }
        if ofDay / 60_000 % 60 > 0 { text += "\(ofDay / 60_000 % 60)M" }
        let milliseconds = ofDay % 60_000
        guard milliseconds > 0 else { return text }
        text += String(milliseconds / 1000)
        if milliseconds % 1000 > 0 { text += ".\(String(milliseconds % 1000 + 1000).dropFirst())" }
        return text + "S"
    }
}

extension Timestamp {
    /// Months first, then the rest. A day that the month does not have becomes its last: 31 January + P1M is 28 February.
    ///
    /// - Returns: `nil` for a moment beyond the bounds.
    package func adding(_ span: CalendarSpan, within bounds: Bounds) -> Timestamp? {
        guard let shifted = adding(months: span.months),
            let moment = Timestamp(exactly: shifted.milliseconds + span.rest.milliseconds)
        else { return nil }
        return bounds.range.contains(moment) ? moment : nil
    }

    /// The same, which ends at the earliest and at the latest moment.
    package static func + (moment: Timestamp, span: CalendarSpan) -> Timestamp {
        moment.adding(span, within: .calendar) ?? (span.isNegative ? .earliest : .latest)
    }
}
