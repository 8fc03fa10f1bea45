import Medusa
import Testing

@Suite struct `A timestamp` {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (1_521_474_687_080, "2018-03-19T15:51:27.080Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
    ])
    func `is written as ISO 8601 with milliseconds`(milliseconds: Int, text: String) {
        #expect(Timestamp(milliseconds: Int64(milliseconds)).iso8601 == text)
        #expect(Timestamp(reading: text)?.milliseconds == Int64(milliseconds))
    }

    @Test(arguments: [
        ("2018-03-05", "2018-03-05T00:00:00.000Z"),
        ("2018-03-05T15:51", "2018-03-05T15:51:00.000Z"),
        ("2018-03-05 15:51:27", "2018-03-05T15:51:27.000Z"),
        ("2018-03-05T15:51:27.08Z", "2018-03-05T15:51:27.080Z"),
        ("2018-03-05T15:51:27.123456+02:00", "2018-03-05T13:51:27.123Z"),
        ("2018-03-05T23:51:27-0530", "2018-03-06T05:21:27.000Z"),
        ("Mon Mar 05 2018 15:51:27 GMT+0100 (Central European Standard Time)", "2018-03-05T14:51:27.000Z"),
        ("Mon, 05 Mar 2018 15:51:27 GMT", "2018-03-05T15:51:27.000Z"),
        ("March 5, 2018", "2018-03-05T00:00:00.000Z"),
    ])
    func `is read in every form that clients send`(text: String, expected: String) {
        #expect(Timestamp(reading: text)?.iso8601 == expected)
    }

    @Test(arguments: [
        "", "tomorrow", "2018-02-30", "2018-13-01", "2018-3", "2018-03-05T25:00", "2018-03-05T", "13/03/2018",
        "2018-03-05Z15:00", "Mon", "Mar 5",
    ])
    func `is not read from anything else`(text: String) {
        #expect(Timestamp(reading: text) == nil)
    }
}
