import Contract
import Foundation
import HTTP
import JSON
import MedusaAPI
import Support
import Testing

/// A field that the documents name has an effect that somebody can see, or stands in Fidelity's list of those that have none.
@Suite struct `A field of a request` {
    private static let start = #"{"mode":"frozen","now":"2026-03-02T09:00:00Z"}"#

    private func shop(_ key: String = "k") throws -> Shop {
        let shop = try Shop(try Server("--quiet"), key: key)
        try shop.control("PUT", "clock", Self.start)
        return shop
    }

    private func messages(_ shop: Shop) throws -> [JSON] {
        try shop.control("GET", "messages").data["messages"]?.elements ?? []
    }

    /// A call of the modal.
    private func modal(_ shop: Shop, _ path: String, _ body: String, token: String? = nil) throws -> Connection.Response
    {
        let connection = try shop.server.connect()
        var head = "POST /pp3/api/\(path) HTTP/1.1\r\nHost: localhost\r\nx-auth-key: \(shop.key)\r\n"
        if let token { head += "customer-token: \(token)\r\n" }
        try connection.send(
            "\(head)Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        return try #require(try connection.response())
    }

    private func code(_ link: String?) throws -> String {
        try #require(link?.split(separator: "=").last.map(String.init), "\(link ?? "")")
    }

    private func customer(_ shop: Shop, _ email: String = "j@example.com") throws -> (id: String, token: String) {
        let customer = try shop.create(email)
        _ = try shop.apply(customer.token)
        _ = try shop.addCard(customer.token)
        return customer
    }

    // MARK: Letters

    @Test func `resetPassword sends a letter whose link leads to a new password, once`() throws {
        let shop = try shop()
        let body = #"{"firstName":"J","lastName":"D","email":"j@example.com","resetPassword":true}"#
        try shop.send("POST", "/v3/users", body)
        let letter = try #require(try messages(shop).first)
        #expect(letter["kind"]?.string == "passwordReset")
        let link = letter["link"]?.string
        #expect(link?.hasPrefix("http://localhost/pp3/app?authKey=k&letter=") == true, "\(link ?? "")")
        #expect(try shop.send("GET", "/pp3/app?authKey=k").status == 200)
        let opened = try modal(shop, "letter", #"{"code":"\#(code(link))"}"#)
        let token = try #require(try opened.json["data"]?["token"]?.string, "\(opened.body)")
        #expect(try modal(shop, "password", #"{"password":"new password"}"#, token: token).status == 200)
        let signIn = try modal(shop, "sign-in", #"{"email":"j@example.com","password":"new password"}"#)
        #expect(signIn.status == 200)
        #expect(try modal(shop, "letter", #"{"code":"\#(code(link))"}"#).status == 400)
        #expect(try messages(shop).first?["isUsed"]?.bool == true)
    }

    @Test(arguments: ["false", nil]) func `without resetPassword no letter is sent`(value: String?) throws {
        let shop = try shop()
        let member = value.map { #","resetPassword":\#($0)"# } ?? ""
        try shop.send("POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"j@example.com"\#(member)}"#)
        #expect(try messages(shop).isEmpty)
    }

    @Test func `sendLink sends a letter whose link opens this lease's agreement, signed in, until it expires`() throws {
        let shop = try shop()
        let customer = try customer(shop)
        let body = #"{"transactionId":"T","items":[{"brand":"b","sku":"s","description":"d","cost":100,"quantity":1}]}"#
        let lease = try shop.send("POST", "/v3/leases?sendLink=true", body, token: customer.token).data["leaseId"]?
            .string
        let letter = try #require(try messages(shop).first)
        #expect(letter["kind"]?.string == "lease")
        #expect(letter["transactionId"]?.string == "T")
        let body2 = #"{"code":"\#(try code(letter["link"]?.string))"}"#
        for _ in 0..<2 {
            let opened = try modal(shop, "letter", body2).json["data"]
            #expect(opened?["leaseId"]?.string == lease)
            let token = try #require(opened?["token"]?.string)
            #expect(try shop.send("GET", "/v3/leases/\(try #require(lease))", token: token).status == 200)
        }
        try shop.advance("P1D")
        #expect(try modal(shop, "letter", body2).status == 400)
    }

    @Test func `the links of a sandbox with an auth key of its own have that one`() throws {
        let shop = try shop()
        try shop.control("PATCH", "settings", #"{"authKey":"pk-1"}"#)
        let body = #"{"firstName":"J","lastName":"D","email":"j@example.com","resetPassword":true}"#
        try shop.send("POST", "/v3/users", body)
        #expect(try messages(shop).first?["link"]?.string?.contains("authKey=pk-1&") == true)
    }

    // MARK: The signature

    @Test func `the signature's time and address are kept, and stand in the contract`() throws {
        let shop = try shop()
        let customer = try customer(shop)
        let lease = try #require(try shop.lease(customer.token, "T").data["leaseId"]?.string)
        let body = #"{"ipAddress":"2001:db8::7","timestamp":"2026-03-02T10:00:00+01:00","signed":true}"#
        #expect(try shop.send("POST", "/v3/leases/\(lease)/sign", body, token: customer.token).status == 200)
        let said = try shop.state()["transactions"]?.elements.first?["said"]?["signLease"]
        #expect(said?["ipAddress"]?.string == "2001:db8::7")
        #expect(said?["timestamp"]?.string == "2026-03-02T10:00:00+01:00")
        let contract = try shop.send("GET", "/v3/leases/\(lease)", token: customer.token).data["contract"]?.string
        let text = String(decoding: Data(base64Encoded: contract ?? "") ?? Data(), as: UTF8.self)
        #expect(text.contains("from the address 2001:db8::7, by whose clock it was 2026-03-02T10:00:00+01:00."))
    }

    @Test(arguments: ["banana", "256.1.1.1", "1.2.3", "::1::", "1.2.3.4/33", " 127.0.0.1", "[::1]", "localhost"])
    func `an ipAddress that is none is refused in Joi's words`(address: String) throws {
        let shop = try shop()
        let customer = try customer(shop)
        let lease = try #require(try shop.lease(customer.token, "T").data["leaseId"]?.string)
        let body = #"{"ipAddress":"\#(address)","signed":true}"#
        let answer = try shop.send("POST", "/v3/leases/\(lease)/sign", body, token: customer.token)
        #expect(answer.status == 400)
        #expect(answer.message == #""ipAddress" must be a valid ip address with a optional CIDR"#)
    }

    @Test(arguments: ["false", "\"false\""])
    func `with signed false nothing is signed, and the answer is 200`(signed: String) throws {
        let shop = try shop()
        let customer = try customer(shop)
        let lease = try #require(try shop.lease(customer.token, "T").data["leaseId"]?.string)
        let before = try shop.state()["transactions"]?.source
        let body = #"{"ipAddress":"127.0.0.1","signed":\#(signed)}"#
        let answer = try shop.send("POST", "/v3/leases/\(lease)/sign", body, token: customer.token)
        #expect(answer.status == 200 && answer.text == #"{"data":{}}"#)
        #expect(try shop.state()["transactions"]?.source == before)
        #expect(try shop.sign(lease, customer.token).status == 200)
    }

    // MARK: What is kept

    @Test func `what an application says and decides nothing is in the state`() throws {
        let shop = try shop()
        let customer = try shop.create("j@example.com")
        _ = try shop.apply(customer.token, changing: ["expectedPurchaseAmount": "1500", "optInMarketing": "true"])
        let said = try shop.state()["users"]?.elements.first?["said"]?["applyForSpendingLimit"]
        #expect(said?["expectedPurchaseAmount"]?.numberText == "1500")
        #expect(said?["optInMarketing"]?.bool == true)
    }

    @Test func `a customer's locale is in the state`() throws {
        let shop = try shop()
        try shop.send("POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"j@example.com","locale":"es"}"#)
        let said = try shop.state()["users"]?.elements.first?["said"]
        #expect(said?["createUser"]?["locale"]?.string == "es")
    }

    private func order(_ cost: String) -> String {
        #"{"transactionId":"T","cost":\#(cost),"items":[{"brand":"b","sku":"s","description":"d","cost":60.17,"quantity":2,"shipping":{"cost":10.33}}]}"#
    }

    @Test(arguments: [("120.34", 0), ("130.67", 0), ("120.33", 1), ("0", 1), ("1000", 1)])
    func `an order's cost that is not what its items come to is a warning`(cost: String, warnings: Int) throws {
        let shop = try shop()
        #expect(try modal(shop, "order", order(cost)).status == 200)
        let found = try shop.control("GET", "requests?latest=true").data["requests"]?.elements.last?["warnings"]
        #expect((found?.elements ?? []).compactMap(\.string).count == warnings)
        if warnings > 0 { #expect(found?.elements.first?.string == #""cost" is not what the items come to"#) }
    }

    @Test func `an order's cost that is not what its items come to is refused where the sandbox is strict`() throws {
        let shop = try shop()
        try shop.control("PATCH", "settings", #"{"strictness":"strict"}"#)
        let answer = try modal(shop, "order", order("1"))
        #expect(answer.status == 400)
        #expect(answer.body.contains("must be what the items come to"))
    }

    @Test func `an order's cost is in the state once there is a lease`() throws {
        let shop = try shop()
        #expect(try modal(shop, "order", order("120.34")).status == 200)
        _ = try shop.lease(try customer(shop).token, "T")
        let said = try shop.state()["transactions"]?.elements.first?["said"]
        #expect(said?["quoteOrder"]?["cost"]?.numberText == "120.34")
    }

    @Test func `an SSN within what is kept is masked`() throws {
        let shop = try shop()
        let customer = try shop.create("j@example.com")
        _ = try shop.apply(customer.token, changing: ["additionalData": #"{"storeEmployeeId":"888776666"}"#])
        #expect(try !shop.control("GET", "state").text.contains("888776666"))
    }
}
