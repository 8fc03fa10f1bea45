package import Medusa

/// The contract of a lease: what the customer is to read in full before signing (C.1), as a web page or on paper.
package struct LeaseDocument: Sendable {
    let customerName: String
    let email: String
    let leaseId: String
    let transaction: Transaction
    /// What the signing device has said of itself.
    package var signingAddress: String?
    /// The time that it has said, as it came.
    package var signingTime: String?

    package init(customerName: String, email: String, leaseId: String, transaction: Transaction) {
        self.customerName = customerName
        self.email = email
        self.leaseId = leaseId
        self.transaction = transaction
    }

    static let title = "Consumer Lease-to-Own Agreement"
    static let notice = """
        This is a sandbox document, made by medusa-sandbox for testing. It is not an agreement, it binds nobody, and no \
        goods or payments are behind it.
        """

    /// The numbers, in the order in which both forms show them.
    var prices: [(name: String, value: String)] {
        let terms = transaction.terms
        var rows = [(name: "Shipping", value: transaction.shippingCost.display)]
        if let tax = transaction.payTomorrowTaxTotal { rows.append((name: "Tax total", value: tax.display)) }
        rows += [
            (name: "Cash price", value: terms.cashPrice.display),
            (name: "Cost of rental", value: terms.costOfRental.display),
            (name: "Payment, tax included", value: "\(terms.payment.display) \(Terms.frequency)"),
            (name: "Number of payments", value: String(terms.term)),
            (name: "Total of payments", value: terms.totalOfPayments.display),
        ]
        return rows
    }

    static let itemColumns = ["Item", "Brand", "SKU", "Unit price", "Units"]

    var itemRows: [[String]] {
        transaction.lines.map { [$0.description, $0.brand, $0.sku, $0.cost.display, String($0.quantity)] }
    }

    var schedule: String {
        let terms = transaction.terms
        return """
            \(terms.term) \(Terms.frequency) payments of \(terms.payment.display), sales tax included. The first one is due \
            on the day after the goods are delivered or picked up, and one every seven days from then on. Ownership passes \
            with the last payment, or earlier with an early payoff.
            """
    }

    var date: String { transaction.lease.createdAt.date }

    var signature: String {
        guard let signedAt = transaction.lease.signedAt else {
            return "To be signed electronically by the lessee before \(transaction.lease.expiresAt.iso8601)."
        }
        let place = signingAddress.map { " from the address \($0)" } ?? ""
        let time = signingTime.map { ", by whose clock it was \($0)" } ?? ""
        return "Signed electronically by the lessee on \(signedAt.iso8601)\(place)\(time)."
    }
}
