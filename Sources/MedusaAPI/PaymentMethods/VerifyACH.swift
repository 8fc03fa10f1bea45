internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore

/// Route 24: whether a bank account is good. The account is then known, and a bank that asks for it takes it (11506).
enum VerifyACH {
    static let accountNumber = Key.required("accountNumber", .string, "Account number")
    static let routingNumber = Key.required("routingNumber", .string, "Routing number")
    static let forceHRBValidation = Key.optional("forceHRBValidation", .boolean, "Beta: force hrb validation")

    static let endpoint = Endpoint(
        .post, "/v3/paymentMethods/{userId}/verifyACH", title: "Verify ACH", section: .paymentMethods,
        source: .documented("3.0, Payment Methods / Verify ACH"),
        security: .apiKey, body: fields(accountNumber, routingNumber, forceHRBValidation),
        outcomes: [
            .init(
                .ok, meaning: "The result, with Giact's code",
                body: .data([
                    .sometimes("accountResponseCode", .text(), "Giact response code"),
                    .always("status", .boolean(), "Whether the account is good"),
                ]), sample: Sample(PackageResources.verify_ach_200_json)),
            .userNotFound, .invalid.printed(Sample(PackageResources.verify_ach_400_json)),
        ])

    static func answer(_ call: Call) throws -> Response {
        let user = try call.namedUser()
        let body = try call.input().body
        let ruled = call.ruling(\.concernsBank, customer: user)?.outcome
        if ruled == nil { call.note(Persona.find(routingNumber: body[routingNumber])) }
        let isGood = (ruled ?? Persona.outcome(ofRoutingNumber: body[routingNumber])) != .bankRefused
        if isGood {
            let digest = call.accountDigest(routing: body[routingNumber], account: body[accountNumber])
            try call.store.paymentMethods.verify(accountDigest: digest, of: user.id)
        }
        return .data {
            // _5555 is the documented sample; GS01 is Giact's code for a routing number that it does not accept.
            $0.member("accountResponseCode", isGood ? "_5555" : "GS01")
            $0.member("status", isGood)
        }
    }
}
