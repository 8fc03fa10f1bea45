import Foundation
import JSON
import Support
import Testing

/// A request that is refused, each for another reason; and what comes of the curl that would have succeeded.
struct Wrong: Sendable, CustomTestStringConvertible {
    let name: String
    let status: Int
    /// Of the error envelope; `nil` where the gateway speaks.
    let code: String?
    /// Brings it about, and returns the refused answer.
    let provoke: @Sendable (Shop) throws -> Shop.Answer

    var testDescription: String { name }

    init(
        _ name: String, _ status: Int, _ code: String?, _ provoke: @escaping @Sendable (Shop) throws -> Shop.Answer
    ) {
        self.name = name
        self.status = status
        self.code = code
        self.provoke = provoke
    }

    static let all =
        gateway + token + nothing + validation + customers + banks + verification + leases + strict + faults

    private static let gateway = [
        Wrong("no API key", 401, nil) { try $0.raw("GET", "/v3/users", "") },
        Wrong("two API keys", 401, nil) { try $0.raw("GET", "/v3/users", "Authorization: k\r\nAuthorization: l\r\n") },
        Wrong("an empty API key", 401, nil) { try $0.raw("GET", "/v3/users", "Authorization: \r\n") },
        Wrong("a path without /v3", 404, nil) { try $0.send("GET", "/users") },
        Wrong("a misspelt path", 404, nil) { try $0.send("GET", "/v3/transaction") },
        Wrong("another method", 404, nil) { shop in
            _ = try shop.create("a@example.com")
            return try shop.send("DELETE", "/v3/users")
        },
        Wrong("a body that is too large", 413, nil) { shop in
            let body = #"{"firstName":"\#(String(repeating: "x", count: 1_100_000))"}"#
            return try shop.send("POST", "/v3/users", body)
        },
        Wrong("another type of body", 415, "") { shop in
            let body = #"{"firstName":"J","lastName":"D","email":"a@example.com"}"#
            return try shop.raw(
                "POST", "/v3/users",
                "Authorization: \(shop.key)\r\nContent-Type: text/plain\r\nContent-Length: \(body.utf8.count)\r\n", body
            )
        },
        Wrong("a body that is no JSON", 400, "") { try $0.send("POST", "/v3/users", #"{"firstName":"#) },
    ]

    private static let token = [
        Wrong("no token", 401, "InvalidCredentials") { try $0.send("GET", "/v3/users/me") },
        Wrong("a token of nobody", 401, "InvalidCredentials") { try $0.send("GET", "/v3/users/me", token: "abc") },
        Wrong("an expired token", 401, "InvalidCredentials") { shop in
            let token = try shop.create("a@example.com").token
            try shop.advance("PT2H")
            return try shop.send("GET", "/v3/users/me", token: token)
        },
        Wrong("a token of another key", 401, "InvalidCredentials") { shop in
            let token = try Shop(shop.server, key: "\(shop.key)-other").create("a@example.com").token
            return try shop.apply(token)
        },
    ]

    private static let nothing = [
        Wrong("a customer who is not there", 404, "InvalidCustomer") { try $0.send("GET", "/v3/users/0123/authorize") },
        Wrong("a lease that is not there", 404, "LeaseNotFound") { shop in
            try shop.send("GET", "/v3/leases/nothing", token: try shop.approved().token)
        },
        Wrong("somebody else's lease", 404, "LeaseNotFound") { shop in
            let lease = try shop.leased("T1").lease
            return try shop.sign(lease, try shop.create("b@example.com").token)
        },
        Wrong("a transaction that is not there", 404, "LeaseNotFound") {
            try $0.send("GET", "/v3/transactions/nothing")
        },
        Wrong("finalizing what is not there", 404, "LeaseNotFound") {
            try $0.send("POST", "/v3/transactions/nothing/finalize")
        },
        Wrong("shipping what is not there", 404, "TransactionNotFound") {
            try $0.send("POST", "/v3/transactions/nothing/confirm-shipment")
        },
        Wrong("returning what is not there", 404, "TransactionNotFound") {
            try $0.send("POST", "/v3/transactions/nothing/return")
        },
        Wrong("cancelling what is not there", 404, "TransactionNotFound") {
            try $0.send("POST", "/v3/transactions/nothing/cancel")
        },
        Wrong("an agreement that is not there", 404, "NotFound") { shop in
            let token = try shop.approved().token
            return try shop.send(
                "POST", Shop.collect("nothing"), #"{"amount":10,"paymentMethodId":"nothing"}"#, token: token)
        },
        Wrong("a payment method that is not there", 404, "NotFound") { shop in
            let order = try shop.finalized("T1")
            try shop.send("POST", "/v3/transactions/T1/confirm-receipt")
            let agreements = try shop.send("GET", Shop.agreements, token: order.token).json
            let id = (agreements["data"] ?? agreements).elements.first?["id"]?.string ?? ""
            return try shop.send(
                "POST", Shop.collect(id), #"{"amount":10,"paymentMethodId":"nothing"}"#, token: order.token)
        },
    ]

    private static let validation = [
        Wrong("a field that is missing", 400, "") {
            try $0.send("POST", "/v3/users", #"{"firstName":"J","email":"a@b.co"}"#)
        },
        Wrong("a field of another type", 400, "") { shop in
            try shop.send("POST", "/v3/users", #"{"firstName":1,"lastName":"D","email":"a@b.co"}"#)
        },
        Wrong("a field deep inside", 400, "") { shop in
            let token = try shop.approved().token
            let items = #"[{"brand":"b","sku":"s","description":"d","cost":"much","quantity":1}]"#
            return try shop.send("POST", "/v3/leases", #"{"transactionId":"T1","items":\#(items)}"#, token: token)
        },
        Wrong("a parameter that is missing", 400, "") { try $0.send("GET", "/v3/user-exists") },
        Wrong("a body that is no object", 400, "") { try $0.send("POST", "/v3/users", "[]") },
        Wrong("neither bank nor card", 400, "") { shop in
            try shop.send(
                "POST", "/v3/paymentMethods/add", #"{"primary":true,"label":"x"}"#, token: try shop.approved().token)
        },
        Wrong("a bank account without anything", 400, "") { shop in
            let body = #"{"primary":true,"label":"x","ach":{}}"#
            return try shop.send("POST", "/v3/paymentMethods/add", body, token: try shop.create("a@example.com").token)
        },
        Wrong("a card without a token", 400, "") { shop in
            try shop.apply(try shop.create("a@example.com").token, changing: ["cardInformation": "[{}]"])
        },
        Wrong("an e-mail with two dots", 400, "") {
            try $0.send("POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"a..b@example.com"}"#)
        },
        Wrong("a parameter that comes twice", 400, "") { try $0.send("GET", "/v3/users?page=1&page=2") },
        Wrong("a routing number of eight digits", 400, "") { try $0.send("GET", "/v3/routing-numbers/12345678") },
    ]

    private static let customers = [
        Wrong("an e-mail that is registered", 409, "UserAlreadyExists") { shop in
            _ = try shop.create("a@example.com")
            return try shop.send("POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"A@example.com"}"#)
        },
        Wrong("somebody else's SSN", 409, "UserAlreadyExists") { shop in
            try shop.control("PATCH", "settings", #"{"uniqueSSN":true}"#)
            _ = try shop.approved()
            return try shop.apply(try shop.create("b@example.com").token)
        },
        Wrong("applying twice", 409, "CustomerAlreadyApplied") { try $0.apply(try $0.approved().token) },
        Wrong("a decision service that fails", 502, "BadGateway") { shop in
            try shop.apply(try shop.create("a.gateway@example.com").token)
        },
        Wrong("a rule of the scenario", 502, "BadGateway") { shop in
            try shop.control(
                "PUT", "personas", #"{"rules":[{"when":{"city":"Hollywood"},"outcome":"gatewayFails"}]}"#)
            return try shop.apply(try shop.create("a@example.com").token, changing: ["city": #""Hollywood""#])
        },
    ]

    private static let banks = [
        Wrong("a bank that is not accepted", 400, "11505") { shop in
            try shop.addBank(try shop.create("a@example.com").token, routing: "000000000")
        },
        Wrong("a bank that is not accepted, with an application", 400, "11505") { shop in
            let bank = #"{"routing":"000000000","account":"123456789","type":"checking"}"#
            return try shop.apply(try shop.create("a@example.com").token, changing: ["bankAccount": bank])
        },
        Wrong("a bank that requires verification", 400, "11506") { shop in
            try shop.addBank(try shop.create("a@example.com").token, routing: "991150603")
        },
        Wrong("a method that may not be primary", 400, "11503") { shop in
            try shop.addBank(try shop.create("a@example.com").token, routing: "991150302", primary: true)
        },
    ]

    private static let verification = [
        Wrong("questions for nobody", 400, "InvalidCustomerVerificationStatus") { shop in
            try shop.send("GET", "/v3/users/me/verify-questions", token: try shop.approved().token)
        },
        Wrong("questions that have expired", 400, "TransactionTimeOut") { shop in
            let token = try shop.create("a.verify@example.com").token
            _ = try shop.apply(token)
            let set = try shop.send("GET", "/v3/users/me/verify-questions", token: token).data
            try shop.advance("PT11M")
            let question = set["questions"]?.elements.first
            let answer =
                #"{"questionId":"\#(question?["id"]?.string ?? "")","choiceId":"\#(question?["choices"]?.elements.first?["id"]?.string ?? "")"}"#
            return try shop.send(
                "POST", "/v3/users/me/verify-answers", #"{"id":"\#(set["id"]?.string ?? "")","answers":[\#(answer)]}"#,
                token: token)
        },
        Wrong("another passcode", 400, "InvalidCredentials") { shop in
            let user = try shop.create("a@example.com").id
            return try shop.send("POST", "/v3/users/\(user)/passcode-login", #"{"passcode":"000000"}"#)
        },
        Wrong("an SMS to nobody's phone", 400, "") { shop in
            let user = try shop.create("a@example.com").id
            return try shop.send("POST", "/v3/users/\(user)/send-passcode", #"{"transport":"sms"}"#)
        },
        Wrong("a prequalification that is not there", 404, "InvalidCustomer") { shop in
            let bank = #"{"routing":"021000021","account":"123456789","type":"checking"}"#
            return try shop.send("POST", Shop.complete, #"{"prequalId":"nothing","bankAccount":\#(bank)}"#)
        },
    ]

    private static let leases = [
        Wrong("a lease before the decision", 400, "InvalidCustomer") { shop in
            try shop.lease(try shop.create("a@example.com").token, "T1")
        },
        Wrong("a lease after a denial", 400, "InvalidCustomer") { shop in
            let token = try shop.create("a.deny@example.com").token
            _ = try shop.apply(token)
            return try shop.lease(token, "T1")
        },
        Wrong("a lease under review", 400, "InvalidCustomer") { shop in
            let token = try shop.create("a.qamanual@example.com").token
            _ = try shop.apply(token)
            return try shop.lease(token, "T1")
        },
        Wrong("a lease on hold", 400, "InvalidCustomer") { shop in
            let token = try shop.create("a.hold@example.com").token
            _ = try shop.apply(token)
            return try shop.lease(token, "T1")
        },
        Wrong("a transaction id that was used", 400, "InvalidTransactionId") { shop in
            try shop.lease(try shop.leased("T1").token, "T1")
        },
        Wrong("a negative cost", 400, "InvalidItem") { try $0.lease(try $0.approved().token, "T1", cost: -5) },
        Wrong("an order that is too small", 400, "LeaseAmountNotSatisfied") { shop in
            try shop.lease(try shop.approved().token, "T1", cost: 1)
        },
        Wrong("an order that is too large", 400, "ExceedSpendingLimit") { shop in
            try shop.lease(try shop.approved().token, "T1", cost: 5000)
        },
        Wrong("an order above what is left", 400, "ExceedSpendingLimit") { shop in
            let token = try shop.approved().token
            _ = try shop.lease(token, "T1", cost: 1290)
            return try shop.lease(token, "T2")
        },
        Wrong("signing what has expired", 410, "LeaseExpired") { shop in
            let order = try shop.leased("T1")
            try shop.advance("P2D")
            let token = try shop.send("GET", "/v3/users/\(order.user)/authorize").data["token"]?.string ?? ""
            return try shop.sign(order.lease, token)
        },
        Wrong("signing what was cancelled", 410, "LeaseExpired") { shop in
            let order = try shop.leased("T1")
            try shop.send("POST", "/v3/transactions/T1/cancel")
            return try shop.sign(order.lease, order.token)
        },
        Wrong("signing without a payment method", 402, "PaymentRequired") { shop in
            let order = try shop.leased("T1")
            return try shop.sign(order.lease, order.token)
        },
        Wrong("a first payment that declines", 402, "PaymentRequired") { shop in
            let person = try shop.create("a.firstpayment@example.com")
            _ = try shop.apply(person.token)
            _ = try shop.addCard(person.token)
            let lease = try shop.lease(person.token, "T1").data["leaseId"]?.string ?? ""
            return try shop.sign(lease, person.token)
        },
        Wrong("finalizing before signing", 400, "") { shop in
            _ = try shop.leased("T1")
            return try shop.send("POST", "/v3/transactions/T1/finalize")
        },
        Wrong("shipping before finalizing", 400, "") { shop in
            _ = try shop.leased("T1")
            return try shop.send("POST", "/v3/transactions/T1/confirm-shipment")
        },
        Wrong("receiving before finalizing", 400, "") { shop in
            _ = try shop.signed("T1")
            return try shop.send("POST", "/v3/transactions/T1/confirm-receipt")
        },
        Wrong("shipping what is not in the order", 400, "InvalidItem") { shop in
            _ = try shop.finalized("T1")
            return try shop.send(
                "POST", "/v3/transactions/T1/confirm-shipment",
                #"{"items":[{"sku":"other","quantity":1,"carrier":"UPS","shipDate":"2026-03-02"}]}"#)
        },
        Wrong("shipping twice", 400, "InvalidItem") { shop in
            _ = try shop.finalized("T1")
            try shop.send("POST", "/v3/transactions/T1/confirm-shipment")
            return try shop.send("POST", "/v3/transactions/T1/confirm-shipment")
        },
    ]

    private static let strict = [
        Wrong("a misspelt field in a strict sandbox", 400, "") { shop in
            try shop.control("PATCH", "settings", #"{"strictness":"strict"}"#)
            return try shop.send(
                "POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"a@b.co","locael":"en"}"#)
        },
        Wrong("a date that cannot be read in a strict sandbox", 400, "") { shop in
            try shop.control("PATCH", "settings", #"{"strictness":"strict"}"#)
            return try shop.send(
                "POST", "/v3/checkout",
                #"{"transactionId":"C","items":[{"brand":"b","sku":"s","description":"d","cost":60,"quantity":1}],"shipping":{"date":"soon"}}"#
            )
        },
        Wrong("an e-mail that looks like a test value in a strict sandbox", 400, "") { shop in
            try shop.control("PATCH", "settings", #"{"strictness":"strict"}"#)
            return try shop.send(
                "POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"j.denied@example.com"}"#)
        },
        Wrong("another consumer in a strict sandbox", 400, "") { shop in
            try shop.control("PATCH", "settings", #"{"strictness":"strict"}"#)
            return try shop.raw(
                "GET", "/v3/users", "Authorization: \(shop.key)\r\nx-consumer-custom-id: other:1\r\n")
        },
        Wrong("Bearer in a strict sandbox", 400, "") { shop in
            try shop.control("PATCH", "settings", #"{"strictness":"strict"}"#)
            return try shop.raw("GET", "/v3/users", "Authorization: Bearer \(shop.key)\r\n")
        },
        Wrong("a field of the header that is missing in a strict sandbox", 400, "") { shop in
            let token = try shop.create("a@example.com").token
            try shop.control("PATCH", "settings", #"{"strictness":"strict"}"#)
            return try shop.apply(token)
        },
    ]

    private static let faults = [
        Wrong("a fault", 500, "") { shop in
            try shop.control("POST", "faults", #"{"operations":["createUser"],"status":500}"#)
            return try shop.send("POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"a@b.co"}"#)
        },
        Wrong("a rate limit", 429, nil) { shop in
            try shop.control("POST", "faults", #"{"rateLimit":{"limit":1,"per":"hour"}}"#)
            try shop.send("GET", "/v3/users")
            return try shop.send("GET", "/v3/users")
        },
        Wrong("maintenance", 503, nil) { shop in
            try shop.control("POST", "faults", #"{"status":503}"#)
            return try shop.send("GET", "/v3/users")
        },
        Wrong("a suspended sandbox", 403, nil) { shop in
            try shop.control("PATCH", "settings", #"{"tokenMisuse":"suspend"}"#)
            let token = try Shop(shop.server, key: "\(shop.key)-other").create("a@example.com").token
            _ = try shop.apply(token)
            return try shop.apply(try Shop(shop.server, key: "\(shop.key)-third").create("a@example.com").token)
        },
    ]
}

extension Shop {
    static let agreements = "/v3/customers/me/agreements"
    static let complete = "/v3/users/prequal/complete/lease"

    static func collect(_ agreement: String) -> String {
        "/v3/customers/me/agreements/\(agreement)/transactions/payment"
    }

    struct Order {
        let user: String
        let token: String
        let lease: String
    }

    /// A header that is ours to the last byte.
    func raw(_ method: String, _ path: String, _ fields: String, _ body: String = "") throws -> Answer {
        let connection = try server.connect()
        try connection.send("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n\(body)")
        let response = try #require(try connection.response())
        return Answer(status: response.status, head: response.head, text: response.body)
    }

    func approved(_ email: String = "john@example.com") throws -> (id: String, token: String) {
        let person = try create(email)
        _ = try apply(person.token)
        return person
    }

    func leased(_ reference: String) throws -> Order {
        let person = try approved()
        let lease = try lease(person.token, reference).data["leaseId"]?.string
        return Order(user: person.id, token: person.token, lease: try #require(lease))
    }

    func signed(_ reference: String) throws -> Order {
        let order = try leased(reference)
        _ = try addCard(order.token)
        #expect(try sign(order.lease, order.token).status == 200)
        return order
    }

    func finalized(_ reference: String) throws -> Order {
        let order = try signed(reference)
        #expect(try send("POST", "/v3/transactions/\(reference)/finalize").status == 200)
        return order
    }
}
