import JSON
import Testing
import YAML

@Suite struct `A YAML file` {
    private func json(_ text: String) throws -> String {
        String(decoding: try YAML(Array(text.utf8)).json.source, as: UTF8.self)
    }

    @Test(arguments: [
        ("a: 1", #"{"a":1}"#), ("a: 1.50", #"{"a":1.50}"#), ("a: -2e3", #"{"a":-2e3}"#), ("a: true", #"{"a":true}"#),
        ("a: ~", #"{"a":null}"#), ("a:", #"{"a":null}"#), ("a: yes", #"{"a":"yes"}"#), ("a: \"1\"", #"{"a":"1"}"#),
        ("a: 007", #"{"a":"007"}"#), ("a: 0x1F", #"{"a":"0x1F"}"#), ("a: .5", #"{"a":".5"}"#),
        ("a: 2026-03-02T09:00:00Z", #"{"a":"2026-03-02T09:00:00Z"}"#), ("[1, [2], {b: c}]", #"[1,[2],{"b":"c"}]"#),
        ("- x\n- y: z\n", #"["x",{"y":"z"}]"#), ("a: \"tab\\there \\\" \\\\ é\"", #"{"a":"tab\u0009here \" \\ é"}"#),
        (#"{"json": [true, null, "x"]}"#, #"{"json": [true, null, "x"]}"#), ("1: x", #"{"1":"x"}"#),
        ("a: &x {b: 1}\nc: *x", #"{"a":{"b":1},"c":{"b":1}}"#), ("a: !!str 5", #"{"a":"5"}"#),
        ("a: >-\n  b\n  c\n", #"{"a":"b c"}"#), ("\u{FEFF}a: 1\r\nb: 2\r\n", #"{"a":1,"b":2}"#),
    ])
    func `says what JSON says`(text: String, expected: String) throws {
        #expect(try json(text) == expected)
    }

    @Test func `knows where each value and name stands`() throws {
        let yaml = try YAML(Array("a:\n  - b: é1\n    c: [2, *nil]\n".replacing("*nil", with: "3").utf8))
        let element = try #require(yaml.json["a"]?.elements.first)
        #expect(yaml.mark(of: element) == .init(line: 2, column: 5))
        #expect(try yaml.mark(of: #require(element["b"])) == .init(line: 2, column: 8))
        #expect(try yaml.mark(of: #require(element["c"]?.name)) == .init(line: 3, column: 5))
        #expect(try yaml.mark(of: #require(element["c"]?.elements.last)) == .init(line: 3, column: 12))
    }

    @Test func `shows an alias where its anchor stands`() throws {
        let yaml = try YAML(Array("a: &x {b: 1}\nc: *x\nd: 2".utf8))
        #expect(try yaml.mark(of: #require(yaml.json["c"]?["b"])) == .init(line: 1, column: 11))
        #expect(try yaml.mark(of: #require(yaml.json["d"])) == .init(line: 3, column: 4))
    }

    @Test(arguments: [
        ("", 1, 1, "the file is empty"),
        ("a: 1\na: 2", 2, 1, #""a" stands here a second time; the first is in line 1"#),
        ("a: &x [*x]", 1, 8, "*x stands inside of what it names, in line 1: a cycle"),
        ("a: &x 1\nb: &x 2", 2, 4, "the anchor &x stands here a second time; the first is in line 1"),
        ("a: *y", 1, 4, "nothing is anchored as &y before this"),
        ("a: &x 1\nb: *y", 2, 4, "nothing is anchored as &y before this; there is &x"),
        ("a: 1\n---\nb: 2", 2, 1, "a second document begins here; a file holds one"),
        ("a:\n\t- b", 2, 1, "a tab cannot indent; use spaces"),
        ("a: b: c", 1, 5, "a colon is not expected here; check the indentation, or put the text in quotes"),
        ("a: @b", 1, 4, "text that begins with this character needs quotes"),
        ("? [a]\n: b", 1, 3, "a name must be plain text"),
        ("<<: {a: 1}", 1, 1, "merge keys are not understood; write the members out"),
        ("a: !!set {b}", 1, 4, "tags such as !!set are not understood; leave it out"),
    ])
    func `refuses with the place and a sentence`(text: String, line: Int, column: Int, sentence: String) {
        #expect(throws: YAML.Problem(mark: .init(line: line, column: column), sentence: sentence)) {
            try YAML(Array(text.utf8))
        }
    }

    /// What an alias names is as deep where it is repeated as where it stands; the two together may be too deep for anybody.
    @Test func `is no deeper for its aliases than for what is written out`() throws {
        func nested(_ depth: Int, _ inside: String) -> String {
            String(repeating: "[", count: depth) + inside + String(repeating: "]", count: depth)
        }
        for outer in 1..<49 {
            for inner in 1..<49 {
                let isDeep = outer + inner + 2 > 50
                let text = "a: &a \(nested(inner, "1"))\nb: \(nested(outer, "*a"))"
                #expect((try? YAML(Array(text.utf8))) == nil ? isDeep : !isDeep, "\(inner) within \(outer)")
            }
        }
    }

    /// Were the whole copied for each of them, it would take minutes.
    @Test func `may have as many aliases as values`() throws {
        let text = "a: &a 1\nb: [" + String(repeating: "*a,", count: 99_000) + "]"
        #expect(try YAML(Array(text.utf8)).json["b"]?.elements.count == 99_000)
    }

    @Test func `finds the byte that is not UTF-8 at the end of a long line`() {
        for length in [1, 40_000, 900_000] {
            let text = Array("about: ".utf8) + Array(repeating: 0x61, count: length) + [0xE9]
            let problem = #expect(throws: YAML.Problem.self) { try YAML(text) }
            #expect(problem?.mark == .init(line: 1, column: length + 8))
        }
    }

    @Test func `finds the byte that is not UTF-8`() {
        #expect(
            throws: YAML.Problem(
                mark: .init(line: 2, column: 5), sentence: "the file is not UTF-8 from here on; save it as UTF-8")
        ) {
            try YAML(Array("é: 1\nab: ".utf8) + [0xFF, 0x0A])
        }
    }

    /// What YAML reads otherwise, or not at all.
    @Test(arguments: [
        (#"{"a":"\ud83d\ude00"}"#, "😀"), (#"{"a":"\/"}"#, "/"), ("{\"a\":\t\"b\"\n\t}", "b"),
        (#"{"a":"x","a":"y"}"#, "y"),
        (#"{"<<":{},"a":"@x: *y"}"#, "@x: *y"), (#"["a"]"#, nil), (#"{"a":"\ud83d"}"#, "\u{FFFD}"),
        ("\u{FEFF}{\"a\":\"b\"}", "b"), (#"{"a":"&x","b":"!!set"}"#, "&x"),
    ])
    func `that is JSON is read as JSON`(text: String, a: String?) throws {
        #expect(try YAML(Array(text.utf8)).json["a"]?.string == a)
    }

    @Test func `that is JSON has a place for each value`() throws {
        let yaml = try YAML(Array("{\n  \"é\": [1, {\"b\": \"x\"}],\n\t\"c\": null}".utf8))
        let array = try #require(yaml.json["é"])
        #expect(yaml.mark(of: array) == .init(line: 2, column: 8))
        #expect(try yaml.mark(of: #require(array.elements[1]["b"])) == .init(line: 2, column: 18))
        #expect(try yaml.mark(of: #require(yaml.json["c"])) == .init(line: 3, column: 7))
        #expect(try yaml.mark(of: #require(yaml.json["c"]?.name)) == .init(line: 3, column: 2))
    }

    @Test(arguments: [("{\"a\": 1,\n \"b\" 2}", 2, 6), ("{\"a\":\n\"\\x\"}", 2, 3), ("[1, \"\\u12\"]", 1, 8)])
    func `that is nearly JSON is refused where it stops`(text: String, line: Int, column: Int) {
        let problem = #expect(throws: YAML.Problem.self) { try YAML(Array(text.utf8)) }
        #expect(problem?.mark.line == line)
        #expect(abs((problem?.mark.column ?? 0) - column) <= 2, "\(String(describing: problem))")
    }

    /// A mebibyte of one line, which took minutes when each character was looked at from the line's beginning.
    @Test func `that is Latin-1 is refused with the place, however long its line is`() {
        let text = Array(String(repeating: "a", count: 1 << 19).utf8) + [0xE9]
        let bytes = Array("n: ".utf8) + text + Array(String(repeating: "b", count: 1 << 18).utf8)
        let problem = #expect(throws: YAML.Problem.self) { try YAML(bytes) }
        #expect(problem?.mark == .init(line: 1, column: (1 << 19) + 4))
        for bom in [[0xFF, 0xFE], [0xFE, 0xFF]] as [[UInt8]] {
            let wide = #expect(throws: YAML.Problem.self) { try YAML(bom + [0x61, 0x00]) }
            #expect(wide?.sentence == "the file is UTF-16; save it as UTF-8")
        }
    }

    @Test func `does not let a small file grow large`() throws {
        // Nine levels of nine aliases each: a billion values.
        var text = "l0: &l0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            text += "l\(level): &l\(level) [\(Array(repeating: "*l\(level - 1)", count: 9).joined(separator: ", "))]\n"
        }
        let problem = #expect(throws: YAML.Problem.self) { try YAML(Array(text.utf8)) }
        #expect(problem?.mark.line == 6)
        #expect(problem?.sentence == "with this alias the file would hold more than 100000 values")
    }

    @Test(arguments: ["[", "{a: ", "- "])
    func `does not follow without end`(opening: String) {
        #expect(throws: YAML.Problem.self) {
            try YAML(Array(String(repeating: opening, count: 100_000).utf8))
        }
    }

    @Test func `looks at no more than a mebibyte`() {
        let problem = #expect(throws: YAML.Problem.self) { try YAML([UInt8](repeating: 0x20, count: 1 << 20 + 1)) }
        #expect(problem?.sentence == "the file is larger than 1 MiB")
    }
}
