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
                        request: request?["body"], response: entry["response"]?["body"]))
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
        case "query": exchange.query.contains(fact.path)
        case "header": exchange.headers.contains(fact.path.lowercased())
        default: has(fact.path, exchange.request)
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
            "/v3/users?page=1&limit=5", "/v3/transactions?page=1&limit=5&fromDate=2026-01-01&toDate=2026-12-31",
        ] {
            _ = try shop.send("GET", path)
        }
    }

    /// One call with every field that is declared for it, in the body, the query and the header.
    private static func fill(
        _ server: Server, _ operation: String, _ path: String, without: String? = nil, method: Method? = nil,
        token: String?
    ) throws {
        let endpoint = try #require(Routes.byOperation[operation], "\(operation)")
        let members = endpoint.body.filter { $0.name != without }.map { "\"\($0.name)\":\(full($0.schema, $0.name))" }
        let body = "{\(members.joined(separator: ","))}"
        var head =
            "\((method ?? endpoint.method).rawValue) \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: count\r\n"
        for field in endpoint.documentedHeaders { head += "\(field.name): sandbox:1\r\n" }
        if let token { head += "customer-token: \(token)\r\n" }
        if !endpoint.body.isEmpty { head += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
        let connection = try server.connect()
        try connection.send(head + "\r\n" + (endpoint.body.isEmpty ? "" : body))
        _ = try connection.response()
    }

    private static func full(_ schema: Schema, _ name: String) -> String {
        switch schema {
        case .string(let length?, _): "\"\(String(repeating: "7", count: length))\""
        case .string, .text, .any, .database:
            ["dateOfBirth", "date"].contains(name) ? #""1998-03-23""# : name == "routing" ? #""063100277""# : #""1""#
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
        try fill(server, "createLease", "/v3/leases?asPdf=true&sendLink=true&withToken=true", token: person.token)
        for (operation, path) in [
            ("deeplyVerifyUserExists", "/v3/users/exists"), ("getUsers", "/v3/users?page=1&limit=5"),
            ("createAuthorizationToken", "\(path)/authorize"),
            ("verifyACH", "/v3/paymentMethods/\(person.id)/verifyACH"),
            ("checkout", "/v3/checkout"), ("accountLookup", "/v3/users/search"),
            ("prequalificationStart", "/v3/users/prequal/start/lease"),
            ("getLoanPaymentProChildKey", "/v3/paymentMethods/child-transaction-key"),
            ("getTransactions", "/v3/transactions?page=1&limit=5"),
        ] where Routes.byOperation[operation] != nil {
            try fill(server, operation, path, token: nil)
        }
        for (operation, path) in [
            ("getUser", "/v3/users/me"), ("getPaymentMethods", "/v3/customers/me/payment-methods"),
            ("getAgreements", "/v3/customers/me/agreements"),
        ] { try fill(server, operation, path, token: person.token) }
        for (operation, path) in [
            ("getTransactionByID", "/v3/transactions/COUNT"), ("finalizeLease", "/v3/transactions/COUNT/finalize"),
            ("confirmShipment", "/v3/transactions/COUNT/confirm-shipment"),
            ("confirmReceipt", "/v3/transactions/COUNT/confirm-receipt"),
        ] where Routes.byOperation[operation] != nil { try fill(server, operation, path, token: nil) }
    }

    /// A sentence of the README.
    private static func sentence() throws -> (text: String, missing: [String]) {
        let server = try Server("--quiet", "--show-pii")
        let shop = try Shop(server, key: "count")
        try probe(shop)
        try fillAll(server, shop)
        let check = try Program.run(["check", "--base-url", server.url, "--api-key", "count"])
        try #require(check.code == 0, "\(check.output.suffix(500))\(check.errors)")
        let exchanges = try exchanges(shop)
        let facts = try Facts()
        var missing: [String] = []
        func count(_ name: String, _ total: [(name: String, route: String, isFound: Bool)], of fidelity: String)
            -> String
        {
            let own = total.filter { Self.fidelity[$0.route] == fidelity }
            missing += own.filter { !$0.isFound }.map { "\($0.route) \(name) \($0.name)" }
            return "\(own.count(where: \.isFound)) of \(own.count) \(name)"
        }
        func good(_ route: String) -> Bool {
            exchanges.contains { $0.route == route && (200..<300).contains($0.status) }
        }
        let routes = facts.routes.map { (name: "", route: $0, isFound: good($0)) }
        let fields = facts.fields.map { fact in
            (name: fact.path, route: fact.route, isFound: exchanges.contains { isAccepted(fact, $0) })
        }
        let members = facts.members.map { fact in
            (
                name: fact.path, route: fact.route,
                isFound: exchanges.contains {
                    $0.route == fact.route && (200..<300).contains($0.status) && has(fact.path, $0.response)
                }
            )
        }
        let statuses = facts.statuses.map { fact in
            (
                name: fact.name, route: fact.route,
                isFound: exchanges.contains { $0.route == fact.route && String($0.status) == fact.name }
            )
        }
        let codes = facts.codes.map { fact in
            let parts = fact.name.split(separator: "/").map(String.init)
            return (
                name: fact.name, route: fact.route,
                isFound: exchanges.contains { exchange in
                    let code = exchange.response?["error"]?["code"]
                    return exchange.route == fact.route && String(exchange.status) == parts[0]
                        && (code?.string ?? code?.numberText) == parts[1]
                }
            )
        }
        func line(_ fidelity: String) -> String {
            [
                count("routes", routes, of: fidelity), count("request fields", fields, of: fidelity),
                count("answer members", members, of: fidelity), count("statuses", statuses, of: fidelity),
                count("error codes", codes, of: fidelity),
            ].joined(separator: ", ")
        }
        let text =
            "of routes that stand on a page: \(line("documented")); of routes that are partly inferred: \(line("inferred"))"
        return (text, missing)
    }

    @Test func `is counted in the README from what a running server accepted and answered`() throws {
        let (sentence, missing) = try Self.sentence()
        let readme = String(decoding: try Repository.bytes("README.md"), as: UTF8.self)
        #expect(readme.contains(sentence), "\(sentence)\n\(missing.joined(separator: "\n"))")
    }
}
