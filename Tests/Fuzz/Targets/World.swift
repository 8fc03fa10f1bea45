internal import ControlAPI
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox
internal import Scenarios

/// A whole simulator in memory, without its sockets.
final class World {
    private let sandboxes = Sandboxes(
        home: .memory, seed: 1, allowedKeys: ["k"], requestFields: Routes.ruledFields)
    private let gateway: Gateway
    private let control: Control
    private let complaints: Complaints

    private final class Complaints {
        var all: [String] = []
    }

    static let start = Timestamp(milliseconds: 1_772_442_000_000)

    init() throws {
        let complaints = Complaints()
        self.complaints = complaints
        gateway = Gateway(sandboxes, access: Access(isLoopback: true)) { complaints.all.append($0) }
        control = Control(gateway)
        try sandbox.clock = .frozen(Self.start)
    }

    var sandbox: Sandbox { get throws { try sandboxes.sandbox(for: "k") } }

    /// A request with the key of the sandbox; what comes back is an answer, and the world is as it should be.
    @discardableResult
    func send(_ method: Method, _ target: Target, _ fields: [(String, String)] = [], _ body: [UInt8]) throws -> Response
    {
        let isForm = body.first.map { $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: "[") } ?? false
        var header: Fields = [
            "Host": "localhost", "Authorization": "k",
            "Content-Type": isForm ? "application/x-www-form-urlencoded" : "application/json",
        ]
        for (name, value) in fields { header.add(name, value) }
        let request = Request(method: method, target: target, fields: header, body: body)
        let reply = Control.owns(target) ? control.answer(request, version: "1") : gateway.answer(request)
        try sandbox.store.settle()
        let line = "\(method.rawValue) \(target.path)"
        let response = reply.answeredHere()
        try require(complaints.all.isEmpty, "\(line): \(complaints.all)")
        return response
    }

    @discardableResult
    func send(_ method: Method, _ path: String, _ body: String = "") throws -> Response {
        guard let target = Target(path) else { throw Broken(description: "\(path) is no target") }
        return try send(method, target, [], Array(body.utf8))
    }

    /// Looks at everything that there is, lets ten years go by, and asks for a snapshot, which must be one.
    func live() throws {
        for path in [
            "/_sandbox/state", "/v3/users?limit=100", "/v3/transactions?limit=100", "/_sandbox/report",
            "/_sandbox/messages",
        ] {
            let answer = try send(.get, path)
            try require(answer.status == .ok, "\(path): \(text(answer.body))")
        }
        let advanced = try send(.post, "/_sandbox/clock/advance", #"{"by":"P10Y"}"#)
        try require(advanced.status.rawValue < 500, "the clock: \(text(advanced.body))")
        try require(try send(.get, "/_sandbox/state").status == .ok, "the state after ten years")
        try isGood(try sandbox.store.image())
    }

    func isGood(_ image: [UInt8]) throws {
        do {
            let checked = try Store.Image(checking: image)
            let trial = try sandbox.fresh()
            try trial.replace(with: checked)
            try require(trial.losses.isEmpty, "its own snapshot cannot be lived with: \(trial.losses)")
        } catch let refused as Store.Image.Refused {
            throw Broken(description: "its own snapshot \(refused)")
        }
    }
}
