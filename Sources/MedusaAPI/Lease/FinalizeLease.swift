internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 17: the merchant confirms the signed lease; again, and nothing changes.
enum FinalizeLease {
    static let endpoint = Endpoint(
        .post, "/v3/transactions/{transactionId}/finalize",
        aliases: [
            Endpoint.Alias(
                .post, "/v3/transaction/{transactionId}/finalize",
                source: .documented("3.0, Payment Plugin, the Python sample"))
        ],
        title: "Finalize Lease", section: .lease, source: .documented("3.0, Lease / Finalize Lease"), security: .apiKey,
        headers: [.consumer],
        outcomes: [
            .init(
                .ok, meaning: "The lease number",
                body: .data([
                    .always("transactionId", .text(), "The caller's transaction id"),
                    .always("loanNumber", .text(), "The same as the lease number"),
                    .always("leaseNumber", .text(), "Seven digits"),
                ]), sample: Sample(PackageResources.finalize_lease_200_json)),
            .leaseNotFound.printed(Sample(PackageResources.finalize_lease_404_json)),
            .init(
                .badRequest, "", meaning: "The lease is not signed", by: "finalize before signing"),
        ])

    static func answer(_ call: Call) throws -> Response {
        var transaction = try call.transaction(orThrow: .leaseNotFound)
        _ = try call.input()
        try transaction.finalize(at: call.now)
        try call.save(transaction)
        let number = call.sandbox.identifiers.leaseNumber(transaction.lease.id)
        return .data {
            $0.member("transactionId", transaction.reference)
            $0.member("loanNumber", number)
            $0.member("leaseNumber", number)
        }
    }
}
