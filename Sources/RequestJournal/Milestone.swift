/// The steps of the documents' integration guide, each with the calls that take it. Whoever takes them all, in the modal or by API, has
/// sold something; what is left out is what a certification would ask for.
package enum Milestone: CaseIterable, Sendable {
    case customerFound, customerCreated, paymentMethodGiven, decided, leased, signed, finalized, delivered, undone

    /// What has to happen, in words.
    package var title: String {
        switch self {
        case .customerFound: "ask whether the customer exists"
        case .customerCreated: "create a customer"
        case .paymentMethodGiven: "give a payment method"
        case .decided: "apply for a spending limit"
        case .leased: "create a lease"
        case .signed: "sign the lease"
        case .finalized: "finalize the transaction"
        case .delivered: "confirm shipment or receipt"
        case .undone: "cancel, return or refund items"
        }
    }

    /// The calls of which one has to succeed.
    package var operations: [String] {
        switch self {
        case .customerFound: ["verifyUserExists", "deeplyVerifyUserExists", "accountLookup"]
        case .customerCreated: ["createUser", "prequalificationStart"]
        case .paymentMethodGiven: ["addPaymentMethod", "prequalificationComplete"]
        case .decided: ["applyForSpendingLimit", "prequalificationStart"]
        case .leased: ["createLease", "checkout"]
        case .signed: ["signLease"]
        case .finalized: ["finalizeLease"]
        case .delivered: ["confirmShipment", "confirmReceipt"]
        case .undone: ["cancelItems", "returnItems", "refundTransaction"]
        }
    }
}
