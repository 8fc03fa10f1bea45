import Foundation
import HTTP
import JSON
import Medusa
import Testing

@Suite struct `The lease endpoints` {
    private let world: World
    private let customer: World.Customer

    init() throws {
        world = try World()
        customer = try world.approved()
    }

    private func createLease(_ body: String, query: String = "") throws -> World.Answer {
        try world.send(.post, "/v3/leases\(query)", body, token: customer.token)
    }

    private func contract(_ answer: World.Answer) throws -> Data {
        try #require(answer.data?["contract"]?.string.flatMap { Data(base64Encoded: $0) })
    }

    @Test func `price an order as the documented sample`() throws {
        let answer = try createLease(World.order())
        #expect(answer.data?["payment"]?.numberText == "17.28")
        #expect(answer.data?["cashPrice"]?.numberText == "400")
        #expect(answer.data?["costOfRental"]?.numberText == "440")
        #expect(answer.data?["payTomorrowTaxTotal"]?.numberText == "12.34")
        #expect(answer.data?["token"] == nil)
    }

    @Test func `give a complete HTML contract, with what the caller sent escaped`() throws {
        let html = String(decoding: try contract(createLease(World.order())), as: UTF8.self)
        #expect(html.hasPrefix("<!DOCTYPE html>"))
        #expect(html.hasSuffix("</html>\n"))
        for part in ["John Doe", "iPad &lt;Mini&gt;", "$400.00", "$17.28", "2018-03-19", "Sandbox document"] {
            #expect(html.contains(part), "the contract lacks \(part)")
        }
        #expect(!html.contains("<Mini>"))
    }

    @Test func `say in the contract whether it is signed`() throws {
        let made = try createLease(World.order())
        let lease = try #require(made.data?["leaseId"]?.string)
        let before = String(decoding: try contract(made), as: UTF8.self)
        #expect(before.contains("To be signed electronically by the lessee before 2018-03-20T15:51:27.080Z."))
        try world.sign(lease, customer)
        let after = try contract(try world.send(.get, "/v3/leases/\(lease)", token: customer.token))
        #expect(
            String(decoding: after, as: UTF8.self)
                .contains("Signed electronically by the lessee on 2018-03-19T15:51:27.080Z"))
    }

    @Test func `give a PDF where one is asked for, and a token`() throws {
        let answer = try createLease(World.order(), query: "?asPdf=true&withToken=true")
        let pdf = try contract(answer)
        #expect(pdf.starts(with: Data("%PDF-1.".utf8)))
        #expect(pdf.suffix(8).contains(Data("%%EOF".utf8)))
        let token = try #require(answer.data?["token"]?.string)
        #expect(try world.send(.get, "/v3/users/me", token: token).status == 200)
    }

    @Test func `print a PDF over many pages, whatever the words`() throws {
        let long = String(repeating: "W", count: 4000)
        let item = #"{"brand":"b","sku":"s","description":"\#(long) 李 é","cost":1,"quantity":1}"#
        let body = #"{"transactionId":"T","items":[\#(Array(repeating: item, count: 60).joined(separator: ","))]}"#
        #expect(try contract(createLease(body, query: "?asPdf=true")).count > 10_000)
    }

    @Test(arguments: [
        ("49.94", "1", "LeaseAmountNotSatisfied"), ("1300.01", "1", "ExceedSpendingLimit"),
        ("100", "14", "ExceedSpendingLimit"),
        ("-5", "1", "InvalidItem"),
    ])
    func `refuse an order that does not fit`(cost: String, quantity: String, code: String) throws {
        let answer = try createLease(World.order(cost: cost, quantity: quantity))
        #expect(answer.status == 400)
        #expect(answer.code == code)
    }

    @Test func `refuse a transaction id that was used before`() throws {
        _ = try createLease(World.order())
        let answer = try createLease(World.order())
        #expect(answer.status == 400)
        #expect(answer.code == "InvalidTransactionId")
    }

    @Test(arguments: [
        ("x.hold@example.com", "has a spending hold"), ("x.qamanual@example.com", "has an application under review"),
    ])
    func `refuse a customer who may not lease, and say why`(email: String, reason: String) throws {
        let other = try world.approved(email)
        let answer = try world.send(.post, "/v3/leases", World.order(), token: other.token)
        #expect(answer.code == "InvalidCustomer")
        #expect(answer.message == "The customer \(reason)")
    }

    @Test func `take from the balance, and give it back when the lease expires`() throws {
        func balance() throws -> String? {
            let token = try world.send(.get, "/v3/users/\(customer.id)/authorize").data?["token"]?.string
            let me = try world.send(.get, "/v3/users/me", token: token)
            return me.data?["decision"]?["availableBalance"]?.numberText
        }
        _ = try createLease(World.order())
        #expect(try balance() == "900")
        try world.advance(.hours(24))
        #expect(try balance() == "1300")
    }

    @Test func `show a lease that has expired`() throws {
        let lease = try world.lease(customer)
        try world.advance(.hours(24))
        let token = try world.send(.get, "/v3/users/\(customer.id)/authorize").data?["token"]?.string
        let answer = try world.send(.get, "/v3/leases/\(lease)", token: token)
        #expect(answer.data?["isExpired"]?.bool == true)
        #expect(answer.data?["leaseStatus"]?.string == "pending")
    }

    @Test func `show a lease that was cancelled as a whole as expired, for it cannot be signed`() throws {
        let lease = try world.lease(customer)
        func isExpired() throws -> Bool? {
            try world.send(.get, "/v3/leases/\(lease)", token: customer.token).data?["isExpired"]?.bool
        }
        try world.send(.post, "/v3/transactions/ABC-1/cancel", #"{"items":[{"sku":"abc123","quantity":1}]}"#)
        #expect(try isExpired() == false)
        try world.send(.post, "/v3/transactions/ABC-1/cancel")
        #expect(try isExpired() == true)
        #expect(try world.sign(lease, customer).status == 410)
    }

    @Test func `hide a lease from another customer`() throws {
        let lease = try world.lease(customer)
        let other = try world.approved("other@example.com")
        #expect(try world.send(.get, "/v3/leases/\(lease)", token: other.token).code == "LeaseNotFound")
        #expect(try world.sign(lease, other).code == "LeaseNotFound")
    }

    @Test func `sign in the order 400, 404, 410, 402, 200`() throws {
        let bare = try world.create("bare@example.com")
        try world.send(.post, "/v3/users/me/apply", World.application, token: bare.token)
        let lease = try world.lease(bare, "T-1")
        func sign(_ lease: String, _ body: String) throws -> Int {
            try world.send(.post, "/v3/leases/\(lease)/sign", body, token: bare.token).status
        }
        let good = #"{"ipAddress":"127.0.0.1","signed":true}"#
        #expect(try sign("unknown", "{}") == 400)
        #expect(try sign("unknown", good) == 404)
        #expect(try sign(lease, #"{"ipAddress":"127.0.0.1","signed":"maybe"}"#) == 400)
        #expect(try sign(lease, good) == 402)
        try world.send(.post, "/v3/paymentMethods/add", World.card, token: bare.token)
        #expect(try sign(lease, good) == 200)
        #expect(try sign(lease, good) == 200)
        #expect(try world.send(.get, "/v3/leases/\(lease)", token: bare.token).data?["leaseStatus"]?.string == "signed")
    }

    @Test func `decline a first payment until another method is added`() throws {
        let declining = try world.approved("x.firstpayment@example.com")
        let lease = try world.lease(declining, "T-1")
        #expect(try world.sign(lease, declining).status == 402)
        #expect(try world.sign(lease, declining).status == 402)
        try world.send(.post, "/v3/paymentMethods/add", World.card, token: declining.token)
        #expect(try world.sign(lease, declining).status == 200)
    }
}

@Suite struct `The transaction endpoints` {
    private let world: World

    init() throws { world = try World() }

    private func counts(_ reference: String = "ABC-1") throws -> String? {
        let item = try world.send(.get, "/v3/transactions/\(reference)").data?["items"]?.elements[0]
        return item?["quantityByStatus"].map { String(decoding: $0.source, as: UTF8.self) }
    }

    @Test func `answer an unsigned lease with an empty code on finalize`() throws {
        let customer = try world.approved()
        _ = try world.lease(customer)
        let answer = try world.send(.post, "/v3/transactions/ABC-1/finalize")
        #expect(answer.status == 400)
        #expect(answer.code == "")
        let shipment = try world.send(.post, "/v3/transactions/ABC-1/confirm-shipment")
        #expect(shipment.status == 400)
    }

    @Test func `finalize again with the same number`() throws {
        _ = try world.finalized()
        let first = try world.send(.post, "/v3/transactions/ABC-1/finalize")
        let number = first.data?["leaseNumber"]?.string ?? ""
        #expect(number.count == 7 && Int(number) != nil)
        #expect(try world.send(.post, "/v3/transactions/ABC-1/finalize").text == first.text)
    }

    @Test func `find a transaction by its opaque id too`() throws {
        _ = try world.finalized()
        let known = try world.send(.get, "/v3/transactions/ABC-1")
        let opaque = try #require(known.data?["lease"]?["id"]?.string)
        #expect(try world.send(.get, "/v3/transactions/\(opaque)").text == known.text)
    }

    @Test(arguments: ["a b/ü?&#", "..", "%2F", "'; --"])
    func `take any text as the caller's id`(id: String) throws {
        let customer = try world.approved()
        _ = try world.lease(customer, id)
        let escaped = try #require(id.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        #expect(try world.send(.get, "/v3/transactions/\(escaped)").data?["id"]?.string == id)
    }

    @Test func `move quantities from shipment to return`() throws {
        _ = try world.finalized()
        #expect(try counts() == #"{"ordered":2,"signed":2}"#)
        let one = #"{"items":[{"sku":"abc123","carrier":"ground","shipDate":"2018-03-20","quantity":"1.0000"}]}"#
        #expect(try world.send(.post, "/v3/transactions/ABC-1/confirm-shipment", one).text == #"{"data":{}}"#)
        #expect(try counts() == #"{"ordered":2,"signed":1,"shipped":1}"#)
        try world.send(.post, "/v3/transactions/ABC-1/confirm-receipt")
        #expect(try counts() == #"{"ordered":2,"received":2}"#)
        let returned = try world.send(.post, "/v3/transactions/ABC-1/return")
        #expect(returned.text == #"{"data":{"returned":[{"sku":"abc123","quantity":2}],"failed":[]}}"#)
        #expect(try counts() == #"{"ordered":2,"returned":2}"#)
    }

    @Test(
        arguments: [
            (#"{"items":[]}"#, "", #""items" must contain at least 1 items"#),
            (#"{"items":{}}"#, "", #""items" must be an array"#),
            (#"{"items":[{"sku":"abc123","shipDate":"2018-03-20"}]}"#, "", #""items[0].carrier" is required"#),
            (
                #"{"items":[{"sku":"abc123","carrier":"ups","shipDate":"soon"}]}"#, "",
                #""items[0].shipDate" must be a valid date"#
            ),
            (#"{"items":[{"sku":"nope","carrier":"ups","shipDate":"2018-03-20"}]}"#, "InvalidItem", nil),
            (#"{"items":[{"sku":"abc123","carrier":"ups","shipDate":"2018-03-20","quantity":3}]}"#, "InvalidItem", nil),
        ] as [(String, String, String?)])
    func `refuse a shipment that is wrong`(body: String, code: String, message: String?) throws {
        _ = try world.finalized()
        let answer = try world.send(.post, "/v3/transactions/ABC-1/confirm-shipment", body)
        #expect(answer.status == 400)
        #expect(answer.code == code)
        if let message { #expect(answer.message == message) }
        #expect(try counts() == #"{"ordered":2,"signed":2}"#)
    }

    @Test(arguments: ["{}", #"{"items":[]}"#, nil] as [String?])
    func `cancel everything when nothing is named, and give the money back`(body: String?) throws {
        let customer = try world.finalized()
        let answer = try world.send(.post, "/v3/transactions/ABC-1/cancel", body)
        #expect(answer.text == #"{"data":{"canceled":[{"sku":"abc123","quantity":2}],"failed":[]}}"#)
        let me = try world.send(.get, "/v3/users/me", token: customer.token)
        #expect(me.data?["decision"]?["availableBalance"]?.numberText == "1300")
    }

    @Test func `are listed newest first, filtered by status and date`() throws {
        let customer = try world.finalized()
        try world.advance(.days(1))
        let token = try world.send(.get, "/v3/users/\(customer.id)/authorize").data?["token"]?.string ?? ""
        _ = try world.lease(.init(id: customer.id, token: token), "ABC-2")
        func listed(_ query: String) throws -> [String?] {
            let list = try world.send(.get, "/v3/transactions?\(query)").data?["transactions"]
            return try #require(list).elements.map { $0["id"]?.string }
        }
        #expect(try listed("") == ["ABC-2", "ABC-1"])
        #expect(try listed("leaseStatus=signed") == ["ABC-1"])
        #expect(try listed("leaseStatus=pending") == ["ABC-2"])
        #expect(try listed("fromDate=2018-03-20") == ["ABC-2"])
        #expect(try listed("toDate=2018-03-19") == ["ABC-1"])
        #expect(try listed("fromDate=2018-03-19T15:51:27.080Z&toDate=2018-03-19T15:51:27.080Z") == ["ABC-1"])
        #expect(try listed("fromDate=2019-01-01") == [])
        #expect(try world.send(.get, "/v3/transactions?leaseStatus=done").status == 400)
        #expect(try world.send(.get, "/v3/transactions?fromDate=soon").message == #""fromDate" must be a valid date"#)
    }
}

@Suite struct `The agreement endpoints` {
    private let world: World

    init() throws { world = try World() }

    private func agreement(_ customer: World.Customer) throws -> JSON {
        try #require(try world.send(.get, "/v3/customers/me/agreements", token: customer.token).json.elements.first)
    }

    private func pay(_ amount: String, _ customer: World.Customer, agreement id: String? = nil, method: String? = nil)
        throws -> World.Answer
    {
        let id = try id ?? agreement(customer)["id"]?.string ?? ""
        let list = try world.send(.get, "/v3/customers/me/payment-methods", token: customer.token)
        let method = method ?? list.json.elements.first?["id"]?.string ?? ""
        return try world.send(
            .post, "/v3/customers/me/agreements/\(id)/transactions/payment",
            #"{"paymentMethodId":"\#(method)","amount":\#(amount)}"#, token: customer.token)
    }

    @Test func `show none before the lease is finalized`() throws {
        let customer = try world.approved()
        try world.sign(world.lease(customer), customer)
        #expect(try world.send(.get, "/v3/customers/me/agreements", token: customer.token).text == "[]")
    }

    @Test func `collect a payment, which lowers what is left`() throws {
        let customer = try world.shipped()
        let answer = try pay("12.5", customer)
        #expect(answer.json.elements[0]["amount"]?.numberText == "12.5")
        #expect(answer.json.elements[0]["outcome"]?.string == "success")
        #expect(try agreement(customer)["estimatedOwnership"]?.numberText == String(1728 * 52 - 1250))
    }

    @Test func `collect what is past due first`() throws {
        let customer = try world.shipped("x.pastdue@example.com")
        #expect(try agreement(customer)["pastDue"]?.numberText == "1728")
        _ = try pay("10", customer)
        #expect(try agreement(customer)["pastDue"]?.numberText == "728")
    }

    @Test func `answer a decline with 200, and collect nothing`() throws {
        let customer = try world.shipped("x.decline@example.com")
        let before = try agreement(customer)["estimatedOwnership"]?.numberText
        let answer = try pay("2", customer)
        #expect(answer.status == 200)
        #expect(answer.json.elements[0]["failureReason"]?.string == "DECLINE CHECK CHECK LIMIT EXCEEDED")
        #expect(try agreement(customer)["estimatedOwnership"]?.numberText == before)
    }

    @Test(arguments: [
        ("0", #""amount" must be a positive number"#), ("-1", #""amount" must be a positive number"#),
        ("0.005", #""amount" must be greater than or equal to 0.01"#),
        ("0.009999", #""amount" must be greater than or equal to 0.01"#),
        ("\"x\"", #""amount" must be a number"#), ("99999", #""amount" must be less than or equal to 427.89"#),
    ])
    func `refuse an amount that cannot be collected`(amount: String, message: String) throws {
        let answer = try pay(amount, world.shipped())
        #expect(answer.status == 400)
        #expect(answer.message == message)
    }

    @Test func `do not know another's agreement or payment method`() throws {
        let customer = try world.shipped()
        let other = try world.approved("other@example.com")
        let foreign = try agreement(customer)["id"]?.string
        #expect(try pay("1", other, agreement: foreign).status == 404)
        #expect(try pay("1", customer, method: "5910c6805bffb3590e07cc1e").status == 404)
    }
}
