internal import Contract
internal import FoundationEssentials
internal import HTTP
internal import JSON
internal import LeaseDocument
internal import Medusa

/// Route 14.
enum GetLease {
    static let endpoint = Endpoint(
        .get, "/v3/leases/{leaseId}", title: "Get Lease By ID", section: .lease,
        source: .documented("3.0, Lease / Get Lease By ID"),
        security: .customerToken,
        outcomes: [
            .init(
                .ok, meaning: "The lease",
                body: .data(
                    .named(
                        "Lease",
                        [
                            .always("leaseId", .text(), "Unique id of the lease"),
                            .always("contract", .text(.base64), "The contract, HTML, as base64"),
                            .always("leaseStatus", .oneOf(["signed", "pending"]), "Signing status"),
                        ] + Schema.terms + [.always("isExpired", .boolean(), "Whether it was not signed in time")]
                    )), sample: Sample(PackageResources.get_lease_200_json)),
            .credentials, .leaseNotFound.printed(Sample(PackageResources.get_lease_404_json)),
        ])

    static func answer(_ call: Call) throws -> Response {
        let user = try call.customer()
        let transaction = try call.lease()
        _ = try call.input()
        let document = try call.document(transaction, of: user)
        return .data {
            $0.member("leaseId", call.leaseId(transaction.lease))
            $0.member("contract", Data(document.html.utf8).base64EncodedString())
            $0.member("leaseStatus", transaction.lease.status.rawValue)
            $0.members(of: transaction.terms)
            $0.member("isExpired", transaction.lease.isExpired(at: call.now))
        }
    }
}
