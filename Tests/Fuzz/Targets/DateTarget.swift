internal import Medusa

extension FuzzTarget {
    /// Dates and lengths of time: what was read prints as something that reads as the same; adding never leaves the calendar.
    static let dates = FuzzTarget("dates") { bytes in
        var input = Bytes(bytes)
        let written = text(input.line())
        let span = CalendarSpan(text(input.line()))
        if let span {
            try require(CalendarSpan(span.description) == span, "\(span) reads as another length")
            try require(span.fixed == nil || span.months == 0, "\(span) is fixed and has months")
        }
        let moment = Timestamp(milliseconds: input.number())
        try check(moment)
        guard let reading = Timestamp.Reading(written) else { return }
        try require(reading.first <= reading.last, "\(written) ends before it begins")
        try check(reading.first)
        try check(reading.last)
        try require(reading.hasTime == (reading.first == reading.last), "a time is a moment")
        try require(Timestamp(reading: written) == reading.first, "the same text is another moment")
        guard let span else { return }
        for bounds in [Timestamp.Bounds.clock, .kept, .calendar] {
            guard let sum = reading.first.adding(span, within: bounds) else { continue }
            try require(bounds.range.contains(sum), "\(sum.iso8601) is out of bounds")
            try check(sum)
        }
        try check(reading.first + span)
    }

    private static func check(_ moment: Timestamp) throws {
        try require(Timestamp(reading: moment.iso8601) == moment, "\(moment.iso8601) reads as another moment")
        guard let day = Timestamp.Reading(moment.date) else { throw Broken(description: "\(moment.date) is no date") }
        try require((day.first...day.last).contains(moment), "\(moment.iso8601) is not on \(moment.date)")
        try require(day.last - day.first == .milliseconds(86_399_999), "\(moment.date) is no day")
        guard let second = Timestamp(reading: moment.httpDate) else {
            throw Broken(description: "\(moment.httpDate) is no date")
        }
        try require(moment - second < .seconds(1) && second <= moment, "\(moment.httpDate) is not \(moment.iso8601)")
    }
}
