/// The scenarios that come along, in the order in which a newcomer reads them.
package struct Shipped: Sendable {
    package let name: String
    package let text: [UInt8]

    package var file: String { "\(name).yaml" }

    package static let all = [
        Shipped(name: "first-purchase", text: PackageResources.first_purchase_yaml),
        Shipped(name: "returning-customer", text: PackageResources.returning_customer_yaml),
        Shipped(name: "denied", text: PackageResources.denied_yaml),
        Shipped(name: "manual-review", text: PackageResources.manual_review_yaml),
        Shipped(name: "spending-hold", text: PackageResources.spending_hold_yaml),
        Shipped(name: "lease-expired", text: PackageResources.lease_expired_yaml),
        Shipped(name: "first-payment-declined", text: PackageResources.first_payment_declined_yaml),
        Shipped(name: "bank-refused", text: PackageResources.bank_refused_yaml),
        Shipped(name: "partial-shipment", text: PackageResources.partial_shipment_yaml),
        Shipped(name: "past-due", text: PackageResources.past_due_yaml),
        Shipped(name: "vendor-outage", text: PackageResources.vendor_outage_yaml),
        Shipped(name: "slow-gateway", text: PackageResources.slow_gateway_yaml),
        Shipped(name: "waterfall", text: PackageResources.waterfall_yaml),
    ]
}
