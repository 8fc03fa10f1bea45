internal import Contract
internal import HTTP
internal import JSON
internal import Medusa

/// The request body that routes 18 and 19 share. Missing or empty items mean the whole order (G-22).
enum ItemSelection {
    static let sku = Key.required("sku", .string, "Item SKU")
    static let quantity = Key.optional("quantity", .quantity, "Units; all of that item when absent")
    static let items = Key.optional("items", .array(of: fields(sku, quantity)), "The whole order when absent")

    static func selections(_ call: Call) throws -> [Transaction.Selection] {
        let body = try call.input().body
        return (body[items] ?? []).map { Transaction.Selection(sku: $0[sku], quantity: $0[quantity]) }
    }

    /// What `response` writes.
    static func answer(_ done: String) -> Schema {
        let unit = Schema.named(
            "ItemQuantity", [.always("sku", .text(), "Item SKU"), .always("quantity", .count, "Units")])
        return .data([
            .always(done, .array(of: unit, counts: Schema.anyCount), "What was done"),
            .always("failed", .array(of: unit, counts: Schema.anyCount), "What was not"),
        ])
    }

    /// - Parameter done: the member that names what was done: `canceled` or `returned`.
    static func response(_ result: Transaction.Result, done: String) -> Response {
        .data {
            for (name, units) in [(done, result.done), ("failed", result.failed)] {
                $0.member(name, array: units) { writer, unit in
                    writer.object {
                        $0.member("sku", unit.sku)
                        $0.member("quantity", unit.quantity)
                    }
                }
            }
        }
    }
}
