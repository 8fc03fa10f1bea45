/// Reading dates: "accept any parseable date" (B.10), in the forms that clients of this API are known to send.
extension Timestamp {
    /// `2018-03-05`, `2018-03-05T15:51:27.080Z` with or without seconds, fraction and offset,
    /// `Mon Mar 05 2018 15:51:27 GMT+0000 (…)` of JavaScript's `Date.toString()`, and `Mon, 05 Mar 2018 15:51:27 GMT`.
    ///
    /// `nil` for anything else, for an offset that no clock has, and for a moment that is not in the years 1 to 9999 in UTC.
    package init?(reading text: String) {
        let text = text.utf8[...]
        guard text.count <= 128 else { return nil }
        let parsed =
            text.first?.isDigit == true
            ? Self.iso8601(text) : Self.named(text)
        guard let parsed else { return nil }
        self = parsed
    }

    private static func iso8601(_ text: Substring.UTF8View) -> Timestamp? {
        var scanner = Scanner(rest: text)
        guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2), scanner.take("-"),
            let day = scanner.digits(2), let midnight = Timestamp(year: year, month: month, day: day)
        else { return nil }
        if scanner.isAtEnd { return midnight }
        guard scanner.take("T") || scanner.take("t") || scanner.take(" ") else { return nil }
        return scanner.timeOfDay(after: midnight)
    }

    private static func named(_ text: Substring.UTF8View) -> Timestamp? {
        var scanner = Scanner(rest: text)
        scanner.skipWeekday()
        let day: Int64
        let month: Int64
        if let first = scanner.digits(1...2) {
            scanner.spaces()
            guard let named = scanner.month() else { return nil }
            (day, month) = (first, named)
        } else {
            guard let named = scanner.month() else { return nil }
            scanner.spaces()
            guard let second = scanner.digits(1...2) else { return nil }
            (day, month) = (second, named)
        }
        scanner.spaces()
        guard let year = scanner.digits(4), let midnight = Timestamp(year: year, month: month, day: day) else {
            return nil
        }
        scanner.spaces()
        return scanner.isAtEnd ? midnight : scanner.timeOfDay(after: midnight)
    }
}

private struct Scanner {
    var rest: Substring.UTF8View

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Character) -> Bool {
        guard rest.first == character.asciiValue else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func spaces() {
        while take(" ") || take(",") {}
    }

    mutating func digits(_ count: Int) -> Int64? { digits(count...count) }

    mutating func digits(_ counts: ClosedRange<Int>) -> Int64? {
        let found = rest.prefix(while: \.isDigit)
        guard found.count >= counts.lowerBound else { return nil }
        let taken = found.prefix(counts.upperBound)
        rest = rest.dropFirst(taken.count)
        return taken.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }

    private mutating func word() -> String {
        let found = rest.prefix { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") }
        rest = rest.dropFirst(found.count)
        return String(decoding: found, as: UTF8.self).lowercased()
    }

    mutating func skipWeekday() {
        var ahead = self
        guard ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains(String(ahead.word().prefix(3))) else { return }
        ahead.spaces()
        self = ahead
    }

    mutating func month() -> Int64? {
        let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        return names.firstIndex(of: String(word().prefix(3))).map { Int64($0 + 1) }
    }

    /// `15:51`, `15:51:27`, `15:51:27.080`, then `Z`, `+01:00`, `GMT+0100 (…)` or nothing, which means UTC.
    mutating func timeOfDay(after midnight: Timestamp) -> Timestamp? {
        guard let hour = digits(2), hour < 24, take(":"), let minute = digits(2), minute < 60 else { return nil }
        var milliseconds = (hour * 60 + minute) * 60_000
        if take(":") {
            guard let second = digits(2), second < 61 else { return nil }
            milliseconds += second * 1000
            if take(".") {
                var weight: Int64 = 100
                while let digit = digits(1) {
                    milliseconds += digit * weight
                    weight /= 10
                }
            }
        }
        spaces()
        if !take("Z"), !take("z") { _ = word() }
        var offset: Int64 = 0
        let isWest = take("-")
        if isWest || take("+") {
            guard let hours = digits(2), hours < 24 else { return nil }
            _ = take(":")
            let minutes = digits(2) ?? 0
            guard minutes < 60 else { return nil }
            offset = (hours * 60 + minutes) * (isWest ? -60_000 : 60_000)
        }
        spaces()
        guard isAtEnd || take("(") else { return nil }
        return Timestamp(exactly: midnight.milliseconds + milliseconds - offset)
    }
}
