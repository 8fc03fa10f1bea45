internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore

/// Route 21: goods handed over in the store, or the end of a shipment.
enum ConfirmReceipt {
    static let sku = Key.optional("sku", .string, "Item SKU; without one the entry speaks of the whole order")
    static let quantity = Key.optional("quantity", .quantity, "Units; all that are left when absent")
    static let receiptDate = Key.optional("receiptDate", .date, "Date of the pick-up; now when absent")
    static let items = Key.optional(
        "items", .array(of: fields(sku, quantity, receiptDate), 1...500), "The whole order when absent")

    static let endpoint = Endpoint(
        .post, "/v3/transactions/{transactionId}/confirm-receipt", title: "Confirm Receipt", section: .lease,
        source: .documented("3.0, Lease / Confirm Receipt"), security: .apiKey, headers: [.consumer],
        body: fields(items),
        outcomes: [
            .init(.ok, meaning: "Received", body: .data([]), sample: Sample(PackageResources.confirm_receipt_200_json)),
            .invalid, .transactionNotFound.printed(Sample(PackageResources.confirm_receipt_404_json)),
            .init(
                .badRequest, "InvalidItem", meaning: "An unknown item, or more units than are left",
                by: "hand over an unknown SKU, or twice"),
            .notFinalized,
        ])

    static func answer(_ call: Call) throws -> Response {
        var transaction = try call.transaction(orThrow: .transactionNotFound)
        let body = try call.input().body
        let receipts = body[items].map { items in
            items.map { Transaction.Receipt(sku: $0[sku], quantity: $0[quantity], at: $0[receiptDate]) }
        }
        try transaction.receive(receipts ?? [Transaction.Receipt()], at: call.now)
        try call.save(transaction)
        return .data { _ in }
    }
}
