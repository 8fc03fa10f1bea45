internal import Contract
internal import HTTP
internal import Medusa
internal import MedusaStore

/// Route 19: takes back what was shipped or handed over. `return-items` is what Magento's module calls (G-9).
enum ReturnItems {
    static let endpoint = Endpoint(
        .post, "/v3/transactions/{transactionId}/return",
        aliases: [
            Endpoint.Alias(
                .post, "/v3/transactions/{transactionId}/return-items",
                source: .inferred("the vendor's Magento 2 module"))
        ], title: "Return Items", section: .lease,
        source: .documented("3.0, Lease / Return Items"), security: .apiKey, headers: [.consumer],
        body: fields(ItemSelection.items),
        outcomes: [
            .init(
                .ok, meaning: "What was returned and what not", body: ItemSelection.answer("returned"),
                sample: Sample(PackageResources.return_items_200_json)),
            .invalid, .transactionNotFound.printed(Sample(PackageResources.return_items_404_json)),
        ])

    static func answer(_ call: Call) throws -> Response {
        var transaction = try call.transaction(orThrow: .transactionNotFound)
        let result = transaction.takeBack(try ItemSelection.selections(call), at: call.now)
        try call.save(transaction)
        return ItemSelection.response(result, done: "returned")
    }
}
