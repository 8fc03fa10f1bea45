import Medusa
import Testing

@Suite struct `A length of time` {
    @Test(arguments: [
        ("P31D", "P31D"), ("PT2H", "PT2H"), ("P1W", "P7D"), ("P1Y6M", "P1Y6M"), ("P18M", "P1Y6M"), ("PT90M", "PT1H30M"),
        ("PT0.5S", "PT0.5S"), ("PT1.250S", "PT1.250S"), ("-P3D", "-P3D"), ("P1DT12H", "P1DT12H"), ("PT0S", "PT0S"),
        ("P0D", "PT0S"), ("P1Y2M3W4DT5H6M7S", "P1Y2M25DT5H6M7S"),
    ])
    func `reads and writes ISO 8601`(text: String, shortest: String) throws {
        #expect(CalendarSpan(text)?.description.replacing(".500", with: ".5") == shortest)
    }

    @Test(arguments: [
        "", "P", "PT", "31D", "P31", "P1H", "PT1D", "P1DT", "P1D1Y", "P1.5D", "PT1.S", "P-1D", "P 1D", "p1d", "P1M1Y",
        "P9999999999D", "P20000Y", "PTT1S",
    ])
    func `refuses everything else`(text: String) {
        #expect(CalendarSpan(text) == nil)
    }

    @Test(arguments: [
        ("2026-01-31", "P1M", "2026-02-28"), ("2024-01-31", "P1M", "2024-02-29"), ("2024-02-29", "P1Y", "2025-02-28"),
        ("2026-03-31", "-P1M", "2026-02-28"), ("2026-12-15", "P1M", "2027-01-15"), ("2026-03-01", "-P1D", "2026-02-28"),
        ("2026-01-31", "P1M1D", "2026-03-01"),
    ])
    func `meets the calendar`(start: String, span: String, end: String) throws {
        let moment = try #require(Timestamp(reading: start)) + #require(CalendarSpan(span))
        #expect(moment.date == end)
    }

    @Test(arguments: [
        (1_521_474_687_080, "Mon, 19 Mar 2018 15:51:27 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (-1000, "Wed, 31 Dec 1969 23:59:59 GMT"),
    ])
    func `a moment has the form of HTTP's Date`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).httpDate == text)
    }
}
