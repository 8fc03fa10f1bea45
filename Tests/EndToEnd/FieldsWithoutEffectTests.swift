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
    /// What cannot be seen there, and is seen elsewhere.
    private static let seenElsewhere: Set<String> = [
        // By signing in.
        "createUser password", "prequalificationStart password",
        // By what the documented SSNs decide.
        "applyForSpendingLimit ssn", "prequalificationStart ssn",
        // By Deeply Verify.
        "applyForSpendingLimit street1", "applyForSpendingLimit street2", "applyForSpendingLimit city",
        "applyForSpendingLimit regionAbbr", "applyForSpendingLimit postalCode", "applyForSpendingLimit country",
        "applyForSpendingLimit mobilePhone",
        "prequalificationStart street1", "prequalificationStart street2", "prequalificationStart city",
        "prequalificationStart regionAbbr", "prequalificationStart postalCode", "prequalificationStart country",
        "prequalificationStart mobilePhone",
        // By the list of refused banks.
        "addPaymentMethod ach.routing", "applyForSpendingLimit bankAccount.routing",
        // By Get User, where it can be read.
        "applyForSpendingLimit dateOfBirth", "prequalificationStart dateOfBirth",
        // By Verify ACH.
        "addPaymentMethod ach.account", "applyForSpendingLimit bankAccount.account",
    ]

    private static let item = #"{"brand":"b","sku":"s","description":"d","cost":100,"quantity":1}"#

    /// A body that is taken, at a moment at which it is; in the order in which the journey needs them.
    private static let calls: [(endpoint: String, path: String, body: String)] = [
        ("createUser", "/v3/users", #"{"firstName":"A","lastName":"B","email":"new@example.com"}"#),
        (
            "prequalificationStart", "/v3/users/prequal/start/lease",
            #"{"mobilePhone":"6514447773","firstName":"A","lastName":"B","email":"new@example.com","street1":"1","city":"c","regionAbbr":"FL","postalCode":"33021","country":"US","employmentInformation":{"payFrequency":"weekly","monthlyIncome":1000},"dateOfBirth":"1998-03-23","ssn":"888776666"}"#
        ),
        ("applyForSpendingLimit", "/v3/users/me/apply", Shop.application()),
        (
            "addPaymentMethod", "/v3/paymentMethods/add",
            #"{"primary":false,"label":"V","token":{"cardType":"visa","lastFour":"1234","token":"t","billingZip":"20146"}}"#
        ),
        (
            "addPaymentMethod", "/v3/paymentMethods/add",
            #"{"primary":false,"label":"B","ach":{"routing":"063100277","account":"123456789","accountType":"checking"}}"#
        ),
        ("createLease", "/v3/leases", #"{"transactionId":"NEW","items":[\#(item)]}"#),
        ("signLease", "/v3/leases/LEASE/sign", #"{"ipAddress":"127.0.0.1","signed":true}"#),
    ]

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
        case .date, .moment: ["2026-03-02T08:00:00Z", "2026-03-02T08:30:00Z"]
        case .duration: ["P1D", "P2D"]
        case .object, .named, .dictionary: [[String: Any](), ["one": 1]]
        case .array, .alternatives, .database: []
        }
    }

    /// The least that a field takes.
    private func least(_ schema: Schema) -> Any {
        switch schema {
        case .object(let fields), .named(_, let fields):
            Dictionary(uniqueKeysWithValues: fields.filter(\.isRequired).map { ($0.name, least($0.schema)) })
        case .array(let element, _): [least(element)]
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
        let present = object[field.name] ?? least(field.schema)
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

    @Test func `stands in Fidelity, and none that has one does`() throws {
        let shop = try Shop(try Server("--quiet"), key: "k")
        try shop.control("PUT", "clock", #"{"mode":"frozen","now":"2026-03-02T09:00:00Z"}"#)
        let newcomer = try shop.create("newcomer@example.com").token
        let customer = try shop.create("customer@example.com").token
        _ = try shop.apply(customer)
        _ = try shop.addCard(customer)
        let lease = try #require(try shop.lease(customer, "OLD").data["leaseId"]?.string)
        try shop.control("POST", "snapshots", #"{"name":"before"}"#)

        /// All that can be seen after a call.
        func seen(_ call: (endpoint: String, path: String, body: String), _ body: [String: Any]) throws -> String {
            try shop.control("POST", "snapshots/before/restore")
            let text = String(
                decoding: try JSONSerialization.data(withJSONObject: body, options: .sortedKeys), as: UTF8.self)
            let token = call.endpoint == "applyForSpendingLimit" ? newcomer : customer
            let answer = try shop.send(
                "POST", call.path.replacing("LEASE", with: lease), text,
                token: call.path.contains("prequal") ? nil : token)
            let rest = try ["state", "messages"].map { try shop.control("GET", $0).text }
            let lists = try ["/v3/transactions", "/v3/customers/me/payment-methods"].map {
                try shop.send("GET", $0, token: customer).text
            }
            return "\(answer.status) \(answer.text)" + (rest + lists).joined()
        }

        var withoutEffect: Set<String> = []
        var withEffect: Set<String> = []
        for call in Self.calls {
            let endpoint = try #require(Routes.byOperation[call.endpoint], "\(call.endpoint)")
            let base = try #require(
                try JSONSerialization.jsonObject(with: Data(call.body.utf8)) as? [String: Any])
            #expect(try seen(call, base).hasPrefix("20"), "\(call)")
            for path in leaves(endpoint.body) {
                let name = path.map(\.name).joined(separator: ".")
                // One of the two ways to pay at a time.
                if !endpoint.exactlyOneOf.isEmpty, endpoint.exactlyOneOf.contains(path[0].name),
                    base[path[0].name] == nil
                {
                    continue
                }
                let bodies = values(path[path.count - 1].schema).map { set(path, $0, in: base) }
                let given = Set(try bodies.map { try seen(call, $0) })
                let without = try seen(call, set(path, nil, in: bodies.first ?? base))
                let isOptional = path.last?.isRequired == false
                if given.count > 1 || isOptional && !given.contains(without) {
                    withEffect.insert("\(call.endpoint) \(name)")
                } else {
                    withoutEffect.insert("\(call.endpoint) \(name)")
                }
            }
        }
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
        let found = withoutEffect.subtracting(withEffect).subtracting(Self.seenElsewhere)
        #expect(found.subtracting(listed).sorted() == [], "not listed")
        #expect(listed.subtracting(found).sorted() == [], "listed, though it has one")
        #expect(withEffect.count > 50)
    }
}
