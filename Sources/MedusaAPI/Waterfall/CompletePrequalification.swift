internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 35, of which path and body are cut in the stored copy: makes a full application of a prequalification.
enum CompletePrequalification {
    static let prequalId = Key.required("prequalId", .string, "Id of the prequalification")
    static let bankAccount = Key.required("bankAccount", .object(Apply.bankFields), "Becomes a payment method")

    static let endpoint = Endpoint(
        .post, "/v3/users/prequal/complete/lease", title: "Prequalification Complete", section: .waterfall,
        source: .inferred("waterfall, Prequalification Apply Flow: the page is cut before path and body"),
        security: .apiKey, body: fields(prequalId, bankAccount, Apply.cardInformation),
        outcomes: [
            .init(.ok, meaning: "The decision", body: .data(Prequalification.schema)),
            .invalid,
            .init(.notFound, "InvalidCustomer", meaning: "No such prequalification in force", by: "any other id"),
            .init(
                .conflict, "CustomerAlreadyApplied", meaning: "It is complete already, or was an application",
                by: "complete it twice"),
            .bankNotAccepted, .bankRequiresVerification,
            .init(.badRequest, "InvalidCustomer", meaning: "It was denied", by: "`x.deny@example.com`"),
        ])

    static func answer(_ call: Call) throws -> Response {
        let body = try call.input().body
        guard let row = call.sandbox.identifiers.row(.prequalification, body[prequalId]),
            let id = try call.store.users.id(application: row), let user = try call.store.users.user(id)
        else { throw Refusal.userNotFound }
        guard user.application?.isComplete == false else { throw Refusal.customerAlreadyApplied }
        let methods = try Apply.paymentMethods(bank: body[bankAccount], cards: body[Apply.cardInformation], call, user)
        guard user.application?.status != .failed else { throw Refusal.customerMayNotLease(.denied) }
        try call.store.users.complete(row)
        try call.add(methods, to: user)
        return try Prequalification.response(user, in: call)
    }
}
