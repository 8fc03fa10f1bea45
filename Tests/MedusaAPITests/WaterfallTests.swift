import HTTP
import JSON
import Medusa
import MedusaStore
import Sandbox
import Testing

/// The routes of the waterfall guide and of the older documentation.
@Suite struct `A passcode` {
    @Test func `lets its customer in once`() throws {
        let world = try World()
        let customer = try world.create()
        let body = #"{"passcode":"\#(try world.passcode(of: customer))"}"#
        let path = "/v3/users/\(customer.id)/passcode-login"
        let token = try #require(try world.send(.post, path, body).data?["token"]?.string)
        #expect(try world.send(.get, "/v3/users/me", token: token).data?["userId"]?.string == customer.id)
        let again = try world.send(.post, path, body)
        #expect((again.status, again.code) == (400, "InvalidCredentials"))
    }

    @Test func `lets nobody else in, and nobody after ten minutes`() throws {
        let world = try World()
        let (john, jane) = (try world.create(), try world.create("jane@example.com"))
        let body = #"{"passcode":"\#(try world.passcode(of: john))"}"#
        #expect(try world.send(.post, "/v3/users/\(jane.id)/passcode-login", body).code == "InvalidCredentials")
        try world.advance(.seconds(600))
        #expect(try world.send(.post, "/v3/users/\(john.id)/passcode-login", body).code == "InvalidCredentials")
    }

    @Test(arguments: [("sms", 400), ("email", 200), ("all", 200), ("pigeon", 400)])
    func `needs a phone for an SMS`(transport: String, status: Int) throws {
        let world = try World()
        let path = "/v3/users/\(try world.create().id)/send-passcode"
        #expect(try world.send(.post, path, #"{"transport":"\#(transport)"}"#).status == status)
    }
}

@Suite struct `Verification questions` {
    private func customer(_ world: World) throws -> World.Customer {
        let customer = try world.create("x.verify@example.com")
        try world.send(.post, "/v3/users/me/apply", World.application, token: customer.token)
        return customer
    }

    private func questions(_ world: World, _ customer: World.Customer) throws -> JSON {
        try #require(try world.send(.get, "/v3/users/me/verify-questions", token: customer.token).data)
    }

    /// - Parameter choice: the place of the choice, by question.
    private func answer(
        _ world: World, _ customer: World.Customer, _ set: JSON, _ choice: (Int) -> Int
    ) throws -> World.Answer {
        let answers = (set["questions"]?.elements ?? []).enumerated().map { place, question in
            let chosen = question["choices"]?.elements[choice(place)]["id"]?.string ?? ""
            return #"{"questionId":"\#(question["id"]?.string ?? "")","choiceId":"\#(chosen)"}"#
        }
        let body = #"{"id":"\#(set["id"]?.string ?? "")","answers":[\#(answers.joined(separator: ","))]}"#
        return try world.send(.post, "/v3/users/me/verify-answers", body, token: customer.token)
    }

    @Test func `verify the customer when the first choice of each is chosen`() throws {
        let world = try World()
        let customer = try customer(world)
        let set = try questions(world, customer)
        #expect(set["questions"]?.elements.count == 3)
        let verified = try answer(world, customer, set) { _ in 0 }
        #expect(verified.data?["verificationStatus"]?.string == "succeeded")
        let again = try answer(world, customer, set) { _ in 0 }
        #expect((again.status, again.code) == (400, "InvalidCustomerVerificationStatus"))
    }

    @Test(arguments: 0..<3) func `fail the customer for one wrong answer`(wrong: Int) throws {
        let world = try World()
        let customer = try customer(world)
        let failed = try answer(world, customer, questions(world, customer)) { $0 == wrong ? 1 : 0 }
        #expect(failed.data?["verificationStatus"]?.string == "failed")
    }

    @Test func `are the same until they expire, and others after ten minutes`() throws {
        let world = try World()
        let customer = try customer(world)
        let first = try questions(world, customer)
        #expect(try questions(world, customer).source == first.source)
        try world.advance(.seconds(600))
        let late = try answer(world, customer, first) { _ in 0 }
        #expect((late.status, late.code) == (400, "TransactionTimeOut"))
        let second = try questions(world, customer)
        #expect(second["id"]?.string != first["id"]?.string)
        #expect(try answer(world, customer, first) { _ in 0 }.message?.hasPrefix(#""id" must be"#) == true)
        let verified = try answer(world, customer, second) { _ in 0 }
        #expect(verified.data?["verificationStatus"]?.string == "succeeded")
    }

    @Test(arguments: ["x@example.com", "x.deny@example.com", "x.qamanual@example.com"])
    func `are asked of nobody whose verification is not pending after an approval`(email: String) throws {
        let world = try World()
        let customer = try world.create(email)
        func code() throws -> String? {
            try world.send(.get, "/v3/users/me/verify-questions", token: customer.token).code
        }
        #expect(try code() == "InvalidCustomerVerificationStatus")
        try world.send(.post, "/v3/users/me/apply", World.application, token: customer.token)
        #expect(try code() == "InvalidCustomerVerificationStatus")
    }
}

@Suite struct `Account Lookup` {
    private func count(_ world: World, phone: String, ssn: String) throws -> String? {
        let body = #"{"mobilePhone":"\#(phone)","ssn":"\#(ssn)"}"#
        return try world.send(.post, "/v3/users/search", body).data?["meta"]?["count"]?.numberText
    }

    @Test func `finds who has both the phone and the SSN`() throws {
        let world = try World()
        _ = try world.approved()
        #expect(try count(world, phone: "16514447773", ssn: "888776666") == "1")
        #expect(try count(world, phone: "6514447774", ssn: "888776666") == "0")
        #expect(try count(world, phone: "6514447773", ssn: "888776667") == "0")
    }

    @Test func `gives a token that works, and says whether a card is on file`() throws {
        let world = try World()
        let customer = try world.approved()
        let body = #"{"mobilePhone":"6514447773","ssn":"888776666"}"#
        let user = try #require(try world.send(.post, "/v3/users/search", body).data?["users"]?.elements.first)
        #expect(user["cardVerified"]?.bool == true)
        let token = try #require(user["token"]?.string)
        #expect(try world.send(.get, "/v3/users/me", token: token).data?["userId"]?.string == customer.id)
    }
}

@Suite struct `A prequalification` {
    private static let bank = #"{"routing":"021000021","account":"12345678","type":"checking"}"#

    private func start(_ world: World, _ email: String = "jane@example.com") throws -> World.Answer {
        try world.send(.post, "/v3/users/prequal/start/lease", World.prequalification(email))
    }

    private func complete(_ world: World, _ id: String, bank: String = bank) throws -> World.Answer {
        let body = #"{"prequalId":"\#(id)","bankAccount":\#(bank)}"#
        return try world.send(.post, "/v3/users/prequal/complete/lease", body)
    }

    @Test func `creates the customer and decides`() throws {
        let world = try World()
        let decision = try start(world).data?["decision"]
        #expect(decision?["status"]?.string == "approved")
        #expect(decision?["availableLimit"]?.numberText == "1300")
        #expect(try world.send(.get, "/v3/user-exists?email=jane@example.com").data?["exists"]?.bool == true)
    }

    @Test func `takes the customer who is there already`() throws {
        let world = try World()
        let customer = try world.create("jane@example.com")
        _ = try start(world)
        let user = try world.send(.get, "/v3/users/me", token: customer.token)
        #expect(user.data?["decision"]?["approved"]?.bool == true)
        #expect(try start(world).code == "CustomerAlreadyApplied")
    }

    @Test func `becomes a full application with a bank account, once`() throws {
        let world = try World()
        let id = try #require(try start(world).data?["prequalId"]?.string)
        #expect(try complete(world, id).status == 200)
        #expect(try complete(world, id).code == "CustomerAlreadyApplied")
        let user = try #require(try world.sandbox().store.users.id(email: "jane@example.com"))
        #expect(try world.sandbox().store.paymentMethods.all(of: user).count == 1)
    }

    @Test func `is refused with the codes of an application`() throws {
        let world = try World()
        #expect(try start(world, "x.gateway@example.com").status == 502)
        let denied = try #require(try start(world, "x.deny@example.com").data?["prequalId"]?.string)
        #expect(try complete(world, denied).code == "InvalidCustomer")
        #expect(try complete(world, "5a319511a86980001d602095").status == 404)
        let id = try #require(try start(world).data?["prequalId"]?.string)
        let refused = #"{"routing":"000000000","account":"12345678","type":"checking"}"#
        #expect(try complete(world, id, bank: refused).code == "11505")
    }
}

@Suite struct `A refund` {
    private func refund(_ world: World, _ item: String) throws -> World.Answer {
        try world.send(.post, "/v3/transactions/ABC-1/refund", #"{"items":[\#(item)]}"#)
    }

    @Test func `is never more in all than was paid, whether the units are cancelled before it or after it`() throws {
        for isCanceledFirst in [true, false] {
            let world = try World()
            _ = try world.finalized()
            let credit = { try refund(world, #"{"lineNumber":1,"sku":"abc123","itemCredit":200}"#).status }
            let cancel = {
                _ = try world.send(
                    .post, "/v3/transactions/ABC-1/cancel", #"{"items":[{"sku":"abc123","quantity":1}]}"#)
            }
            if isCanceledFirst {
                try cancel()
                #expect(try credit() == 200)
            } else {
                #expect(try credit() == 200)
                try cancel()
            }
            #expect(try credit() == 400, "a unit of two is cancelled, and the other one is refunded")
        }
    }

    @Test func `credits a line up to what was paid for it`() throws {
        let world = try World()
        _ = try world.finalized()
        #expect(try refund(world, #"{"lineNumber":1,"sku":"abc123","itemCredit":300}"#).status == 200)
        #expect(try refund(world, #"{"lineNumber":1,"sku":"abc123","itemCredit":100.01}"#).code == "InvalidItem")
        #expect(try refund(world, #"{"lineNumber":1,"sku":"abc123","itemCredit":100}"#).status == 200)
    }

    @Test(arguments: [
        #"{"lineNumber":2,"sku":"abc123"}"#, #"{"lineNumber":1,"sku":"other"}"#,
        #"{"lineNumber":1,"sku":"abc123","shippingCredit":0.01}"#,
    ])
    func `refuses what was never ordered`(item: String) throws {
        let world = try World()
        _ = try world.finalized()
        #expect(try refund(world, item).code == "InvalidItem")
    }

    @Test func `needs a finalized transaction`() throws {
        let world = try World()
        #expect(try refund(world, #"{"lineNumber":1,"sku":"abc123"}"#).code == "TransactionNotFound")
        let customer = try world.approved()
        try world.sign(try world.lease(customer), customer)
        #expect(try refund(world, #"{"lineNumber":1,"sku":"abc123"}"#).message?.hasSuffix("refunded") == true)
    }
}

@Suite struct `The older pages' routes` {
    @Test(arguments: [
        ("021000021", true, true, ""), ("026009593", true, true, "Bank of America N.A."),
        ("000000000", true, false, ""),
        ("021000022", false, false, ""),
    ])
    func `tell what is known of a routing number`(number: String, valid: Bool, accepted: Bool, name: String) throws {
        let data = try World().send(.get, "/v3/routing-numbers/\(number)").data
        #expect(data?["valid"]?.bool == valid)
        #expect(data?["accepted"]?.bool == accepted)
        #expect(data?["bankName"]?.string ?? "" == name)
    }

    @Test(arguments: ["12345678", "1234567890", "12345678x"])
    func `refuse what is no routing number`(number: String) throws {
        #expect(try World().send(.get, "/v3/routing-numbers/\(number)").status == 400)
    }

    @Test func `begin a checkout by GET as well, with a body`() throws {
        let world = try World()
        let body =
            #"{"transactionId":"C-1","items":[{"brand":"b","sku":"s","description":"d","cost":60,"quantity":1}]}"#
        let answer = try world.send(.get, "/v3/checkout", body)
        let id = try #require(answer.data?["id"]?.string)
        #expect(answer.data?["redirectUri"]?.string == "https://pay.flexshopper.com/?id=\(id)")
        let customer = try world.approved()
        _ = try world.lease(customer, "C-2")
        let used = try world.send(.post, "/v3/checkout", body.replacing("C-1", with: "C-2"))
        #expect(used.code == "InvalidTransactionId")
    }

    @Test func `show no products beyond the first page`() throws {
        #expect(try World().send(.get, "/v3/products?page=2").data?["products"]?.elements.isEmpty == true)
    }

    @Test func `give an auth code, another each time`() throws {
        let world = try World()
        let path = "/v3/users/\(try world.create().id)/auth-code"
        let codes = try (0..<2).map { _ in try world.send(.post, path).json["code"]?.string ?? "" }
        #expect(codes[0] != codes[1])
        #expect(codes.allSatisfy { $0.count == 43 })
    }
}
