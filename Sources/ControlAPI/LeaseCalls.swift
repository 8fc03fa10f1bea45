internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// `{leaseId}` is a lease id, a transaction id or a scenario's name.
enum LeaseCalls {
    static let all = [ControlRoute(endpoint: expire, answer: .happen(answer))]

    static let expire = Endpoint.control(
        .post, "leases/{leaseId}/expire", "Expire Lease",
        outcomes: [
            .init(.ok, meaning: "Expired, now or before", body: .data(.leaseState)),
            .init(.notFound, "LeaseNotFound", meaning: "There is no such lease"),
            .init(.conflict, "LeaseSigned", meaning: "A signed lease does not expire"),
        ])

    private static func answer(_ call: ControlCall) throws -> Response {
        let transaction = try call.lease()
        guard transaction.lease.status == .pending else {
            throw ControlRefusal(
                .conflict, "LeaseSigned", "The lease is signed, and does not expire any more; cancel its items instead")
        }
        try call.sandbox.store.transactions.expire(transaction.lease.id, at: call.now)
        let expired = try call.lease()
        return .data { $0.members(of: expired, in: call.sandbox, at: call.now) }
    }
}
