import Foundation
import JSON
import Testing

@Suite struct `Units and parcels` {
    private let shop: Shop

    init() throws {
        shop = try Shop(try Server("--quiet"), key: "parcels-\(UUID())")
        try shop.control("PUT", "clock", #"{"mode":"frozen","now":"2026-02-01T09:00:00Z"}"#)
    }

    private func finalized(quantity: Int) throws {
        let person = try shop.create("a@b.co")
        _ = try shop.apply(person.token)
        _ = try shop.addCard(person.token)
        let lease = try shop.lease(person.token, "T", cost: 50, quantity: quantity).data["leaseId"]?.string
        #expect(try shop.sign(try #require(lease), person.token).status == 200)
        #expect(try shop.send("POST", "/v3/transactions/T/finalize").status == 200)
    }

    private func ship(_ quantity: Int, _ dates: String) throws -> Shop.Answer {
        let body = #"{"items":[{"sku":"s","carrier":"ups","quantity":\#(quantity),\#(dates)}]}"#
        return try shop.send("POST", "/v3/transactions/T/confirm-shipment", body)
    }

    private func canceled(_ quantity: Int) throws -> String? {
        let answer = try shop.send(
            "POST", "/v3/transactions/T/cancel", #"{"items":[{"sku":"s","quantity":\#(quantity)}]}"#)
        return try answer.data["canceled"]?.elements.first?["quantity"]?.numberText
    }

    @Test func `are each delivered in their time: what has not come can still be cancelled`() throws {
        try finalized(quantity: 4)
        #expect(try ship(2, #""shipDate":"2026-02-01","deliveryDate":"2026-02-03""#).status == 200)
        try shop.advance("P30D")
        #expect(try ship(1, #""shipDate":"2026-03-03","deliveryDate":"2026-03-06""#).status == 200)
        #expect(try canceled(4) == "2", "the one in transit, and the one that was never sent")
        let parcels = try shop.state()["transactions"]?.elements.first?["items"]?.elements.first?["parcels"]?.elements
        #expect(parcels?.map { $0["shipped"]?.numberText } == ["2"])
    }

    @Test func `in transit can be cancelled beside one that was received`() throws {
        try finalized(quantity: 2)
        #expect(try ship(2, #""shipDate":"2026-02-01""#).status == 200)
        #expect(
            try shop.send("POST", "/v3/transactions/T/confirm-receipt", #"{"items":[{"sku":"s","quantity":1}]}"#).status
                == 200)
        #expect(try canceled(2) == "1")
    }

    @Test func `arrive in as many events as there are parcels`() throws {
        try finalized(quantity: 3)
        for day in ["2026-02-03", "2026-02-05", "2026-02-05"] {
            #expect(try ship(1, #""shipDate":"2026-02-01","deliveryDate":"\#(day)""#).status == 200)
        }
        #expect(try shop.advance("P5D").filter { $0 == "delivered" }.count == 2)
    }

    @Test(arguments: [
        (#""shipDate":"2100-01-01","deliveryDate":"1999-01-01""#, 400),
        (#""shipDate":"2026-02-02","deliveryDate":"2026-02-01""#, 400),
        (#""shipDate":"2026-02-01T15:00:00Z","deliveryDate":"2026-02-01""#, 200),
        (#""shipDate":"2026-02-01","deliveryDate":"2026-02-01""#, 200),
    ])
    func `are not delivered before they are shipped`(dates: String, status: Int) throws {
        try finalized(quantity: 1)
        let answer = try ship(1, dates)
        #expect(answer.status == status)
        if status == 400 {
            #expect(answer.message == #""items[0].deliveryDate" must be larger than or equal to "ref:shipDate""#)
        }
    }

    @Test func `of a scenario's parcels are cancelled as far as they have not come`() throws {
        #expect(try shop.control("PUT", "scenario", #"{"name":"partial-shipment"}"#).status == 200)
        try shop.advance("P30D")
        let chair = #"{"items":[{"sku":"chair","carrier":"ups","quantity":1,"shipDate":"2026-04-01"}]}"#
        #expect(try shop.send("POST", "/v3/transactions/DINING-1/confirm-shipment", chair).status == 200)
        let answer = try shop.send(
            "POST", "/v3/transactions/DINING-1/cancel", #"{"items":[{"sku":"chair","quantity":3}]}"#)
        #expect(try answer.data["canceled"]?.elements.first?["quantity"]?.numberText == "1")
        #expect(try answer.data["failed"]?.elements.first?["quantity"]?.numberText == "2")
    }
}

@Suite struct `A lease that nobody signed` {
    @Test func `expires with an event, though what is left of it costs nothing`() throws {
        let shop = try Shop(try Server("--quiet"), key: "k")
        try shop.control("PUT", "clock", #"{"mode":"frozen","now":"2026-02-01T09:00:00Z"}"#)
        let person = try shop.create("a@b.co")
        _ = try shop.apply(person.token)
        let items = [("tv", 400), ("cable", 0)].map {
            #"{"brand":"b","sku":"\#($0.0)","description":"d","cost":\#($0.1),"quantity":1}"#
        }
        let body = #"{"transactionId":"T","items":[\#(items.joined(separator: ","))]}"#
        #expect(try shop.send("POST", "/v3/leases", body, token: person.token).status == 200)
        #expect(try shop.send("POST", "/v3/transactions/T/cancel", #"{"items":[{"sku":"tv"}]}"#).status == 200)
        #expect(try shop.advance("PT23H") == ["tokenExpired"])
        #expect(try shop.control("GET", "clock").data["nextEvent"]?.string == "2026-02-02T09:00:00.000Z")
        #expect(try shop.advance("PT1H") == ["leaseExpired"])
        #expect(try shop.state()["transactions"]?.elements.first?["isExpired"]?.bool == true)
    }
}

@Suite struct `An active decision` {
    @Test(arguments: [
        ("decision", #"{"status":"failed"}"#), ("decision", #"{"status":"pending"}"#),
        ("hold", #"{"spendingHold":true}"#),
    ])
    func `is needed to sign, as it is to create`(call: String, body: String) throws {
        let shop = try Shop(try Server("--quiet"), key: "k")
        let person = try shop.create("a@b.co")
        _ = try shop.apply(person.token)
        _ = try shop.addCard(person.token)
        let lease = try #require(try shop.lease(person.token, "T").data["leaseId"]?.string)
        #expect(try shop.control("PUT", "users/\(person.id)/\(call)", body).status == 200)
        let refused = try shop.sign(lease, person.token)
        #expect(refused.status == 400)
        #expect(refused.code == "InvalidCustomer")
        #expect(try shop.control("PUT", "users/\(person.id)/decision", #"{"status":"approved"}"#).status == 200)
        #expect(try shop.sign(lease, person.token).status == 200)
    }
}
