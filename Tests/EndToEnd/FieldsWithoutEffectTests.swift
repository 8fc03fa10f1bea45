import Contract
import Foundation
import HTTP
import JSON
import Medusa
import MedusaAPI
import Support
import Testing

/// Every field of the calls that change something is varied, and the sandbox looked at: what makes no difference to the answer, the
/// state or the messages stands in Fidelity's list, and nothing else does.
@Suite struct `A field without an effect` {
    /// A call that is taken, at a moment at which it is.
    private struct Call {
        let endpoint: String
        let path: String
        var body = "{}"
        var query: [String: String] = [:]
        /// Whose token comes with it.
        var token: String?
        /// Values that mean something here, by the field's name.
        var values: [String: [String]] = [:]
        /// The fields that name something: to say that there is no such thing is an effect, not a matter of the value's form.
        var names: Set<String> = []
    }

    /// Values of which the documents say that they matter, by the field's name.
    private static let known: [String: [String]] = [
        "ssn": ["527684727", "478724725"], "routing": ["021000021", "084009519"],
        "routingNumber": ["021000021", "084009519"], "dateOfBirth": ["1990-01-01"],
        "fromDate": ["2026-02-25"], "toDate": ["2026-02-25"], "sort": ["referenceId", "id", "leaseStartDate"],
        "orderBy": ["asc", "desc"],
    ]

    private static let item = #"{"brand":"b","sku":"s","description":"d","cost":100,"quantity":1}"#

    /// The orders of the customer: one to sign, one to cancel, one to ship, one that is shipped.
    private struct World {
        let shop: Shop
        let tokens: [String: String]
        let calls: [Call]

        init(_ shop: Shop) throws {
            self.shop = shop
            // What is made here is good for longer than the jump of the clock.
            try shop.control("PATCH", "settings", #"{"tokenLifetime":"P300D","leaseLifetime":"P300D"}"#)
            try shop.control("PUT", "clock", #"{"mode":"frozen","now":"2026-02-20T09:00:00Z"}"#)
            let newcomer = try shop.create("newcomer@example.com")
            let customer = try shop.create("customer@example.com")
            let token = customer.token
            _ = try shop.apply(token)
            _ = try shop.addCard(token)
            _ = try shop.addBank(token, routing: "063100277")
            for order in ["CANCEL", "SHIP", "BACK"] {
                let body =
                    #"{"transactionId":"\#(order)","shipping":{"cost":10},"items":[{"brand":"b","sku":"s","description":"d","cost":100,"quantity":2}]}"#
                let lease = try #require(
                    try shop.send("POST", "/v3/leases", body, token: token).data["leaseId"]?.string)
                #expect(try shop.sign(lease, token).status == 200)
                if order != "CANCEL" { _ = try shop.send("POST", "/v3/transactions/\(order)/finalize") }
            }
            _ = try shop.send("POST", "/v3/transactions/BACK/confirm-shipment")
            try shop.control("PUT", "clock", #"{"mode":"frozen","now":"2026-03-02T09:00:00Z"}"#)
            let lease = try #require(try shop.lease(token, "OLD").data["leaseId"]?.string)
            let agreements = try shop.send("GET", "/v3/customers/me/agreements", token: token).json.elements
            let agreement = try #require(agreements.first?["id"]?.string)
            let methods = try shop.send("GET", "/v3/customers/me/payment-methods", token: token).json.elements
                .compactMap { $0["id"]?.string }
            let asked = try shop.create("asked.verify@example.com").token
            _ = try shop.apply(asked)
            let questions = try shop.send("GET", "/v3/users/me/verify-questions", token: asked).data
            let choices = (questions["questions"]?.elements ?? []).map { question in
                (
                    id: question["id"]?.string ?? "",
                    choices: (question["choices"]?.elements ?? []).compactMap { $0["id"]?.string }
                )
            }
            let answers = choices.map { #"{"questionId":"\#($0.id)","choiceId":"\#($0.choices[0])"}"# }
            let prequal = try #require(
                try shop.send(
                    "POST", "/v3/users/prequal/start/lease",
                    `A field without an effect`.prequalification("prequal@example.com")
                ).data["prequalId"]?.string)
            _ = try shop.send("POST", "/v3/users/\(customer.id)/send-passcode", #"{"transport":"email"}"#)
            let passcode = try #require(
                try shop.control("GET", "messages").data["messages"]?.elements.compactMap { $0["passcode"]?.string }
                    .first)
            try shop.control("POST", "snapshots", #"{"name":"before"}"#)
            tokens = ["newcomer": newcomer.token, "customer": token, "asked": asked]
            calls = `A field without an effect`.calls(
                customer: customer.id, lease: lease, agreement: agreement, methods: methods,
                questions: questions["id"]?.string ?? "", answers: answers.joined(separator: ","),
                other: choices.first?.choices.last ?? "", prequal: prequal, passcode: passcode)
        }
    }

    private static func prequalification(_ email: String) -> String {
        #"{"mobilePhone":"6514447773","firstName":"A","lastName":"B","email":"\#(email)","password":"p4ssword","street1":"1","city":"c","regionAbbr":"FL","postalCode":"33021","country":"US","employmentInformation":{"payFrequency":"weekly","monthlyIncome":1000},"dateOfBirth":"1998-03-23","ssn":"888776666"}"#
    }

    private static func calls(
        customer: String, lease: String, agreement: String, methods: [String], questions: String, answers: String,
        other: String, prequal: String, passcode: String
    ) -> [Call] {
        let one = #"{"items":[{"sku":"s","quantity":1}]}"#
        let address =
            #"{"street1":"123 Test Dr.","city":"Hollywood","region":"FL","postalCode":"33021","country":"US"}"#
        let bank = #""routing":"063100277","account":"123456789""#
        return [
            Call(endpoint: "verifyUserExists", path: "/v3/user-exists", query: ["email": "customer@example.com"]),
            Call(
                endpoint: "deeplyVerifyUserExists", path: "/v3/users/exists",
                body: #"{"email":"customer@example.com","address":\#(address),"phone":"6514447773"}"#),
            Call(
                endpoint: "createUser", path: "/v3/users",
                body: #"{"firstName":"A","lastName":"B","email":"new@example.com","password":"p4ssword"}"#),
            Call(endpoint: "getUsers", path: "/v3/users"),
            Call(
                endpoint: "prequalificationStart", path: "/v3/users/prequal/start/lease",
                body: prequalification("new@example.com")),
            Call(
                endpoint: "prequalificationComplete", path: "/v3/users/prequal/complete/lease",
                body: #"{"prequalId":"\#(prequal)","bankAccount":{\#(bank),"type":"checking"}}"#),
            Call(
                endpoint: "applyForSpendingLimit", path: "/v3/users/me/apply", body: Shop.application(),
                token: "newcomer"),
            Call(
                endpoint: "applyForSpendingLimit", path: "/v3/users/me/apply",
                body: Shop.application([
                    "bankAccount": "{\(bank),\"type\":\"checking\"}",
                    "cardInformation":
                        #"[{"lastFour":"1234","cardType":"visa","tokens":[{"gateway":"g","token":"t"}]}]"#,
                ]), token: "newcomer"),
            Call(endpoint: "addPaymentMethod", path: "/v3/paymentMethods/add", body: Shop.card, token: "customer"),
            Call(
                endpoint: "addPaymentMethod", path: "/v3/paymentMethods/add",
                body: #"{"primary":false,"label":"B","ach":{\#(bank),"accountType":"checking"}}"#, token: "customer"),
            Call(
                endpoint: "createLease", path: "/v3/leases", body: #"{"transactionId":"NEW","items":[\#(item)]}"#,
                token: "customer"),
            Call(endpoint: "getTransactions", path: "/v3/transactions"),
            Call(
                endpoint: "signLease", path: "/v3/leases/\(lease)/sign",
                body: #"{"ipAddress":"127.0.0.1","signed":true}"#, token: "customer"),
            Call(endpoint: "cancelItems", path: "/v3/transactions/CANCEL/cancel", body: one),
            Call(endpoint: "returnItems", path: "/v3/transactions/BACK/return", body: one),
            Call(
                endpoint: "refundTransaction", path: "/v3/transactions/BACK/refund",
                body: #"{"items":[{"lineNumber":1,"sku":"s","itemCredit":150,"shippingCredit":3}]}"#,
                values: ["sku": ["other"]]),
            Call(
                endpoint: "confirmShipment", path: "/v3/transactions/SHIP/confirm-shipment",
                body: #"{"items":[{"sku":"s","quantity":1,"carrier":"ups","shipDate":"2026-03-01"}]}"#),
            Call(
                endpoint: "confirmReceipt", path: "/v3/transactions/SHIP/confirm-receipt",
                body: #"{"items":[{"sku":"s","quantity":1,"receiptDate":"2026-02-25"}]}"#),
            Call(
                endpoint: "getAgreements", path: "/v3/customers/me/agreements",
                query: ["sort": "id", "orderBy": "asc"],
                token: "customer"),
            Call(
                endpoint: "collectPayment", path: "/v3/customers/me/agreements/\(agreement)/transactions/payment",
                body: #"{"paymentMethodId":"\#(methods.first ?? "")","amount":1}"#, token: "customer",
                values: ["paymentMethodId": methods]),
            Call(
                endpoint: "verifyACH", path: "/v3/paymentMethods/\(customer)/verifyACH",
                body: #"{"accountNumber":"123456789","routingNumber":"063100277"}"#,
                values: ["accountNumber": ["12"]]),
            Call(
                endpoint: "requestPasscode", path: "/v3/users/\(customer)/send-passcode",
                body: #"{"transport":"email"}"#),
            Call(
                endpoint: "loginCustomer", path: "/v3/users/\(customer)/passcode-login",
                body: #"{"passcode":"\#(passcode)"}"#),
            Call(
                endpoint: "verifyAnswers", path: "/v3/users/me/verify-answers",
                body: #"{"id":"\#(questions)","answers":[\#(answers)]}"#, token: "asked",
                values: ["choiceId": [other]], names: ["id", "questionId"]),
            Call(
                endpoint: "accountLookup", path: "/v3/users/search",
                body: #"{"mobilePhone":"6514447773","ssn":"888776666"}"#),
            Call(
                endpoint: "checkout", path: "/v3/checkout", body: #"{"transactionId":"C","items":[\#(item)]}"#,
                values: ["transactionId": ["OLD"]]),
            Call(endpoint: "getProducts", path: "/v3/products"),
        ]
    }

    /// Two values that a field takes.
    private func values(_ schema: Schema) -> [Any] {
        switch schema {
        case .string(let length?, _): [String(repeating: "7", count: length), String(repeating: "8", count: length)]
        case .string, .text, .any: ["one", "two"]
        case .digits(let counts):
            [String(repeating: "7", count: counts.lowerBound), String(repeating: "8", count: counts.lowerBound)]
        case .expected(let inner, _): values(inner)
        case .documented(let values), .oneOf(let values): [values.first ?? "", values.last ?? ""]
        case .email: ["one@example.com", "two@example.com"]
        case .ipAddress: ["10.0.0.1", "10.0.0.2"]
        case .phone: ["6514447773", "6514447774"]
        case .number, .cents: [60, 61]
        case .integer: [1, 2]
        case .boolean: [true, false]
        case .date, .moment: ["2026-03-02T08:00:00Z", "2026-03-02T08:30:00Z", "2026-03-04"]
        case .duration: ["P1D", "P2D"]
        case .object, .named, .dictionary: [[String: Any](), ["one": 1]]
        case .array(let element, _): values(element).map { [$0] }
        case .alternatives(let schemas): values(schemas.first ?? .any)
        case .database: []
        }
    }

    /// The least that a field takes.
    private func least(_ schema: Schema) -> Any {
        switch schema {
        case .object(let fields), .named(_, let fields):
            Dictionary(uniqueKeysWithValues: fields.filter(\.isRequired).map { ($0.name, least($0.schema)) })
        case .array(let element, _): [least(element)]
        case .alternatives(let schemas): least(schemas.first { !$0.fields.isEmpty } ?? .any)
        default: values(schema).first ?? ""
        }
    }

    private func set(_ path: [Field], _ value: Any?, in object: [String: Any]) -> [String: Any] {
        var object = object
        guard let field = path.first else { return object }
        guard path.count > 1 else {
            object[field.name] = value
            return object
        }
        let given = object[field.name]
        // A string has no members: then the other way to say it.
        let present = given is [String: Any] || given is [[String: Any]] ? given ?? "" : least(field.schema)
        let rest = Array(path.dropFirst())
        if let list = present as? [[String: Any]] {
            object[field.name] = [set(rest, value, in: list.first ?? [:])] + list.dropFirst()
        } else {
            object[field.name] = set(rest, value, in: present as? [String: Any] ?? [:])
        }
        return object
    }

    private func leaves(_ fields: [Field]) -> [[Field]] {
        fields.flatMap { field -> [[Field]] in
            let below = leaves(field.schema.fields)
            return below.isEmpty ? [[field]] : below.map { [field] + $0 }
        }
    }

    private func value(_ path: [Field], in object: [String: Any]) -> Any? {
        var here: Any? = object
        for field in path {
            let list = here as? [[String: Any]]
            here = (list?.first ?? here as? [String: Any])?[field.name]
        }
        return here
    }

    /// All that can be seen after a call; `nil` where its validation did not take it.
    private func seen(
        _ call: Call, _ body: [String: Any], _ query: [String: Any], naming: Bool = false, in world: World
    ) throws -> String? {
        let shop = world.shop
        try shop.control("POST", "snapshots/before/restore")
        let endpoint = try #require(Routes.byOperation[call.endpoint], "\(call.endpoint)")
        let text = String(
            decoding: try JSONSerialization.data(withJSONObject: body, options: .sortedKeys), as: UTF8.self)
        let asked = query.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
        func send() throws -> String {
            let answer = try shop.send(
                endpoint.method.rawValue, call.path + (asked.isEmpty ? "" : "?\(asked)"),
                endpoint.body.isEmpty ? nil : text, token: call.token.flatMap { world.tokens[$0] })
            return "\(answer.status) \(answer.text)"
        }
        let answer = try send()
        guard naming || !answer.contains(#""code":"""#) else { return nil }
        // A GET shows all that it does.
        guard endpoint.method != .get else { return answer }
        return answer + (try looks(call, in: world).joined(separator: "\n")) + (try send())
    }

    /// The state and the messages; and what the calls say that know more than the state shows: of the customer's address, telephone,
    /// date of birth and password.
    private func looks(_ call: Call, in world: World) throws -> [String] {
        let shop = world.shop
        let base = try JSON(Array(call.body.utf8))
        let home = base["street1"] == nil ? try JSON(Array(Shop.application().utf8)) : base
        func text(_ name: String) -> String { home[name]?.string ?? "" }
        var looks = try ["state", "messages"].map { try shop.control("GET", $0).text }
        for path in ["/v3/transactions", "/v3/customers/me/payment-methods", "/v3/customers/me/agreements"] {
            looks.append(try shop.send("GET", path, token: world.tokens["customer"]).text)
        }
        for email in [base["email"]?.string ?? "customer@example.com", "newcomer@example.com"] {
            let known =
                #"{"email":"\#(email)","phone":"\#(text("mobilePhone"))","address":{"street1":"\#(text("street1"))","city":"\#(text("city"))","region":"\#(text("regionAbbr"))","postalCode":"\#(text("postalCode"))","country":"\#(text("country"))"}}"#
            looks.append(try shop.send("POST", "/v3/users/exists", known).text)
            let signIn = #"{"email":"\#(email)","password":"p4ssword"}"#
            looks.append(try signedIn(shop, signIn))
            let id = try shop.send("GET", "/v3/user-exists?email=\(email)").data["userId"]?.string
            guard let id else { continue }
            let token = try shop.send("GET", "/v3/users/\(id)/authorize").data["token"]?.string
            looks.append(try shop.send("GET", "/v3/users/me", token: token).text)
        }
        return looks
    }

    /// Whether the modal lets the customer in.
    private func signedIn(_ shop: Shop, _ body: String) throws -> String {
        let connection = try shop.server.connect()
        let head = "POST /pp3/api/sign-in HTTP/1.1\r\nHost: localhost\r\nx-auth-key: \(shop.key)\r\n"
        try connection.send(
            "\(head)Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        return try #require(try connection.response()).body
    }

    /// What a test of every field of every call finds: the fields of which a change makes a difference, and those of which none does.
    private func tried() throws -> (
        withEffect: Set<String>, without: Set<String>, untried: Set<String>, changes: Int
    ) {
        let world = try World(try Shop(try Server("--quiet"), key: "k"))
        var withEffect: Set<String> = []
        var without: Set<String> = []
        var untried: Set<String> = []
        var changes = 0
        for call in world.calls {
            let endpoint = try #require(Routes.byOperation[call.endpoint], "\(call.endpoint)")
            let base = try #require(
                try JSONSerialization.jsonObject(with: Data(call.body.utf8)) as? [String: Any])
            let taken = try seen(call, base, call.query, in: world)
            #expect(taken?.hasPrefix("20") == true, "\(call) \(taken?.prefix(300) ?? "not taken")")
            for (fields, isQuery) in [(endpoint.body, false), (endpoint.query, true)] {
                let start = isQuery ? call.query : base
                for path in leaves(fields) {
                    let last = path[path.count - 1]
                    let naming = call.names.contains(last.name)
                    func look(_ changed: [String: Any]) throws -> String? {
                        try isQuery
                            ? seen(call, base, changed, naming: naming, in: world)
                            : seen(call, changed, call.query, naming: naming, in: world)
                    }
                    let name = path.map(\.name).joined(separator: ".")
                    // One of the two ways to pay at a time.
                    if endpoint.exactlyOneOf.contains(path[0].name), start[path[0].name] == nil { continue }
                    let meant = call.values[last.name] ?? Self.known[last.name] ?? []
                    let values = (value(path, in: start).map { [$0] } ?? []) + meant + self.values(last.schema)
                    let bodies = values.map { set(path, $0, in: start) }
                    let given = try bodies.compactMap(look)
                    changes += bodies.count + (last.isRequired ? 0 : 1)
                    let absent = last.isRequired ? nil : try look(set(path, nil, in: bodies.first ?? start))
                    if given.count < 2 { untried.insert("\(call.endpoint) \(name)") }
                    if Set(given).count > 1 || absent.map({ !given.contains($0) }) == true {
                        withEffect.insert("\(call.endpoint) \(name)")
                    } else {
                        without.insert("\(call.endpoint) \(name)")
                    }
                }
            }
        }
        return (withEffect, without.subtracting(withEffect), untried, changes)
    }

    @Test func `stands in Fidelity, and none that has one does`() throws {
        let (withEffect, found, untried, changes) = try tried()
        let fidelity = String(decoding: try Repository.bytes("Docs/Fidelity.md"), as: UTF8.self)
        let section = try #require(
            fidelity.split(separator: "## Without an effect\n").last?.split(separator: "\n## ").first)
        var listed: Set<String> = []
        for row in section.split(separator: "\n") where row.hasPrefix("| `") {
            let cells = row.split(separator: "|").map {
                $0.split(separator: "`").map(String.init).filter { $0.contains(where: \.isLetter) }
            }
            for name in cells[1] { listed.insert("\(cells[0][0]) \(name)") }
        }
        #expect(found.subtracting(listed).sorted() == [], "not listed")
        #expect(listed.subtracting(found).sorted() == [], "listed, though it has one")
        #expect(untried.sorted() == [], "no two values were taken")
        #expect(withEffect.count > 100)
        #expect(changes > 700)
    }

    @Test func `is looked for in every call with a body or a query`() throws {
        let world = try World(try Shop(try Server("--quiet"), key: "k"))
        let tried = Set(world.calls.map(\.endpoint))
        let all = Routes.endpoints.filter { !$0.body.isEmpty || !$0.query.isEmpty }.map(\.operation)
        #expect(Set(all).subtracting(tried).sorted() == [])
    }
}
