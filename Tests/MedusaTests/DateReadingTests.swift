import Medusa
import Support
import Testing

/// Dates in dozens of spellings, made of parts whose moment is known: counted day by day, and not as the reader calculates it.
private struct Spelling {
    let text: String
    let milliseconds: Int64
    let hasTime: Bool
    /// Where another word would stand between two others.
    let pieces: [String]

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let weekdays = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"]
    private static let zones: [(String, Int)] = [
        ("UTC", 0), ("GMT", 0), ("UT", 0), ("EST", -300), ("EDT", -240), ("CST", -360), ("CDT", -300), ("MST", -420),
        ("MDT", -360), ("PST", -480), ("PDT", -420), ("gmt", 0), ("est", -300),
    ]

    init(_ chance: inout Chance) {
        let year = 1900 + chance.below(400)
        let month = 1 + chance.below(12)
        let day = 1 + chance.below(Self.days(in: month, of: year))
        let days = Self.daysSince1970(year, month, day)
        let name = Self.months[month - 1]
        let short = String(name.prefix(3))
        let weekday = Self.weekdays[((days % 7) + 7) % 7]
        let shortWeekday = String(weekday.prefix(3))
        func padded(_ number: Int, _ width: Int = 2) -> String {
            String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
        }
        let century = (1950..<2050).contains(year) ? padded(year % 100) : String(year)
        let dates: [[String]] = [
            ["\(year)-\(padded(month))-\(padded(day))"], ["\(year)/\(padded(month))/\(padded(day))"],
            ["\(year)-\(month)-\(day)"], ["\(padded(month))/\(padded(day))/\(year)"], ["\(month)/\(day)/\(year)"],
            ["\(month)-\(day)-\(year)"], ["\(month)/\(day)/\(century)"], [name, "\(day),", String(year)],
            [short, "\(day),", String(year)], [short + ".", "\(day),", String(year)],
            [String(day), name, String(year)],
            [padded(day), short, String(year)], [padded(day), short, century], ["\(day)-\(short)-\(year)"],
            ["\(short)-\(padded(day))-\(year)"], [String(year), name, String(day)], ["\(year)-\(short)-\(padded(day))"],
            [shortWeekday, short, padded(day), String(year)], [shortWeekday + ",", padded(day), short, String(year)],
            [weekday + ",", name, "\(day),", String(year)], [weekday, String(day), name, String(year)],
            [shortWeekday + ",", "\(month)/\(day)/\(year)"], [name.uppercased(), "\(day)", String(year)],
            ["+\(padded(year, 6))-\(padded(month))-\(padded(day))"],
        ]
        let date = chance.pick(dates)
        var minutesEast = 0
        var ofDay = 0
        guard !chance.isOne(in: 4) else {
            pieces = date
            hasTime = false
            text = date.joined(separator: " ")
            milliseconds = Int64(days) * 86_400_000
            return
        }
        let (hour, minute, second) = (chance.below(24), chance.below(60), chance.below(60))
        let thousandths = chance.below(1000)
        let clock = (hour + 11) % 12 + 1
        let half = hour < 12 ? "AM" : "PM"
        var time: String
        switch chance.below(7) {
        case 0: (time, ofDay) = ("\(padded(hour)):\(padded(minute))", (hour * 60 + minute) * 60_000)
        case 1:
            (time, ofDay) = (
                "\(padded(hour)):\(padded(minute)):\(padded(second))", ((hour * 60 + minute) * 60 + second) * 1000
            )
        case 2:
            (time, ofDay) = (
                "\(padded(hour)):\(padded(minute)):\(padded(second)).\(padded(thousandths, 3))",
                ((hour * 60 + minute) * 60 + second) * 1000 + thousandths
            )
        case 3: (time, ofDay) = ("\(clock):\(padded(minute)) \(half)", (hour * 60 + minute) * 60_000)
        case 4:
            (time, ofDay) = (
                "\(padded(clock)):\(padded(minute)):\(padded(second)) \(half)",
                ((hour * 60 + minute) * 60 + second) * 1000
            )
        case 5:
            (time, ofDay) = (
                "\(clock):\(padded(minute)):\(padded(second))\u{202F}\(half.lowercased())",
                ((hour * 60 + minute) * 60 + second) * 1000
            )
        default:
            (time, ofDay) = (
                "\(padded(hour)):\(padded(minute)):\(padded(second)).\(padded(thousandths, 3))\(padded(chance.below(1000), 3))",
                ((hour * 60 + minute) * 60 + second) * 1000 + thousandths
            )
        }
        let east = chance.below(24 * 4) * 15 - 12 * 60
        let (sign, size) = (east < 0 ? "-" : "+", abs(east))
        switch chance.below(8) {
        case 0: break
        case 1: time += time.last?.isLetter == true ? " Z" : "Z"
        case 2: (time, minutesEast) = (time + "\(sign)\(padded(size / 60)):\(padded(size % 60))", east)
        case 3: (time, minutesEast) = (time + " \(sign)\(padded(size / 60))\(padded(size % 60))", east)
        case 4:
            (time, minutesEast) = (
                time + " GMT\(sign)\(padded(size / 60))\(padded(size % 60)) (Somewhere's time)", east
            )
        case 5: (time, minutesEast) = (time + " UTC\(sign)\(size / 60)", east / 60 * 60)
        default:
            let zone = chance.pick(Self.zones)
            (time, minutesEast) = ("\(time) \(zone.0)", zone.1)
        }
        let isISO = date.count == 1 && date[0].contains("-\(padded(month))-\(padded(day))") && !half.isEmpty
        let mayHaveTee = isISO && time.prefix(3).last == ":"
        switch chance.below(4) {
        case 0 where mayHaveTee:
            pieces = ["\(date[0])T\(time)"]
        case 1 where !date[0].hasPrefix("+"): pieces = [time] + date
        case 2: pieces = date.dropLast() + [date[date.count - 1] + ","] + [time]
        default: pieces = date + [time]
        }
        text = pieces.joined(separator: " ")
        hasTime = true
        milliseconds = Int64(days) * 86_400_000 + Int64(ofDay) - Int64(minutesEast) * 60_000
    }

    private static func days(in month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    /// The first day of each year from 1900 on, and of the year behind the last.
    private static let yearStarts: [Int] = {
        var starts = [0]
        for year in 1900..<2300 {
            starts.append(starts[year - 1900] + (1...12).reduce(0) { $0 + days(in: $1, of: year) })
        }
        let zero = starts[70]
        return starts.map { $0 - zero }
    }()

    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        (1..<month).reduce(yearStarts[year - 1900] + day - 1) { $0 + days(in: $1, of: year) }
    }
}

@Suite struct `A date` {
    @Test func `is read in every spelling that JavaScript reads unambiguously`() throws {
        var chance = Chance(seed: 27)
        for _ in 0..<8000 {
            let spelling = Spelling(&chance)
            try #require(Timestamp(reading: spelling.text)?.milliseconds == spelling.milliseconds, "\(spelling.text)")
        }
    }

    @Test func `without a time includes its whole day, however it is written`() throws {
        var chance = Chance(seed: 29)
        for _ in 0..<8000 {
            let spelling = Spelling(&chance)
            let reading = try #require(Timestamp.Reading(spelling.text), "\(spelling.text)")
            let length = spelling.hasTime ? 0 : 86_399_999
            #expect(reading.last.milliseconds - reading.first.milliseconds == length, "\(spelling.text)")
            #expect(reading.hasTime == spelling.hasTime)
        }
    }

    @Test func `has no token that is ignored: understood, or refused`() throws {
        let strange = [
            "banana", "CET", "noon", "th", "at", "of", "+25:00", "-99:99", "+12:60", "13:00 PM", "25:00", "12:60", "#",
            "32",
            "(banana", "T", "Mon Tue", "AM", "(one) (two)", "2026-11-20", "o'clock", "~", "GMT+2400", ".", "--", "1/2",
        ]
        var chance = Chance(seed: 28)
        for _ in 0..<8000 {
            var pieces = Spelling(&chance).pieces
            pieces.insert(chance.pick(strange), at: chance.below(pieces.count + 1))
            let text = pieces.joined(separator: " ")
            // "AM" behind a time in the morning is understood, where there is none yet.
            if text.contains("AM"), Timestamp(reading: text) != nil { continue }
            try #require(Timestamp(reading: text) == nil, "\(text)")
        }
    }

    @Test(arguments: [
        ("Nov 25, 2026 03:51:27 PM", "2026-11-25T15:51:27.000Z"), ("11/20/2026", "2026-11-20T00:00:00.000Z"),
        ("20 November 2026", "2026-11-20T00:00:00.000Z"), ("11/25/2026, 3:51:27\u{202F}PM", "2026-11-25T15:51:27.000Z"),
        ("Fri Nov 20 15:51:27 EST 2026", "2026-11-20T20:51:27.000Z"),
        ("Fri Nov 20 15:51:27 2026", "2026-11-20T15:51:27.000Z"), ("12:00 AM 11/20/2026", "2026-11-20T00:00:00.000Z"),
        ("11/20/2026 12:30 pm PST", "2026-11-20T20:30:00.000Z"), ("2026-11-20T24:00:00Z", "2026-11-21T00:00:00.000Z"),
        ("Friday, 06-Nov-26 08:49:37 GMT", "2026-11-06T08:49:37.000Z"), ("  2026-11-20  ", "2026-11-20T00:00:00.000Z"),
        ("Sept. 5, 2026", "2026-09-05T00:00:00.000Z"), ("2026-11", "2026-11-01T00:00:00.000Z"),
        ("2026-11-20 15:51:27.08 +0000 UTC", "2026-11-20T15:51:27.080Z"),
        ("2026-11T15:51Z", "2026-11-01T15:51:00.000Z"), ("Nov 20 2026 EST", "2026-11-20T05:00:00.000Z"),
        ("+002026-11-20", "2026-11-20T00:00:00.000Z"),
    ])
    func `is read as everybody means it`(text: String, expected: String) {
        #expect(Timestamp(reading: text)?.iso8601 == expected)
    }

    @Test(arguments: [
        "Thu Nov 25 2026", "Nov 25, 2026 13:51:27 PM", "2026-11-25T15:51:27+24:00", "2026-11-25 15:51:27 CEST",
        "2026-11-25T15:51:27Z+01:00", "2026-11-25 15:51:27 EST+0100", "2026-11-25 15:51:27 +0100 UTC",
        "2026-11-25 15:51:27 +0000 UTC UTC",
        "2026-11-25+01:00", "20/11/2026", "20.11.2026",
        "11-20-26", "2026", "1543104000000", "Nov 25", "25 2026", "2026-11-25T15", "2026-11-25 15:5", "2026-02-29",
        "11/31/2026", "Nov 25 2026 banana", "2026-11-25 (Wednesday)", "Nov 25 2026 15:51 (UTC)", "2026-11/25",
        "GMT", "15:51", "Wed Nov 2026", "2026-11-25,,15:51", "２０２６-11-25", "2026-11-25T15:51:60Z",
        "2026-11-25T24:00:01Z", "Nov 25 2026 15:51:27 GMT-0500 (Pacific Standard Time)", "2026-11-25T15:51:27.Z",
    ])
    func `is refused where part of it would have to be guessed`(text: String) {
        #expect(Timestamp(reading: text) == nil)
    }

    @Test func `of a month alone ends with its last day`() {
        #expect(Timestamp.Reading("2028-02")?.last.iso8601 == "2028-02-29T23:59:59.999Z")
    }
}
