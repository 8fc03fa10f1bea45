internal import JSON
internal import Medusa

/// The transaction object of routes 13 and 15.
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
