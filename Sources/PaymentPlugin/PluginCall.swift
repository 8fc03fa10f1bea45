internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// One request of the modal.
struct PluginCall {
    let sandbox: Sandbox
    let now: Timestamp
    private let request: Request
    private let endpoint: Endpoint
    private let boundKey: String?
    let vendor: String?
    private let gateway: Gateway

    init(
        _ request: Request, _ endpoint: Endpoint, _ admission: Sandboxes.Admission, _ gateway: Gateway
    ) {
        self.gateway = gateway
        self.request = request
        self.endpoint = endpoint
        sandbox = admission.sandbox
        boundKey = admission.boundKey
        vendor = admission.vendor
        now = admission.sandbox.now
    }

    func body() throws -> Values {
        try endpoint.validate(query: [], body: try gateway.payload(request, of: endpoint)).body
    }

    /// The customer behind the token.
    func customer() throws -> Int64 {
        guard let token = request.fields["customer-token"] else { throw Refusal.invalidCredentials }
        return try sandbox.customer(ofToken: token, at: now, key: boundKey)
    }

    /// Lets a customer in.
    func token(for user: Int64) throws -> String {
        try sandbox.store.users.rememberToken(of: user, expiresAt: sandbox.tokenExpiry(at: now))
        return sandbox.customerToken(for: user, at: now, key: boundKey)
    }

    /// What it comes to; a refusal is in the API's words.
    func response(_ answer: (PluginCall) throws -> Response) -> Response {
        do {
            return try sandbox.store.write(at: now) { try answer(self) }
        } catch let refusal as Refusal {
            return .refusal(refusal)
        } catch let violation as Violation {
            return .error(.badRequest, message: violation.message)
        } catch let refused as Gateway.PayloadRefusal {
            return refused.response
        } catch {
            return gateway.failed(error)
        }
    }
}
