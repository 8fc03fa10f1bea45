import JSON
import Support
import Testing

/// The story of each shipped scenario, played over the wire as an integrator would.
@Suite struct `The story of` {
    private func shop(_ scenario: String) throws -> Shop {
        try Shop(Server("--quiet", "--scenario", scenario), key: scenario)
    }

    @Test func `a first purchase ends with a shipped order`() throws {
        let shop = try shop("first-purchase")
        let nobody = try shop.send("GET", "/v3/user-exists?email=john@example.com")
        #expect(try nobody.data["exists"]?.bool == false)
        #expect(nobody.head.contains("Date: Mon, 02 Mar 2026 09:00:00 GMT"))
        let john = try shop.create("john@example.com")
        #expect(try shop.apply(john.token).data["decision"]?["status"]?.string == "approved")
        #expect(try shop.addCard(john.token).status == 201)
        let lease = try #require(try shop.lease(john.token, "ABC-1").data["leaseId"]?.string)
        #expect(try shop.sign(lease, john.token).status == 200)
        #expect(try shop.send("POST", "/v3/transactions/ABC-1/finalize").status == 200)
        #expect(try shop.send("POST", "/v3/transactions/ABC-1/confirm-shipment").status == 200)
        let order = try shop.send("GET", "/v3/transactions/ABC-1").data
        #expect(order["items"]?.elements[0]["quantityByStatus"]?["shipped"]?.numberText == "1")
        #expect(order["createdAt"]?.string == "2026-03-02T09:00:00.000Z")
        #expect(try shop.advance("P3D").contains("delivered"))
    }

    @Test func `a returning customer goes on with what is left of the limit`() throws {
        let shop = try shop("returning-customer")
        let found = try shop.send("GET", "/v3/user-exists?email=jane.roe@example.com").data
        #expect(try found["userId"]?.string == shop.id("users", "jane"))
        let token = try shop.token("jane")
        let jane = try shop.send("GET", "/v3/users/me", token: token).data
        #expect(jane["decision"]?["availableBalance"]?.numberText == "820")
        #expect(try shop.apply(token).code == "CustomerAlreadyApplied")
        #expect(try shop.lease(token, "ORDER-2", cost: 821).code == "ExceedSpendingLimit")
        let lease = try #require(try shop.lease(token, "ORDER-2", cost: 820).data["leaseId"]?.string)
        #expect(try shop.sign(lease, token).status == 200)
        let agreements = try shop.send("GET", "/v3/customers/me/agreements", token: token).json
        #expect(agreements.elements.count == 1)
        #expect(agreements.elements[0]["pastDue"]?.numberText == "0")
    }

    @Test func `a denial leaves nothing to lease`() throws {
        let shop = try shop("denied")
        let dan = try shop.token("dan")
        #expect(try shop.send("GET", "/v3/users/me", token: dan).data["decision"]?["status"]?.string == "failed")
        #expect(try shop.lease(dan, "T1").code == "InvalidCustomer")
        let greedy = try shop.create("greedy@example.com")
        let wish = try shop.apply(greedy.token, changing: ["expectedPurchaseAmount": "2000.01"])
        #expect(try wish.data["decision"]?["status"]?.string == "failed")
        let poor = try shop.create("poor@example.com")
        let income = #"{"monthlyIncome":999,"payFrequency":"weekly"}"#
        let little = try shop.apply(poor.token, changing: ["employmentInformation": income])
        #expect(try little.data["decision"]?["status"]?.string == "failed")
        let modest = try shop.create("modest@example.com")
        let fair = try shop.apply(modest.token, changing: ["expectedPurchaseAmount": "2000"])
        #expect(try fair.data["decision"]?["status"]?.string == "approved")
    }

    @Test func `a manual review resolves when its time has come`() throws {
        let shop = try shop("manual-review")
        let mary = try shop.token("mary")
        #expect(try shop.lease(mary, "T1").code == "InvalidCustomer")
        let clock = try shop.control("POST", "clock/advance", #"{"toNextEvent":true}"#).data
        // Her token expires first, an hour from now.
        #expect(clock["events"]?.elements.map { $0["event"]?.string } == ["tokenExpired"])
        #expect(try shop.advance("PT1H") == ["reviewResolved"])
        let later = try shop.token("mary")
        let decision = try shop.send("GET", "/v3/users/me", token: later).data["decision"]
        #expect(decision?["status"]?.string == "approved")
        #expect(decision?["spendingLimit"]?.numberText == "800")
        #expect(try shop.lease(later, "T1").status == 200)

        let rex = try shop.create("rex@review.example")
        #expect(try shop.apply(rex.token).data["decision"]?["status"]?.string == "pending")
        #expect(try shop.advance("P1D").contains("reviewResolved"))
        let token = try #require(try shop.send("GET", "/v3/users/\(rex.id)/authorize").data["token"]?.string)
        #expect(try shop.send("GET", "/v3/users/me", token: token).data["decision"]?["status"]?.string == "failed")
    }

    @Test func `a spending hold is lifted from outside`() throws {
        let shop = try shop("spending-hold")
        let henry = try shop.token("henry")
        #expect(try shop.send("GET", "/v3/users/me", token: henry).data["spendingHold"]?.bool == true)
        #expect(try shop.lease(henry, "T1").code == "InvalidCustomer")
        #expect(try shop.control("PUT", "users/henry/hold", #"{"spendingHold":false}"#).status == 200)
        let lease = try #require(try shop.lease(henry, "T1").data["leaseId"]?.string)
        #expect(try shop.sign(lease, henry).status == 200)
    }

    @Test func `an expired lease cannot be signed, and one that expires tomorrow can`() throws {
        let shop = try shop("lease-expired")
        let lea = try shop.token("lea")
        let expired = try shop.id("leases", "the expired one")
        #expect(try shop.sign(expired, lea).code == "LeaseExpired")
        #expect(try shop.send("GET", "/v3/leases/\(expired)", token: lea).data["isExpired"]?.bool == true)
        let open = try shop.id("leases", "the one that expires tomorrow")
        #expect(try shop.send("GET", "/v3/leases/\(open)", token: lea).data["isExpired"]?.bool == false)
        let balance = try shop.send("GET", "/v3/users/me", token: lea).data["decision"]?["availableBalance"]
        #expect(balance?.numberText == "1140")
        #expect(try shop.sign(open, lea).status == 200)
        #expect(try shop.advance("P1D") == ["tokenExpired"], "a signed lease does not expire")
    }

    @Test func `a first payment that declines goes through on another method`() throws {
        let shop = try shop("first-payment-declined")
        let fred = try shop.token("fred")
        let guitar = try shop.id("leases", "the guitar")
        #expect(try shop.sign(guitar, fred).code == "PaymentRequired")
        #expect(try shop.sign(guitar, fred).status == 402)
        #expect(try shop.addBank(fred, routing: "021000021").status == 201)
        #expect(try shop.sign(guitar, fred).status == 200)
    }

    @Test func `refused banks ends with one that is accepted`() throws {
        let shop = try shop("bank-refused")
        let bob = try shop.token("bob")
        #expect(try shop.addBank(bob, routing: "000000000").code == "11505")
        #expect(try shop.addBank(bob, routing: "999912345").code == "11505", "the scenario's own rule")
        #expect(try shop.addBank(bob, routing: "991150302", primary: true).code == "11503")
        #expect(try shop.addBank(bob, routing: "991150603").code == "11506")
        let check = #"{"accountNumber":"123456789","routingNumber":"991150603"}"#
        let id = try shop.id("users", "bob")
        #expect(try shop.send("POST", "/v3/paymentMethods/\(id)/verifyACH", check).data["status"]?.bool == true)
        #expect(try shop.addBank(bob, routing: "991150603").status == 201)
        let lease = try #require(try shop.lease(bob, "T1").data["leaseId"]?.string)
        #expect(try shop.sign(lease, bob).status == 200)
    }

    @Test func `a partial shipment goes on, and comes back in part`() throws {
        let shop = try shop("partial-shipment")
        func counts() throws -> [String] {
            try (shop.send("GET", "/v3/transactions/DINING-1").data["items"]?.elements ?? []).map {
                String(decoding: $0["quantityByStatus"]?.source ?? [], as: UTF8.self)
            }
        }
        #expect(
            try counts() == [
                #"{"ordered":4,"signed":1,"shipped":2,"canceled":1}"#, #"{"ordered":1,"received":1}"#,
            ])
        let last = #"{"items":[{"sku":"chair","carrier":"ups","shipDate":"2026-03-02"}]}"#
        #expect(try shop.send("POST", "/v3/transactions/DINING-1/confirm-shipment", last).status == 200)
        #expect(try shop.send("POST", "/v3/transactions/DINING-1/confirm-shipment", last).code == "InvalidItem")
        let table = #"{"items":[{"sku":"table"},{"sku":"lamp","quantity":1}]}"#
        let returned = try shop.send("POST", "/v3/transactions/DINING-1/return", table).data
        #expect(returned["returned"]?.elements[0]["sku"]?.string == "table")
        #expect(returned["failed"]?.elements[0]["sku"]?.string == "lamp")
        #expect(
            try counts() == [
                #"{"ordered":4,"shipped":3,"canceled":1}"#, #"{"ordered":1,"returned":1}"#,
            ])
    }

    @Test func `a debt grows by the week, and falls by what is collected`() throws {
        let shop = try shop("past-due")
        let agreement = try shop.id("agreements", "paul's debt")
        let method = try shop.id("paymentMethods", "paul's account")
        func pastDue() throws -> String? {
            let token = try shop.token("paul")
            return try shop.send("GET", "/v3/customers/me/agreements", token: token).json.elements[0]["pastDue"]?
                .numberText
        }
        func collect(_ amount: String) throws -> JSON {
            try shop.send(
                "POST", "/v3/customers/me/agreements/\(agreement)/transactions/payment",
                #"{"paymentMethodId":"\#(method)","amount":\#(amount)}"#, token: try shop.token("paul")
            ).json.elements[0]
        }
        #expect(try pastDue() == "6912", "five weeks of 17.28, less what was collected yesterday")
        #expect(try collect("13")["failureCode"]?.string == "123")
        #expect(try collect("17.28")["outcome"]?.string == "success")
        #expect(try pastDue() == "5184")
        #expect(try shop.advance("P14D").count { $0 == "paymentDue" } == 2)
        #expect(try pastDue() == "8640")
    }

    @Test func `an outage ends, and a lost answer was carried out`() throws {
        let shop = try shop("vendor-outage")
        let olga = try shop.token("olga")
        for _ in 0..<2 {
            let failed = try shop.apply(olga)
            #expect(failed.status == 502)
            #expect(failed.code == "BadGateway", "the documented error")
        }
        #expect(try shop.apply(olga).status == 200)
        let order =
            #"{"transactionId":"T1","items":[{"brand":"b","sku":"s","description":"d","cost":200,"quantity":1}]}"#
        #expect(try shop.attempt("POST", "/v3/leases", order, token: olga) == nil, "nobody hears of it")
        #expect(try shop.send("GET", "/v3/transactions/T1").status == 200, "and yet it is there")
        #expect(try shop.lease(olga, "T1").code == "InvalidTransactionId")

        try shop.advance("PT3H")
        let down = try shop.send("GET", "/v3/users")
        #expect(down.status == 503)
        #expect(down.message == "The service is down for maintenance")
        #expect(down.head.contains("Retry-After: 3600"))
        try shop.advance("PT1H")
        #expect(try shop.send("GET", "/v3/users").status == 200)
    }

    @Test func `a slow gateway is survived`() throws {
        let server = try Server("--quiet", "--scenario", "slow-gateway")
        let shop = try Shop(server, key: "slow-gateway")
        let sue = try shop.token("sue")
        #expect(try shop.send("GET", "/v3/users/me", token: sue).status == 200)
        #expect(try shop.send("GET", "/v3/users").data["meta"]?["count"]?.numberText == "1", "in drips, and whole")
        let cut = try shop.send("GET", "/v3/transactions")
        #expect(cut.status == 200)
        #expect(throws: (any Error).self) { try cut.json }
        #expect(try shop.send("GET", "/v3/transactions").data["meta"]?["count"]?.numberText == "0")
        for number in 0..<3 { _ = try shop.create("new\(number)@example.com") }
        let refused = try shop.send("POST", "/v3/users", #"{"firstName":"A","lastName":"B","email":"a@b.co"}"#)
        #expect(refused.status == 429)
        #expect(refused.code == "API rate limit exceeded")
        #expect(refused.head.contains("Retry-After: 60"))
        #expect(refused.head.contains("X-RateLimit-Remaining-Minute: 0"))
        try shop.advance("PT1M")
        _ = try shop.create("a@b.co")

        let abroad = try Shop(server, key: "slow-gateway-abroad").send("GET", "/v3/users")
        #expect(abroad.status == 403)
        #expect(throws: (any Error).self) { try abroad.json }
        let mixedUp = try Shop(server, key: "slow-gateway-abroad")
        #expect(try mixedUp.control("DELETE", "faults").status == 200)
        #expect(try mixedUp.send("GET", "/v3/users/me", token: sue).code == "InvalidCredentials", "another key's token")
    }

    @Test func `the waterfall finds, creates, prequalifies, verifies, leases and refunds`() throws {
        let shop = try shop("waterfall")
        func lookup(_ phone: String, _ ssn: String) throws -> JSON? {
            let body = #"{"mobilePhone":"\#(phone)","ssn":"\#(ssn)"}"#
            return try shop.send("POST", "/v3/users/search", body).data["users"]?.elements.first
        }
        let wanda = try #require(try lookup("5615550142", "357002345"))
        #expect(wanda["decision"]?["status"]?.string == "approved")
        #expect(wanda["verificationStatus"]?.string == "pending")

        // Nobody yet: create, prequalify, find again.
        #expect(try lookup("5615550199", "078051120") == nil)
        _ = try shop.create("new.verify@example.com")
        let prequalification = """
            {"mobilePhone":"5615550199","firstName":"New","lastName":"Comer","email":"new.verify@example.com",
            "street1":"1 Main St","city":"Boca Raton","regionAbbr":"FL","postalCode":"33431","country":"US",
            "employmentInformation":{"payFrequency":"biweekly","monthlyIncome":4000},"dateOfBirth":"1990-10-10",
            "ssn":"078051120"}
            """
        let started = try shop.send("POST", "/v3/users/prequal/start/lease", prequalification).data
        #expect(started["decision"]?["limit"]?.numberText == "1300")
        let number = try shop.send("GET", "/v3/routing-numbers/063107513").data
        #expect(number["bankName"]?.string == "Wells Fargo")
        let prequalId = try #require(started["prequalId"]?.string)
        let completion =
            #"{"prequalId":"\#(prequalId)","bankAccount":{"routing":"063107513","account":"9876543210","type":"checking"}}"#
        #expect(try shop.send("POST", "/v3/users/prequal/complete/lease", completion).status == 200)
        let found = try #require(try lookup("5615550199", "078051120"))
        let (user, token) = (try #require(found["userId"]?.string), try #require(found["token"]?.string))

        // Who they are: the first choice of each question.
        let questions = try shop.send("GET", "/v3/users/me/verify-questions", token: token).data
        let answers = (questions["questions"]?.elements ?? []).map { question in
            let choice = question["choices"]?.elements[0]["id"]?.string ?? ""
            return #"{"questionId":"\#(question["id"]?.string ?? "")","choiceId":"\#(choice)"}"#
        }
        let verified = try shop.send(
            "POST", "/v3/users/me/verify-answers",
            #"{"id":"\#(questions["id"]?.string ?? "")","answers":[\#(answers.joined(separator: ","))]}"#, token: token)
        #expect(try verified.data["verificationStatus"]?.string == "succeeded")

        // What the modal would be opened with, and what happens in it.
        #expect(try shop.send("POST", "/v3/users/\(user)/auth-code").json["code"]?.string?.count == 43)
        let lease = try #require(try shop.lease(token, "PO-1", cost: 300, quantity: 2).data["leaseId"]?.string)
        #expect(try shop.sign(lease, token).status == 200)

        #expect(try shop.send("POST", "/v3/transactions/PO-1/finalize").status == 200)
        #expect(try shop.send("POST", "/v3/transactions/PO-1/confirm-receipt").status == 200)
        let refund = #"{"items":[{"lineNumber":1,"sku":"s","itemCredit":300}]}"#
        let refunded = try shop.send("POST", "/v3/transactions/PO-1/refund", refund).data["refunded"]
        #expect(refunded?.elements[0]["lineNumber"]?.numberText == "1")
    }
}
