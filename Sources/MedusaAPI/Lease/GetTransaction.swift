internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore

/// Route 15. The singular spelling is one documented client sample's (decisions.md 4).
enum GetTransaction {
    static let endpoint = Endpoint(
        .get, "/v3/transactions/{transactionId}",
        aliases: [
            Endpoint.Alias(
                .get, "/v3/transaction/{transactionId}", source: .documented("3.0, Payment Plugin, the Python sample"))
        ],
        title: "Get Transaction By ID", section: .lease, source: .documented("3.0, Lease / Get Transaction By ID"),
        security: .apiKey, headers: [.consumer],
        outcomes: [
            .init(
                .ok, meaning: "The transaction", body: .data(.transaction),
                sample: Sample(PackageResources.get_transaction_200_json)),
            .leaseNotFound.printed(Sample(PackageResources.get_transaction_404_json)),
        ])

    static func answer(_ call: Call) throws -> Response {
        let transaction = try call.transaction(orThrow: .leaseNotFound)
        _ = try call.input()
        guard let user = try call.store.users.user(transaction.lease.customer) else { throw Refusal.leaseNotFound }
        return .data {
            $0.members(
                of: transaction, firstName: user.firstName, lastName: user.lastName, email: user.email, in: call)
        }
    }
}
