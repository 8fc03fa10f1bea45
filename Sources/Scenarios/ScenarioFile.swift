package import Contract
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import Sandbox

/// The form of a scenario file, declared once: checking, reading and the JSON Schema follow from it.
enum ScenarioFile {
    static let schema = Key.optional("$schema", .string, "Where editors find this schema")
    static let about = Key.required("about", .string, "The story, in a sentence or two")
    static let clock = Key.optional(
        "clock", .object(Clock.fields),
        "The sandbox's time; the machine's when absent. Only a frozen one is the same every time")
    static let seed = Key.optional(
        "seed", .integer(0...9_000_000_000_000),
        "What identifiers, tokens and chance derive from; the server's --seed when absent")
    static let settings = Key.optional("settings", .object(Settings.fields), "Numbers and switches of the sandbox")
    static let key = Key.required("key", .string(maximum: KeyForm.longest), "An API key: visible ASCII")
    static let channel = Key.optional("channel", .string, "The key's channel")
    static let vendorId = Key.optional("vendorId", .string, "The key's vendor")
    static let keys = Key.optional(
        "keys", .array(of: fields(key, channel, vendorId), 1...100),
        "The API keys that share the sandbox; the scenario's own name when absent")
    static let personas = Key.optional(
        "personas", .array(of: Rule.fields, 0...Rule.mostRules),
        "Rules on the fields of a request; the first one that fits decides")
    static let faults = Key.optional(
        "faults", .array(of: Fault.fields(operations: Routes.operations), 0...Fault.mostFaults),
        "What goes wrong, and when")

    // MARK: given

    static let at = Key.optional(
        "at", .moment,
        "When it happened: a date, or how far it is from the clock (-P3D). By default with what it refers to")
    static let user = Key.required("user", .string, "The name of an entry of users")

    static let users = section("users", "Customers", Play.createUser, Contract.fields(at))

    static let expect = Key.optional(
        "expect", .oneOf("approved", "pending", "failed"), "What the decision must come to; else the file is wrong")
    static let after = Key.required("after", .duration, "How long after the application")
    static let resolvesAs = Key.required("as", .oneOf("approved", "failed"), "What it comes to")
    static let limit = Key.optional("limit", .price, "The spending limit in dollars, if approved")
    static let resolves = Key.optional(
        "resolves", .object(fields(after, resolvesAs, limit)), "When a manual review resolves by itself, and how")
    static let decisions = section(
        "decisions", "Applications, with the decision on them", Play.apply, fields(user, at, expect, resolves))

    static let paymentMethods = section(
        "paymentMethods", "Payment methods", Play.addPaymentMethod, fields(user, at))

    static let signedAt = Key.optional("at", .moment, "When it was signed; at once when absent")
    static let signed = Key.optional(
        "signed", .alternatives(.boolean(), .object(fields(signedAt))), "Whether it is signed, or {at: …}")
    static let leases = section("leases", "Leases, with their transactions", Play.createLease, fields(user, at, signed))

    static let lease = Key.required("lease", .string, "The name of an entry of leases")
    static let events = Key.required(
        "events",
        .array(
            elements: .alternatives([.oneOf(Play.Event.allCases.map(\.rawValue)), .object(Play.Event.fields)]), 1...100),
        "What happened to it, in order")
    static let transactions = dictionary(
        "transactions", "What happened to a lease's transaction once it was signed", fields(lease, events))

    static let transaction = Key.required("transaction", .string, "The name of an entry of transactions")
    static let paymentMethod = Key.required("paymentMethod", .string, "The name of an entry of paymentMethods")
    static let amount = Key.required("amount", .dollars, "In dollars")
    static let payments = Key.optional(
        "payments", .array(of: fields(paymentMethod, amount, at), 0...100), "What was collected, in order")
    static let agreements = dictionary(
        "agreements", "Agreements, with what was collected towards them", fields(transaction, payments))

    static let given = Key.optional(
        "given", .object(fields(users, decisions, paymentMethods, leases, transactions, agreements)),
        "What is there at the beginning, made by playing the real requests")

    static let all = fields(schema, about, clock, seed, settings, keys, personas, given, faults)

    /// Entries by name, with the fields of the request that makes them; what has a default is not required.
    private static func section(
        _ name: String, _ meaning: String, _ request: Play.Request, _ own: [Field]
    ) -> Key<[Named]?> {
        dictionary(name, meaning, own + request.endpoint.body.relaxed(by: request.defaults))
    }

    private static func dictionary(_ name: String, _ meaning: String, _ fields: [Field]) -> Key<[Named]?> {
        Key.optional(name, .dictionary(of: fields), meaning)
    }
}

extension [Field] {
    /// The same fields, where those that have a default are not required.
    func relaxed(by defaults: JSON) -> [Field] {
        map { field in
            guard let value = defaults[field.name] else { return field }
            guard case .object(let below) = field.schema, value.isObject else { return field.with(isRequired: false) }
            return field.with(isRequired: false, schema: .object(below.relaxed(by: value)))
        }
    }
}

extension Scenario {
    /// The declaration of a file, for whoever derives from it.
    package static var fields: [Field] { ScenarioFile.all }

    /// The form of a file as JSON Schema, for editors.
    package static var jsonSchema: [UInt8] {
        JSONWriter.write { writer in
            writer.object {
                $0.member("$schema", "https://json-schema.org/draft/2020-12/schema")
                $0.member("title", "A scenario of medusa-sandbox")
                $0.schemaMembers(of: ScenarioFile.all, .file)
            }
        }
    }
}
