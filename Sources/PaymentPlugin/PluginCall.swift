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
    private let trace: Trace

    init(
        _ request: Request, _ endpoint: Endpoint, _ admission: Sandboxes.Admission, _ trace: Trace, _ gateway: Gateway
    ) {
        self.trace = trace
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

    /// Notices something odd, as the sandbox's strictness has it.
    func notice(_ oddity: Oddity) throws(Violation) {
        switch sandbox.settings.strictness {
        case .real: break
        case .warn: trace.notice(oddity)
        case .strict: throw oddity.violation
        }
    }

    /// Keeps what an order says and nothing depends on.
    func keep(_ fields: [Field], of reference: String) throws {
        guard let payload = try gateway.payload(request, of: endpoint),
            let remark = sandbox.remark(of: payload, fields)
        else { return }
        let subject = Remarks.Subject.transaction(reference: reference, vendor: vendor ?? "")
        try sandbox.store.remarks.save(subject, endpoint.operation, remark)
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
