import Contract
import HTTP
import JSON
import Medusa
import Testing

/// The first thing that is wrong, in Joi's words (B.6).
@Suite struct `Validation` {
    private enum Sample {
        static let name = Key.required("name", .string, "")
        static let email = Key.optional("email", .email, "")
        static let phone = Key.optional("phone", .phone, "")
        static let pin = Key.optional("pin", .string(length: 4), "")
        static let kind = Key.optional("kind", .oneOf("a", "b"), "")
        static let amount = Key.optional("amount", .price, "")
        static let count = Key.optional("count", .integer(1...10), "")
        static let flag = Key.optional("flag", .boolean, "")
        static let must = Key.optional("must", .onlyTrue, "")
        static let date = Key.optional("date", .date, "")
        static let sku = Key.required("sku", .string, "")
        static let quantity = Key.optional("quantity", .quantity, "")
        static let items = Key.optional("items", .array(of: fields(sku, quantity), 1...3), "")
        static let city = Key.required("city", .string, "")
        static let address = Key.optional("address", .object(fields(city)), "")
        static let token = Key.optional(
            "token", .alternatives(.string(), .array(of: .object(fields(sku)), counts: 1...2)), "")
        static let page = Key.optional("page", .integer(1...1000), "")

        static let endpoint = Endpoint(
            .post, "/x", title: "", section: .customer, source: .own, security: .apiKey, query: fields(page),
            body: fields(
                name, email, phone, pin, kind, amount, count, flag, must, date, items, address, token), outcomes: [])
    }

    private func message(_ body: String, query: [NamedValue] = []) -> String? {
        do {
            _ = try Sample.endpoint.validate(query: query, body: JSON(Array(body.utf8)))
            return nil
        } catch {
            return (error as? Violation)?.message
        }
    }

    @Test(arguments: [
        (#"{}"#, #""name" is required"#),
        (#"{"name":null}"#, #""name" must be a string"#),
        (#"{"name":5}"#, #""name" must be a string"#),
        (#"{"name":""}"#, #""name" is not allowed to be empty"#),
        (#"{"name":"x","email":"Doe"}"#, #""email" must be a valid email"#),
        (#"{"name":"x","phone":"12345"}"#, #""phone" did not seem to be a phone number"#),
        (#"{"name":"x","pin":"12345"}"#, #""pin" length must be 4 characters long"#),
        (#"{"name":"x","kind":"c"}"#, #""kind" must be one of [a, b]"#),
        (#"{"name":"x","kind":1}"#, #""kind" must be one of [a, b]"#),
        (#"{"name":"x","amount":"abc"}"#, #""amount" must be a number"#),
        (#"{"name":"x","amount":true}"#, #""amount" must be a number"#),
        (#"{"name":"x","amount":-1}"#, #""amount" must be greater than or equal to 0"#),
        (#"{"name":"x","count":1.5}"#, #""count" must be an integer"#),
        (#"{"name":"x","count":0}"#, #""count" must be greater than or equal to 1"#),
        (#"{"name":"x","count":11}"#, #""count" must be less than or equal to 10"#),
        (#"{"name":"x","flag":1}"#, #""flag" must be a boolean"#),
        (#"{"name":"x","must":false}"#, #""must" must be [true]"#),
        (#"{"name":"x","date":"soon"}"#, #""date" must be a valid date"#),
        (#"{"name":"x","items":{}}"#, #""items" must be an array"#),
        (#"{"name":"x","items":[]}"#, #""items" must contain at least 1 items"#),
        (
            #"{"name":"x","items":[{"sku":"a"},{"sku":"a"},{"sku":"a"},{"sku":"a"}]}"#,
            #""items" must contain less than or equal to 3 items"#
        ),
        (#"{"name":"x","items":["a"]}"#, #""items[0]" must be of type object"#),
        (#"{"name":"x","items":[{"sku":"a"},{"quantity":1}]}"#, #""items[1].sku" is required"#),
        (#"{"name":"x","items":[{"sku":"a","quantity":"many"}]}"#, #""items[0].quantity" must be a number"#),
        (#"{"name":"x","address":"home"}"#, #""address" must be of type object"#),
        (#"{"name":"x","address":{"city":7}}"#, #""address.city" must be a string"#),
        (#"{"name":"x","token":5}"#, #""token" must be one of [string, array]"#),
        (#"{"name":"x","token":[{}]}"#, #""token[0].sku" is required"#),
        (#"[]"#, #""value" must be of type object"#),
        (#"null"#, #""value" must be of type object"#),
        (#"{"email":"bad","flag":"bad"}"#, #""name" is required"#),
    ])
    func `reports the first failing key, with its full path`(body: String, expected: String) {
        #expect(message(body) == expected)
    }

    @Test(arguments: [
        #"{"name":"x"}"#, #"{"name":"x","unknown":{"a":1}}"#,
        #"{"name":"x","amount":"12.5","count":"3","flag":"true"}"#,
        #"{"name":"x","phone":"+1 (855) 353-9289","date":"2018-03-05","token":"t"}"#,
        #"{"name":"x","items":[{"sku":"a","quantity":1.0000}],"token":[{"sku":"a"}]}"#,
    ])
    func `lets pass what is right, and unknown fields`(body: String) {
        #expect(message(body) == nil)
    }

    @Test func `checks the query before the body`() {
        #expect(message("{}", query: [NamedValue("page", "1001")]) == #""page" must be less than or equal to 1000"#)
        #expect(message("{}", query: [NamedValue("page", "x")]) == #""page" must be a number"#)
    }

    @Test func `takes no body for an empty object`() throws {
        #expect(throws: Violation.self) { try Sample.endpoint.validate(query: [], body: nil) }
    }

    @Test(arguments: [
        ("a@b.co", true), ("a.b+c@x-y.example.com", true), ("a@b", false), ("@b.co", false), ("a@b..co", false),
        ("a b@c.co", false), ("a@b@c.co", false), ("a@b.c\u{0}o", false),
        (String(repeating: "a", count: 65) + "@b.co", false),
        ("a@" + String(repeating: "b.", count: 200) + "co", false),
    ])
    func `knows an e-mail`(email: String, isValid: Bool) {
        let body = JSONWriter.write {
            $0.object {
                $0.member("name", "x")
                $0.member("email", email)
            }
        }
        #expect((message(String(decoding: body, as: UTF8.self)) == nil) == isValid)
    }

    @Test func `reads what it has checked`() throws {
        let body = try JSON(Array(#"{"name":"x","amount":"12.34","count":3,"items":[{"sku":"a","quantity":2}]}"#.utf8))
        let input = try Sample.endpoint.validate(query: [NamedValue("page", "7")], body: body)
        #expect(input.body[Sample.name] == "x")
        #expect(input.body[Sample.amount]?.cents == 1234)
        #expect(input.body[Sample.items]?.first?[Sample.quantity] == 2)
        #expect(input.query[Sample.page] == 7)
        #expect(input.body[Sample.email] == nil)
    }
}

@Suite struct `A kind of date` {
    private static let last = Key.optional("last", .lastMoment, "")
    private static let end = Key.optional("end", .end, "")
    private static let first = Key.optional("first", .moment, "")
    private static let bound = Key.optional("bound", .lastMoment(within: .calendar), "")

    private func values(_ text: String) throws -> Values {
        let names = ["last", "end", "first", "bound"].map { #""\#($0)":"\#(text)""# }
        return .object(try JSON(Array("{\(names.joined(separator: ","))}".utf8)))
    }

    @Test(arguments: ["2026-11-25", "11/25/2026", "Wed Nov 25 2026", "25 November 2026", "Nov 25, 2026", "2026/11/25"])
    func `means the whole day where no time is given`(text: String) throws {
        let values = try values(text)
        #expect(values[Self.first] == .at(try #require(Timestamp(reading: "2026-11-25T00:00:00.000Z"))))
        #expect(values[Self.last] == .at(try #require(Timestamp(reading: "2026-11-25T23:59:59.999Z"))))
        #expect(values[Self.end] == .at(try #require(Timestamp(reading: "2026-11-26T00:00:00.000Z"))))
        #expect(values[Self.bound]?.iso8601 == "2026-11-25T23:59:59.999Z")
    }

    @Test(arguments: ["2026-11-25T15:51:27Z", "11/25/2026 3:51:27 PM", "Wed Nov 25 10:51:27 EST 2026"])
    func `means the moment where a time is given`(text: String) throws {
        let (values, moment) = (try values(text), try #require(Timestamp(reading: "2026-11-25T15:51:27.000Z")))
        #expect(values[Self.first] == .at(moment))
        #expect(values[Self.last] == .at(moment))
        #expect(values[Self.end] == .at(moment))
        #expect(values[Self.bound] == moment)
    }
}

@Suite struct `A document` {
    private static let count = Key.required("count", .integer(1...9), "A number")
    private static let names = Key.optional("names", .strings(.oneOf(["left", "right"])), "Words")
    private static let after = Key.optional("after", .duration, "A length of time")
    private static let when = Key.optional("when", .moment, "A moment")
    private static let parts = Key.optional("parts", .dictionary(of: fields(count)), "By name")
    private static let all = fields(count, names, after, when, parts)

    @Test(arguments: [
        (#"{"count":1}"#, []),
        ("{}", [#""count" is required"#]),
        (
            #"{"count":0,"names":["left","up"],"after":"1 day","when":"soon"}"#,
            [
                #""count" must be greater than or equal to 1"#, #""names[1]" must be one of [left, right]"#,
                #""after" must be a duration of ISO 8601, such as P31D or PT2H"#,
                #""when" must be a date, or a duration of ISO 8601 such as -P3D"#,
            ]
        ),
        (#"{"count":1,"after":"-P1D","when":"-P1D"}"#, [#""after" must not go back in time"#]),
        (
            #"{"cuont":1,"count":1,"parts":{"a":{"count":1,"colour":2},"b":{}}}"#,
            [
                #""parts.b.count" is required"#, #""cuont" is not known here; did you mean "count"?"#,
                #""parts.a.colour" is not known here"#,
            ]
        ),
        ("[]", [#""document" must be of type object"#]),
    ])
    func `is told everything that is wrong with it`(text: String, expected: [String]) throws {
        let violations = Self.all.violations(of: try JSON(Array(text.utf8)))
        #expect(violations.map { $0.message + didYouMean($0.nearestAllowed) } == expected)
    }

    @Test(arguments: [
        ("emial", "email"), ("EMAIL", "email"), ("e-mail", "email"), ("mail", "email"), ("phone", nil), ("x", nil),
        ("frist_name", "first_name"), ("firstname", "first_name"),
    ])
    func `is told the nearest name`(word: String, expected: String?) {
        #expect(nearest(to: word, among: ["email", "first_name", "last_name"]) == expected)
    }
}
