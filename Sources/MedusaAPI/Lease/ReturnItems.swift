internal import Contract
internal import HTTP
internal import Medusa
internal import MedusaStore

/// Route 19: takes back what was shipped or handed over. `return-items` is what Magento's module calls (G-9).
enum ReturnItems {
    static let endpoint = Endpoint(
        .post, "/v3/transactions/{transactionId}/return",
        aliases: ["/v3/transactions/{transactionId}/return-items"], title: "Return Items", section: .lease,
        source: "A.19", security: .apiKey, body: fields(ItemSelection.items),
        outcomes: [.init(.ok, meaning: "What was returned and what not"), .transactionNotFound, .invalid])

    static func answer(_ call: Call) throws -> Response {
        var transaction = try call.transaction(orThrow: .transactionNotFound)
        let result = transaction.takeBack(try ItemSelection.selections(call))
        try call.store.transactions.save(transaction)
        return ItemSelection.response(result, done: "returned")
    }
}
