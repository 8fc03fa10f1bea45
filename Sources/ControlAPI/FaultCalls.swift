internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// What goes wrong, and when.
enum FaultCalls {
    static let all = [
        ControlRoute(endpoint: list, answer: .read(answer)), ControlRoute(endpoint: add, answer: .write(save)),
        ControlRoute(endpoint: removeAll, answer: .write(clear)), ControlRoute(endpoint: remove, answer: .write(drop)),
    ]

    static let list = Endpoint.control(
        .get, "faults", "Get Faults",
        outcomes: [
            .init(.ok, meaning: "Each with the requests that it was there for and struck", body: .data(document))
        ])
    static let add = Endpoint.control(
        .post, "faults", "Add Fault", body: Fault.fields(operations: Routes.operations),
        outcomes: [
            .init(.created, meaning: "Added behind those that are there", body: .data(fault)),
            .init(.conflict, "TooManyFaults", meaning: "There are a hundred already"),
        ])
    static let removeAll = Endpoint.control(
        .delete, "faults", "Remove Faults",
        outcomes: [.init(.ok, meaning: "There are none left", body: .data(document))])
    static let remove = Endpoint.control(
        .delete, "faults/{faultId}", "Remove Fault",
        outcomes: [
            .init(.ok, meaning: "Removed", body: .data(document)),
            .init(.notFound, "FaultNotFound", meaning: "There is none of that id"),
        ])

    static let fault = Schema.named(
        "ActiveFault",
        [
            .always("id", .count, "Its number"), .always("seen", .count, "Requests that it was there for"),
            .always("struck", .count, "Requests that it struck"), .always("fault", .object([]), "As it was given"),
        ])
    private static let document = Schema.named(
        "Faults", [.always("faults", .array(of: fault, counts: 0...Fault.mostFaults), "In order")])

    private static func answer(_ call: ControlCall) -> Response {
        .data {
            $0.member("faults", array: call.sandbox.faults) { writer, active in writer.object { $0.members(of: active) }
            }
        }
    }

    private static func save(_ call: ControlCall) throws -> Response {
        _ = try call.body()
        guard call.sandbox.faults.count < Fault.mostFaults else {
            throw ControlRefusal(
                .conflict, "TooManyFaults", "There are \(Fault.mostFaults) faults already; remove some")
        }
        guard let definition = call.payload else { throw Violation("status", "is required") }
        let added = try call.sandbox.add(fault: definition, at: call.now)
        return .data(.created) { $0.members(of: added) }
    }

    private static func clear(_ call: ControlCall) throws -> Response {
        try call.sandbox.removeFaults()
        return answer(call)
    }

    private static func drop(_ call: ControlCall) throws -> Response {
        let id = call.parameter("faultId")
        guard let found = call.sandbox.faults.first(where: { String($0.id) == id }) else {
            let ids = call.sandbox.faults.map { String($0.id) }.joined(separator: ", ")
            throw ControlRefusal(
                .notFound, "FaultNotFound", "There is no fault \(id); there is \(ids.isEmpty ? "none at all" : ids)")
        }
        try call.sandbox.remove(fault: found.id)
        return answer(call)
    }
}

extension JSONWriter {
    mutating func members(of active: Sandbox.ActiveFault) {
        member("id", Int(active.id))
        member("seen", Int(active.progress.seen))
        member("struck", Int(active.progress.struck))
        member("fault", raw: active.definition)
    }
}
