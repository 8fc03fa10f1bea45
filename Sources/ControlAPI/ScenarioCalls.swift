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
        outcomes: [
            .init(.ok, meaning: "The scenario, what its names mean, and the shipped ones", body: loaded)
        ])

    private static let loaded = Schema.data(
        .named(
            "LoadedScenario",
            [
                .sometimes("name", .text(), "The scenario; absent from a sandbox that began empty"), Names.field,
                .always("shipped", .array(of: .text(), counts: Schema.anyCount), "The scenarios that come along"),
            ]))

    static let name = Key.optional("name", .string, "A shipped scenario; beside text, what it is to be called")
    static let text = Key.optional("text", .string(maximum: 1 << 20), "A scenario file's text")
    static let load = Endpoint.control(
        .put, "scenario", "Load Scenario", body: fields(name, text),
        outcomes: [
            .init(.ok, meaning: "The sandbox is filled with it; what was in it is gone", body: loaded),
            .init(.notFound, "ScenarioNotFound", meaning: "No shipped scenario has that name"),
            .init(.badRequest, "InvalidScenario", meaning: "The text has problems; nothing has changed"),
        ])

    private static func read(_ call: ControlCall) throws -> Response { try answer(call) }

    private static func answer(_ call: ControlCall) throws -> Response {
        let sandbox = call.sandbox
        let names = try sandbox.names()
        return .data {
            $0.member("name", ifPresent: sandbox.origin?.name)
            $0.member(names)
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

/// What a scenario's names mean, so that a test can find "the lease that expires tomorrow".
struct Names {
    static let field = Field.always(
        "names", .dictionary(of: .dictionary(of: .text())), "By section, each name of the scenario with its public id")

    fileprivate let sections: [(name: String, entries: [(name: String, id: String)])]
}

extension Sandbox {
    func names() throws -> Names {
        var sections: [(name: String, entries: [(name: String, id: String)])] = []
        for entry in try store.documents.entries() {
            if sections.last?.name != entry.section.rawValue { sections.append((entry.section.rawValue, [])) }
            sections[sections.count - 1].entries.append((entry.name, try identifier(of: entry)))
        }
        return Names(sections: sections)
    }

    /// The public id that an API call takes.
    private func identifier(of entry: Documents.Entry) throws -> String {
        switch entry.section {
        case .users, .decisions: identifiers.identifier(.user, entry.row)
        case .paymentMethods: identifiers.identifier(.paymentMethod, entry.row)
        case .leases: try store.transactions.transaction(entry.row).map { leaseId($0.lease) } ?? ""
        case .transactions: try store.transactions.transaction(entry.row)?.reference ?? ""
        case .agreements: identifiers.identifier(.agreement, entry.row)
        }
    }
}

extension JSONWriter {
    mutating func member(_ names: Names) {
        member("names") { writer in
            for section in names.sections {
                writer.member(section.name) { entries in
                    for entry in section.entries {
                        entries.escapedKey(entry.name)
                        entries.value(entry.id)
                    }
                }
            }
        }
    }
}
