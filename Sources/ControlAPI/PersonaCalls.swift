internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import Sandbox

/// What decides about customers: the sandbox's own rules, and behind them the test values (decisions.md 10).
enum PersonaCalls {
    static let all = [
        ControlRoute(endpoint: get, answer: .read(answer)), ControlRoute(endpoint: set, answer: .write(save)),
    ]

    static let rules = Key.required(
        "rules", .array(of: Rule.fields, 0...Rule.mostRules),
        "Rules on the fields of a request; the first one that fits decides")

    static let get = Endpoint.control(
        .get, "personas", "Get Personas",
        outcomes: [.init(.ok, meaning: "The rules, and the table of test values", body: .data(document))])
    static let set = Endpoint.control(
        .put, "personas", "Set Personas", body: fields(rules),
        outcomes: [.init(.ok, meaning: "These rules hold, and no others", body: .data(document))])

    private static let document = Schema.named(
        "Personas",
        [
            .always("rules", .array(of: .object([]), counts: 0...Rule.mostRules), "The rules as they were given"),
            .always("testValues", .array(of: .named("TestValue", testValue), counts: Schema.anyCount), "The table"),
        ])

    private static let testValue: [Field] = [
        .sometimes("emailSuffix", .text(), "Before the `@` of an e-mail"),
        .sometimes("ssn", .text(), "An SSN"),
        .sometimes("routingNumber", .text(), "A routing number"),
        .always("outcome", .text(), "What it makes happen"),
        .always("meaning", .text(), "One sentence"),
        .always("source", .text(), "Where it is from"),
    ]

    private static func answer(_ call: ControlCall) throws -> Response {
        let document = try call.sandbox.personasDocument
        return .data {
            $0.member("rules", raw: document ?? Array("[]".utf8))
            $0.member("testValues", array: Persona.all) { writer, persona in
                writer.object {
                    let (kind, value) = persona.trigger.words
                    $0.member(kind, value)
                    $0.member("outcome", persona.outcome.rawValue)
                    $0.member("meaning", persona.meaning)
                    $0.member("source", persona.source)
                }
            }
        }
    }

    private static func save(_ call: ControlCall) throws -> Response {
        _ = try call.body()
        if let document = call.payload?[rules.field.name] { try call.sandbox.set(personas: document, at: call.now) }
        return try answer(call)
    }
}

extension Persona.Trigger {
    fileprivate var words: (kind: String, value: String) {
        switch self {
        case .suffix(let word): ("emailSuffix", ".\(word)")
        case .suffixWithDollars(let word): ("emailSuffix", ".\(word)<dollars>")
        case .ssn(let number): ("ssn", number)
        case .routingNumber(let number): ("routingNumber", number)
        }
    }
}
