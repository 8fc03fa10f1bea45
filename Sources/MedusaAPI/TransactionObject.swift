internal import Contract
internal import JSON
internal import Medusa

/// The transaction object of routes 13 and 15.
extension Schema {
    static let transaction = named(
        "Transaction",
        [
            .always("id", .text(), "The caller's transaction id"),
            .sometimes("orderId", .text(), "External order reference"),
            .always(
                "customer",
                .named(
                    "TransactionCustomer",
                    [
                        .always("id", .text(), "User id"),
                        .always("firstName", .text(), "First name"),
                        .always("lastName", .text(), "Last name"),
                        .always("email", .text(), "E-mail"),
                    ]), "The customer"),
            .always("shippingCost", .number(), "Shipping in dollars"),
            .always("createdAt", .timestamp, "Date of creation"),
            leaseField,
            .always(
                "items",
                .array(
                    of: .named(
                        "TransactionItem",
                        [
                            .always("description", .text(), "Item description"),
                            .always("sku", .text(), "Item SKU"),
                            .always("brand", .text(), "Item brand"),
                            .always("cost", .number(), "Unit price in dollars"),
                            .always("quantity", .count, "Units"),
                            .always(
                                "quantityByStatus", .named("QuantityByStatus", quantityByStatus), "Units by status"),
                        ]), counts: anyCount), "Items"),
            .always("purchaseTotal", .count, "Total purchase cost in cents"),
            .always("purchaseSalesTax", .count, "Total sales tax in cents"),
        ])

    /// `ordered` is always there, the others above zero (decisions.md 15).
    private static let quantityByStatus: [Field] = [
        .always("ordered", .count, "All of them"),
        .sometimes("signed", .count, "Signed, and not shipped yet"),
        .sometimes("shipped", .count, "Handed to a carrier"),
        .sometimes("received", .count, "Received by the customer"),
        .sometimes("returned", .count, "Returned"),
        .sometimes("canceled", .count, "Cancelled"),
    ]
}

extension JSONWriter {
    mutating func members(
        of transaction: Transaction, firstName: String, lastName: String, email: String, in call: Call
    ) {
        member("id", transaction.reference)
        member("orderId", ifPresent: transaction.orderId)
        member("customer") {
            $0.member("id", call.userId(transaction.lease.customer))
            $0.member("firstName", firstName)
            $0.member("lastName", lastName)
            $0.member("email", email)
        }
        member("shippingCost", transaction.shippingCost)
        member("createdAt", transaction.lease.createdAt)
        leaseMember(transaction.lease, in: call)
        member("items", array: transaction.lines) { writer, line in
            writer.object {
                $0.member("description", line.description)
                $0.member("sku", line.sku)
                $0.member("brand", line.brand)
                $0.member("cost", line.cost)
                $0.member("quantity", line.quantity)
                $0.member("quantityByStatus") { counts in
                    for (stage, count) in line.quantityByStatus { counts.member(stage.rawValue, count) }
                }
            }
        }
        member("purchaseTotal", cents: transaction.terms.cashPrice)
        member("purchaseSalesTax", cents: transaction.terms.purchaseSalesTax)
    }
}
