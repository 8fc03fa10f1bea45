internal import Contract
internal import HTTP
internal import Medusa
internal import MedusaStore

/// Route 18: cancels what is not delivered yet.
enum CancelItems {
    static let endpoint = Endpoint(
        .post, "/v3/transactions/{transactionId}/cancel", title: "Cancel Items", section: .lease,
        source: .documented("3.0, Lease / Cancel Items"),
        security: .apiKey, headers: [.consumer], body: fields(ItemSelection.items),
        outcomes: [
            .init(
                .ok, meaning: "What was cancelled and what not", body: ItemSelection.answer("canceled"),
                sample: Sample(PackageResources.cancel_items_200_json)),
            .invalid, .transactionNotFound.printed(Sample(PackageResources.cancel_items_404_json)),
        ])

    static func answer(_ call: Call) throws -> Response {
        var transaction = try call.transaction(orThrow: .transactionNotFound)
        let result = transaction.cancel(try ItemSelection.selections(call), at: call.now)
        try call.save(transaction)
        return ItemSelection.response(result, done: "canceled")
    }
}
