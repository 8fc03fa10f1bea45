internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 37: credits items and shipping. It is kept, and changes neither quantities nor the customer's balance.
enum RefundTransaction {
    static let lineNumber = Key.required(
        "lineNumber", .integer(1...500), "Line of the purchase order: from 1, as the lease's items stand")
    static let sku = Key.required("sku", .string, "Item SKU")
    static let itemCredit = Key.optional("itemCredit", .price, "Dollars; should be the item's full cost")
    static let shippingCredit = Key.optional("shippingCredit", .price, "Dollars")
    static let items = Key.required(
        "items", .array(of: fields(lineNumber, sku, itemCredit, shippingCredit), 1...500), "What is credited")

    static let endpoint = Endpoint(
        .post, "/v3/transactions/{transactionId}/refund", title: "Refund Transaction", section: .waterfall,
        source: .documented("waterfall, Credit/Refund Transaction"), security: .apiKey, body: fields(items),
        outcomes: [
            .init(
                .ok, meaning: "What was credited",
                body: .data([
                    .always(
                        "refunded",
                        .array(
                            of: .named(
                                "RefundedItem",
                                [.always("sku", .text(), "Item SKU"), .always("lineNumber", .count, "Line")]),
                            counts: Schema.anyCount), "What was credited")
                ]), sample: Sample(PackageResources.refund_transaction_200_json)),
            .invalid, .transactionNotFound,
            .init(
                .badRequest, "InvalidItem", meaning: "No such line, another SKU, or more than was paid for it",
                by: "line 99"),
            .notFinalized,
        ])

    static func answer(_ call: Call) throws -> Response {
        let transaction = try call.transaction(orThrow: .transactionNotFound)
        let requests = try call.input().body[items].map { item in
            (
                sku: item[sku],
                credit: Credit(
                    lineNumber: item[lineNumber], item: item[itemCredit] ?? .zero,
                    shipping: item[shippingCredit] ?? .zero)
            )
        }
        let credits = call.store.credits
        try transaction.mayCredit(requests, after: try credits.all(of: transaction.lease.id))
        for (_, credit) in requests where credit.item > .zero || credit.shipping > .zero {
            try credits.add(credit, to: transaction.lease.id, at: call.now)
        }
        try call.sandbox.expectInvariants(of: transaction, at: call.now)
        return .data {
            $0.member("refunded", array: requests) { writer, request in
                writer.object {
                    $0.member("sku", request.sku)
                    $0.member("lineNumber", request.credit.lineNumber)
                }
            }
        }
    }
}
