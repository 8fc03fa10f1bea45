internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 22: the customer's finalized leases, as a bare array. Amounts are cents.
enum GetAgreements {
    static let endpoint = Endpoint(
        .get, "/v3/customers/me/agreements", title: "Get Agreements", section: .lease,
        source: .documented("3.0, Lease / Get Agreements"),
        security: .customerToken,
        outcomes: [
            .init(
                .ok, meaning: "Every agreement, newest first",
                body: .array(of: .named("Agreement", agreement), counts: Schema.anyCount),
                sample: Sample(PackageResources.get_agreements_200_json)),
            .credentials,
        ])

    private static let agreement: [Field] = [
        .always("id", .text(), "Agreement id"),
        .always("referenceId", .text(), "Agreement reference"),
        .always("pastDue", .count, "Past due in cents, 0 if nothing is"),
        .always("leaseStartDate", .timestamp, "The first billing date"),
        .always("estimatedOwnership", .count, "Estimated amount to own, in cents"),
        .always("earlyPayoff", .count, "Total to pay off early, in cents"),
        .always(
            "items",
            .array(
                of: .named(
                    "AgreementItem",
                    [
                        .always("description", .text(), "Item description"),
                        .always("trackingCarrierName", .text(), "Carrier; empty before shipment"),
                        .always("trackingNumber", .text(), "Tracking number; empty where there is none"),
                        .always("trackingStatus", .text(), "`pending`, `in_transit`, `delivered`"),
                    ]), counts: Schema.anyCount), "Items"),
    ]

    static func answer(_ call: Call) throws -> Response {
        let user = try call.customer()
        _ = try call.input()
        var agreements: [Agreement] = []
        for transaction in try call.store.transactions.finalized(of: user.id, vendor: call.vendor) {
            if let agreement = try call.agreement(transaction, of: user) { agreements.append(agreement) }
        }
        return .list(agreements, in: call) { writer, agreement in
            writer.object {
                let row = agreement.transaction.lease.id
                $0.member("id", call.sandbox.identifiers.identifier(.agreement, row))
                $0.member("referenceId", call.sandbox.identifiers.reference(row))
                $0.member("pastDue", cents: agreement.pastDue)
                $0.member("leaseStartDate", agreement.leaseStart)
                $0.member("estimatedOwnership", cents: agreement.estimatedOwnership)
                $0.member("earlyPayoff", cents: agreement.earlyPayoff)
                $0.member("items", array: agreement.transaction.lines) { writer, line in
                    writer.object {
                        $0.member("description", line.description)
                        $0.member("trackingCarrierName", line.tracking?.carrier ?? "")
                        $0.member("trackingNumber", line.tracking?.number ?? "")
                        $0.member("trackingStatus", line.trackingStatus(at: call.now))
                    }
                }
            }
        }
    }
}

extension Call {
    /// A finalized transaction as its customer pays it off.
    func agreement(_ transaction: Transaction, of user: User) throws -> Agreement? {
        try sandbox.agreement(transaction, of: user, at: now)
    }
}

extension Line {
    /// `delivered` is the documented word; the other two are ours.
    fileprivate func trackingStatus(at now: Timestamp) -> String {
        guard !parcels.isEmpty else { return "pending" }
        return parcels.allSatisfy { $0.isDelivered(at: now) } ? "delivered" : "in_transit"
    }
}
