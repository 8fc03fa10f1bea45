package import Contract
package import HTTP
internal import JSON
internal import Medusa
package import MedusaAPI
internal import MedusaStore
package import Sandbox
internal import Scenarios

/// Everything under `/_sandbox`, and the OpenAPI document: what turns the sandbox itself. Declared, authenticated and answered as the API is, in the same
/// envelopes; but what it does not know it refuses, for a misspelt switch that seems to work would help nobody.
///
/// A call may have much to look at: thousands of customers, ten years of payments, a database that comes as a file. So each call to a
/// sandbox is work for another thread, which has that sandbox to itself meanwhile, and nobody else waits.
package final class Control {
    private let gateway: Gateway
    private let onlookers = Onlookers()

    package init(_ gateway: Gateway) { self.gateway = gateway }

    /// Lets something be done with a sandbox that takes long, on another thread, and then goes on with something on the loop's.
    package var start: Sandboxes.WorkInSandbox {
        get { onlookers.start }
        set { onlookers.start = newValue }
    }

    /// Whether somebody waits for the journal, and what has come into it has not been looked at.
    package var hasMore: Bool { onlookers.hasMore }

    /// Looks at some of it.
    package func doSome() { onlookers.doSome() }

    /// Whether a request is for here.
    package static func owns(_ target: Target) -> Bool {
        target.segments.first == "_sandbox" || target.segments == OpenAPICalls.segments
    }

    /// The largest body of a request to here, in bytes; `nil` for the ordinary limit.
    package static func bodyLimit(_ head: RequestHead, _ target: Target) -> Int? {
        head.method == .put && target.segments.starts(with: ["_sandbox", "snapshots"]) ? Snapshots.sizeLimit : nil
    }

    /// Every declaration, for whoever derives from them.
    package static var endpoints: [Endpoint] { ControlRoute.all.map(\.endpoint) }

    /// - Parameter version: of the program.
    package func answer(_ request: Request, version: String) -> Gateway.Reply {
        // A page from elsewhere may use the API on loopback, and read what there is, but not turn the sandbox.
        let isDocument = request.target.segments == OpenAPICalls.segments
        return gateway.access.answer(request, to: isDocument ? .everyone : .own) { route($0, version) }
    }

    private func route(_ request: Request, _ version: String) -> Gateway.Reply {
        switch ControlRoute.router.find(request.method, request.target.segments) {
        case .match(let match): return call(request, match.value, match.parameters, version)
        case .otherMethods(let allowed):
            let allow = Gateway.allow(allowed)
            if request.method == .options {
                return Gateway.Reply(response: Response(.noContent, fields: [allow]))
            }
            var response = Response.error(
                .methodNotAllowed, "MethodNotAllowed", message: "This path takes \(allow.value)")
            response.fields.append(allow)
            return Gateway.Reply(response: response)
        case .none:
            let paths = Self.endpoints.map(\.path)
            let hint = nearest(to: request.target.path, among: paths).map { "; did you mean \($0)?" } ?? ""
            return Gateway.Reply(
                response: .error(.notFound, "NotFound", message: "There is nothing at this path\(hint)"))
        }
    }

    private func call(
        _ request: Request, _ route: ControlRoute, _ parameters: [NamedValue], _ version: String
    ) -> Gateway.Reply {
        switch route.answer {
        case .open(let answer): return Gateway.Reply(response: answer(request, version))
        case .document:
            let sandbox = gateway.sandboxToDescribe(to: request.fields)
            if let absence = sandbox?.absence { return Gateway.Reply(awaiting: absence) }
            return Gateway.Reply(
                response: OpenAPICalls.answer(
                    request, version: version, wrapsArrays: sandbox?.settings.wrapsArrays ?? false))
        case .read(let answer): return keyed(request, route, parameters, answer)
        case .replace(let answer): return replaced(request, route, parameters, answer)
        case .begin(let answer):
            let reply = replaced(request, route, parameters, answer)
            guard case .work(let work) = reply.deferral else { return begun(request, reply) }
            work.conclude = { [self] response in begun(request, Gateway.Reply(response: response)).response }
            return reply
        case .write(let answer):
            return keyed(request, route, parameters) { call in try call.sandbox.store.write { try answer(call) } }
        case .happen(let answer):
            return keyed(request, route, parameters) { call in
                try call.sandbox.store.write(at: call.now) { try answer(call) }
            }
        }
    }

    private func replaced(
        _ request: Request, _ route: ControlRoute, _ parameters: [NamedValue],
        _ answer: @escaping (ControlCall) throws -> Response
    ) -> Gateway.Reply {
        keyed(request, route, parameters) { call in
            // A review that has just ended has written.
            try call.sandbox.store.settle()
            return try answer(call)
        }
    }

    /// A sandbox whose database cannot be read begins anew all the same, in another file.
    private func begun(_ request: Request, _ reply: Gateway.Reply) -> Gateway.Reply {
        guard reply.deferral == nil, reply.response.status.rawValue >= 500 else { return reply }
        do throws(Sandboxes.Failure) {
            guard let place = try gateway.setAside(of: request.fields) else { return reply }
            switch gateway.authenticate(request, isPatient: true) {
            case .refused(let response): return Gateway.Reply(response: response)
            case .away(let absence): return Gateway.Reply(awaiting: absence)
            case .admitted(let admission, _):
                return Gateway.Reply(response: ResetCalls.answer(afterDamage: place, admission.sandbox))
            }
        } catch {
            return Gateway.Reply(response: .error(.serviceUnavailable, message: error.description))
        }
    }

    private func keyed(
        _ request: Request, _ route: ControlRoute, _ parameters: [NamedValue],
        _ answer: @escaping (ControlCall) throws -> Response
    ) -> Gateway.Reply {
        switch gateway.authenticate(request) {
        case .refused(let response): return Gateway.Reply(response: response)
        case .away(let absence): return Gateway.Reply(awaiting: absence)
        case .admitted(let admission, let key):
            let sandbox = admission.sandbox
            let found = RequestCalls.concernsStrays(request) ? gateway.strays() : nil
            if case .away(let absence) = found { return Gateway.Reply(awaiting: absence) }
            let strays = found?.sandbox
            sandbox.showsSecrets = gateway.recording.showsSecrets
            let errand = Errand(
                request: request, endpoint: route.endpoint, parameters: parameters, admission: admission, key: key,
                strays: strays, gateway: gateway.apart(), onlookers: onlookers, answer: answer)
            let work = Gateway.Work(in: [sandbox, strays].compactMap(\.self)) {
                errand.run()
            } wait: { [onlookers] in
                errand.outlook.verification.map { onlookers.wait(for: $0, in: sandbox, errand.gateway) }
            }
            return Gateway.Reply(.work(work))
        }
    }
}

/// A call to a sandbox, on another thread.
private struct Errand {
    let request: Request
    let endpoint: Endpoint
    let parameters: [NamedValue]
    let admission: Sandboxes.Admission
    let key: String
    let strays: Sandbox?
    let gateway: Gateway
    let onlookers: Onlookers
    let answer: (ControlCall) throws -> Response
    let outlook = ControlCall.Outlook()

    /// Answers, and makes durable what it has written.
    func run() -> Response {
        let sandbox = admission.sandbox
        var response = answered()
        do {
            try sandbox.store.settle()
        } catch {
            response = gateway.unsaved(error)
            // What it was told is not true either.
            try? sandbox.reload()
        }
        if response.status.rawValue >= 400 { gateway.hideSecrets(in: &response, of: sandbox) }
        response.showTime(of: sandbox)
        return response
    }

    private func answered() -> Response {
        let sandbox = admission.sandbox
        do {
            try sandbox.resolveReviews(at: sandbox.now)
            return try answer(
                ControlCall(
                    endpoint: endpoint, admission: admission, strays: strays, now: sandbox.now, request: request,
                    key: key, gateway: gateway, parameters: parameters,
                    payload: endpoint.content == .json ? try gateway.payload(request, of: endpoint) : nil,
                    outlook: outlook, onlookers: onlookers))
        } catch let refusal as ControlRefusal {
            return refusal.response
        } catch let violation as Violation {
            return .error(.badRequest, message: violation.message)
        } catch let problems as Problems {
            return ControlRefusal(problems).response
        } catch let refused as Gateway.PayloadRefusal {
            return refused.response
        } catch {
            return gateway.failed(error)
        }
    }
}

/// An endpoint and what answers it.
struct ControlRoute: Sendable {
    enum Answer: Sendable {
        /// Without a key; it is given the program's version.
        case open(@Sendable (Request, String) -> Response)
        /// The OpenAPI document, which needs no key and depends on one; it opens no sandbox.
        case document
        case read(@Sendable (ControlCall) throws -> Response)
        /// Inside a transaction.
        case write(@Sendable (ControlCall) throws -> Response)
        /// Inside a transaction too; it happens to the customers at the sandbox's present moment.
        case happen(@Sendable (ControlCall) throws -> Response)
        /// Outside of one, because it puts another database in its place.
        case replace(@Sendable (ControlCall) throws -> Response)
        /// Likewise; and where the database cannot be read, another file takes its place.
        case begin(@Sendable (ControlCall) throws -> Response)
    }

    let endpoint: Endpoint
    let answer: Answer

    static let all =
        HealthCalls.all + ResetCalls.all + ScenarioCalls.all + SettingsCalls.all + PersonaCalls.all + ClockCalls.all
        + FaultCalls.all + SnapshotCalls.all + UserCalls.all + LeaseCalls.all + MessageCalls.all
        + RequestCalls.all + VerifyCalls.all + ExplainCalls.all + ReportCalls.all
        + StateCalls.all + OpenAPICalls.all

    static let router: Router<ControlRoute> = {
        var router = Router<ControlRoute>()
        for route in all { router.add(route.endpoint.method, route.endpoint.path, route) }
        return router
    }()
}
