import Foundation
import JSON
import Support
import Testing

/// What a customer owes and owns, as the endpoints say it while the clock moves.
@Suite struct `Money over time` {
    private let shop: Shop

    init() throws {
        shop = try Shop(try Server("--quiet"), key: "money-\(UUID())")
        try shop.control("PUT", "clock", #"{"mode":"frozen","now":"2026-02-01T09:00:00Z"}"#)
    }

    /// A customer with a bank account, and an order of one item at 400 dollars unless something else is said.
    private func signed(
        _ email: String = "jane@example.com",
        _ order: String = #"[{"brand":"b","sku":"A","description":"d","cost":400,"quantity":1}]"#,
        more: String = ""
    ) throws -> (id: String, token: String, lease: String) {
        let person = try shop.create(email)
        #expect(try shop.apply(person.token).status == 200)
        #expect(try shop.addCard(person.token).status == 201)
        let body = #"{"transactionId":"T","items":\#(order)\#(more)}"#
        let answer = try shop.send("POST", "/v3/leases", body, token: person.token)
        let lease = try #require(try answer.data["leaseId"]?.string)
        #expect(try shop.sign(lease, person.token).status == 200)
        return (person.id, person.token, lease)
    }

    private func finalized(
        _ email: String = "jane@example.com",
        _ order: String = #"[{"brand":"b","sku":"A","description":"d","cost":400,"quantity":1}]"#,
        more: String = ""
    ) throws -> String {
        let id = try signed(email, order, more: more).id
        try post("finalize")
        return id
    }

    @discardableResult
    private func post(_ call: String, _ body: String? = nil) throws -> Shop.Answer {
        let answer = try shop.send("POST", "/v3/transactions/T/\(call)", body)
        #expect(answer.status == 200, "\(call): \(answer.text)")
        return answer
    }

    private func ship(_ quantity: Int, deliveredAt: String) throws {
        let item =
            #"{"sku":"A","carrier":"ups","shipDate":"2026-02-01","deliveryDate":"\#(deliveredAt)","quantity":\#(quantity)}"#
        try post("confirm-shipment", #"{"items":[\#(item)]}"#)
    }

    private func token(_ id: String) throws -> String {
        try #require(try shop.send("GET", "/v3/users/\(id)/authorize").data["token"]?.string)
    }

    private func agreement(_ id: String) throws -> JSON {
        let agreements = try shop.send("GET", "/v3/customers/me/agreements", token: token(id)).json
        return try #require(agreements.elements.first)
    }

    private func cents(_ member: String, _ id: String) throws -> Int {
        try #require(try agreement(id)[member]?.numberText.flatMap { Int($0) })
    }

    private func collect(_ cents: Int, _ id: String) throws {
        let token = try token(id)
        let method = try shop.send("GET", "/v3/customers/me/payment-methods", token: token).json.elements.first
        let body =
            #"{"paymentMethodId":"\#(method?["id"]?.string ?? "")","amount":\#(cents / 100).\#(String(cents % 100 + 100).dropFirst())}"#
        let path = "/v3/customers/me/agreements/\(try agreement(id)["id"]?.string ?? "")/transactions/payment"
        let answer = try shop.send("POST", path, body, token: token)
        #expect(answer.status == 200, "\(answer.text)")
    }

    private func engaged() throws -> Int {
        let decision = try shop.state()["users"]?.elements.first?["decision"]
        let (limit, balance) = (decision?["spendingLimit"]?.numberText, decision?["availableBalance"]?.numberText)
        return try #require(
            limit.flatMap(Double.init).flatMap { limit in
                balance.flatMap(Double.init).map { Int(((limit - $0) * 100).rounded()) }
            })
    }

    // MARK: Billing

    @Test func `ends with the payoff: nothing is left, and nothing falls due any more`() throws {
        let id = try finalized()
        try post("confirm-receipt")
        try shop.advance("P15D")
        let payoff = try cents("earlyPayoff", id)
        #expect(payoff > 0)
        try collect(payoff, id)
        for member in ["earlyPayoff", "estimatedOwnership", "pastDue"] {
            #expect(try cents(member, id) == 0, "\(member)")
        }
        #expect(try shop.advance("P10Y").filter { $0 == "paymentDue" } == [])
    }

    @Test func `begins once: a later parcel moves neither the first billing date nor what is past due`() throws {
        let id = try finalized(
            "x.pastdue@example.com", #"[{"brand":"b","sku":"A","description":"d","cost":200,"quantity":2}]"#)
        try ship(1, deliveredAt: "2026-02-02")
        try shop.advance("P31D")
        let (start, pastDue) = (try agreement(id)["leaseStartDate"]?.string, try cents("pastDue", id))
        #expect(start == "2026-02-03T00:00:00.000Z")
        #expect(pastDue > 0)
        try ship(1, deliveredAt: "2026-03-10")
        #expect(try agreement(id)["leaseStartDate"]?.string == start)
        #expect(try cents("pastDue", id) == pastDue)
        let canceled = try post("cancel", #"{"items":[{"sku":"A","quantity":2}]}"#).data
        #expect(canceled["canceled"]?.elements.first?["quantity"]?.numberText == "1", "the delivered one stays")
        #expect(canceled["failed"]?.elements.first?["quantity"]?.numberText == "1")
    }

    @Test func `does not begin anew with a receipt after the delivery`() throws {
        let id = try finalized()
        try post("confirm-shipment")
        try shop.advance("P31D")
        let (start, left) = (try agreement(id)["leaseStartDate"]?.string, try cents("estimatedOwnership", id))
        try post("confirm-receipt")
        #expect(try agreement(id)["leaseStartDate"]?.string == start)
        #expect(try cents("estimatedOwnership", id) == left)
    }

    @Test func `begins with a receipt that comes before the announced delivery`() throws {
        let id = try finalized()
        try ship(1, deliveredAt: "2026-02-20")
        #expect(try agreement(id)["leaseStartDate"]?.string == "2026-02-21T00:00:00.000Z")
        try shop.advance("P1D")
        try post("confirm-receipt")
        #expect(try agreement(id)["leaseStartDate"]?.string == "2026-02-03T09:00:00.000Z")
    }

    @Test(arguments: ["2018-03-05", "1999-01-01"])
    func `asks for no payment before the lease was signed`(date: String) throws {
        let id = try finalized()
        try post(
            "confirm-shipment",
            #"{"items":[{"sku":"A","carrier":"Fedex","shipDate":"\#(date)","deliveryDate":"\#(date)"}]}"#)
        #expect(try agreement(id)["leaseStartDate"]?.string == "2026-02-01T09:00:00.000Z")
        #expect(try cents("estimatedOwnership", id) == 51 * 1728, "the first one falls due with the signature")
        #expect(try shop.advance("P7D").contains("paymentDue"))
    }

    @Test func `takes a receipt that is yet to come for one of now`() throws {
        let id = try finalized()
        try post("confirm-receipt", #"{"items":[{"sku":"A","receiptDate":"9999-12-31"}]}"#)
        #expect(try agreement(id)["leaseStartDate"]?.string == "2026-02-02T09:00:00.000Z")
    }

    @Test func `of an event is what happens to the balance`() throws {
        let id = try finalized("x.pastdue@example.com")
        try post("confirm-shipment")
        try collect(10_000, id)
        var expected = try cents("pastDue", id)
        for _ in 0..<20 {
            let events =
                try shop.control("POST", "clock/advance", #"{"by":"P3D"}"#).data["events"]?.elements ?? []
            for event in events where event["event"]?.string == "paymentDue" {
                let amount = try #require(event["amount"]?.numberText.flatMap(Double.init))
                if event["outcome"]?.string == "declined" { expected += Int((amount * 100).rounded()) }
            }
            #expect(try cents("pastDue", id) == expected)
        }
        #expect(expected > 0)
    }

    @Test func `is what is to come: past due and every payment that is not due yet`() throws {
        for email in ["jane@example.com", "x.pastdue@example.com", "x.decline@example.com"] {
            try shop.control("POST", "reset")
            try shop.control("PUT", "clock", #"{"mode":"frozen","now":"2026-02-01T09:00:00Z"}"#)
            let id = try finalized(email)
            try post("confirm-receipt")
            try shop.advance("P40D")
            if !email.contains("decline") { try collect(5000, id) }
            let (owned, due) = (try cents("estimatedOwnership", id), try cents("pastDue", id))
            let events = try shop.control("POST", "clock/advance", #"{"by":"P10Y"}"#).data["events"]?.elements ?? []
            let toCome = events.filter { $0["event"]?.string == "paymentDue" }
                .reduce(0) { $0 + Int((($1["amount"]?.numberText.flatMap(Double.init) ?? 0) * 100).rounded()) }
            #expect(owned == due + toCome, "\(email)")
        }
    }

    // MARK: Parts and wholes

    @Test func `comes back to the cent, whatever a discount makes of the units`() throws {
        _ = try signed(
            "jane@example.com", #"[{"brand":"b","sku":"A","description":"d","cost":1,"quantity":1000}]"#,
            more: #","totalDiscount":5"#)
        #expect(try engaged() == 99_500)
        try post("cancel", #"{"items":[{"sku":"A","quantity":999}]}"#)
        #expect(try engaged() == 99, "994.005 rounded once has come back")
        try post("cancel")
        #expect(try engaged() == 0)
    }

    @Test func `of a line that is a discount never comes back, and the line can be cancelled`() throws {
        let order = """
            [{"brand":"b","sku":"A","description":"d","cost":100,"quantity":1},\
            {"brand":"b","sku":"DISCOUNT-SPRING","description":"d","cost":-10,"quantity":1}]
            """
        _ = try finalized("jane@example.com", order)
        #expect(try engaged() == 9000)
        let answer = try post("cancel", #"{"items":[{"sku":"DISCOUNT-SPRING"}]}"#)
        #expect(try answer.data["canceled"]?.elements.first?["sku"]?.string == "DISCOUNT-SPRING")
        #expect(try engaged() == 9000)
        try post("cancel", #"{"items":[{"sku":"A"}]}"#)
        #expect(try engaged() == 0)
    }

    @Test func `is never refunded beyond what was paid, to the cent`() throws {
        _ = try finalized(
            "jane@example.com", #"[{"brand":"b","sku":"A","description":"d","cost":33.33,"quantity":3}]"#,
            more: #","totalDiscount":10"#)
        func refund(_ amount: String) throws -> Int {
            let body = #"{"items":[{"lineNumber":1,"sku":"A","itemCredit":\#(amount)}]}"#
            return try shop.send("POST", "/v3/transactions/T/refund", body).status
        }
        #expect(try refund("90.00") == 400)
        #expect(try refund("89.00") == 200)
        #expect(try refund("1.00") == 400)
        #expect(try refund("0.99") == 200)
        #expect(try refund("0.01") == 400)
    }

    @Test func `before anything is finalized, a refund is refused in its own words`() throws {
        _ = try signed()
        let answer = try shop.send(
            "POST", "/v3/transactions/T/refund", #"{"items":[{"lineNumber":1,"sku":"A","itemCredit":1}]}"#)
        #expect(answer.status == 400)
        #expect(answer.message == "The transaction must be finalized before anything of it is refunded")
    }

    /// What is cancelled, returned, shipped, received and credited in any order answers with less than 500.
    @Test func `survives any order of steps on any mixture of discounts`() throws {
        var chance = Chance(seed: 13)
        let person = try shop.create("x.limit100000@example.com")
        #expect(try shop.apply(person.token).status == 200)
        #expect(try shop.addCard(person.token).status == 201)
        for number in 0..<40 {
            var items = (0...chance.below(3)).map { index in
                #"{"brand":"b","sku":"S\#(index)","description":"d","cost":\#(chance.below(40)).\#(chance.below(1000)),"quantity":\#(1 + chance.below(4))}"#
            }
            if chance.isOne(in: 2) {
                items.append(
                    #"{"brand":"b","sku":"DISCOUNT-1","description":"d","cost":-\#(1 + chance.below(30)).5,"quantity":1}"#
                )
            }
            let body = """
                {"transactionId":"R\(number)","items":[\(items.joined(separator: ","))],\
                "shipping":{"cost":\(150 + chance.below(50))},"totalDiscount":\(chance.below(60)).33}
                """
            let made = try shop.send("POST", "/v3/leases", body, token: person.token)
            #expect(made.status == 200 || made.status == 400, "\(made.text)")
            guard made.status == 200 else { continue }
            _ = try shop.sign(try #require(try made.data["leaseId"]?.string), person.token)
            for _ in 0..<8 {
                let call = chance.pick([
                    "finalize", "cancel", "return", "confirm-shipment", "confirm-receipt", "refund",
                ])
                let selected =
                    #"{"items":[{"lineNumber":1,"sku":"S\#(chance.below(3))","quantity":1,"carrier":"c","shipDate":"2026-02-01","itemCredit":\#(chance.below(9))}]}"#
                let answer = try shop.send(
                    "POST", "/v3/transactions/R\(number)/\(call)",
                    chance.isOne(in: 3) && call != "refund" ? nil : selected)
                #expect(answer.status < 500, "\(call) \(answer.text)")
            }
        }
    }

    // MARK: Numbers

    @Test(arguments: [
        (#""cost":49.9449999,"quantity":1"#, "LeaseAmountNotSatisfied"), (#""cost":49.945,"quantity":1"#, nil),
        (#""cost":100,"quantity":1.0000001"#, ""),
    ])
    func `is counted exactly`(item: String, code: String?) throws {
        let person = try shop.create("a@b.co")
        _ = try shop.apply(person.token)
        let answer = try shop.send(
            "POST", "/v3/leases",
            #"{"transactionId":"T","items":[{"brand":"b","sku":"A","description":"d",\#(item)}]}"#,
            token: person.token)
        #expect(answer.status == (code == nil ? 200 : 400))
        if let code { #expect(answer.code == code) }
        if code == "" { #expect(answer.message == #""items[0].quantity" must be an integer"#) }
    }

    @Test(arguments: ["0.08875", "0.12345678", "0.0000000001"])
    func `follows a rate of as many places as it is given`(rate: String) throws {
        try shop.control("PATCH", "settings", #"{"taxRate":\#(rate),"rentalRate":1.23456789}"#)
        let settings = try shop.control("GET", "settings").data
        #expect(settings["taxRate"]?.numberText == rate)
        #expect(settings["rentalRate"]?.numberText == "1.23456789")
        let person = try shop.create("x.limit10000@b.co")
        _ = try shop.apply(person.token)
        let data = try shop.lease(person.token, "T", cost: 10_000).data
        let rental = (Decimal(10_000) * Decimal(string: "1.23456789")!).rounded
        let payment = ((10_000 + rental) * (1 + Decimal(string: rate)!) / 52).rounded
        #expect(data["costOfRental"]?.numberText.flatMap { Decimal(string: $0) } == rental)
        #expect(data["payment"]?.numberText.flatMap { Decimal(string: $0) } == payment)
    }
}

extension Decimal {
    /// To cents.
    fileprivate var rounded: Decimal {
        var (value, result) = (self, Decimal())
        unsafe NSDecimalRound(&result, &value, 2, .plain)
        return result
    }
}
