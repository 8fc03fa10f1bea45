internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 20: units handed to a carrier.
enum ConfirmShipment {
    static let sku = Key.optional("sku", .string, "Item SKU; without one the entry speaks of the whole order")
    static let trackingNumber = Key.optional("trackingNumber", .string, "Tracking number")
    static let carrier = Key.required("carrier", .string, "Carrier")
    static let shipDate = Key.required("shipDate", .date, "Date handed to the carrier")
    static let deliveryDate = Key.optional("deliveryDate", .date, "Estimated delivery date")
    static let quantity = Key.optional("quantity", .quantity, "Units; what is still to be shipped when absent")
    static let trackingLink = Key.optional("trackingLink", .string, "The carrier's tracking page")
    static let items = Key.optional(
        "items",
        .array(
            of: fields(sku, trackingNumber, carrier, shipDate, deliveryDate, quantity, trackingLink), 1...500),
        "Only needed for partial shipments")

    static let endpoint = Endpoint(
        .post, "/v3/transactions/{transactionId}/confirm-shipment", title: "Confirm Shipment", section: .lease,
        source: .documented("3.0, Lease / Confirm Shipment"), security: .apiKey, headers: [.consumer],
        body: fields(items),
        request: Sample(PackageResources.confirm_shipment_request_json),
        outcomes: [
            .init(.ok, meaning: "Shipped", body: .data([]), sample: Sample(PackageResources.confirm_shipment_200_json)),
            .invalid, .transactionNotFound.printed(Sample(PackageResources.confirm_shipment_404_json)),
            .init(
                .badRequest, "InvalidItem", meaning: "An unknown item, or more units than are left",
                by: "ship an unknown SKU, or twice"),
            .notFinalized,
        ])

    static func answer(_ call: Call) throws -> Response {
        // How the dates of an item stand to each other is a matter of validation, and so comes before the transaction.
        let found = Result { try call.transaction(orThrow: .transactionNotFound) }
        let body = try call.input().body
        let transit = call.sandbox.settings.transitTime
        let shipments = try body[items].map { items in
            try items.enumerated().map { index, item in
                let shipped = item[shipDate]
                let delivered = item[deliveryDate] ?? shipped + transit
                // A date without a time is that whole day.
                guard delivered >= shipped || delivered.date == shipped.date else {
                    throw Violation(
                        "items[\(index)].deliveryDate", #"must be larger than or equal to "ref:shipDate""#,
                        at: item.given(deliveryDate)?.json)
                }
                return Transaction.Shipment(
                    sku: item[sku], quantity: item[quantity],
                    tracking: Line.Tracking(
                        carrier: item[carrier], number: item[trackingNumber] ?? "", link: item[trackingLink] ?? ""),
                    deliveredAt: delivered)
            }
        }
        var transaction = try found.get()
        let everything = Transaction.Shipment(
            sku: nil, quantity: nil, tracking: Line.Tracking(carrier: "", number: "", link: ""),
            deliveredAt: call.now + transit)
        try transaction.ship(shipments ?? [everything], at: call.now)
        try call.save(transaction)
        return .data { _ in }
    }
}
