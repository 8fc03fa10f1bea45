package import Contract
package import HTTP
internal import JSON
internal import Medusa
package import MedusaAPI
internal import MedusaStore
internal import Sandbox
internal import Scenarios

/// Everything under `/_sandbox`, and the OpenAPI document: what turns the sandbox itself. Declared, authenticated and answered as the API is, in the same
/// envelopes; but what it does not know it refuses, for a misspelt switch that seems to work would help nobody.
package final class Control {
    private let gateway: Gateway

    package init(_ gateway: Gateway) { self.gateway = gateway }

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
        case .open(let answer): Gateway.Reply(response: answer(request, version))
        case .document:
            Gateway.Reply(
                response: OpenAPICalls.answer(
                    request, version: version,
                    wrapsArrays: gateway.openedSandbox(of: request.fields)?.settings.wrapsArrays ?? false))
        case .read(let answer): keyed(request, route, parameters, answer)
        case .replace(let answer): replaced(request, route, parameters, answer)
        case .begin(let answer): begun(request, replaced(request, route, parameters, answer))
        case .write(let answer):
            keyed(request, route, parameters) { call in try call.sandbox.store.write { try answer(call) } }
        case .happen(let answer):
            keyed(request, route, parameters) { call in
                try call.sandbox.store.write(at: call.now) { try answer(call) }
            }
        }
    }

    private func replaced(
        _ request: Request, _ route: ControlRoute, _ parameters: [NamedValue],
        _ answer: (ControlCall) throws -> Response
    ) -> Gateway.Reply {
        keyed(request, route, parameters) { call in
            // A review that has just ended has written.
            try call.sandbox.store.settle()
            return try answer(call)
        }
    }

    /// A sandbox whose database cannot be read begins anew all the same, in another file.
    private func begun(_ request: Request, _ reply: Gateway.Reply) -> Gateway.Reply {
        guard reply.response.status.rawValue >= 500 else { return reply }
        do throws(Sandboxes.Failure) {
            guard let place = try gateway.setAside(of: request.fields) else { return reply }
            switch gateway.authenticate(request) {
            case .refused(let response): return Gateway.Reply(response: response)
            case .admitted(let admission, _):
                return Gateway.Reply(response: ResetCalls.answer(afterDamage: place, admission.sandbox))
            }
        } catch {
            return Gateway.Reply(response: .error(.serviceUnavailable, message: error.description))
        }
    }

    private func keyed(
        _ request: Request, _ route: ControlRoute, _ parameters: [NamedValue],
        _ answer: (ControlCall) throws -> Response
    ) -> Gateway.Reply {
        switch gateway.authenticate(request) {
        case .refused(let response): return Gateway.Reply(response: response)
        case .admitted(let admission, let key):
            let sandbox = admission.sandbox
            sandbox.showsSecrets = gateway.recording.showsSecrets
            var reply = Gateway.Reply(response: self.answer(request, route.endpoint, parameters, sandbox, key, answer))
            if reply.response.status.rawValue >= 400 { gateway.hideSecrets(in: &reply.response, of: sandbox) }
            reply.response.showTime(of: sandbox)
            if sandbox.store.isOpen { reply.unsettled = sandbox }
            return reply
        }
    }

    private func answer(
        _ request: Request, _ endpoint: Endpoint, _ parameters: [NamedValue], _ sandbox: Sandbox, _ key: String,
        _ answer: (ControlCall) throws -> Response
    ) -> Response {
        do {
            try sandbox.resolveReviews(at: sandbox.now)
            return try answer(
                ControlCall(
                    endpoint: endpoint, sandbox: sandbox, now: sandbox.now, request: request, key: key,
                    gateway: gateway,
                    parameters: parameters,
                    payload: endpoint.content == .json ? try gateway.payload(request, of: endpoint) : nil))
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
