import HTTP
import JSON
import Medusa
import Sandbox
import Testing

@Suite struct `A customer` {
    private let world: World

    init() throws { world = try World() }

    @Test func `who is unknown does not exist`() throws {
        #expect(try world.send(.get, "/v3/user-exists?email=a@b.co").text == #"{"data":{"exists":false}}"#)
        #expect(
            try world.send(.post, "/v3/users/exists", #"{"email":"a@b.co"}"#).text
                == #"{"data":{"addressExists":false,"emailExists":false,"phoneExists":false}}"#)
    }

    @Test func `is found whatever the case of the e-mail`() throws {
        let customer = try world.create("John.Doe@example.com")
        let answer = try world.send(.get, "/v3/user-exists?email=john.doe%40EXAMPLE.com")
        #expect(answer.text == #"{"data":{"userId":"\#(customer.id)","exists":true}}"#)
    }

    @Test(arguments: [
        ("/v3/user-exists", #""email" is required"#), ("/v3/user-exists?email=Doe", #""email" must be a valid email"#),
        ("/v3/user-exists?email=a%00@b.co", #""email" must be a valid email"#),
        ("/v3/users?page=0", #""page" must be greater than or equal to 1"#),
        ("/v3/users?limit=1001", #""limit" must be less than or equal to 1000"#),
    ])
    func `is not looked for with a bad query`(path: String, message: String) throws {
        let answer = try world.send(.get, path)
        #expect(answer.status == 400)
        #expect(answer.code == "")
        #expect(answer.message == message)
    }

    @Test(arguments: [
        ("651-444-7773", "123 Test Drive", "33021-1234", true, true),
        ("+1 (651) 444 7773", "123 TEST DR", "33021", true, true),
        ("6514447774", "123 Test Dr.", "33021", false, true), ("6514447773", "124 Test Dr.", "33021", true, false),
        ("6514447773", "123 Test Dr.", "33022", true, false),
    ])
    func `is matched by phone and address, both standardised`(
        phone: String, street: String, zip: String, phoneExists: Bool, addressExists: Bool
    ) throws {
        _ = try world.approved()
        let body = """
            {"email":"john@example.com","phone":"\(phone)","address":{"street1":"\(street)","street2":"apartment 2",\
            "city":"Hollywood","region":"fl","postalCode":"\(zip)","country":"USA"}}
            """
        let answer = try world.send(.post, "/v3/users/exists", body)
        #expect(answer.data?["phoneExists"]?.bool == phoneExists)
        #expect(answer.data?["addressExists"]?.bool == addressExists)
    }

    @Test func `keeps names as they were given, whatever they contain`() throws {
        let name = #"Ané "Q" <b>\u0000'; DROP TABLE users;--"#
        let body = JSONWriter.write {
            $0.object {
                $0.member("firstName", name)
                $0.member("lastName", "李😹")
                $0.member("email", "x@example.com")
            }
        }
        let token = try world.send(.post, "/v3/users", String(decoding: body, as: UTF8.self)).data?["token"]?.string
        let me = try world.send(.get, "/v3/users/me", token: token)
        #expect(me.data?["firstName"]?.string == name)
        #expect(me.data?["lastName"]?.string == "李😹")
    }

    @Test func `has no decision until one is made`() throws {
        let customer = try world.create()
        let me = try world.send(.get, "/v3/users/me", token: customer.token)
        #expect(
            me.data?.members.map(\.name) == [
                "userId", "firstName", "lastName", "email", "createdAt", "transactions", "verificationStatus",
                "spendingHold",
            ])
        #expect(me.data?["createdAt"]?.string == "2018-03-19T15:51:27.080Z")
    }

    @Test func `who is unknown gets no token`() throws {
        let answer = try world.send(.get, "/v3/users/5a319511a86980001d602095/authorize")
        #expect(answer.status == 404)
        #expect(answer.code == "InvalidCustomer")
    }

    @Test func `is listed newest first, a page at a time`() throws {
        for number in 1...5 { _ = try world.create("c\(number)@example.com") }
        let answer = try world.send(.get, "/v3/users?page=2&limit=2")
        #expect(answer.data?["users"]?.elements.map { $0["email"]?.string } == ["c3@example.com", "c2@example.com"])
        #expect(answer.text.hasSuffix(#""meta":{"count":5,"totalPages":3,"page":2,"limit":2}}}"#))
        #expect(try world.send(.get, "/v3/users?page=9").data?["users"]?.elements.isEmpty == true)
    }
}

@Suite struct `Payment methods` {
    private let world: World
    private let customer: World.Customer

    init() throws {
        world = try World()
        customer = try world.create()
    }

    private func add(_ body: String) throws -> World.Answer {
        try world.send(.post, "/v3/paymentMethods/add", body, token: customer.token)
    }

    @Test(arguments: [
        (#"{"label":"x"}"#, #""primary" is required"#),
        (#"{"primary":true,"label":"x"}"#, #""value" must contain at least one of [ach, token]"#),
        (
            #"{"primary":true,"label":"x","ach":{"routing":"021000021","account":"12345678"},"token":{"token":"t","billingZip":"1"}}"#,
            #""value" contains a conflict between exclusive peers [ach, token]"#
        ),
        (
            #"{"primary":true,"label":"x","ach":{"routing":"021000021","account":"12345678","accountType":"current"}}"#,
            #""ach.accountType" must be one of [checking, savings]"#
        ),
        (#"{"primary":true,"label":"x","ach":{}}"#, #""ach.routing" is required"#),
        (#"{"primary":true,"label":"x","ach":{"routing":"021000021"}}"#, #""ach.account" is required"#),
        (
            #"{"primary":true,"label":"x","ach":{"routing":"0210","account":"1"}}"#,
            #""ach.routing" length must be 9 characters long"#
        ),
        (
            #"{"primary":true,"label":"x","ach":{"routing":"021000021","account":"1"}}"#,
            #""ach.account" length must be at least 4 characters long"#
        ),
        (#"{"primary":true,"label":"x","token":{"billingZip":"1"}}"#, #""token.token" is required"#),
        (
            #"{"primary":true,"label":"x","token":{"token":7,"billingZip":"1"}}"#,
            #""token.token" must be one of [string, array]"#
        ),
        (
            #"{"primary":true,"label":"x","token":{"token":[{"name":"stripe","token":"t"}],"billingZip":"1"}}"#,
            #""token.token[0].name" must be one of [clover, loanpaymentpro]"#
        ),
        (#"{"primary":true,"label":"x","token":{"token":"t"}}"#, #""token.billingZip" is required"#),
    ])
    func `are validated`(body: String, message: String) throws {
        let answer = try add(body)
        #expect(answer.status == 400)
        #expect(answer.message == message)
    }

    @Test func `show only the end of an account number`() throws {
        #expect(
            try add(#"{"primary":false,"label":"Mine","ach":{"routing":"021000021","account":"3483898238239"}}"#).status
                == 201)
        let list = try world.send(.get, "/v3/customers/me/payment-methods", token: customer.token)
        #expect(list.json.elements[0]["lastFour"]?.string == "8239")
        #expect(list.json.elements[0]["type"]?.string == "ach")
        #expect(!list.text.contains("3483898238239"))
    }

    @Test func `take tokens of two gateways at once`() throws {
        let tokens = #"[{"name":"clover","token":"a"},{"name":"loanpaymentpro","token":"b"}]"#
        #expect(
            try add(#"{"primary":true,"label":"x","token":{"token":\#(tokens),"billingZip":"20146"}}"#).status == 201)
    }

    @Test func `need verification at some banks, and are taken after it`() throws {
        let body = #"{"primary":true,"label":"x","ach":{"routing":"991150603","account":"12345678"}}"#
        #expect(try add(body).code == "11506")
        let verify = #"{"accountNumber":"12345678","routingNumber":"991150603"}"#
        try world.send(.post, "/v3/paymentMethods/\(customer.id)/verifyACH", verify)
        #expect(try add(body).status == 201)
    }

    @Test func `are wrapped in data where the sandbox is set so`() throws {
        let sandbox = try world.sandbox()
        sandbox.settings.wrapsArrays = true
        #expect(try world.send(.get, "/v3/customers/me/payment-methods", token: customer.token).text == #"{"data":[]}"#)
    }

    @Test func `of a refused bank do not pass Verify ACH`() throws {
        let body = #"{"accountNumber":"12345678","routingNumber":"000000000"}"#
        let answer = try world.send(.post, "/v3/paymentMethods/\(customer.id)/verifyACH", body)
        #expect(answer.data?["status"]?.bool == false)
    }
}

@Suite struct `An application` {
    private let world: World

    init() throws { world = try World() }

    private func apply(_ customer: World.Customer, _ body: String = World.application) throws -> World.Answer {
        try world.send(.post, "/v3/users/me/apply", body, token: customer.token)
    }

    @Test(arguments: [
        ("john@example.com", "approved", true, "1300", "succeeded"),
        ("x.deny@example.com", "failed", false, "0", "failed"),
        ("x.qamanual@example.com", "pending", false, "0", "pending"),
        ("x.limit250@example.com", "approved", true, "250", "succeeded"),
        ("x.verify@example.com", "approved", true, "1300", "pending"),
    ])
    func `is decided by the persona`(
        email: String, status: String, approved: Bool, limit: String, verification: String
    ) throws {
        let answer = try apply(world.create(email))
        let decision = answer.data?["decision"]
        #expect(answer.status == 200)
        #expect(decision?["status"]?.string == status)
        #expect(decision?["approved"]?.bool == approved)
        #expect(decision?["spendingLimit"]?.numberText == limit)
        #expect(answer.data?["verificationStatus"]?.string == verification)
    }

    @Test func `that is denied leads to no lease`() throws {
        let customer = try world.create("x.deny@example.com")
        _ = try apply(customer)
        let answer = try world.send(.post, "/v3/leases", World.order(), token: customer.token)
        #expect(answer.status == 400)
        #expect(
            answer.text
                == #"{"error":{"statusCode":400,"code":"InvalidCustomer","message":"The customer was denied","data":{}}}"#
        )
    }

    @Test func `is not filed twice while the first is active`() throws {
        let customer = try world.create()
        _ = try apply(customer)
        let answer = try apply(customer)
        #expect(answer.status == 409)
        #expect(answer.code == "CustomerAlreadyApplied")
    }

    @Test func `leaves nothing behind when the gateway fails`() throws {
        let customer = try world.create("x.gateway@example.com")
        #expect(try apply(customer).status == 502)
        #expect(try world.send(.get, "/v3/users/me", token: customer.token).data?["decision"] == nil)
    }

    @Test func `may bring payment methods along`() throws {
        let customer = try world.create()
        let body =
            World.application.dropLast() + """
                ,"bankAccount":{"routing":"888776666","account":"3483898238239","type":"checking"},\
                "cardInformation":[{"cardType":"visa","lastFour":"0067","tokens":[{"gateway":"clover","token":"t"}]}]}
                """
        _ = try apply(customer, String(body))
        let list = try world.send(.get, "/v3/customers/me/payment-methods", token: customer.token)
        #expect(list.json.elements.map { $0["lastFour"]?.string } == ["8239", "0067"])
    }

    @Test func `with a refused bank is refused as a whole`() throws {
        let customer = try world.create()
        let body =
            World.application.dropLast()
            + #","bankAccount":{"routing":"000000000","account":"12345678","type":"checking"}}"#
        #expect(try apply(customer, String(body)).code == "11505")
        #expect(try world.send(.get, "/v3/users/me", token: customer.token).data?["decision"] == nil)
    }

    @Test func `may need an SSN that nobody else has`() throws {
        try world.sandbox().settings.uniqueSSN = true
        _ = try apply(world.create("a@example.com"))
        let answer = try apply(world.create("b@example.com"))
        #expect(answer.status == 409)
        #expect(answer.code == "UserAlreadyExists")
    }

    @Test(arguments: [
        ("\"888776666\"", "\"888-77-6666\"", #""ssn" length must be 9 characters long"#),
        ("\"888776666\"", "888776666", #""ssn" must be a string"#),
        (
            "\"weekly\"", "\"daily\"",
            #""employmentInformation.payFrequency" must be one of [weekly, biweekly, semimonthly, monthly, yearly, none]"#
        ),
        ("1250", "\"lots\"", #""employmentInformation.monthlyIncome" must be a number"#),
        ("\"6514447773\"", "\"none\"", #""mobilePhone" did not seem to be a phone number"#),
        ("\"street1\"", "\"street\"", #""street1" is required"#),
    ])
    func `is validated`(part: String, replacement: String, message: String) throws {
        let customer = try world.create()
        let answer = try apply(customer, World.application.replacing(part, with: replacement))
        #expect(answer.status == 400)
        #expect(answer.message == message)
    }
}
