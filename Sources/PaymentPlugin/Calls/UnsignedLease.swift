internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// The lease of an order whose answer was lost on the way to the modal.
enum FindLease {
    static let endpoint = Endpoint.plugin(
        .post, "/unsigned-lease", "Find Unsigned Lease", security: .customerToken,
        body: fields(UnsignedLease.transactionId))

    static func answer(_ call: PluginCall) throws -> Response {
        guard let found = try UnsignedLease.find(call) else { throw Refusal.leaseNotFound }
        return .data { $0.member("leaseId", call.sandbox.leaseId(found.lease)) }
    }
}

/// The modal's lease gives way when the page opens it for another order (decisions.md 24): it expires, and its amount is the customer's
/// again. Where there is none, or none that is unsigned, nothing happens.
enum WithdrawLease {
    static let endpoint = Endpoint.plugin(
        .post, "/withdraw-lease", "Withdraw Unsigned Lease", security: .customerToken,
        body: fields(UnsignedLease.transactionId))

    static func answer(_ call: PluginCall) throws -> Response {
        if let found = try UnsignedLease.find(call) {
            try call.sandbox.store.transactions.expire(found.lease.id, at: call.now)
        }
        return .data { _ in }
    }
}

private enum UnsignedLease {
    static let transactionId = Key.required("transactionId", .string(maximum: 256), "The shop's id of the order")

    /// The customer's own.
    static func find(_ call: PluginCall) throws -> Transaction? {
        let customer = try call.customer()
        guard let found = try call.sandbox.store.transactions.transaction(reference: try call.body()[transactionId]),
            found.lease.customer == customer, found.lease.status == .pending
        else { return nil }
        return found
    }
}
