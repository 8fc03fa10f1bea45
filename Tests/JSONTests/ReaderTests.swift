import JSON
import Testing

/// The cases of the public JSON parsing test suite, made again: y_ must be read, n_ must not, i_ is ours to decide.
@Suite struct `The reader` {
    @Test(arguments: [
        "[]", "{}", " [ ] ", "[[] ]", "[\"\"]", "[\"a\"]", "[false]", "[null, 1, \"1\", {}]", "[1\n]", " [1]", "[2] ",
        "2",
        "-0.1", "\"asd\"", "null", "true", "[\"\\u0060\\u012a\\u12AB\"]", "[\"\\uD801\\udc37\"]",
        "[\"\\ud83d\\ude39\\ud83d\\udc8d\"]", "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", "[\"\\\\u0000\"]",
        "[\"a/*b*/c/*d//e\"]",
        "[\"\\u0000\"]", "[\"\u{7F}\"]", "[\"\u{2028}\u{2029}\"]", "[\"\u{10FFFF}\"]", "[\"€𝄞\"]", "[\"\\uFFFF\"]",
        "{\"asd\":\"sdf\", \"dfg\":\"fgh\"}", "{\"a\":\"b\",\"a\":\"c\"}", "{\"\":0}", "{\"foo\\u0000bar\": 42}",
        "{\n\"a\": \"b\"\n}", "[-0]", "[-1]", "[-123]", "[0]", "[1E22]", "[1E-2]", "[1e+2]", "[0e+1]", "[0e1]",
        "[123.456e78]",
        "[1.5]", "[123123123123123123123123123123]",
        // Half of a surrogate pair, and pairs the wrong way round: i_ in the suite, and read by `JSON.parse`.
        "[\"\\uD800\"]", "[\"\\uDC00\"]", "[\"\\uD800\\u0041\"]", "[\"\\uDADA\"]", "[\"\\uD888\\u1234\"]",
        "[\"\\uDd1e\\uD834\"]", "[\"\\uD800\\uD800\\n\"]", "[\"\\ud800\"]", "[\"\\ud800abc\"]", "{\"\\uDFAA\":0}",
    ])
    func `reads what is JSON`(text: String) throws {
        _ = try JSON(Array(text.utf8))
    }

    @Test(arguments: [
        "", " ", "[1 true]", "[1,]", "[,1]", "[1,,2]", "[\"\",]", "[\"x\"", "[x", "[\"x\"]]", "[1", "[\"a\",\n4\n,1,",
        "[*]",
        "[fals]", "[nul]", "[tru]", "[-01]", "[-1.0.]", "[-2.]", "[.-1]", "[.2e-3]", "[0.1.2]", "[0.3e+]", "[0.3e]",
        "[0.e1]",
        "[0E]", "[0e+]", "[1.0e-]", "[1.0e]", "[1 000.0]", "[1eE2]", "[2.e3]", "[9.e+]", "[Inf]", "[NaN]", "[0x1]",
        "[1+2]",
        "[-]", "[-foo]", "[- 1]", "[012]", "[-012]", "[1.]", "[.123]", "[1a]", "[+1]", "[++1]", "[0.]",
        "{\"x\", null}", "{\"x\"::\"b\"}", "{\"a\":\"a\" 123}", "{key: 'value'}", "{\"a\" b}", "{:\"b\"}", "{\"a\":",
        "{\"a\"",
        "{1:1}", "{\"id\":0,}", "{\"id\":0,,,}", "{'a':0}", "{\"a\":\"b\",,\"c\":\"d\"}", "{a: \"b\"}",
        "{\"a\":\"b\"}#",
        "{\"a\":\"b\"}/**/", "{ \"foo\" : \"bar\", \"a\" }", "{\"a\":true} \"x\"", "[\"\\u00A\"]", "[\"\\\\\\\"]",
        "[\"\\x00\"]",
        "[\"\\a\"]", "[\"\\🌀\"]", "[\"\\uqqqq\"]", "[\"\\u\"]", "[\"\\", "[\"\\u1", "\"", "['single']", "abc",
        "[\"new\nline\"]",
        "[\"tab\there\"]", "[\"\u{0}\"]", "\"\\UA66D\"", "<null>", "]", "}", "{}}", "[1]x", "true false", "\u{FEFF}[]",
        "\\u000A\"\"",
        "[\u{0C}]", "\u{2060}", "*", "{[", "[\"\\uD800\\",
        "[\"\\uD834\\uDd", "tru", "nulll",
    ])
    func `refuses what is not`(text: String) {
        #expect(throws: JSONError.self) { try JSON(Array(text.utf8)) }
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xE0, 0x80, 0x80, 0x22],
            [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22], [0x22, 0x80, 0x22], [0xC3],
            [0x22, 0xF0, 0x9F],
        ] as [[UInt8]])
    func `refuses what is not UTF-8`(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSON(bytes) }
    }

    @Test func `is bounded in depth`() throws {
        let deep = { (depth: Int) in
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        _ = try JSON(deep(64))
        #expect(throws: JSONError.self) { try JSON(deep(65)) }
        #expect(throws: JSONError.self) { try JSON(Array(String(repeating: "[", count: 1_000_000).utf8)) }
        #expect(throws: JSONError.self) { try JSON(Array(String(repeating: "{\"a\":", count: 100_000).utf8)) }
    }

    @Test func `survives every cut and every changed byte`() {
        let text = Array(#"{"a":[1,-2.5e3,"x\u00e9\n€",{"b":null,"c":[true,false]}],"d":"\ud83d\ude39"}"#.utf8)
        for length in text.indices { #expect(throws: JSONError.self) { try JSON(Array(text[..<length])) } }
        for place in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[place] = byte
                // Read or refused; what is read can be walked.
                guard let json = try? JSON(changed) else { continue }
                walk(json)
            }
        }
    }

    private func walk(_ json: JSON) {
        _ = json.string
        _ = json.numberText
        for member in json.members { walk(member.value) }
        for element in json.elements { walk(element) }
    }

    /// What Node's fetch sends where a text was cut within an emoji.
    @Test(arguments: [
        (#""A\ud83d""#, "A\u{FFFD}"), (#""\ude00B""#, "\u{FFFD}B"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
        (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"), (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
        (#""\ud83d\n""#, "\u{FFFD}\n"),
        (#""\ud83dé\ude00""#, "\u{FFFD}é\u{FFFD}"), (#""\ud83d\ude00""#, "😀"),
    ])
    func `reads half of a surrogate pair as U+FFFD, in a value and in a name`(text: String, expected: String) throws {
        #expect(try JSON(Array(text.utf8)).string == expected)
        let object = try JSON(Array("{\(text):1}".utf8))
        #expect(object.members.map(\.name) == [expected])
        #expect(object[expected]?.numberText == "1")
        let written = JSONWriter.write { $0.value(expected) }
        #expect(String(validating: written, as: UTF8.self) != nil)
    }

    @Test func `shows names and values in a row`() throws {
        let json = try JSON(Array(#"{"a\u0062":[1,"x"],"c":null}"#.utf8))
        let tokens = (0..<json.tokenCount).map(json.token)
        #expect(tokens.map(\.part) == [.object, .name, .array, .number, .string, .name, .word])
        #expect(json.text(of: tokens[1]) == "ab")
        #expect(tokens[2].next == 5)
        #expect(json.document[tokens[4].range].elementsEqual("x".utf8))
    }

    @Test func `says where it stopped`() {
        #expect(throws: JSONError(offset: 8, reason: "a digit is missing")) { try JSON(Array(#"{"a": 1."#.utf8)) }
    }
}

@Suite struct `A JSON value` {
    @Test func `is found by name, the last one when there are several`() throws {
        let json = try JSON(Array(#"{"a":{"b":[1,{"c":"d"}]},"x":1,"x":2,"\u0079":3}"#.utf8))
        #expect(json["a"]?["b"]?.elements[1]["c"]?.string == "d")
        #expect(json["x"]?.numberText == "2")
        #expect(json["y"]?.numberText == "3")
        #expect(json["missing"] == nil)
        #expect(json.members.map(\.name) == ["a", "x", "x", "y"])
        #expect(json["a"]?.source == Array(#"{"b":[1,{"c":"d"}]}"#.utf8))
    }

    @Test func `keeps a number's text, and unescapes a string`() throws {
        let json = try JSON(Array(#"[1.0000, 1e2, "\ud83d\ude39\u00e9\/\n", true, null]"#.utf8))
        #expect(json.elements[0].numberText == "1.0000")
        #expect(json.elements[2].string == "😹é/\n")
        #expect(json.elements[3].bool == true)
        #expect(json.elements[4].isNull)
        #expect(json.elements[0].string == nil)
    }
}
