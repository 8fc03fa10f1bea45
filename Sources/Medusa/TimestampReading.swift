/// Reading dates: "accept any parseable date" (B.10). The vendor's server reads them with JavaScript's `Date`, so this reads what every
/// engine reads alike: ISO 8601, US dates, month names in any place, a time before or behind the date, AM and PM, the zones that `Date`
/// knows by name.
///
/// Nothing in a text is ever passed over: a token is understood, or the whole text is refused. So are two tokens that contradict each
/// other, such as a weekday that is not the day's. Without a zone a time is in UTC.
extension Timestamp {
    /// What a text says.
    package struct Reading: Hashable, Sendable {
        /// The moment, or the first one of the day or month.
        package let first: Timestamp
        /// The same moment, or the last millisecond of a day or month that was given without a time.
        package let last: Timestamp

        package var hasTime: Bool { first == last }

        /// `nil` for what cannot be read, and for a moment that is not in the years 1 to 9999 in UTC.
        package init?(_ text: String) {
            guard text.utf8.count <= 128, let tokens = Token.all(of: text) else { return nil }
            var reader = DateReader(tokens)
            guard let reading = reader.read() else { return nil }
            self = reading
        }

        fileprivate init(first: Timestamp, last: Timestamp) {
            (self.first, self.last) = (first, last)
        }
    }

    /// The moment that a text names, or the first one of a day or month.
    package init?(reading text: String) {
        guard let reading = Reading(text) else { return nil }
        self = reading.first
    }
}

/// A piece of a date.
private enum Token: Equatable {
    /// - Parameter digits: how many there are, zeros in front included.
    case number(Int64, digits: Int)
    /// In lower case.
    case word(String)
    case symbol(UInt8)
    case blank
    /// What stands in parentheses, in lower case.
    case remark(String)

    /// `nil` where a character is none of these.
    static func all(of text: String) -> [Token]? {
        var tokens: [Token] = []
        var rest = text.unicodeScalars[...]
        while let scalar = rest.first {
            if scalar.isASCII, UInt8(truncatingIfNeeded: scalar.value).isDigit {
                let found = rest.prefix { $0.isASCII && UInt8(truncatingIfNeeded: $0.value).isDigit }
                // Only fractions of a second have more, of which three count.
                let value = found.prefix(9).reduce(0) { $0 * 10 + Int64($1.value) - 48 }
                tokens.append(.number(value, digits: found.count))
                rest = rest.dropFirst(found.count)
            } else if scalar.isASCII, scalar.properties.isAlphabetic {
                let found = rest.prefix { $0.isASCII && $0.properties.isAlphabetic }
                tokens.append(.word(String(found).lowercased()))
                rest = rest.dropFirst(found.count)
            } else if scalar.properties.isWhitespace {
                // Newer engines write a narrow no-break space before PM.
                tokens.append(.blank)
                rest = rest.drop { $0.properties.isWhitespace }
            } else if scalar == "(" {
                let inside = rest.dropFirst().prefix { $0 != ")" && $0 != "(" }
                rest = rest.dropFirst(inside.count + 1)
                guard rest.popFirst() == ")" else { return nil }
                tokens.append(.remark(String(inside).lowercased()))
            } else if "+-/:.,".unicodeScalars.contains(scalar) {
                tokens.append(.symbol(UInt8(truncatingIfNeeded: scalar.value)))
                rest = rest.dropFirst()
            } else {
                return nil
            }
        }
        return tokens
    }
}

private struct DateReader {
    private var rest: ArraySlice<Token>

    /// The numbers of the date in the order in which they stand, without the month's where it is a name.
    private var numbers: [(value: Int64, digits: Int)] = []
    /// What joins the numbers, where all are joined by the same.
    private var joint: UInt8?
    private var weekday: Int?
    private var month: Int64?
    private var timeOfDay: Int64?
    /// How far the zone is east of UTC, in minutes.
    private var offset: Int64?
    private var isUniversal = false
    /// Whether it was given as a number, without a name so far.
    private var isOffset = false
    private var remark: String?

    init(_ tokens: [Token]) {
        rest = tokens[...]
        while rest.first == .blank { rest = rest.dropFirst() }
        while rest.last == .blank { rest = rest.dropLast() }
    }

    mutating func read() -> Timestamp.Reading? {
        takeLongYear()
        var isFirst = true
        while !rest.isEmpty {
            if !isFirst { takeSeparator() }
            isFirst = false
            guard takePart() else { return nil }
        }
        guard let (first, last) = days(), isSaidOnce(of: first) else { return nil }
        let shift = (timeOfDay ?? 0) - (offset ?? 0) * 60_000
        guard let moment = Timestamp(exactly: first.milliseconds + shift) else { return nil }
        guard timeOfDay == nil else { return Timestamp.Reading(first: moment, last: moment) }
        guard let end = Timestamp(exactly: last.milliseconds + shift + 86_399_999) else { return nil }
        return Timestamp.Reading(first: moment, last: end)
    }

    /// `+002026`: ECMAScript's years of six digits, of which the first two say nothing here.
    private mutating func takeLongYear() {
        guard rest.first == .symbol(.plus), case .number(let year, digits: 6)? = rest.dropFirst().first, year <= 9999
        else { return }
        rest = [.number(year, digits: 4)] + rest.dropFirst(2)
    }

    /// A blank, or one comma with or without one.
    private mutating func takeSeparator() {
        if rest.first == .blank { rest = rest.dropFirst() }
        if rest.first == .symbol(.comma) { rest = rest.dropFirst() }
        if rest.first == .blank { rest = rest.dropFirst() }
    }

    private mutating func takePart() -> Bool {
        switch rest.first {
        case .number?:
            if rest.dropFirst().first == .symbol(.colon) { return takeTime() }
            return takeNumbers()
        case .word(let word)?: return take(word)
        case .symbol(.plus)?, .symbol(.hyphen)?: return takeOffset()
        case .remark(let text)?:
            // Date.toString ends with the zone's name in the user's own language.
            guard offset != nil, remark == nil else { return false }
            remark = text
            rest = rest.dropFirst()
            return true
        case .symbol?, .blank?, nil: return false
        }
    }

    // MARK: The date

    /// `11/20/2026`, `2026-11-20`, `20-Nov-2026`, or one number that stands alone.
    private mutating func takeNumbers() -> Bool {
        let isFirst = numbers.isEmpty
        let isAlone = isFirst && month == nil
        guard takeNumber() else { return false }
        var joints: [UInt8] = []
        // Behind the year that follows a time, a hyphen begins its zone.
        while case .symbol(let symbol)? = rest.first,
            symbol == .slash || symbol == .hyphen && (timeOfDay == nil || isFirst)
        {
            rest = rest.dropFirst()
            joints.append(symbol)
            switch rest.first {
            case .number?: guard takeNumber() else { return false }
            case .word(let word)?: guard takeMonth(word) else { return false }
            default: return false
            }
        }
        guard Set(joints).count <= 1 else { return false }
        if isAlone { joint = joints.first }
        return takeTee()
    }

    private mutating func takeNumber() -> Bool {
        guard case .number(let value, let digits)? = rest.first, numbers.count < 3, [1, 2, 4].contains(digits) else {
            return false
        }
        numbers.append((value, digits))
        rest = rest.dropFirst()
        return true
    }

    /// The `T` between the date and the time of ISO 8601.
    private mutating func takeTee() -> Bool {
        guard rest.first == .word("t") else { return true }
        let isDate = month == nil && numbers.count >= 2 && joint == .hyphen && numbers[0].digits == 4
        guard isDate, timeOfDay == nil, case .number(_, digits: 2)? = rest.dropFirst().first else { return false }
        rest = rest.dropFirst()
        return takeTime()
    }

    private mutating func takeMonth(_ word: String) -> Bool {
        guard month == nil, let place = Self.place(of: word, in: Self.months) else { return false }
        month = Int64(place + 1)
        rest = rest.dropFirst()
        takeFullStop(behind: word)
        return true
    }

    private mutating func takeFullStop(behind word: String) {
        if word.utf8.count <= 4, rest.first == .symbol(.fullStop) { rest = rest.dropFirst() }
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]
    private static let weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]

    /// A name in full, or its first three letters; a few are usual in four.
    private static func place(of word: String, in names: [String]) -> Int? {
        names.firstIndex { name in
            word == name || word == name.prefix(3)
                || ["sept", "tues", "thur", "thurs"].contains(word) && name.hasPrefix(word)
        }
    }

    /// The first and the last day that are meant.
    private func days() -> (Timestamp, Timestamp)? {
        guard let month else { return numericDays() }
        switch numbers.count {
        case 1 where numbers[0].digits == 4: return Self.month(numbers[0].value, month)
        case 2:
            let (left, right) = (numbers[0], numbers[1])
            if left.digits == 4 { return right.digits == 4 ? nil : Self.day(left.value, month, right.value) }
            guard let year = Self.year(right) else { return nil }
            return Self.day(year, month, left.value)
        default: return nil
        }
    }

    private func numericDays() -> (Timestamp, Timestamp)? {
        guard let joint, !numbers.isEmpty else { return nil }
        if numbers[0].digits == 4 {
            guard numbers.dropFirst().allSatisfy({ $0.digits <= 2 }) else { return nil }
            if numbers.count == 2, joint == .hyphen, numbers[1].digits == 2 {
                return Self.month(numbers[0].value, numbers[1].value)
            }
            return numbers.count == 3 ? Self.day(numbers[0].value, numbers[1].value, numbers[2].value) : nil
        }
        // As in the USA: the month, the day, the year. With hyphens a year of two digits could stand in front as well.
        guard numbers.count == 3, numbers[1].digits <= 2, joint == .slash || numbers[2].digits == 4,
            let year = Self.year(numbers[2])
        else { return nil }
        return Self.day(year, numbers[0].value, numbers[1].value)
    }

    /// A year of two digits is that of the century which JavaScript takes.
    private static func year(_ number: (value: Int64, digits: Int)) -> Int64? {
        switch number.digits {
        case 4: number.value
        case 2: number.value + (number.value < 50 ? 2000 : 1900)
        default: nil
        }
    }

    private static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> (Timestamp, Timestamp)? {
        Timestamp(year: year, month: month, day: day).map { ($0, $0) }
    }

    private static func month(_ year: Int64, _ month: Int64) -> (Timestamp, Timestamp)? {
        guard let first = Timestamp(year: year, month: month, day: 1) else { return nil }
        let last = [31, 30, 29, 28].lazy.compactMap { Timestamp(year: year, month: month, day: $0) }.first
        return last.map { (first, $0) }
    }

    /// Whether what is said twice is the same.
    private func isSaidOnce(of day: Timestamp) -> Bool {
        if let weekday {
            guard numbers.count + (month == nil ? 0 : 1) == 3, day.weekday == weekday else { return false }
        }
        guard let remark, let named = Self.zonesInFull[remark] else { return true }
        return named == offset
    }

    // MARK: The time

    /// `15:51`, `15:51:27`, `15:51:27.080`, with or without AM or PM.
    private mutating func takeTime() -> Bool {
        // The zone stands behind its time.
        guard timeOfDay == nil, offset == nil, var hour = takeDigits(1...2), takeSymbol(.colon),
            let minute = takeDigits(2...2),
            minute < 60
        else { return false }
        var second: Int64 = 0
        var fraction: Int64 = 0
        if takeSymbol(.colon) {
            guard let given = takeDigits(2...2), given < 60 else { return false }
            second = given
            if takeSymbol(.fullStop) {
                guard case .number(let value, let digits)? = rest.first else { return false }
                fraction = Self.milliseconds(value, digits: min(digits, 9))
                rest = rest.dropFirst()
            }
        }
        if let isAfternoon = takeHalf() {
            guard hour <= 12 else { return false }
            hour = hour % 12 + (isAfternoon ? 12 : 0)
        }
        // The end of the day, which ISO 8601 has as well as the next one's begin.
        guard hour < 24 || hour == 24 && minute == 0 && second == 0 && fraction == 0 else { return false }
        timeOfDay = ((hour * 60 + minute) * 60 + second) * 1000 + fraction
        return true
    }

    private static func milliseconds(_ value: Int64, digits: Int) -> Int64 {
        var milliseconds = value
        for _ in 0..<max(0, 3 - digits) { milliseconds *= 10 }
        for _ in 0..<max(0, digits - 3) { milliseconds /= 10 }
        return milliseconds
    }

    /// AM or PM.
    private mutating func takeHalf() -> Bool? {
        var ahead = rest
        if ahead.first == .blank { ahead = ahead.dropFirst() }
        guard let half = ahead.first, half == .word("am") || half == .word("pm") else { return nil }
        rest = ahead.dropFirst()
        return half == .word("pm")
    }

    private mutating func takeDigits(_ counts: ClosedRange<Int>) -> Int64? {
        guard case .number(let value, let digits)? = rest.first, counts.contains(digits) else { return nil }
        rest = rest.dropFirst()
        return value
    }

    private mutating func takeSymbol(_ symbol: UInt8) -> Bool {
        guard rest.first == .symbol(symbol) else { return false }
        rest = rest.dropFirst()
        return true
    }

    // MARK: Words, and the zone

    private mutating func take(_ word: String) -> Bool {
        if Self.place(of: word, in: Self.months) != nil {
            guard takeMonth(word) else { return false }
            // `Nov-20-2026`
            if rest.first == .symbol(.hyphen) || rest.first == .symbol(.slash) {
                rest = rest.dropFirst()
                guard case .number? = rest.first else { return false }
                return takeNumbers()
            }
            return true
        }
        rest = rest.dropFirst()
        if let day = Self.place(of: word, in: Self.weekdays) {
            guard weekday == nil else { return false }
            weekday = day
            takeFullStop(behind: word)
            return true
        }
        // Only behind a date or a time, as the zone of it; or behind its offset, if it says the same.
        guard let minutes = Self.zones[word], timeOfDay != nil || !numbers.isEmpty else { return false }
        if isOffset {
            isOffset = false
            return offset == minutes
        }
        guard offset == nil else { return false }
        offset = minutes
        isUniversal = minutes == 0 && word != "z"
        return true
    }

    /// `+01:00`, `-0530`, `+1`, alone or behind `GMT`.
    private mutating func takeOffset() -> Bool {
        let isWest = rest.first == .symbol(.hyphen)
        rest = rest.dropFirst()
        guard timeOfDay != nil || isUniversal, offset == nil || isUniversal,
            case .number(let value, let digits)? = rest.first
        else { return false }
        rest = rest.dropFirst()
        var (hours, minutes) = (value, Int64(0))
        switch digits {
        case 1, 2:
            if takeSymbol(.colon) {
                guard let given = takeDigits(2...2) else { return false }
                minutes = given
            }
        case 3, 4: (hours, minutes) = (value / 100, value % 100)
        default: return false
        }
        guard hours < 24, minutes < 60 else { return false }
        offset = (hours * 60 + minutes) * (isWest ? -1 : 1)
        isOffset = !isUniversal
        isUniversal = false
        return true
    }

    /// The zones that `Date` knows by name, in minutes east of UTC.
    private static let zones: [String: Int64] = [
        "z": 0, "ut": 0, "utc": 0, "gmt": 0, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420,
        "mdt": -360, "pst": -480, "pdt": -420,
    ]

    /// As `Date.toString` writes them in English. Not those of three letters, of which other countries have others: CST is China's too.
    private static let zonesInFull: [String: Int64] = [
        "coordinated universal time": 0, "greenwich mean time": 0, "eastern standard time": -300,
        "eastern daylight time": -240, "central standard time": -360, "central daylight time": -300,
        "mountain standard time": -420, "mountain daylight time": -360, "pacific standard time": -480,
        "pacific daylight time": -420,
    ]
}

extension UInt8 {
    fileprivate static let plus = UInt8(ascii: "+")
    fileprivate static let hyphen = UInt8(ascii: "-")
    fileprivate static let slash = UInt8(ascii: "/")
    fileprivate static let colon = UInt8(ascii: ":")
    fileprivate static let fullStop = UInt8(ascii: ".")
    fileprivate static let comma = UInt8(ascii: ",")
}
