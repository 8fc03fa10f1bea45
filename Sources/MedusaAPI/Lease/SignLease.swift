internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore

/// Route 16: records the signature, and collects the first payment. Answers 401, 400, 404, 400 `InvalidCustomer`, 410, 402,
/// 200, in this order; only a customer with an active decision may sign, as the guide has it (decisions.md 14).
enum SignLease {
    static let ipAddress = Key.required("ipAddress", .ipAddress, "IP of the signing device")
    static let timestamp = Key.optional("timestamp", .dateTime, "Date and time of signing")
    static let signed = Key.required("signed", .boolean, "Should be true; with false, nothing is signed")

    static let endpoint = Endpoint(
        .post, "/v3/leases/{leaseId}/sign", title: "Sign Lease", section: .lease,
        source: .documented("3.0, Lease / Sign Lease"),
        security: .customerToken, body: fields(ipAddress, timestamp, signed),
        outcomes: [
            .init(
                .ok, meaning: "Signed, now or before; or `signed` is false, and nothing has changed", body: .data([]),
                sample: Sample(PackageResources.sign_lease_200_json)),
            .credentials, .invalid, .leaseNotFound.printed(Sample(PackageResources.sign_lease_404_json)),
            .init(
                .badRequest, "InvalidCustomer", meaning: "Undecided, under review, denied or on hold by now",
                by: "`PUT /_sandbox/users/{userId}/decision` after the lease was created"),
            .init(
                .gone, "LeaseExpired", meaning: "Not signed in time, or cancelled as a whole",
                by: "`medusa-sandbox clock advance P1D`, or cancel it, then sign",
                sample: Sample(PackageResources.sign_lease_410_json)),
            .init(
                .paymentRequired, "PaymentRequired", meaning: "No payment method, or the first payment declined",
                by: "no payment method; `x.firstpayment@example.com`",
                sample: Sample(PackageResources.sign_lease_402_json)),
        ])

    static func answer(_ call: Call) throws -> Response {
        let user = try call.customer()
        var transaction = try call.lease()
        let body = try call.input().body
        // An older page has it: "not signed".
        guard body[signed] else { return .data { _ in } }
        if transaction.lease.status == .pending {
            try user.mayLease()
            try transaction.maySign(at: call.now)
            let isRuled = call.ruling({ $0 == .firstPaymentDeclines }, customer: user) != nil
            let youngest = try call.store.paymentMethods.youngest(of: user.id)
            switch user.firstPayment(youngestMethod: youngest, isRuled: isRuled) {
            case .collected: break
            case .missing: throw Refusal.paymentRequired
            case .declined(let method):
                // The refusal that leaves a trace, and so is returned, not thrown: which methods have been tried.
                try call.store.users.rememberDecline(of: user.id, paymentMethod: method)
                if !isRuled { call.note(Persona.find(email: user.email)) }
                return .refusal(.paymentRequired)
            }
            transaction.sign(at: call.now)
            try call.save(transaction)
            try call.keep(fields(ipAddress, timestamp), of: transaction)
        }
        return .data { _ in }
    }
}
