internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
package import MedusaAPI
internal import MedusaStore
package import Sandbox

/// How a refused call would have succeeded. It is found by trying: a copy of the world plays the call, each refusal has a remedy, and
/// what is said in the end has worked there.
package struct Correction {
    /// What repeats the call, as far as it was recorded.
    package let repetition: String
    /// What would have succeeded; `nil` where nothing was found.
    package let script: String?
    /// What had to be different, in words.
    package let changes: [String]
    /// Where the last try ended, when nothing was found.
    package let obstacle: String?

    /// - Parameters:
    ///   - url: of the server, for the curls.
    ///   - key: the caller's own API key.
    package init(
        of request: RecordedRequest, in sandbox: Sandbox, _ gateway: Gateway, url: String, key: String
    ) throws {
        let planner = Planner(request, sandbox, gateway, key: key)
        repetition = planner.script.text(url, key: key)
        // What has succeeded needs none.
        let found = request.hasFailed ? try planner.plan() : nil
        script = found?.text(url, key: key)
        changes = found == nil ? [] : planner.changes + (found?.reasons ?? [])
        obstacle = found == nil ? planner.obstacle : nil
    }
}

/// Looks for a script that succeeds, one remedy after the other.
final class Planner {
    let sandbox: Sandbox
    let gateway: Gateway
    /// Of whom the script is for.
    let key: String
    let request: RecordedRequest
    var script: Script
    /// What was changed about the call itself.
    var changes: [String] = []
    private(set) var obstacle: String?
    private var tries: [String: Int] = [:]
    /// E-mails, transaction ids and SSNs that steps have taken.
    var used: Set<String> = []

    /// The sum of all remedies; no chain of them is longer.
    private static let mostRemedies = 24

    init(_ request: RecordedRequest, _ sandbox: Sandbox, _ gateway: Gateway, key: String) {
        self.key = key
        self.request = request
        self.sandbox = sandbox
        self.gateway = gateway
        script = Script(steps: [])
        script = Script(steps: prologue + [call])
    }

    /// The call as it was recorded; what was masked is replaced by what the API would take.
    private var call: Step {
        let target = Target(request.entry.target)
        let segments = (target?.segments ?? []).map { Step.Piece.text($0) }
        var step = Step(Method(rawValue: request.entry.method) ?? .get, segments)
        step.query = target?.query ?? []
        func field(_ name: String) -> String? { request.requestFields.first { $0.name.lowercased() == name }?.value }
        let keys = request.requestFields.filter { $0.name.lowercased() == "authorization" }.count
        step.key = keys == 0 ? .none : keys > 1 || isKeyRefused ? .wrong : .own
        if let token = field("customer-token") { step.token = customer == nil ? .text(token) : .variable("token") }
        step.contentType = field("content-type")
        for declared in request.endpoint?.headers ?? [] {
            if let value = field(declared.name) { step.fields.append(NamedValue(declared.name, value)) }
        }
        guard !request.entry.requestBody.isEmpty else { return step }
        guard let json = request.requestBody else {
            step.body = .text(String(decoding: request.entry.requestBody, as: UTF8.self))
            return step
        }
        // It is kept as JSON, however it came; and curl would call a body without a type a form.
        if step.contentType.map({ $0.lowercased().contains("form-urlencoded") || $0.isEmpty }) ?? true {
            step.contentType = "application/json"
        }
        var draft = Draft(json)
        let fields = request.endpoint?.body ?? []
        draft.unmask { path in Specimen.field(at: path, of: fields).map { Specimen.value(of: $0) } }
        step.body = .json(draft)
        return step
    }

    private var isKeyRefused: Bool {
        request.entry.status == 401 && request.refusal?.code == nil
    }

    /// What brings a token of the customer who called; the recorded one is masked, or has expired.
    private var prologue: [Step] {
        guard let customer, request.requestFields.contains(where: { $0.name.lowercased() == "customer-token" }) else {
            return []
        }
        return [token(of: customer)]
    }

    /// The customer who called, where that is known and they are still there.
    private var customer: Int64? {
        guard let row = request.entry.customer, worldIsSame else { return nil }
        return (try? sandbox.store.users.user(row))?.id
    }

    /// Whether rows still mean what they meant to the request.
    var worldIsSame: Bool { request.entry.world == (try? sandbox.store.journal.extent.world) }

    func token(of customer: Int64) -> Step {
        var step = Step(.get, "v3/users/\(sandbox.identifiers.identifier(.user, customer))/authorize")
        step.captures = [Step.Capture("token", from: "token")]
        return step
    }

    // MARK: Looking

    /// The script that works, if one is found.
    func plan() throws -> Script? {
        let world = try sandbox.store.image()
        // Each fault is removed once at most.
        for _ in 0..<(Self.mostRemedies + sandbox.faults.count) {
            let rehearsal = try Rehearsal(of: sandbox, world, gateway, key: key)
            let played = try rehearsal.play(script)
            guard let stop = played.stop else {
                for (index, fault) in played.slowed { noteSlowness(index, fault) }
                return script
            }
            if let fault = stop.fault {
                removeFault(fault, before: stop.index)
                continue
            }
            let stuck = script.steps[stop.index].request([:])
            obstacle = "\(stuck.method.rawValue) \(stuck.target.path): \(stop.response.status.rawValue) \(stop.message)"
            let key = "\(script.steps.count - stop.index) \(stop.response.status.rawValue) \(stop.code ?? "")"
            tries[key, default: 0] += 1
            guard mend(stop, again: (tries[key] ?? 1) - 1, rehearsal) else { return nil }
        }
        return nil
    }
}

extension Rehearsal.Stop {
    /// The code of the error envelope; `nil` where the gateway speaks.
    var code: String? { body?["error"]?["code"].flatMap { $0.string ?? $0.numberText } }
    var message: String { body?["error"]?["message"]?.string ?? body?["message"]?.string ?? "" }
}
