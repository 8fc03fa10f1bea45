package import Contract
internal import HTTP

/// A call of the modal that the API has no route for: passwords, auth codes, quotes. They are between the modal and this server,
/// and no part of the documented API.
struct PluginRoute: Sendable {
    enum Answer: Sendable {
        /// Inside a transaction.
        case write(@Sendable (PluginCall) throws -> Response)
        /// The API's own signing, with the lease number behind it.
        case signing
    }

    let endpoint: Endpoint
    let answer: Answer

    static let all = [
        PluginRoute(endpoint: Quote.endpoint, answer: .write(Quote.answer)),
        PluginRoute(endpoint: SignIn.endpoint, answer: .write(SignIn.answer)),
        PluginRoute(endpoint: RedeemAuthCode.endpoint, answer: .write(RedeemAuthCode.answer)),
        PluginRoute(endpoint: OpenLetter.endpoint, answer: .write(OpenLetter.answer)),
        PluginRoute(endpoint: Recovery.endpoint, answer: .write(Recovery.answer)),
        PluginRoute(endpoint: ChangePassword.endpoint, answer: .write(ChangePassword.answer)),
        PluginRoute(endpoint: Address.endpoint, answer: .write(Address.answer)),
        PluginRoute(endpoint: FindLease.endpoint, answer: .write(FindLease.answer)),
        PluginRoute(endpoint: WithdrawLease.endpoint, answer: .write(WithdrawLease.answer)),
        PluginRoute(
            endpoint: .plugin(.post, "/leases/{leaseId}/sign", "Sign in Modal", security: .customerToken),
            answer: .signing),
    ]

    static let router: Router<PluginRoute> = {
        var router = Router<PluginRoute>()
        for route in all { router.add(route.endpoint.method, route.endpoint.path, route) }
        return router
    }()
}

extension Plugin {
    /// The declarations of the modal's own calls, below `/pp3/api`, for whoever derives from them.
    package static var endpoints: [Endpoint] { PluginRoute.all.map(\.endpoint) }
}

extension Endpoint {
    static func plugin(
        _ method: Method, _ path: String, _ title: String, security: Security = .apiKey, body: [Field] = []
    ) -> Endpoint {
        Endpoint(
            method, path, title: title, section: .control, source: .own, security: security, body: body, outcomes: [])
    }
}
