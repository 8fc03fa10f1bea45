internal import Contract
internal import FoundationEssentials
internal import HTTP
internal import JSON
internal import LeaseDocument
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 12: builds a lease for items, and answers with the contract to show to the customer.
enum CreateLease {
    static let asPdf = Key.optional("asPdf", .boolean, "The contract as PDF instead of HTML")
    static let sendLink = Key.optional(
        "sendLink", .boolean, "Whether a link to the agreement is sent; `GET /_sandbox/messages` shows it")
    static let withToken = Key.optional("withToken", .boolean, "Whether `token` is returned")

    static let transactionId = Key.required(
        "transactionId", .string(maximum: 256), "The caller's own id for this transaction, never used before")
    static let orderId = Key.optional("orderId", .string, "External order reference")
    static let brand = Key.required("brand", .string, "Item brand")
    static let sku = Key.required("sku", .string, "Item SKU")
    static let productId = Key.optional("productId", .string, "Product id")
    static let description = Key.required("description", .string, "Item description")
    static let cost = Key.required("cost", .exactDollars, "Unit price in dollars")
    static let condition = Key.optional("condition", .documented("new", "used", "refurbished"), "Condition")
    static let quantity = Key.required("quantity", .quantity, "Units to lease")
    static let mpn = Key.optional("mpn", .string, "Manufacturer part number")
    static let gtin = Key.optional("gtin", .string, "GTIN")
    static let itemFields = fields(brand, sku, productId, description, cost, condition, quantity, mpn, gtin)
    static let items = Key.required("items", .array(of: itemFields, 1...500), "Items to lease")
    static let shippingCost = Key.optional("cost", .price, "Shipping and handling in dollars")
    static let shippingDate = Key.optional("date", .keptDate, "Shipping date")
    static let shippingMethod = Key.optional(
        "method", .documented("overnight", "freight", "ground", "free", "store", "2-day-air", "UPS"), "Shipping method")
    static let shippingStore = Key.optional("store", .any, "Undocumented")
    static let shipping = Key.optional(
        "shipping", .object(fields(shippingCost, shippingDate, shippingMethod, shippingStore)), "Shipping")
    static let payTomorrowTaxTotal = Key.optional("payTomorrowTaxTotal", .price, "Total tax sent by PayTomorrow")
    static let totalDiscount = Key.optional(
        "totalDiscount", .price, "Total discount, spread over the items in proportion")

    static let endpoint = Endpoint(
        .post, "/v3/leases", title: "Create Lease", section: .lease, source: .documented("3.0, Lease / Create Lease"),
        security: .customerToken, headers: [.consumer],
        query: fields(asPdf, sendLink, withToken),
        body: fields(transactionId, orderId, items, shipping, payTomorrowTaxTotal, totalDiscount),
        outcomes: [
            .init(
                .ok, meaning: "The lease and its contract",
                body: .data(
                    .named(
                        "NewLease",
                        [
                            .always("leaseId", .text(), "Unique id of the lease"),
                            .always("contract", .text(.base64), "The contract, HTML or PDF, as base64"),
                        ] + Schema.terms + [
                            .sometimes("payTomorrowTaxTotal", .number(), "The tax that was given, in dollars"),
                            .sometimes("token", .text(), "A customer token, where `withToken` asks for one"),
                        ])), sample: Sample(PackageResources.create_lease_200_json)),
            .credentials, .invalid,
            .init(
                .badRequest, "InvalidCustomer", meaning: "Undecided, under review, denied or on hold",
                by: "`x.deny@`, `x.qamanual@`, `x.hold@example.com`, or no application"),
            .init(
                .badRequest, "InvalidTransactionId", meaning: "The transaction id was used before",
                by: "create a lease twice"),
            .init(
                .badRequest, "InvalidItem", meaning: "A negative cost on an item that is no discount",
                by: "an item with `cost: -1`"),
            .init(
                .badRequest, "LeaseAmountNotSatisfied", meaning: "Less than the minimum, 49.95 dollars",
                by: "an item for 1 dollar"),
            .init(
                .badRequest, "ExceedSpendingLimit", meaning: "More than the available balance",
                by: "`x.limit100@example.com`"),
        ])

    static func answer(_ call: Call) throws -> Response {
        let user = try call.customer()
        let input = try call.input()
        let settings = call.sandbox.settings
        let order = order(input.body)
        try order.mayBeAddedUp()
        try user.mayLease()
        guard try !call.store.transactions.isTaken(order.reference, vendor: call.vendor) else {
            throw Refusal.transactionIdInUse
        }
        try order.validate(available: user.availableBalance(at: call.now), settings)
        let transaction = try call.store.transactions.create(
            order, terms: order.terms(settings), customer: user.id, vendor: call.vendor, at: call.now,
            expiresAt: call.now + settings.leaseLifetime)
        try call.sandbox.expectInvariants(of: transaction, at: call.now)
        call.trace.after.transaction = transaction

        try call.keep(fields(shipping), of: transaction)
        if input.query[sendLink] == true {
            try call.store.letters.send(
                to: user.id, transaction: transaction.lease.id, code: call.sandbox.authCode(), at: call.now,
                expiresAt: transaction.lease.expiresAt)
        }
        let document = try call.document(transaction, of: user)
        let contract = input.query[asPdf] == true ? try document.pdf() : Array(document.html.utf8)
        let token = input.query[withToken] == true ? try call.mintToken(for: user.id) : nil
        return .data {
            $0.member("leaseId", call.leaseId(transaction.lease))
            $0.member("contract", Data(contract).base64EncodedString())
            $0.members(of: transaction.terms)
            if let tax = order.payTomorrowTaxTotal { $0.member("payTomorrowTaxTotal", tax) }
            $0.member("token", ifPresent: token)
        }
    }

    private static func order(_ body: Values) -> Order {
        Order(
            reference: body[transactionId], orderId: body[orderId],
            items: body[items].map { item in
                Order.Item(
                    sku: item[sku], brand: item[brand], description: item[description], cost: item[cost],
                    quantity: item[quantity])
            },
            shippingCost: body[shipping].flatMap { $0[shippingCost] } ?? .zero,
            totalDiscount: body[totalDiscount] ?? .zero, payTomorrowTaxTotal: body[payTomorrowTaxTotal])
    }
}

extension Schema {
    static let terms: [Field] = [
        .always("frequency", .text(), "Payment frequency, `weekly`"),
        .always("term", .count, "How many payments"),
        .always("payment", .number(), "The periodic payment with tax, in dollars"),
        .always("cashPrice", .number(), "Cash price in dollars"),
        .always("costOfRental", .number(), "Cost of the lease in dollars"),
    ]
}

extension JSONWriter {
    /// The members that routes 12 and 14 share, as `Schema.terms` declares them.
    mutating func members(of terms: Terms) {
        member("frequency", Terms.frequency)
        member("term", terms.term)
        member("payment", terms.payment)
        member("cashPrice", terms.cashPrice)
        member("costOfRental", terms.costOfRental)
    }
}
