internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 23: collects a payment. A declined one is a 200 whose element says why.
enum CollectPayment {
    static let paymentMethodId = Key.required("paymentMethodId", .string, "An id of Get Payment Methods")
    static let amount = Key.required("amount", .payment, "Dollars")

    static let endpoint = Endpoint(
        .post, "/v3/customers/me/agreements/{agreementId}/transactions/payment", title: "Collect Payment",
        section: .lease, source: .documented("3.0, Lease / Collect Payment"), security: .customerToken,
        body: fields(paymentMethodId, amount),
        outcomes: [
            .init(
                .ok, meaning: "The attempt, collected or declined",
                body: .array(of: .named("Payment", payment), counts: Schema.anyCount),
                sample: Sample(PackageResources.collect_payment_200_json)),
            .credentials, .invalid,
            .init(
                .notFound, "NotFound", meaning: "No such agreement or payment method of this customer",
                by: "any other id"),
        ])

    private static let payment: [Field] = [
        .always("paymentId", .text(), "Payment id"),
        .always("amount", .number(), "The amount that was asked for"),
        .sometimes("outcome", .text(), "`success`; a decline has none, as its sample"),
        .sometimes("failureReason", .text(), "Why it declined"),
        .sometimes("failureCode", .text(), "The code of the decline"),
    ]

    static func answer(_ call: Call) throws -> Response {
        let user = try call.customer()
        let agreement = try namedAgreement(call, user)
        let body = try call.input().body
        guard let method = call.sandbox.identifiers.row(.paymentMethod, body[paymentMethodId]),
            try call.store.paymentMethods.exists(method, of: user.id)
        else { throw Refusal.paymentMethodNotFound }
        let isRuled = call.ruling({ $0 == .collectionDeclines }, customer: user) != nil
        let payment = try Payment(of: body[amount], towards: agreement, from: user, isRuled: isRuled)
        if case .failed = payment.outcome, !isRuled { call.note(Persona.find(email: user.email)) }
        let row = try call.store.payments.add(
            payment, towards: agreement.transaction.lease.id, by: method, at: call.now)
        try call.sandbox.expectInvariants(of: agreement.transaction, at: call.now)
        return .list([payment], in: call) { writer, payment in
            writer.object {
                $0.member("paymentId", call.sandbox.identifiers.identifier(.payment, row))
                $0.member("amount", payment.amount)
                switch payment.outcome {
                case .success:
                    $0.member("outcome", "success")
                case .failed(let reason, let code):
                    // The sample of a decline has no `outcome` (Docs/Fidelity.md).
                    $0.member("failureReason", reason)
                    $0.member("failureCode", code)
                }
            }
        }
    }

    private static func namedAgreement(_ call: Call, _ user: User) throws -> Agreement {
        guard let row = call.sandbox.identifiers.row(.agreement, call.parameter("agreementId")),
            let transaction = try call.store.transactions.transaction(row), transaction.lease.customer == user.id,
            transaction.lease.isVisible(to: call.vendor),
            let agreement = try call.agreement(transaction, of: user)
        else { throw Refusal.agreementNotFound }
        return agreement
    }
}
