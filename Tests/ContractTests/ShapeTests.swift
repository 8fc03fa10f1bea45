import Contract
import JSON
import Testing

/// How an answer differs from its declaration.
@Suite struct `An answer's shape` {
    private static let schema = Schema.object([
        .always("id", .text(), ""), .sometimes("note", .text(), ""), .always("count", .count, ""),
        .always("amount", .number(), ""), .always("flag", .boolean(), ""), .always("status", .oneOf(["a", "b"]), ""),
        .always("code", .alternatives([.text(), .integer(1...9)]), ""),
        .always("lines", .array(of: .named("Line", [.always("sku", .text(), "")]), counts: 0...9), ""),
        .always("counts", .dictionary(of: .count), ""), .always("open", .object([]), ""),
    ])

    private static let good = """
        {"id":"","count":1,"amount":1.5,"flag":false,"status":"a","code":"x","lines":[{"sku":"s"}],"counts":{"x":1},\
        "open":{"any":null}}
        """

    private func differences(_ old: String = "", _ new: String = "") throws -> [String] {
        let text = old.isEmpty ? Self.good : Self.good.replacing(old, with: new)
        return Self.schema.differences(in: try JSON(Array(text.utf8)))
    }

    @Test func `is right with an optional member or without`() throws {
        #expect(try differences() == [])
        #expect(try differences(#""id":"""#, #""id":"","note":"n""#) == [])
        #expect(try differences(#""code":"x""#, #""code":9"#) == [])
    }

    @Test(arguments: [
        (#""id":"","#, "", "body.id is missing"),
        (#""id":"""#, #""id":"","extra":1"#, "body.extra is not documented"),
        (#""id":"""#, #""id":7"#, "body.id is a number, not a string"),
        (#""id":"""#, #""id":null"#, "body.id is null, not a string"),
        (#""count":1"#, #""count":"1""#, "body.count is a string, not a whole number"),
        (#""count":1"#, #""count":1.5"#, "body.count is no whole number"),
        (#""amount":1.5"#, #""amount":"1.5""#, "body.amount is a string, not a number"),
        (#""flag":false"#, #""flag":"false""#, "body.flag is a string, not a boolean"),
        (#""status":"a""#, #""status":"c""#, "body.status is none of a, b"),
        (#""code":"x""#, #""code":true"#, "body.code is a boolean, not a string"),
        (#"{"sku":"s"}"#, #"{"sku":[]}"#, "body.lines[0].sku is an array, not a string"),
        (#"[{"sku":"s"}]"#, #"{"sku":"s"}"#, "body.lines is an object, not an array"),
        (#"{"x":1}"#, #"{"x":{}}"#, "body.counts.x is an object, not a whole number"),
        (#"{"any":null}"#, "[]", "body.open is an array, not an object"),
    ])
    func `says which key, and which type`(old: String, new: String, difference: String) throws {
        #expect(try differences(old, new) == [difference])
    }
}
