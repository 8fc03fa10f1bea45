import JSON
import Testing

@Suite struct `The writer` {
    private func text(_ body: (inout JSONWriter) -> Void) -> String {
        String(decoding: JSONWriter.write(body), as: UTF8.self)
    }

    @Test func `puts commas between members and elements`() {
        let written = text {
            $0.object {
                $0.member("a", 1)
                $0.member("b", "x")
                $0.member("c") { _ in }
                $0.member("d", array: [1, -2]) { $0.value($1) }
                $0.member("e", true)
                $0.member("f", ifPresent: nil)
            }
        }
        #expect(written == #"{"a":1,"b":"x","c":{},"d":[1,-2],"e":true}"#)
    }

    @Test(arguments: ["", "plain", "\"quoted\" \\ back", "line\nbreak\ttab\r", "\u{0}\u{1F}", "é€😹", "</script>"])
    func `writes strings that read back the same`(string: String) throws {
        let written = JSONWriter.write { $0.value(string) }
        #expect(try JSON(written).string == string)
    }

    @Test(arguments: [
        (0, "0"), (9, "9"), (10, "10"), (-7, "-7"), (Int.max, "9223372036854775807"), (Int.min, "-9223372036854775808"),
    ])
    func `writes integers`(number: Int, expected: String) {
        #expect(text { $0.value(number) } == expected)
    }

    @Test(arguments: [(1728, "17.28"), (40000, "400"), (1230, "12.3"), (5, "0.05"), (-150, "-1.5")])
    func `writes cents as dollars`(cents: Int, expected: String) {
        #expect(text { $0.hundredths(Int64(cents)) } == expected)
    }
}
