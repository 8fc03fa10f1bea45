import Foundation
import JSON
import Testing

/// A clock may go back only as long as nothing at all has happened later.
@Suite struct `A clock that is set back` {
    private let shop: Shop
    private let person: (id: String, token: String)

    init() throws {
        shop = try Shop(try Server("--quiet"), key: "back-\(UUID())")
        try shop.control("PUT", "clock", #"{"mode":"frozen","now":"2026-02-01T09:00:00Z"}"#)
        try shop.control("PATCH", "settings", #"{"tokenLifetime":"P300D","leaseLifetime":"P300D"}"#)
        person = try shop.create("a@b.co")
    }

    private func back(to moment: String) throws -> Int {
        try shop.control("PUT", "clock", #"{"mode":"frozen","now":"\#(moment)"}"#).status
    }

    /// Everything that can happen, each after what it needs.
    private static let happenings = [
        "apply", "decision", "hold", "verification", "paymentMethod", "lease", "sign", "finalize", "shipment",
        "receipt",
        "return", "cancel", "refund", "payment", "expire", "passcode", "authorize",
    ]

    private func prepare(_ happening: String) throws {
        guard happening != "apply" else { return }
        #expect(try shop.apply(person.token).status == 200)
        guard !["decision", "hold", "verification", "paymentMethod", "passcode", "authorize"].contains(happening) else {
            return
        }
        #expect(try shop.addCard(person.token).status == 201)
        guard happening != "lease" else { return }
        #expect(try shop.lease(person.token, "T", cost: 50, quantity: 4).status == 200)
        guard !["expire", "sign"].contains(happening) else { return }
        #expect(try shop.sign(lease(), person.token).status == 200)
        guard happening != "finalize" else { return }
        #expect(try shop.send("POST", "/v3/transactions/T/finalize").status == 200)
        guard ["return", "payment"].contains(happening) else { return }
        #expect(try shop.send("POST", "/v3/transactions/T/confirm-receipt").status == 200)
    }

    private func lease() throws -> String {
        try #require(try shop.state()["transactions"]?.elements.first?["leaseId"]?.string)
    }

    private func happen(_ happening: String) throws -> Int {
        let order = "/v3/transactions/T"
        switch happening {
        case "apply": return try shop.apply(person.token).status
        case "decision": return try shop.control("PUT", "users/\(person.id)/decision", #"{"status":"failed"}"#).status
        case "hold": return try shop.control("PUT", "users/\(person.id)/hold", #"{"spendingHold":true}"#).status
        case "verification":
            return try shop.control("PUT", "users/\(person.id)/verification", #"{"verificationStatus":"failed"}"#)
                .status
        case "paymentMethod": return try shop.addCard(person.token).status
        case "lease": return try shop.lease(person.token, "T", cost: 50).status
        case "sign": return try shop.sign(lease(), person.token).status
        case "finalize": return try shop.send("POST", "\(order)/finalize").status
        case "shipment": return try shop.send("POST", "\(order)/confirm-shipment").status
        case "receipt": return try shop.send("POST", "\(order)/confirm-receipt").status
        case "return": return try shop.send("POST", "\(order)/return").status
        case "cancel": return try shop.send("POST", "\(order)/cancel").status
        case "refund":
            let body = #"{"items":[{"lineNumber":1,"sku":"s","itemCredit":1}]}"#
            return try shop.send("POST", "\(order)/refund", body).status
        case "payment":
            let method = try shop.send("GET", "/v3/customers/me/payment-methods", token: person.token).json.elements
                .first
            let agreement = try shop.send("GET", "/v3/customers/me/agreements", token: person.token).json.elements.first
            let body = #"{"paymentMethodId":"\#(method?["id"]?.string ?? "")","amount":1}"#
            let path = "/v3/customers/me/agreements/\(agreement?["id"]?.string ?? "")/transactions/payment"
            return try shop.send("POST", path, body, token: person.token).status
        case "expire": return try shop.control("POST", "leases/T/expire").status
        case "passcode":
            return try shop.send("POST", "/v3/users/\(person.id)/send-passcode", #"{"transport":"email"}"#).status
        case "authorize": return try shop.send("GET", "/v3/users/\(person.id)/authorize").status
        default: return 0
        }
    }

    @Test(arguments: happenings) func `never passes something that has happened`(happening: String) throws {
        try prepare(happening)
        #expect(try back(to: "2026-02-02T09:00:00Z") == 200)
        #expect((200...201).contains(try happen(happening)), "\(happening)")
        #expect(try back(to: "2026-02-02T08:59:59Z") == 409)
        #expect(try shop.control("GET", "clock").data["now"]?.string == "2026-02-02T09:00:00.000Z")
        #expect(try back(to: "2026-02-02T09:00:00Z") == 200)
    }

    /// Calls that are answered and change nothing, by what went before.
    private static let idle: [(before: String, what: String, method: String, path: String, body: String?)] = [
        ("apply", "a token for a child", "POST", "/v3/paymentMethods/child-transaction-key", nil),
        ("lease", "the hold as it is", "PUT", "/_sandbox/users/USER/hold", #"{"spendingHold":false}"#),
        (
            "lease", "the verification as it is", "PUT", "/_sandbox/users/USER/verification",
            #"{"verificationStatus":"succeeded"}"#
        ),
        (
            "lease", "an account that is none", "POST", "/v3/paymentMethods/USER/verifyACH",
            #"{"accountNumber":"x","routingNumber":"y"}"#
        ),
        (
            "lease", "an account that is known", "POST", "/v3/paymentMethods/USER/verifyACH",
            #"{"accountNumber":"1234567890","routingNumber":"021000021"}"#
        ),
        ("sign", "not signing", "POST", "/v3/leases/LEASE/sign", #"{"ipAddress":"127.0.0.1","signed":false}"#),
        ("sign", "cancel of an unknown SKU", "POST", "/v3/transactions/T/cancel", #"{"items":[{"sku":"none"}]}"#),
        ("sign", "return of nothing", "POST", "/v3/transactions/T/return", nil),
        ("finalize", "sign again", "POST", "/v3/leases/LEASE/sign", #"{"ipAddress":"127.0.0.2","signed":true}"#),
        ("shipment", "finalize again", "POST", "/v3/transactions/T/finalize", nil),
        ("shipment", "return of nothing", "POST", "/v3/transactions/T/return", nil),
        (
            "shipment", "refund without an amount", "POST", "/v3/transactions/T/refund",
            #"{"items":[{"lineNumber":1,"sku":"s"}]}"#
        ),
        ("payment", "cancel of what is delivered", "POST", "/v3/transactions/T/cancel", nil),
        ("payment", "cancel of an unknown SKU", "POST", "/v3/transactions/T/cancel", #"{"items":[{"sku":"none"}]}"#),
    ]

    @Test(arguments: idle.indices) func `passes a call that was answered and changed nothing`(index: Int) throws {
        let (before, what, method, path, body) = Self.idle[index]
        try prepare(before)
        if what.contains("is known") {
            #expect(try shop.send(method, path.replacing("USER", with: person.id), body).status == 200)
        }
        #expect(try back(to: "2026-02-02T08:00:00Z") == 200)
        let lease = path.contains("LEASE") ? try lease() : ""
        let named = path.replacing("USER", with: person.id).replacing("LEASE", with: lease)
        #expect(try shop.send(method, named, body, token: person.token).status == 200, "\(what)")
        #expect(try back(to: "2026-02-01T09:00:00Z") == 200, "\(what)")
    }

    @Test func `passes a second expiry of a lease, which stays expired as it was`() throws {
        try prepare("sign")
        #expect(try shop.control("POST", "leases/T/expire").status == 200)
        #expect(try back(to: "2026-02-02T09:00:00Z") == 200)
        let again = try shop.control("POST", "leases/T/expire")
        #expect(try again.data["expiresAt"]?.string == "2026-02-01T09:00:00.000Z")
        #expect(try back(to: "2026-02-01T09:00:00Z") == 200)
    }

    @Test func `passes time in which nothing happened`() throws {
        try shop.advance("P9D")
        #expect(try shop.send("GET", "/v3/users").status == 200)
        #expect(try shop.lease(person.token, "T").status == 400, "a refused call leaves nothing behind")
        #expect(try back(to: "2026-02-01T09:00:00Z") == 200)
        #expect(try back(to: "2026-02-01T08:59:59Z") == 409)
    }

    @Test func `never passes what fell due: a review, a delivery, a payment`() throws {
        #expect(try shop.apply(person.token).status == 200)
        let review = #"{"status":"pending","resolvesAfter":"P2D"}"#
        #expect(try shop.control("PUT", "users/\(person.id)/decision", review).status == 200)
        #expect(try shop.advance("P3D") == ["reviewResolved"])
        #expect(try back(to: "2026-02-03T08:00:00Z") == 409)
        #expect(try back(to: "2026-02-03T09:00:00Z") == 200)
        #expect(try shop.addCard(person.token).status == 201)
        #expect(try shop.lease(person.token, "T").status == 200)
        #expect(try shop.sign(lease(), person.token).status == 200)
        #expect(try shop.send("POST", "/v3/transactions/T/finalize").status == 200)
        #expect(try shop.send("POST", "/v3/transactions/T/confirm-shipment").status == 200)
        #expect(try shop.advance("P3D") == ["delivered"])
        #expect(try back(to: "2026-02-06T08:59:59Z") == 409)
        #expect(try shop.advance("P1D") == ["paymentDue"])
        #expect(try back(to: "2026-02-07T08:59:59Z") == 409)
        #expect(try back(to: "2026-02-07T09:00:00Z") == 200)
    }

    @Test func `finds a token good until the moment that is listed for its end`() throws {
        try shop.control("PATCH", "settings", #"{"tokenLifetime":"PT1H"}"#)
        #expect(try shop.control("PUT", "clock", #"{"mode":"frozen","now":"2026-03-02T09:00:00.900Z"}"#).status == 200)
        let john = try shop.create("john@example.com")
        #expect(try shop.control("GET", "clock").data["nextEvent"]?.string == "2026-03-02T10:00:00.900Z")
        try shop.advance("PT59M59.2S")
        #expect(try shop.control("GET", "clock").data["now"]?.string == "2026-03-02T10:00:00.100Z")
        #expect(try shop.send("GET", "/v3/users/me", token: john.token).status == 200)
        #expect(try shop.advance("PT0.8S") == ["tokenExpired"])
        #expect(try shop.send("GET", "/v3/users/me", token: john.token).status == 401)
    }
}
