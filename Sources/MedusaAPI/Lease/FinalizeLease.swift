internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 17: the merchant confirms the signed lease; again, and nothing changes.
enum FinalizeLease {
    static let endpoint = Endpoint(
        .post, "/v3/transactions/{transactionId}/finalize", aliases: ["/v3/transaction/{transactionId}/finalize"],
        title: "Finalize Lease", section: .lease, source: "A.17", security: .apiKey,
        outcomes: [
            .init(.ok, meaning: "The lease number"), .leaseNotFound,
            .init(.badRequest, "", meaning: "The lease is not signed (G-33)"),
        ])

    static func answer(_ call: Call) throws -> Response {
        var transaction = try call.transaction(orThrow: .leaseNotFound)
        try transaction.finalize(at: call.now)
        try call.store.transactions.save(transaction)
        let number = call.sandbox.identifiers.leaseNumber(transaction.lease.id)
        return .data {
            $0.member("transactionId", transaction.reference)
            $0.member("loanNumber", number)
            $0.member("leaseNumber", number)
        }
    }
}
