internal import Contract
package import HTTP
internal import JSON
package import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// The Payment Plugin: the script that a shop's page loads, the modal that it opens, and the modal's calls (section D of the facts).
package final class Plugin {
    private let gateway: Gateway

    package init(_ gateway: Gateway) { self.gateway = gateway }

    /// Whether a request is for here.
    package static func owns(_ target: Target) -> Bool {
        switch target.segments.first {
        case "sdk", "pp3", "demo": true
        default: false
        }
    }

    package func answer(_ request: Request) -> Gateway.Reply {
        let segments = request.target.segments
        if segments == ["sdk", "js"] { return file(request) { script($0) } }
        if segments.starts(with: ["pp3", "api"]) {
            // Pages of the modal's own origin call, and the shop's page with its order.
            return gateway.access.answer(request, to: .everyone) { call($0) }
        }
        if segments == Self.validation {
            return gateway.access.answer(request, to: .own) { validateOrder($0) }
        }
        guard let asset = Asset.at(segments) else {
            return Gateway.Reply(response: .gateway(.notFound, "There is nothing at this path"))
        }
        return file(request) { _ in asset.response }
    }

    private static let validation = ["demo", "validate-order"]

    /// Whether a request is for the shop that comes along, whose pages are the server's own.
    package static func isDemo(_ target: Target) -> Bool { target.segments.first == "demo" }

    /// Whether a request to here gets as far as its body. Opens nothing.
    package func wantsBody(_ head: RequestHead, _ target: Target) -> Bool {
        if target.segments.starts(with: ["pp3", "api"]) { return !(head.fields["x-auth-key"] ?? "").isEmpty }
        return target.segments == Self.validation && target.query.contains { $0.name == "authKey" }
    }

    /// A file, also for a shop's page that loads the script as a module, which asks for it as for any answer of another origin.
    private func file(_ request: Request, _ body: (Request) -> Response) -> Gateway.Reply {
        gateway.access.answer(request, to: .everyone) { get($0, body) }
    }

    private func get(_ request: Request, _ body: (Request) -> Response) -> Gateway.Reply {
        guard request.method == .get || request.method == .head else {
            var response = Response.gateway(.methodNotAllowed, "This path takes GET")
            response.fields.append(Gateway.allow([.get]))
            return Gateway.Reply(response: response)
        }
        return Gateway.Reply(response: body(request))
    }

    // MARK: The SDK

    /// `FlexSDK`, with its settings written behind. A key that opens nothing is said in the console, and by `create`.
    private func script(_ request: Request) -> Response {
        let authKey = request.target.query.last { $0.name == "authKey" }?.value ?? ""
        let problem: String? =
            if authKey.isEmpty {
                "the script's address has no authKey: …/sdk/js?authKey=YOUR-AUTH-KEY"
            } else if gateway.apiKey(ofAuthKey: authKey) == nil {
                "the auth key is not known here; by default it is the API key of its sandbox"
            } else {
                nil
            }
        let settings = JSONWriter.write {
            $0.object {
                $0.member("origin", request.serverOrigin)
                $0.member("authKey", authKey)
                $0.member("problem", ifPresent: problem)
            }
        }
        // In a script element's text, `</script>` would end it; in a file it is only wise.
        let text = String(decoding: settings, as: UTF8.self).replacing("<", with: "\\u003C")
        // The file is one function; it is called with them, so that no name of it is the page's.
        return Asset.script(String(decoding: Asset.sdk, as: UTF8.self) + "(\(text));\n")
    }

    // MARK: The modal's calls

    /// What the modal may ask of the API in a customer's name; the rest is the merchant's.
    private static let open: Router<Bool> = {
        var router = Router<Bool>()
        for path in [
            "/v3/user-exists", "/v3/users/me", "/v3/routing-numbers/{number}", "/v3/customers/me/payment-methods",
            "/v3/leases/{leaseId}",
        ] { router.add(.get, path, true) }
        for path in [
            "/v3/users", "/v3/users/me/apply", "/v3/users/{userId}/send-passcode", "/v3/users/{userId}/passcode-login",
            "/v3/paymentMethods/add", "/v3/leases",
        ] { router.add(.post, path, true) }
        return router
    }()

    private func call(_ request: Request) -> Gateway.Reply {
        let authKey = request.fields["x-auth-key"] ?? ""
        guard let key = gateway.apiKey(ofAuthKey: authKey) else {
            return Gateway.Reply(response: .gateway(.unauthorized, "The auth key is not known here"))
        }
        let segments = Array(request.target.segments.dropFirst(2))
        let forwarded = request.inTheName(of: key, at: segments)
        switch Self.open.find(request.method, segments) {
        case .match: return gateway.answer(forwarded, by: .modal)
        case .otherMethods, .none: break
        }
        switch PluginRoute.router.find(request.method, segments) {
        case .match(let match): return answer(forwarded, match.value, match.parameters)
        case .otherMethods, .none:
            return Gateway.Reply(response: .gateway(.notFound, "The modal has no such call"))
        }
    }

    private func answer(_ request: Request, _ route: PluginRoute, _ parameters: [NamedValue]) -> Gateway.Reply {
        switch route.answer {
        case .signing: return sign(request, lease: parameters.first { $0.name == "leaseId" }?.value ?? "")
        case .write(let answer):
            return gateway.recorded(request, by: .modal) {
                switch gateway.authenticate(request) {
                case .refused(let response): return Gateway.Reply(response: response)
                case .away(let absence): return Gateway.Reply(awaiting: absence)
                case .admitted(let admission, _):
                    let trace = Trace(of: route.endpoint.operation, in: admission.sandbox)
                    let call = PluginCall(request, route.endpoint, admission, trace, gateway)
                    var reply = Gateway.Reply(response: call.response(answer), trace: trace)
                    reply.response.showTime(of: admission.sandbox)
                    if admission.sandbox.store.isOpen { reply.unsettled = admission.sandbox }
                    return reply
                }
            }
        }
    }

    /// Signs as everybody does, and says the lease number, which the shop's `onSign` is given.
    private func sign(_ request: Request, lease: String) -> Gateway.Reply {
        var reply = gateway.answer(request.inTheName(of: nil, at: ["v3", "leases", lease, "sign"]), by: .modal)
        // What a fault has spoiled stays so.
        guard reply.deferral == nil, reply.response.status == .ok, (try? JSON(reply.response.body)) != nil,
            case .admitted(let admission, _) = gateway.authenticate(request),
            let signed = try? admission.sandbox.signed(lease)
        else { return reply }
        // The body only: what the API says in the header stands.
        reply.response.body =
            Response.data {
                $0.member("leaseNumber", signed.number)
                $0.member("transactionId", signed.reference)
            }.body
        return reply
    }

    // MARK: The demo

    /// What the demo's own server does: the documents' sample, in the merchant's name (D.5).
    private func validateOrder(_ request: Request) -> Gateway.Reply {
        let authKey = request.target.query.last { $0.name == "authKey" }?.value ?? ""
        // A page of another origin sends JSON only once it has asked.
        let type = request.fields["content-type"]?.prefix { $0 != ";" }.lowercased()
        guard request.method != .post || type == "application/json" else {
            return Gateway.Reply(response: .gateway(.unsupportedMediaType, "POST JSON: Content-Type: application/json"))
        }
        guard request.method == .post, let key = gateway.apiKey(ofAuthKey: authKey),
            let id = (try? JSON(request.body))?["transactionId"]?.string
        else {
            return Gateway.Reply(response: .gateway(.badRequest, "POST a transactionId, with authKey in the address"))
        }
        let path = ["v3", "transactions", id]
        // The reply is kept, whatever becomes of its response: what the asking has written must be settled.
        var reply = gateway.answer(Request(.get, path, key: key))
        guard reply.deferral == nil else { return reply }
        let status = (try? JSON(reply.response.body))?["data"]?["lease"]?["status"]?.string
        guard status == "signed" else {
            reply.response = .object(.badRequest) {
                $0.member("valid", false)
                $0.member("errors", array: ["the lease is not signed"]) { $0.value($1) }
            }
            return reply
        }
        reply = gateway.answer(Request(.post, path + ["finalize"], key: key))
        if reply.response.status == .ok { reply.response = .object { $0.member("valid", true) } }
        return reply
    }
}

extension Request {
    /// The same request at another path, with the shop's API key in the place of what the browser sent.
    ///
    /// - Parameter key: `nil` for the key that is there.
    fileprivate func inTheName(of key: String?, at segments: [String]) -> Request {
        var fields = Fields()
        for line in self.fields.lines {
            let name = line.name.lowercased()
            if name == "origin" || name == "authorization" && key != nil { continue }
            fields.add(line.name, line.value)
        }
        if let key { fields.add("Authorization", key) }
        // A page cannot know it; the documents would have it of whoever applies in a customer's name.
        if fields["customer-ip"] == nil { fields.add("customer-ip", clientAddress) }
        return Request(method: method, target: target.at(segments), fields: fields, body: body)
    }

    fileprivate init(_ method: Method, _ segments: [String], key: String) {
        self.init(
            method: method, target: Target(segments: segments), fields: ["Authorization": key], body: [])
    }
}
