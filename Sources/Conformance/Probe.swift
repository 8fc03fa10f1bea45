internal import Contract
internal import MedusaAPI

/// How one answer of one endpoint is provoked from outside.
struct Probe: Sendable {
    let operation: String
    let status: Int
    /// The code of the error envelope; `nil` for a success and for the gateway's answers.
    let code: String?
    let run: @Sendable (Walk) throws -> Walk.Answer

    init(
        _ endpoint: String, _ status: Int, _ code: String? = nil,
        _ run: @escaping @Sendable (Walk) throws -> Walk.Answer
    ) {
        operation = endpoint
        self.status = status
        self.code = code
        self.run = run
    }

    static let all = CustomerProbes.all + DecisionProbes.all + LeaseProbes.all + WaterfallProbes.all

    /// What is answered when a customer's token is missing, on every endpoint that wants one.
    static func withoutToken(_ operation: String, _ method: String, _ path: String, _ body: String? = nil) -> Probe {
        Probe(operation, 401, "InvalidCredentials") { try $0.send(method, path, body) }
    }
}
