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
    private let key: String

    /// - Parameters:
    ///   - sandbox: whose world it is; it is left alone.
    ///   - world: its image.
    ///   - gateway: for its routes and limits only.
    ///   - key: the API key that the script will have, for some faults strike some keys only.
    init(of sandbox: Sandbox, _ world: [UInt8], _ gateway: Gateway, key: String) throws {
        original = sandbox
        self.world = world
        self.sandbox = try sandbox.fresh()
        self.gateway = gateway
        self.key = key
        try self.sandbox.replace(with: Store.Image(trusted: world))
    }

    struct Stop {
        let index: Int
        let response: Response
        /// The fault that stands in the way.
        let fault: Sandbox.ActiveFault?
        var body: JSON? { try? JSON(response.body) }
    }

    struct Performance {
        /// `nil` where all steps have succeeded.
        var stop: Stop?
        var answers: [JSON?] = []
        /// What faults did that only cost time: to which step, and which.
        var slowed: [(index: Int, fault: Sandbox.ActiveFault)] = []
    }

    /// What the steps find, and where they stop: at the first answer that is a refusal or a fault's, or behind the last step.
    func play(_ script: Script) throws -> Performance {
        var values: [String: String] = [:]
        var performance = Performance()
        for (index, step) in script.steps.enumerated() {
            let (response, fault) = try answer(step, values)
            // A fault may also answer 200, with nothing done.
            guard response.status.rawValue < 400, fault?.fault.spoils != true else {
                performance.stop = Stop(
                    index: index, response: response, fault: fault?.fault.spoils == true ? fault : nil)
                return performance
            }
            if let fault { performance.slowed.append((index, fault)) }
            for capture in step.captures {
                values[capture.variable] = Self.last(capture.member, in: String(decoding: response.body, as: UTF8.self))
            }
            performance.answers.append(try? JSON(response.body))
        }
        return performance
    }

    /// What the latest passcode was.
    var latestPasscode: String? { try? sandbox.store.passcodes.latest(1).first?.code }

    /// What a step of a longer script is answered, in a copy of its own.
    func answers(_ script: Script, through index: Int) throws -> JSON? {
        let played = try Rehearsal(of: original, world, gateway, key: key).play(
            Script(steps: Array(script.steps[...index])))
        return played.answers.last ?? nil
    }

    private func answer(
        _ step: Step, _ values: [String: String]
    ) throws -> (response: Response, fault: Sandbox.ActiveFault?) {
        guard case .own = step.key else {
            return (.gateway(.unauthorized, "No API key found in request"), nil)
        }
        let request = step.request(values)
        switch request.target.segments.first {
        case "_sandbox": return (try control(request), nil)
        default:
            try sandbox.resolveReviews(at: sandbox.now)
            return gateway.rehearse(request, in: sandbox, key: key)
        }
    }

    /// The few calls of the control API that a correction can need.
    private func control(_ request: Request) throws -> Response {
        switch request.target.segments.dropFirst().first {
        case "reset": try sandbox.reset()
        case "faults":
            guard let fault = sandbox.faults.first(where: { String($0.id) == request.target.segments.last }) else {
                return .gateway(.notFound, "There is no such fault")
            }
            try sandbox.store.write { try sandbox.remove(fault: fault.id) }
            try sandbox.store.settle()
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
