import Contract
import Foundation
import HTTP
import JSON
import MedusaAPI
import Support
import Testing

/// What the documents name, counted from what a running server has accepted and answered: `check` and the probes below ask, and the
/// journal has it all. Nothing counts because it is declared.
@Suite struct `What the documents name` {
    /// One exchange of the journal.
    private struct Exchange {
        let route: String
        let status: Int
        let query: [String]
        let headers: Set<String>
        let request: JSON?
        let response: JSON?
        /// What was odd about it, in sentences.
        var warnings: [String] = []
        /// Whether a fault gave the answer.
        var isStruck = false
    }

    /// A name of the documents, and what the server has shown of it.
    private struct Counted {
        let name: String
        let route: String
        let isFound: Bool
        /// Whether only a fault brings it.
        var isByFault = false
    }

    private static let router: Router<String> = {
        var router = Router<String>()
        for endpoint in Routes.endpoints {
            for (method, path) in endpoint.spellings { router.add(method, path, "\(method.rawValue) \(path)") }
        }
        return router
    }()

    private static func exchanges(_ shop: Shop) throws -> [Exchange] {
        var found: [Exchange] = []
        var after = "0"
        while true {
            let page =
                try shop.control("GET", "requests?all=true&limit=500&after=\(after)").data["requests"]?.elements ?? []
            guard let last = page.last?["id"]?.numberText else { return found }
            after = last
            for entry in page {
                guard let method = Method(rawValue: entry["method"]?.string ?? ""),
                    let target = Target(entry["target"]?.string ?? ""),
                    case .match(let match) = router.find(method, target.segments)
                else { continue }
                let request = entry["request"]
                found.append(
                    Exchange(
                        route: match.value, status: entry["status"]?.numberText.flatMap { Int($0) } ?? 0,
                        query: target.query.map(\.name),
                        headers: Set(
                            (request?["fields"]?.elements ?? []).compactMap { $0["name"]?.string?.lowercased() }),
                        request: request?["body"], response: entry["response"]?["body"],
                        warnings: (entry["warnings"]?.elements ?? []).compactMap(\.string),
                        isStruck: entry["fault"] != nil))
            }
        }
    }

    /// Whether a document has something at `items[].cost`.
    private static func has(_ path: String, _ json: JSON?) -> Bool {
        var present = json.map { [$0] } ?? []
        for step in path.split(separator: ".") {
            let name = step.hasSuffix("[]") ? step.dropLast(2) : step
            if !name.isEmpty { present = present.compactMap { $0[String(name)] } }
            if step.hasSuffix("[]") { present = present.flatMap(\.elements) }
        }
        return !present.isEmpty
    }

    private static func isAccepted(_ fact: Facts.Fact, _ exchange: Exchange) -> Bool {
        guard exchange.route == fact.route, (200..<300).contains(exchange.status) else { return false }
        return switch fact.place {
        // It is part of the route.
        case "path": true
        case "query": exchange.query.contains(fact.path) && !isUnknown(fact.path, exchange)
        case "header": exchange.headers.contains(fact.path.lowercased())
        default: has(fact.path, exchange.request) && !isUnknown(fact.path, exchange)
        }
    }

    /// Whether the server took a field only because it takes any: it says so in a warning.
    private static func isUnknown(_ path: String, _ exchange: Exchange) -> Bool {
        exchange.warnings.contains { warning in
            let parts = warning.replacing(/\[\d+\]/, with: "[]").split(separator: "\"")
            guard parts.count > 1, parts[1].hasPrefix(" is not documented") else { return false }
            // Of an object that is unknown, nothing below is looked at.
            return path == parts[0] || path.hasPrefix("\(parts[0]).") || path.hasPrefix("\(parts[0])[]")
        }
    }

    /// How far the pages go that a route stands on.
    private static let fidelity: [String: String] = {
        var fidelity: [String: String] = [:]
        for endpoint in Routes.endpoints {
            fidelity["\(endpoint.method.rawValue) \(endpoint.path)"] = endpoint.source.fidelity
            for alias in endpoint.aliases { fidelity["\(alias.method.rawValue) \(alias.path)"] = alias.source.fidelity }
        }
        return fidelity
    }()

    /// What a customer can say in each call, whole: the bodies are the pages' own, with what the pages leave out of them.
    private static func probe(_ shop: Shop) throws {
        func text(_ name: String) throws -> String { try Fixture.request(name) }
        try shop.control("PUT", "clock", #"{"mode":"frozen","now":"2026-03-02T09:00:00Z"}"#)
        let person = try shop.send(
            "POST", "/v3/users",
            #"{"firstName":"J","lastName":"D","email":"count@example.com","password":"p4ssword","resetPassword":true,"locale":"en"}"#
        )
        let token = try #require(try person.data["token"]?.string)
        _ = try shop.send("POST", "/v3/users/me/apply", try text("apply"), token: token)
        _ = try shop.send("POST", "/v3/paymentMethods/add", try text("add-payment-method"), token: token)
        let order =
            #"{"transactionId":"COUNT","orderId":"O","payTomorrowTaxTotal":1.5,"totalDiscount":2,"shipping":{"cost":5,"date":"2026-03-04","method":"ground","store":"1"},"items":[{"brand":"b","sku":"s","productId":"p","description":"d","cost":100,"condition":"new","quantity":2,"mpn":"m","gtin":"g"}]}"#
        let made = try shop.send(
            "POST", "/v3/leases?asPdf=true&sendLink=true&withToken=true", order, token: token)
        let lease = try made.data["leaseId"]?.string ?? ""
        _ = try shop.send(
            "POST", "/v3/leases/\(lease)/sign",
            #"{"ipAddress":"127.0.0.1","timestamp":"2026-03-02T09:00:00Z","signed":true}"#, token: token)
        _ = try shop.send("POST", "/v3/transactions/COUNT/finalize", "{}")
        _ = try shop.send(
            "POST", "/v3/transactions/COUNT/confirm-shipment",
            #"{"items":[{"sku":"s","quantity":1,"carrier":"ups","trackingNumber":"1","trackingLink":"l","shipDate":"2026-03-02","deliveryDate":"2026-03-03"}]}"#
        )
        for path in [
            "/v3/transactions/COUNT", "/v3/users?page=1&limit=5",
            "/v3/transactions?page=1&limit=5&fromDate=2026-01-01&toDate=2026-12-31",
        ] {
            _ = try shop.send("GET", path)
        }
    }

    /// One call with every field that is declared for it, in the body, the query and the header. It must be taken: what is refused
    /// counts nowhere.
    private static func fill(
        _ server: Server, _ operation: String, _ path: String, without: String? = nil, method: Method? = nil,
        body given: String? = nil, token: String?
    ) throws {
        let endpoint = try #require(Routes.byOperation[operation], "\(operation)")
        let members = endpoint.body.filter { $0.name != without }.map { "\"\($0.name)\":\(full($0.schema, $0.name))" }
        let body = given ?? "{\(members.joined(separator: ","))}"
        var head =
            "\((method ?? endpoint.method).rawValue) \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: count\r\n"
        for field in endpoint.documentedHeaders { head += "\(field.name): sandbox:1\r\n" }
        if let token { head += "customer-token: \(token)\r\n" }
        if !endpoint.body.isEmpty { head += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
        let connection = try server.connect()
        try connection.send(head + "\r\n" + (endpoint.body.isEmpty ? "" : body))
        let answer = try #require(try connection.response(), "no answer to \(operation)")
        #expect((200..<300).contains(answer.status), "\(operation) \(answer.body)\n\(body)")
    }

    private static func full(_ schema: Schema, _ name: String) -> String {
        switch schema {
        // A bank that is accepted, whatever the schema says of it.
        case _ where name == "routing": #""063100277""#
        case .string(let length?, _): "\"\(String(repeating: "7", count: length))\""
        case .string, .text, .any, .database:
            ["dateOfBirth", "date"].contains(name) ? #""1998-03-23""# : #""1""#
        case .digits(let counts): "\"\(String(repeating: "7", count: counts.lowerBound))\""
        case .documented(let values), .oneOf(let values): "\"\(values.first ?? "")\""
        case .email: #""filled@example.com""#
        case .expected(let inner, let expectation): expectation.example.map { "\"\($0)\"" } ?? full(inner, name)
        case .ipAddress: #""127.0.0.1""#
        case .phone: #""6514447773""#
        case .number, .cents: name == "totalDiscount" ? "1" : "60"
        case .integer: "1"
        case .boolean: "true"
        case .date, .moment: #""2026-03-02""#
        case .duration: #""P1D""#
        case .object(let fields), .named(_, let fields):
            "{\(fields.map { "\"\($0.name)\":\(full($0.schema, $0.name))" }.joined(separator: ","))}"
        case .dictionary: "{}"
        case .array(let element, _): "[\(full(element, name))]"
        case .alternatives(let schemas): full(schemas.first ?? .any, name)
        }
    }

    private static func fillAll(_ server: Server, _ shop: Shop) throws {
        // Before a lease has the same transaction id.
        try fill(server, "checkout", "/v3/checkout", token: nil)
        try fill(server, "checkout", "/v3/checkout", method: .get, token: nil)
        try fill(server, "createUser", "/v3/users", token: nil)
        let person = try shop.create("fill@example.com")
        let path = "/v3/users/\(person.id)"
        try fill(server, "applyForSpendingLimit", "/v3/users/me/apply", token: person.token)
        for other in ["ach", "token"] {
            try fill(server, "addPaymentMethod", "/v3/paymentMethods/add", without: other, token: person.token)
        }
        // A token is a string, or a list with one for each gateway.
        try fill(
            server, "addPaymentMethod", "/v3/paymentMethods/add",
            body: #"""
                {"primary":false,"label":"V","token":{"expirationDate":"2029-09","cardType":"visa","lastFour":"1234","firstSix":"411111",\#
                "token":[{"name":"clover","token":"t"}],"billingZip":"20146"}}
                """#, token: person.token)
        try fill(server, "createLease", "/v3/leases?asPdf=true&sendLink=true&withToken=true", token: person.token)
        for (operation, path) in [
            ("deeplyVerifyUserExists", "/v3/users/exists"), ("getUsers", "/v3/users?page=1&limit=5"),
            ("createAuthorizationToken", "\(path)/authorize"),
            ("verifyACH", "/v3/paymentMethods/\(person.id)/verifyACH"), ("accountLookup", "/v3/users/search"),
            ("getLoanPaymentProChildKey", "/v3/paymentMethods/child-transaction-key"),
            ("getTransactions", "/v3/transactions?page=1&limit=5"), ("getProducts", "/v3/products?page=1"),
        ] {
            try fill(server, operation, path, token: nil)
        }
        try fill(
            server, "prequalificationStart", "/v3/users/prequal/start/lease",
            body: #"""
                {"mobilePhone":"6514447773","optInMarketing":true,"firstName":"A","lastName":"B","email":"prequal@example.com",\#
                "password":"p4ssword","street1":"1","street2":"2","city":"c","regionAbbr":"FL","postalCode":"33021","country":"US",\#
                "employmentInformation":{"payFrequency":"weekly","monthlyIncome":1000},"dateOfBirth":"1998-03-23","ssn":"888776666",\#
                "ipAddress":"127.0.0.1"}
                """#, token: nil)
        for (operation, path) in [
            ("getUser", "/v3/users/me"), ("getPaymentMethods", "/v3/customers/me/payment-methods"),
            ("getAgreements", "/v3/customers/me/agreements"),
        ] { try fill(server, operation, path, token: person.token) }
        try fillOrder(server, shop, of: person.token)
        try fillQuestions(server, shop)
        try applyAgain(shop, person)
    }

    /// An order from the contract to the last payment, with every field of each call.
    private static func fillOrder(_ server: Server, _ shop: Shop, of token: String) throws {
        let lease = try #require(try shop.lease(token, "FILL", cost: 60, quantity: 3).data["leaseId"]?.string)
        try fill(server, "getLeaseByID", "/v3/leases/\(lease)", token: token)
        try fill(server, "signLease", "/v3/leases/\(lease)/sign", token: token)
        try fill(server, "getTransactionByID", "/v3/transactions/FILL", token: nil)
        try fill(server, "finalizeLease", "/v3/transactions/FILL/finalize", token: nil)
        let one = #"{"items":[{"sku":"s","quantity":1}]}"#
        try fill(server, "cancelItems", "/v3/transactions/FILL/cancel", body: one, token: nil)
        try fill(
            server, "confirmShipment", "/v3/transactions/FILL/confirm-shipment",
            body:
                #"{"items":[{"sku":"s","quantity":1,"carrier":"ups","trackingNumber":"1","trackingLink":"l","shipDate":"2026-03-02"}]}"#,
            token: nil)
        try fill(
            server, "confirmReceipt", "/v3/transactions/FILL/confirm-receipt",
            body: #"{"items":[{"sku":"s","quantity":1,"receiptDate":"2026-03-02"}]}"#, token: nil)
        try fill(server, "returnItems", "/v3/transactions/FILL/return", body: one, token: nil)
        try fill(
            server, "refundTransaction", "/v3/transactions/FILL/refund",
            body: #"{"items":[{"lineNumber":1,"sku":"s","itemCredit":1,"shippingCredit":0}]}"#, token: nil)
        let agreements = try shop.send("GET", "/v3/customers/me/agreements", token: token).json.elements
        let agreement = try #require(agreements.first?["id"]?.string)
        let methods = try shop.send("GET", "/v3/customers/me/payment-methods", token: token).json.elements
        let method = try #require(methods.first?["id"]?.string)
        try fill(
            server, "collectPayment", "/v3/customers/me/agreements/\(agreement)/transactions/payment",
            body: #"{"paymentMethodId":"\#(method)","amount":1}"#, token: token)
    }

    /// The questions of a customer whose verification is pending.
    private static func fillQuestions(_ server: Server, _ shop: Shop) throws {
        let asked = try shop.create("fill.verify@example.com").token
        _ = try shop.apply(asked)
        try fill(server, "getVerificationQuestions", "/v3/users/me/verify-questions", token: asked)
    }

    /// A customer with a lease, who was denied since and applies again: the answer has the transactions.
    private static func applyAgain(_ shop: Shop, _ person: (id: String, token: String)) throws {
        try shop.control("PUT", "users/\(person.id)/decision", #"{"status":"failed"}"#)
        _ = try shop.apply(person.token)
    }

    /// What only a strict sandbox refuses, asked of every GET.
    private static func oddities(_ shop: Shop) throws {
        let person = try shop.create("odd@example.com")
        let token = person.token
        _ = try shop.apply(token)
        _ = try shop.addCard(token)
        let lease = try #require(try shop.lease(token, "ODD").data["leaseId"]?.string)
        try shop.control("PATCH", "settings", #"{"strictness":"strict"}"#)
        for path in [
            "users/me", "users/\(person.id)/authorize", "leases/\(lease)", "transactions/ODD",
        ] { _ = try shop.send("GET", "/v3/\(path)?odd=1", token: token) }
        try shop.control("PATCH", "settings", #"{"strictness":"warn"}"#)
    }

    /// What no sandbox has in its journal, for it names no sandbox: a call without a key. It is taken from the wire.
    private static func withoutKey(_ server: Server) throws -> Exchange {
        let path = "/v3/paymentMethods/child-transaction-key"
        let connection = try server.connect()
        try connection.send("POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
        let answer = try #require(try connection.response())
        return Exchange(
            route: "POST \(path)", status: answer.status, query: [], headers: [], request: nil,
            response: try answer.json)
    }

    /// A sentence of the README.
    private static func sentence() throws -> (text: String, missing: [String]) {
        let server = try Server("--quiet", "--show-pii")
        let shop = try Shop(server, key: "count")
        try probe(shop)
        try fillAll(server, shop)
        let check = try Program.run(["check", "--base-url", server.url, "--api-key", "count"])
        try #require(check.code == 0, "\(check.output.suffix(500))\(check.errors)")
        try oddities(shop)
        let exchanges = try exchanges(shop) + [try withoutKey(server)]
        let facts = try Facts()
        var missing: [String] = []
        func count(_ name: String, _ total: [Counted], of fidelity: String) -> String {
            let own = total.filter { Self.fidelity[$0.route] == fidelity }
            missing += own.filter { !$0.isFound }.map { "\($0.route) \(name) \($0.name)" }
            let byFault = own.count(where: \.isByFault)
            return "\(own.count(where: \.isFound)) of \(own.count) \(name)"
                + (byFault == 0 ? "" : " (\(byFault) only by a fault)")
        }
        func shown(_ name: String, _ route: String, where isMeant: (Exchange) -> Bool) -> Counted {
            let found = exchanges.filter { $0.route == route && isMeant($0) }
            return Counted(
                name: name, route: route, isFound: !found.isEmpty,
                isByFault: !found.isEmpty && found.allSatisfy(\.isStruck))
        }
        let routes = facts.routes.map { shown("", $0) { (200..<300).contains($0.status) } }
        let fields = facts.fields.map { fact in shown(fact.path, fact.route) { isAccepted(fact, $0) } }
        // A page lists what comes with any of its statuses: the child key's `message` comes with its 401.
        let members = facts.members.map { fact in
            shown(fact.path, fact.route) { exchange in
                has(fact.path, exchange.response)
                    && facts.statuses.contains { $0.route == fact.route && $0.name == String(exchange.status) }
            }
        }
        let statuses = facts.statuses.map { fact in shown(fact.name, fact.route) { String($0.status) == fact.name } }
        func answered(_ fact: Facts.Named) -> Counted {
            shown(fact.name, fact.route) { exchange in
                let code = exchange.response?["error"]?["code"]
                return "\(exchange.status)/\(code?.string ?? code?.numberText ?? "")" == fact.name
            }
        }
        let codes = facts.codes.map(answered)
        let placeholders = facts.placeholders.map(answered)
        func line(_ fidelity: String) -> String {
            [
                count("routes", routes, of: fidelity), count("request fields", fields, of: fidelity),
                count("answer members", members, of: fidelity), count("statuses", statuses, of: fidelity),
                count("error codes", codes, of: fidelity),
            ].joined(separator: ", ")
        }
        let text =
            "of routes that stand on a page: \(line("documented")); of routes that are partly inferred: \(line("inferred")); of the placeholder on \(placeholders.count) pages: \(placeholders.count(where: \.isFound)) answered"
        return (text, missing)
    }

    /// Counted once for all tests.
    private static let counted = Result { try sentence() }

    @Test func `is counted in the README from what a running server accepted and answered`() throws {
        let (sentence, missing) = try Self.counted.get()
        let readme = String(decoding: try Repository.bytes("README.md"), as: UTF8.self)
        let found = readme.contains(sentence)
        #expect(found, "\(sentence)\n\(missing.joined(separator: "\n"))")
    }

    @Test func `is named in Fidelity where no answer has shown it`() throws {
        let fidelity = String(decoding: try Repository.bytes("Docs/Fidelity.md"), as: UTF8.self)
        let unnamed = try Self.counted.get().missing.filter { !fidelity.contains("`\($0)`") }
        #expect(unnamed == [])
    }
}
