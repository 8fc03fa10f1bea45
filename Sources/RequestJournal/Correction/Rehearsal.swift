internal import HTTP
internal import JSON
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox
internal import Scenarios

/// A copy of the world, in memory, in which a script is tried before anybody is told to run it.
struct Rehearsal {
    private let original: Sandbox
    private let world: [UInt8]
    private let sandbox: Sandbox
    private let gateway: Gateway

    /// - Parameters:
    ///   - sandbox: whose world it is; it is left alone.
    ///   - world: its image.
    ///   - gateway: for its routes and limits only.
    init(of sandbox: Sandbox, _ world: [UInt8], _ gateway: Gateway) throws {
        original = sandbox
        self.world = world
        self.sandbox = try sandbox.fresh()
        self.gateway = gateway
        try self.sandbox.replace(with: Store.Image(trusted: world))
    }

    struct Stop {
        let index: Int
        let response: Response
        var body: JSON? { try? JSON(response.body) }
    }

    /// What the steps find, and where they stop: at the first answer that is a refusal, or behind the last step.
    func play(_ script: Script) throws -> (stop: Stop?, answers: [JSON?]) {
        var values: [String: String] = [:]
        var answers: [JSON?] = []
        for (index, step) in script.steps.enumerated() {
            let response = try answer(step, values)
            guard response.status.rawValue < 400 else {
                return (Stop(index: index, response: response), answers)
            }
            for capture in step.captures {
                values[capture.variable] = Self.last(capture.member, in: String(decoding: response.body, as: UTF8.self))
            }
            answers.append(try? JSON(response.body))
        }
        return (nil, answers)
    }

    /// What the latest passcode was.
    var latestPasscode: String? { try? sandbox.store.passcodes.latest(1).first?.code }

    /// What a step of a longer script is answered, in a copy of its own.
    func answers(_ script: Script, through index: Int) throws -> JSON? {
        let played = try Rehearsal(of: original, world, gateway).play(Script(steps: Array(script.steps[...index])))
        return played.answers.last ?? nil
    }

    private func answer(_ step: Step, _ values: [String: String]) throws -> Response {
        guard case .own = step.key else {
            return .gateway(.unauthorized, "No API key found in request")
        }
        let request = step.request(values)
        switch request.target.segments.first {
        case "_sandbox": return try control(request)
        default:
            try sandbox.resolveReviews(at: sandbox.now)
            return gateway.rehearse(request, in: sandbox)
        }
    }

    /// The few calls of the control API that a correction can need.
    private func control(_ request: Request) throws -> Response {
        switch request.target.segments.dropFirst().first {
        case "reset": try sandbox.reset()
        case "faults": break
        case "personas":
            try sandbox.store.write { try sandbox.set(personas: try JSON(Array("[]".utf8)), at: sandbox.now) }
            try sandbox.store.settle()
        default: return .gateway(.notFound, "There is nothing at this path")
        }
        return .object { _ in }
    }

    /// What the script's sed finds: the last member of that name.
    private static func last(_ member: String, in text: String) -> String {
        guard let place = text.ranges(of: "\"\(member)\":\"").last else { return "" }
        return String(text[place.upperBound...].prefix { $0 != "\"" })
    }
}
