import Foundation
import JSON
import Testing

@Suite struct `A decision` {
    private let shop: Shop

    init() throws {
        shop = try Shop(try Server("--quiet"), key: "k")
        try shop.control("PUT", "clock", #"{"mode":"frozen","now":"2026-02-01T09:00:00Z"}"#)
    }

    private func decision() throws -> JSON? { try shop.state()["users"]?.elements.first?["decision"] }

    @Test func `that ends by itself grants the limit that held when its review was ordered`() throws {
        let person = try shop.create("a@b.co")
        _ = try shop.apply(person.token)
        let review = #"{"status":"pending","resolvesAfter":"P2D"}"#
        #expect(try shop.control("PUT", "users/\(person.id)/decision", review).status == 200)
        try shop.control("PATCH", "settings", #"{"spendingLimit":500}"#)
        #expect(try shop.advance("P2D").contains("reviewResolved"))
        #expect(try decision()?["spendingLimit"]?.numberText == "1300")
        #expect(try decision()?["createdAt"]?.string == "2026-02-01T09:00:00.000Z", "when the customer applied")
    }

    @Test func `says all of a customer's standing, and lifts a hold that was set before it`() throws {
        let person = try shop.create("a@b.co")
        _ = try shop.apply(person.token)
        _ = try shop.control("PUT", "users/\(person.id)/hold", #"{"spendingHold":true}"#)
        _ = try shop.control("PUT", "users/\(person.id)/decision", #"{"status":"approved"}"#)
        #expect(try shop.lease(person.token, "T").status == 200)
        _ = try shop.control("PUT", "users/\(person.id)/hold", #"{"spendingHold":true}"#)
        #expect(try shop.lease(person.token, "U").code == "InvalidCustomer")
    }
}
