internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox
internal import Scenarios

/// The scenario that fills the sandbox.
enum ScenarioCalls {
    static let all = [
        ControlRoute(endpoint: get, answer: .read(read)), ControlRoute(endpoint: load, answer: .replace(fill)),
    ]

    static let get = Endpoint.control(
        .get, "scenario", "Get Scenario",
        outcomes: [.init(.ok, meaning: "The scenario, what its names mean, and the shipped ones")])

    static let name = Key.optional("name", .string, "A shipped scenario; beside text, what it is to be called")
    static let text = Key.optional("text", .string(maximum: 1 << 20), "A scenario file's text")
    static let load = Endpoint.control(
        .put, "scenario", "Load Scenario", body: fields(name, text),
        outcomes: [
            .init(.ok, meaning: "The sandbox is filled with it; what was in it is gone"),
            .init(.notFound, "ScenarioNotFound", meaning: "No shipped scenario has that name"),
            .init(.badRequest, "InvalidScenario", meaning: "The text has problems; nothing has changed"),
        ])

    private static func read(_ call: ControlCall) throws -> Response { try answer(call) }

    private static func answer(_ call: ControlCall) throws -> Response {
        let sandbox = call.sandbox
        let entries = try sandbox.store.documents.entries()
        let references = try Dictionary(
            uniqueKeysWithValues: sandbox.store.transactions.all().map { ($0.lease.id, $0) })
        return .data {
            $0.member("name", ifPresent: sandbox.origin?.name)
            $0.names(of: entries, in: sandbox, references)
            $0.member("shipped", array: Shipped.all) { $0.value($1.name) }
        }
    }

    private static func fill(_ call: ControlCall) throws -> Response {
        let body = try call.body()
        let file: (name: String, text: [UInt8])
        if let text = body[text] {
            file = (body[name] ?? "scenario", Array(text.utf8))
        } else if let name = body[name] {
            guard let shipped = Shipped.all.first(where: { $0.name == name }) else {
                let names = Shipped.all.map(\.name)
                let hint = nearest(to: name, among: names) ?? names.joined(separator: ", ")
                throw ControlRefusal(
                    .notFound, "ScenarioNotFound", "No shipped scenario is called \(name); there is \(hint)")
            }
            file = (shipped.name, shipped.text)
        } else {
            throw Violation("value", "must contain at least one of [name, text]")
        }
        try Scenario(file.text, name: file.name, file: file.name, at: Clock.machineTime()).fill(call.sandbox)
        return try answer(call)
    }
}

extension ControlRefusal {
    /// Every problem, a line each.
    init(_ problems: Problems) { self.init(.badRequest, "InvalidScenario", problems.description) }
}

extension JSONWriter {
    /// What a scenario's names mean, so that a test can find "the lease that expires tomorrow".
    mutating func names(of entries: [Documents.Entry], in sandbox: Sandbox, _ references: [Int64: Transaction]) {
        member("names") { names in
            var section = ""
            for entry in entries where entry.section != section {
                section = entry.section
                names.member(section) { writer in
                    for entry in entries where entry.section == section {
                        writer.escapedKey(entry.name)
                        writer.value(entry.identifier(in: sandbox, references))
                    }
                }
            }
        }
    }
}

extension Documents.Entry {
    fileprivate func identifier(in sandbox: Sandbox, _ transactions: [Int64: Transaction]) -> String {
        switch section {
        case "paymentMethods": sandbox.identifiers.identifier(.paymentMethod, row)
        case "leases": transactions[row].map { sandbox.leaseId($0.lease) } ?? ""
        case "transactions": transactions[row]?.reference ?? ""
        case "agreements": sandbox.identifiers.identifier(.agreement, row)
        default: sandbox.identifiers.identifier(.user, row)
        }
    }
}
