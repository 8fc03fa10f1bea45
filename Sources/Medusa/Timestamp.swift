/// A moment in milliseconds since 1970 UTC. The sandbox hands moments in; nothing here reads a clock.
///
/// It lies in the years 1 to 9999, which four digits can name, and its operators end there: none can overflow, and whatever moment
/// there is can be written and read back.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    /// A moment before the earliest, or after the latest, becomes that.
    package init(milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, Self.first), Self.last)
    }

    /// `nil` for a moment that is not in the years 1 to 9999.
    package init?(exactly milliseconds: Int64) {
        guard Self.first <= milliseconds, milliseconds <= Self.last else { return nil }
        self.milliseconds = milliseconds
    }

    /// The moment so many seconds after 1970, as tokens have it; the latest one where there is none.
    package init(seconds: Int64) { self = Timestamp(milliseconds: 0) + .seconds(seconds) }

    private static let first: Int64 = -62_135_596_800_000
    private static let last: Int64 = 253_402_300_799_999

    /// 0001-01-01T00:00:00.000Z.
    package static let earliest = Timestamp(milliseconds: first)
    /// 9999-12-31T23:59:59.999Z, the last moment that four digits can name.
    package static let latest = Timestamp(milliseconds: last)

    /// Which moments a value from outside may name.
    package enum Bounds: Hashable, Sendable {
        /// Those with which a sandbox calculates.
        case clock
        /// Those that are only kept.
        case kept
        /// Those that are only compared.
        case calendar

        package var range: ClosedRange<Timestamp> {
            switch self {
            case .clock: Timestamp(milliseconds: 0)...Timestamp.latest
            case .kept: Timestamp(milliseconds: -2_208_988_800_000)...Timestamp.latest
            case .calendar: Timestamp.earliest...Timestamp.latest
            }
        }

        /// The bounds in words that follow "must be a date".
        package var words: String {
            "from \(range.lowerBound.date) to \(range.upperBound.date)"
        }
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    package static func + (moment: Timestamp, span: Span) -> Timestamp {
        Timestamp(milliseconds: moment.milliseconds + span.milliseconds)
    }

    package static func - (moment: Timestamp, span: Span) -> Timestamp {
        Timestamp(milliseconds: moment.milliseconds - span.milliseconds)
    }

    package static func - (left: Timestamp, right: Timestamp) -> Span {
        Span(milliseconds: left.milliseconds - right.milliseconds)
    }

    /// A length of time, of at most thirty thousand years either way: longer than from any moment to any other.
    package struct Span: Hashable, Comparable, Sendable {
        package let milliseconds: Int64

        private static let longest: Int64 = 1_000_000_000_000_000

        fileprivate init(milliseconds: Int64) {
            self.milliseconds = min(max(milliseconds, -Self.longest), Self.longest)
        }

        private init(_ count: Int64, _ unit: Int64) {
            let product = count.multipliedReportingOverflow(by: unit)
            self.init(milliseconds: product.overflow ? (count < 0 ? .min : .max) : product.partialValue)
        }

        package static func < (left: Span, right: Span) -> Bool { left.milliseconds < right.milliseconds }
        package static func milliseconds(_ count: Int64) -> Span { Span(milliseconds: count) }
        package static func seconds(_ count: Int64) -> Span { Span(count, 1000) }
        package static func hours(_ count: Int64) -> Span { Span(count, 3_600_000) }
        package static func days(_ count: Int64) -> Span { Span(count, 86_400_000) }

        /// How often another one, above nothing, fits into it.
        package static func / (span: Span, other: Span) -> Int { Int(span.milliseconds / max(1, other.milliseconds)) }

        package static func * (span: Span, count: Int) -> Span { Span(Int64(count), span.milliseconds) }
    }

    private static let day = Span.days(1).milliseconds

    /// Days since 1970-01-01 UTC.
    private var dayNumber: Int64 {
        (milliseconds >= 0 ? milliseconds : milliseconds - Self.day + 1) / Self.day
    }

    /// `2018-03-19T15:51:27.080Z` (B.10).
    package var iso8601: String {
        var text: [UInt8] = []
        text.reserveCapacity(24)
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// The same as ASCII bytes, for a writer that needs no string.
    package func append(to text: inout [UInt8]) {
        let ofDay = milliseconds - dayNumber * Self.day
        appendDate(to: &text)
        text.append(UInt8(ascii: "T"))
        text.appendPadded(ofDay / 3_600_000, 2)
        text.append(UInt8(ascii: ":"))
        text.appendPadded(ofDay / 60_000 % 60, 2)
        text.append(UInt8(ascii: ":"))
        text.appendPadded(ofDay / 1000 % 60, 2)
        text.append(UInt8(ascii: "."))
        text.appendPadded(ofDay % 1000, 3)
        text.append(UInt8(ascii: "Z"))
    }

    /// Days since Sunday, in UTC.
    var weekday: Int { Int((dayNumber % 7 + 11) % 7) }

    /// `Mon, 19 Mar 2018 15:51:27 GMT`: the form of HTTP's `Date` (RFC 9110, section 5.6.7).
    package var httpDate: String {
        let names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let (_, month, day) = civil
        let (year, time) = (iso8601.prefix(4), iso8601.dropFirst(11).prefix(8))
        return
            "\(names[weekday]), \(day < 10 ? "0" : "")\(day) \(months[Int(month) - 1]) \(year) \(time) GMT"
    }

    /// `2018-12-21`.
    package var date: String {
        var text: [UInt8] = []
        appendDate(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    private func appendDate(to text: inout [UInt8]) {
        let (year, month, day) = civil
        text.appendPadded(year, 4)
        text.append(UInt8(ascii: "-"))
        text.appendPadded(month, 2)
        text.append(UInt8(ascii: "-"))
        text.appendPadded(day, 2)
    }

    /// Howard Hinnant's `civil_from_days`: the Gregorian calendar in eras of 400 years that begin in March.
    private var civil: (year: Int64, month: Int64, day: Int64) {
        let shifted = dayNumber + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    /// The same time of day some months later; a day that the month does not have becomes its last.
    ///
    /// - Parameter count: at most 120,000, either way.
    /// - Returns: `nil` beyond the years 1 to 9999.
    func adding(months count: Int64) -> Timestamp? {
        guard count != 0 else { return self }
        let (year, month, day) = civil
        let months = year * 12 + month - 1 + count
        let ofDay = milliseconds - dayNumber * Self.day
        for shorter in 0..<4 {
            if let midnight = Timestamp(year: months / 12, month: months % 12 + 1, day: day - Int64(shorter)) {
                return Timestamp(exactly: midnight.milliseconds + ofDay)
            }
        }
        return nil
    }

    /// The first moment of a day of the Gregorian calendar; `nil` for 30 February.
    package init?(year: Int64, month: Int64, day: Int64) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        self.init(milliseconds: (era * 146_097 + dayOfEra - 719_468) * Self.day)
        let (_, sameMonth, sameDay) = civil
        guard sameMonth == month, sameDay == day else { return nil }
    }
}

extension [UInt8] {
    fileprivate mutating func appendPadded(_ number: Int64, _ width: Int) {
        var weight: Int64 = width == 4 ? 1000 : width == 3 ? 100 : 10
        while weight > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / weight % 10))
            weight /= 10
        }
    }
}
