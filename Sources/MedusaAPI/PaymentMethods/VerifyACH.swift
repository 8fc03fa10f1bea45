internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

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
            .invalid.printed(Sample(PackageResources.verify_ach_400_json)), .userNotFound,
        ])

    static func answer(_ call: Call) throws -> Response {
        let user = try call.namedUser()
        let body = try call.input().body
        let (routing, account) = (body[routingNumber], body[accountNumber])
        let result = Result(
            routing: routing, account: account, ruling: call.bankRuling(routing: routing, account: account, user))
        if result == .good {
            let digest = call.accountDigest(routing: routing, account: account)
            try call.store.paymentMethods.verify(accountDigest: digest, of: user.id)
        }
        return .data {
            $0.member("accountResponseCode", result.rawValue)
            $0.member("status", result == .good)
        }
    }

    /// Giact's codes; `_5555` is the documented sample. To say that a number is none is what the call is for, so it is no 400.
    private enum Result: String {
        case good = "_5555"
        case badRoutingNumber = "GS01"
        case badAccountNumber = "GS02"

        init(routing: String, account: String, ruling: Persona.Outcome?) {
            if !Bank.isRoutingNumber(routing) || !Bank(routingNumber: routing, ruling: ruling).isAccepted {
                self = .badRoutingNumber
            } else {
                self = Bank.isAccountNumber(account) ? .good : .badAccountNumber
            }
        }
    }
}
