import Contract
import HTTP
import JSON
import Medusa
import MedusaAPI
import MedusaStore
import Sandbox
import Support
import Testing

@Suite struct `A date in a request` {
    private static let spellings = [
        "2026-11-20", "11/20/2026", "20 November 2026", "Nov 20, 2026", "Fri Nov 20 2026", "2026/11/20",
        "Fri, 20 Nov 2026 15:51:27 GMT", "11/20/2026 3:51:27 PM", "2026-11-20T15:51:27-05:00",
        "Fri Nov 20 2026 15:51:27 GMT-0500 (Eastern Standard Time)",
    ]
    private static let unreadable = ["banana", "20/11/2026", "tomorrow", "2026-02-30", "Nov 25 2026 banana", "2026"]

    private struct Place: Sendable {
        let name: String
        let path: String
        let body: @Sendable (String) -> String
        var needsToken = false
    }

    /// Every field of a body with which something is computed.
    private static let computed = [
        Place(name: "shipDate", path: "/v3/transactions/ABC-1/confirm-shipment") {
            #"{"items":[{"carrier":"ups","shipDate":"\#($0)"}]}"#
        },
        Place(name: "deliveryDate", path: "/v3/transactions/ABC-1/confirm-shipment") {
            #"{"items":[{"carrier":"ups","shipDate":"2026-11-01","deliveryDate":"\#($0)"}]}"#
        },
        Place(name: "receiptDate", path: "/v3/transactions/ABC-1/confirm-receipt") {
            #"{"items":[{"receiptDate":"\#($0)"}]}"#
        },
    ]

    @Test func `that is computed with is taken in every spelling`() throws {
        for place in Self.computed {
            for spelling in Self.spellings {
                let world = try World()
                _ = try world.finalized()
                #expect(
                    try world.send(.post, place.path, place.body(spelling)).status == 200, "\(place.name) \(spelling)")
            }
        }
    }

    @Test func `that is computed with is refused where it cannot be read`() throws {
        for place in Self.computed {
            let world = try World()
            _ = try world.finalized()
            for text in Self.unreadable {
                let answer = try world.send(.post, place.path, place.body(text))
                #expect(answer.message == "\"items[0].\(place.name)\" must be a valid date", "\(text)")
            }
        }
    }

    private static let kept = ["dateOfBirth", "lastPayDate", "nextPayDate"]

    private static func application(_ name: String, _ text: String) -> String {
        name == "dateOfBirth"
            ? World.application.replacing("1998-03-23", with: text)
            : World.application.replacing(#""payFrequency""#, with: #""\#(name)":"\#(text)","payFrequency""#)
    }

    private func apply(_ name: String, _ text: String) throws -> World.Answer {
        let world = try World()
        return try world.send(
            .post, "/v3/users/me/apply", Self.application(name, text), token: world.create().token,
            fields: [NamedValue("customer-ip", "127.0.0.1")])
    }

    @Test(arguments: kept) func `that is only kept is a warning where it cannot be read`(name: String) throws {
        for text in Self.unreadable {
            let answer = try apply(name, text)
            #expect((answer.status, answer.field("x-sandbox-warnings")) == (200, "1"), "\(text)")
        }
    }

    @Test(arguments: kept) func `that is only kept is no warning where it can be read`(name: String) throws {
        for text in Self.spellings { #expect(try apply(name, text).field("x-sandbox-warnings") == nil, "\(text)") }
    }

    @Test(arguments: kept) func `that is only kept begins with 1900`(name: String) throws {
        #expect(try apply(name, "12/31/1899").message?.contains("must be a valid date from 1900-01-01") == true)
        #expect(try apply(name, "1/1/1900").status == 200)
    }

    @Test(arguments: ["2018-03-19", "3/19/2018", "Mon Mar 19 2018", "19 March 2018", "Mar 19, 2018"])
    func `until which a fault is in force belongs to it`(text: String) throws {
        let world = try World()
        let sandbox = try world.sandbox()
        let fault = try JSON(Array(#"{"operations":["getUsers"],"status":500,"until":"\#(text)"}"#.utf8))
        try sandbox.store.write { _ = try sandbox.add(fault: fault, at: World.start) }
        func status(at moment: String) throws -> Int {
            sandbox.clock = .frozen(try #require(Timestamp(reading: moment)))
            return try world.send(.get, "/v3/users").status
        }
        #expect(try status(at: "2018-03-19T23:59:59.999Z") == 500)
        #expect(try status(at: "2018-03-20T00:00:00.000Z") == 200)
    }

    @Test func `as an upper bound includes its whole day, however it is written`() throws {
        let world = try World()
        // The world stands at 2018-03-19T15:51:27.080Z.
        _ = try world.lease(try world.approved())
        let same = [
            "2018-03-19", "3/19/2018", "Mon%20Mar%2019%202018", "19%20March%202018", "Mar%2019,%202018", "2018-03",
        ]
        for text in same {
            let listed = try world.send(.get, "/v3/transactions?toDate=\(text)").data?["meta"]?["count"]?.numberText
            #expect(listed == "1", "\(text)")
        }
        for text in ["2018-03-18", "3/18/2018", "Sun%20Mar%2018%202018", "Mon%20Mar%2019%202018%2003:00%20PM"] {
            let listed = try world.send(.get, "/v3/transactions?toDate=\(text)").data?["meta"]?["count"]?.numberText
            #expect(listed == "0", "\(text)")
        }
    }
}

@Suite struct `A value that the documents would not have` {
    private func warnings(_ change: (String) -> String) throws -> String? {
        let world = try World()
        let answer = try world.send(
            .post, "/v3/users/me/apply", change(World.application), token: world.create().token,
            fields: [NamedValue("customer-ip", "127.0.0.1")])
        #expect(answer.status == 200, "\(answer.text)")
        return answer.field("x-sandbox-warnings")
    }

    @Test(arguments: [
        ("1250", "-100"), ("\"FL\"", "\"Florida\""), ("\"33021\"", "\"K1A 0B1\""), ("\"US\"", "\"United States\""),
        ("888776666", "88877-666"), ("\"FL\"", "\"XX\""), ("\"33021\"", "\"330211234\""),
    ])
    func `is a warning where it is only kept`(right: String, odd: String) throws {
        #expect(try warnings { $0.replacing(right, with: odd) } == "1")
    }

    @Test(arguments: [("1250", "0"), ("\"FL\"", "\"fl\""), ("\"33021\"", "\"33021-1234\""), ("\"US\"", "\"USA\"")])
    func `is no warning where people write it so`(right: String, other: String) throws {
        #expect(try warnings { $0.replacing(right, with: other) } == nil)
    }

    @Test(arguments: [
        ("127.0.0.1", 200), ("::1", 200), ("2001:db8::ff00:42:8329", 200), ("::ffff:10.0.0.1", 200), ("1.2.3", 400),
        ("256.1.1.1", 400), ("localhost", 400), ("1:2:3", 400), ("::1::", 400), ("1.2.3.4.5", 400), ("g::1", 400),
    ])
    func `is an address of the Internet where one is asked for`(address: String, status: Int) throws {
        let body = World.prequalification().replacing("127.0.0.1", with: address)
        #expect(try World().send(.post, "/v3/users/prequal/start/lease", body).status == status)
    }

    @Test(arguments: [
        ("cardInformation", #"[{}]"#, #""cardInformation[0].tokens" is required"#),
        ("cardInformation", #"[{"lastFour":"0067"}]"#, #""cardInformation[0].tokens" is required"#),
        ("cardInformation", #"[{"tokens":[]}]"#, #""cardInformation[0].tokens" must contain at least 1 items"#),
        ("cardInformation", #"[{"tokens":[{}]}]"#, #""cardInformation[0].tokens[0].token" is required"#),
        ("bankAccount", "{}", #""bankAccount.routing" is required"#),
    ])
    func `is refused where it would be a payment method and makes none`(
        name: String, value: String, message: String
    ) throws {
        let world = try World()
        let body = World.application.replacing(#""street1""#, with: #""\#(name)":\#(value),"street1""#)
        let answer = try world.send(.post, "/v3/users/me/apply", body, token: world.create().token)
        #expect((answer.status, answer.message) == (400, message))
    }

    @Test func `in the field of the gateway is a warning, unless it is the key's own`() throws {
        let world = try World()
        let own = try world.sandbox().defaultConsumer.field
        func warnings(_ value: String) throws -> String? {
            try world.send(.get, "/v3/users", fields: [NamedValue("x-consumer-custom-id", value)])
                .field("x-sandbox-warnings")
        }
        #expect(try warnings(own) == nil)
        for other in ["other:1", "", "\(own)x", own.uppercased() + "-"] { #expect(try warnings(other) == "1") }
        try world.sandbox().settings.strictness = .strict
        let refused = try world.send(.get, "/v3/users", fields: [NamedValue("x-consumer-custom-id", "other:1")])
        #expect(refused.message == "\"x-consumer-custom-id\" must be [\(own)]")
    }

    @Test func `in an e-mail that looks like a test value is a warning`() throws {
        let world = try World()
        func warnings(_ email: String) throws -> String? {
            try world.send(.post, "/v3/users", #"{"firstName":"J","lastName":"D","email":"\#(email)"}"#)
                .field("x-sandbox-warnings")
        }
        #expect(try warnings("jane.limit-500@example.com") == "1")
        #expect(try warnings("jane.denied@example.com") == "1")
        #expect(try warnings("jane.deny+1@example.com") == nil)
        #expect(try warnings("jane@example.com") == nil)
    }
}

@Suite struct `A documented request` {
    @Test func `is never odd`() throws {
        for endpoint in Routes.endpoints {
            guard let sample = endpoint.request else { continue }
            var fields = Fields()
            for field in endpoint.headers where field.isRecommended { fields.add(field.name, "127.0.0.1") }
            #expect(throws: Never.self) { try endpoint.validate(query: [], body: sample.body) }
            let oddities = endpoint.oddities(headers: fields, query: [], body: sample.body)
            #expect(oddities.map(\.sentence) == [], "\(endpoint.operation)")
        }
    }

    @Test func `is never odd with any value that a page names`() throws {
        for endpoint in Routes.endpoints {
            for field in endpoint.body { Self.check(field.schema, endpoint.operation) }
        }
    }

    private static func check(_ schema: Schema, _ operation: String) {
        if case .documented(let values) = schema {
            for value in values {
                let body = JSONWriter.write { $0.object { $0.member("value", value) } }
                #expect((try? JSON(body)).flatMap { $0["value"] }.map(schema.accepts) == true, "\(operation) \(value)")
            }
        }
        for field in schema.fields { check(field.schema, operation) }
    }

    @Test(arguments: ["UPS", "overnight", "freight", "ground", "free", "store", "2-day-air"])
    func `may ship by every method that a page prints`(method: String) throws {
        let world = try World()
        try world.sandbox().settings.strictness = .strict
        let customer = try world.approved()
        let body = World.order().replacing(
            #""payTomorrowTaxTotal""#,
            with:
                #""shipping":{"cost":10.33,"date":"2018-03-05T00:00:00.000Z","method":"\#(method)"},"payTomorrowTaxTotal""#
        )
        let answer = try world.send(.post, "/v3/leases", body, token: customer.token)
        #expect(answer.status == 200, "\(answer.text)")
    }
}

@Suite struct `A parameter that comes twice` {
    @Test func `is a list, and refused as one, wherever a parameter is declared`() throws {
        var count = 0
        for endpoint in Routes.endpoints {
            for field in endpoint.query {
                for values in [["1", "1"], ["a@b.co", "z@b.co"], ["", "x", "2026-01-01"]] {
                    let query = values.map { NamedValue(field.name, $0) }
                    let message = #expect(throws: Violation.self) {
                        _ = try endpoint.validate(query: query, body: nil)
                    }?.message
                    let expected =
                        switch field.schema.typeName {
                        case "number": "must be a number"
                        case "boolean": "must be a boolean"
                        case "date": "must be a valid date"
                        default: "must be"
                        }
                    #expect(message?.hasPrefix("\"\(field.name)\" \(expected)") == true, "\(message ?? "")")
                    count += 1
                }
            }
        }
        #expect(count >= 45)
    }

    @Test func `is refused with Joi's words`() throws {
        let answer = try World().send(.get, "/v3/user-exists?email=a@b.co&email=z@b.co")
        #expect((answer.status, answer.message) == (400, #""email" must be a string"#))
    }

    @Test func `is refused in a form as well`() throws {
        let answer = try World().send(
            .post, "/v3/users", "firstName=A&lastName=B&email=a@b.co&email=z@b.co",
            fields: [NamedValue("Content-Type", "application/x-www-form-urlencoded")])
        #expect((answer.status, answer.message) == (400, #""email" must be a string"#))
    }

    @Test func `passes where nobody reads it`() throws {
        #expect(try World().send(.get, "/v3/user-exists?email=a@b.co&x=1&x=2").status == 200)
    }
}

@Suite struct `A bank account` {
    /// Nine digits that pass the ABA's checksum, or do not.
    private static func number(_ chance: inout Chance, passing: Bool) -> String {
        var digits = (0..<8).map { _ in chance.below(10) }
        let sum = zip(digits, [3, 7, 1, 3, 7, 1, 3, 7]).map { $0.0 * $0.1 }.reduce(0, +)
        let right = (10 - sum % 10) % 10
        digits.append(passing ? right : (right + 1 + chance.below(9)) % 10)
        return digits.map(String.init).joined()
    }

    /// What the four calls that are told of a bank say of an account: the lookup, Add Payment Method, Verify ACH, and Apply, which is
    /// the modal's too.
    private struct Judgement: Equatable {
        var lookup: Bool?
        var added: Bool
        var verified: Bool
        var applied: Bool
    }

    private func judge(_ routing: String, _ account: String, in world: World, _ number: Int) throws -> Judgement {
        let customer = try world.create("bank\(number)@example.com")
        let lookup = try world.send(.get, "/v3/routing-numbers/\(routing)")
        let verified = try world.send(
            .post, "/v3/paymentMethods/\(customer.id)/verifyACH",
            #"{"routingNumber":"\#(routing)","accountNumber":"\#(account)"}"#)
        let added = try world.send(
            .post, "/v3/paymentMethods/add",
            #"{"primary":false,"label":"x","ach":{"routing":"\#(routing)","account":"\#(account)"}}"#,
            token: customer.token)
        let bank = #""bankAccount":{"routing":"\#(routing)","account":"\#(account)","type":"checking"},"street1""#
        let applied = try world.send(
            .post, "/v3/users/me/apply", World.application.replacing(#""street1""#, with: bank), token: customer.token)
        return Judgement(
            lookup: lookup.status == 200 ? lookup.data?["accepted"]?.bool : nil, added: added.status == 201,
            verified: verified.data?["status"]?.bool == true, applied: applied.status == 200)
    }

    @Test func `is judged alike by every call that is told of one`() throws {
        var chance = Chance(seed: 31)
        let world = try World()
        for number in 0..<300 {
            let isGood = chance.isOne(in: 2)
            let routing = Self.number(&chance, passing: isGood)
            let judgement = try judge(routing, "1234567890", in: world, number)
            #expect(
                judgement == Judgement(lookup: isGood, added: isGood, verified: isGood, applied: isGood), "\(routing)")
        }
    }

    @Test(arguments: ["x", "12345678", "1234567890", "02100002x", "٠٢١٠٠٠٠٢١"])
    func `without a routing number is good nowhere`(routing: String) throws {
        let path = routing.utf8.map { $0 < 0x80 ? String(UnicodeScalar($0)) : "%" + String($0, radix: 16) }.joined()
        let world = try World()
        #expect(try world.send(.get, "/v3/routing-numbers/\(path)").status == 400)
        let customer = try world.create()
        let body = #"{"routingNumber":"\#(routing)","accountNumber":"1234567890"}"#
        let verified = try world.send(.post, "/v3/paymentMethods/\(customer.id)/verifyACH", body)
        #expect(verified.text == #"{"data":{"accountResponseCode":"GS01","status":false}}"#)
        let ach = #"{"primary":false,"label":"x","ach":{"routing":"\#(routing)","account":"1234567890"}}"#
        #expect(try world.send(.post, "/v3/paymentMethods/add", ach, token: customer.token).code == "")
    }

    @Test(arguments: ["y", "123", "12a4", "123-456"])
    func `without an account number is good nowhere`(account: String) throws {
        let judgement = try judge("021000021", account, in: World(), 1)
        #expect(judgement == Judgement(lookup: true, added: false, verified: false, applied: false))
    }

    @Test(arguments: ["000000000", "084009519"])
    func `of a refused bank is good nowhere`(routing: String) throws {
        let judgement = try judge(routing, "1234567890", in: World(), 1)
        #expect(judgement == Judgement(lookup: false, added: false, verified: false, applied: false))
    }

    @Test(arguments: ["ach.routing", "bankAccount.routing", "routingNumber"])
    func `is judged by a rule on any name that a call has for it`(name: String) throws {
        let world = try World()
        let document = try JSON(Array(#"[{"when":{"\#(name)":"0210*"},"outcome":"bankRefused"}]"#.utf8))
        let sandbox = try world.sandbox()
        try sandbox.store.write { try sandbox.set(personas: document, at: World.start) }
        let judgement = try judge("021000021", "1234567890", in: world, 1)
        #expect(judgement == Judgement(lookup: false, added: false, verified: false, applied: false))
    }
}

@Suite struct `An e-mail of a customer` {
    @Test(arguments: [
        ("ü@example.com", "Ü@example.com"), ("ü@example.com", "U\u{308}@EXAMPLE.com"),
        ("straße@example.com", "STRASSE@example.com"),
        ("José@example.com", "JOSE\u{301}@example.com"), ("σ@example.com", "ς@example.com"),
        ("a@Müller.de", "A@MÜLLER.DE"),
        ("K@example.com", "\u{212A}@example.com"), ("Ångström@example.com", "a\u{30A}ngstro\u{308}m@example.com"),
        ("x@example.com", "X@Example.COM"),
    ])
    func `is one, whatever its case and however its accents were typed`(first: String, second: String) throws {
        for (left, right) in [(first, second), (second, first)] {
            let world = try World()
            _ = try world.create(left)
            let body = #"{"firstName":"J","lastName":"D","email":"\#(right)"}"#
            #expect(try world.send(.post, "/v3/users", body).code == "UserAlreadyExists", "\(left) \(right)")
            let escaped = right.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            #expect(try world.send(.get, "/v3/user-exists?email=\(escaped)").data?["exists"]?.bool == true)
        }
    }

    @Test func `is one in hundreds of generated spellings`() throws {
        var chance = Chance(seed: 44)
        let world = try World()
        let letters = ["ä", "Ö", "é", "Ñ", "ç", "ß", "ø", "Ł", "ž", "Ж", "й", "Ω", "ά", "ő", "ế", "a", "B", "z"]
        for number in 0..<200 {
            let name = (0..<(1 + chance.below(6))).map { _ in chance.pick(letters) }.joined() + String(number)
            _ = try world.create("\(name)@example.com")
            let other = chance.pick([
                name.uppercased(), name.lowercased(), Self.decomposed(name), Self.decomposed(name.uppercased()),
            ])
            let body = #"{"firstName":"J","lastName":"D","email":"\#(other)@example.com"}"#
            #expect(try world.send(.post, "/v3/users", body).status == 409, "\(name) \(other)")
        }
    }

    /// Typed with dead keys.
    private static func decomposed(_ text: String) -> String {
        let apart = [
            "ä": "a\u{308}", "Ö": "O\u{308}", "é": "e\u{301}", "Ñ": "N\u{303}", "ž": "z\u{30C}", "ế": "e\u{302}\u{301}",
            "Ž": "Z\u{30C}",
        ]
        return text.map { apart[String($0)] ?? String($0) }.joined()
    }

    @Test(arguments: [
        ("ı@example.com", "i@example.com"), ("ü@example.com", "u@example.com"), ("ø@example.com", "o@example.com"),
    ])
    func `is another one with another letter`(first: String, second: String) throws {
        let world = try World()
        _ = try world.create(first)
        #expect(
            try world.send(.post, "/v3/users", #"{"firstName":"J","lastName":"D","email":"\#(second)"}"#).status == 200)
    }
}

@Suite struct `Addresses of two customers` {
    @Test func `that are the same are told to be`() throws {
        let world = try World()
        let customer = try world.create()
        let stored = World.application.replacing("123 Test Dr.", with: "901 N.W. Yamato Rd #260").replacing(
            #""Apt 2""#, with: #"" ""#
        )
        .replacing("\"FL\"", with: "\"Florida\"")
        try world.send(.post, "/v3/users/me/apply", stored, token: customer.token)
        let asked = """
            {"email":"john@example.com","address":{"street1":"901 NW Yamato Rd","street2":"Ste 260","city":"HOLLYWOOD",\
            "region":"FL","postalCode":"33021-1234","country":"USA"}}
            """
        #expect(try world.send(.post, "/v3/users/exists", asked).data?["addressExists"]?.bool == true)
    }
}

@Suite struct `A fault with a documented code` {
    private func answer(_ fault: String, _ method: HTTP.Method, _ path: String, _ body: String? = nil) throws
        -> World.Answer
    {
        let world = try World()
        let document = try JSON(Array(fault.utf8))
        let customer = try world.create()
        let sandbox = try world.sandbox()
        try sandbox.store.write { _ = try sandbox.add(fault: document, at: World.start) }
        return try world.send(method, path.replacing("{userId}", with: customer.id), body, token: customer.token)
    }

    @Test func `answers in the page's own words, with its data`() throws {
        let merchant = try answer(
            #"{"operations":["createAuthorizationToken"],"status":404,"code":"InvalidMerchantId"}"#, .get,
            "/v3/users/{userId}/authorize")
        #expect(merchant.message == "Invalid merchant id")
        #expect(
            merchant.json["error"]?["data"]?["merchantId"]?.string == (try World().sandbox().defaultConsumer.vendorId))
    }

    @Test func `answers every refusal that a page prints as the page prints it`() throws {
        for endpoint in Routes.endpoints where endpoint.method == .post {
            for outcome in endpoint.outcomes where outcome.isRefusal {
                guard let sample = outcome.sample, let code = outcome.codes.first, !code.isEmpty else { continue }
                let path = endpoint.path.replacing("{leaseId}", with: "x").replacing("{transactionId}", with: "x")
                let fault =
                    #"{"operations":["\#(endpoint.operation)"],"status":\#(outcome.status.rawValue),"code":"\#(code)"}"#
                let error = try answer(fault, .post, path, "{}").json["error"]
                let printed = sample.body["error"]
                #expect(error?.members.map(\.name) == printed?.members.map(\.name))
                #expect(error?["message"]?.string == printed?["message"]?.string)
                #expect(error?["code"]?.scalarText == printed?["code"]?.scalarText)
                #expect(error?["data"]?.members.map(\.name) == printed?["data"]?.members.map(\.name))
            }
        }
    }

    @Test(arguments: [
        (400, "UserAlreadyExists", "User already exists with email ex@example.com"),
        (404, "TransactionNotFound", "The transaction with the provided id was not found"),
        (410, "LeaseExpired", "The lease expired. Please create a new lease."),
        (402, "PaymentRequired", "User user must make a payment to access a requested resource"),
        (401, "InvalidCredentials", "Invalid client credentials"), (404, "InvalidMerchantId", "Invalid merchant id"),
        (400, "11503", "Payment method is not primary eligible"),
    ])
    func `has its words on every endpoint`(status: Int, code: String, message: String) throws {
        let fault = #"{"operations":["getUsers"],"status":\#(status),"code":"\#(code)"}"#
        let answer = try answer(fault, .get, "/v3/users")
        #expect((answer.status, answer.message, answer.code) == (status, message, code))
    }
}

@Suite struct `A page of agreements` {
    private func world() throws -> (World, World.Customer) {
        let world = try World()
        let customer = try world.approved()
        for number in 1...5 {
            let reference = "P-\(number)"
            let order = World.order(reference, cost: String(60 + (number * 37) % 50), quantity: "1")
            let lease = try #require(
                try world.send(.post, "/v3/leases", order, token: customer.token).data?["leaseId"]?.string)
            try world.sign(lease, customer)
            try world.send(.post, "/v3/transactions/\(reference)/finalize")
        }
        for number in [2, 5, 1, 4, 3] {
            try world.send(.post, "/v3/transactions/P-\(number)/confirm-receipt")
            try world.advance(.days(1))
        }
        return (world, customer)
    }

    private func list(_ query: String, _ world: World, _ customer: World.Customer, _ member: String) throws -> [String]
    {
        let fresh = try #require(try world.send(.get, "/v3/users/\(customer.id)/authorize").data?["token"]?.string)
        let answer = try world.send(.get, "/v3/customers/me/agreements\(query)", token: fresh)
        #expect((answer.status, answer.field("x-sandbox-warnings")) == (200, nil), "\(query)")
        return answer.json.elements.compactMap { $0[member]?.string ?? $0[member]?.numberText }
    }

    @Test func `has as many as are asked for, from where they are asked for`() throws {
        let (world, customer) = try world()
        let all = try list("", world, customer, "id")
        #expect(all.count == 5)
        #expect(try list("?page=1&limit=2", world, customer, "id") == Array(all.prefix(2)))
        #expect(try list("?page=3&limit=2", world, customer, "id") == Array(all.suffix(1)))
        #expect(try list("?page=2", world, customer, "id") == [])
    }

    @Test func `is of signed leases, for every agreement is of one`() throws {
        let (world, customer) = try world()
        #expect(try list("?signed=true", world, customer, "id").count == 5)
        #expect(try list("?signed=false", world, customer, "id") == [])
    }

    @Test(arguments: ["?sort=asc&orderBy=", "?orderBy=asc&sort=", "?sort="])
    func `is ordered by a member, up`(query: String) throws {
        let (world, customer) = try world()
        for member in ["leaseStartDate", "estimatedOwnership", "earlyPayoff", "referenceId", "id", "pastDue"] {
            let found = try list(query + member, world, customer, member)
            let isNumber = ["estimatedOwnership", "earlyPayoff", "pastDue"].contains(member)
            let expected = isNumber ? found.sorted { (Int($0) ?? 0) < (Int($1) ?? 0) } : found.sorted()
            #expect(found == expected, "\(query)\(member)")
        }
    }

    @Test func `is ordered by a member, down`() throws {
        let (world, customer) = try world()
        let up = try list("?sort=asc&orderBy=leaseStartDate", world, customer, "id")
        #expect(try list("?sort=desc&orderBy=leaseStartDate", world, customer, "id") == up.reversed())
        #expect(
            try list("?sort=leaseStartDate&orderBy=desc&limit=2", world, customer, "id")
                == Array(up.reversed().prefix(2)))
    }

    @Test func `is ordered in whatever case the words are`() throws {
        let (world, customer) = try world()
        let fresh = try #require(try world.send(.get, "/v3/users/\(customer.id)/authorize").data?["token"]?.string)
        func ids(_ query: String) throws -> [String?] {
            try world.send(.get, "/v3/customers/me/agreements\(query)", token: fresh).json.elements.map {
                $0["id"]?.string
            }
        }
        #expect(try ids("?orderBy=LEASESTARTDATE&sort=DESC") == ids("?orderBy=leaseStartDate&sort=desc"))
    }

    @Test(arguments: ["?page=0", "?limit=1001", "?signed=maybe", "?limit=x"])
    func `is refused for what is no page`(query: String) throws {
        let (world, customer) = try world()
        let fresh = try #require(try world.send(.get, "/v3/users/\(customer.id)/authorize").data?["token"]?.string)
        #expect(try world.send(.get, "/v3/customers/me/agreements\(query)", token: fresh).status == 400)
    }
}
