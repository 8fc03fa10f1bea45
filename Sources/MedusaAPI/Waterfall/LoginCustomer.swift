internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 26: a customer token for a passcode, once.
enum LoginCustomer {
    static let passcode = Key.required("passcode", .string(maximum: 64), "The passcode that was sent")

    static let endpoint = Endpoint(
        .post, "/v3/users/{userId}/passcode-login", title: "Login Customer", section: .waterfall,
        source: .documented("legacy, Login Customer"), security: .apiKey, body: fields(passcode),
        outcomes: [
            .init(
                .ok, meaning: "The customer's token", body: .data([.always("token", .text(), "The token")]),
                sample: Sample(PackageResources.login_customer_200_json)),
            .invalid, .userNotFound,
            .init(
                .badRequest, "InvalidCredentials", meaning: "Not the passcode that was sent, expired (10 min) or used",
                by: "any other passcode"),
        ])

    static func answer(_ call: Call) throws -> Response {
        let user = try call.namedUser()
        let passcode = try call.input().body[passcode]
        guard try call.store.passcodes.use(passcode, of: user.id, at: call.now) else { throw Refusal.passcodeRefused }
        let token = try call.mintToken(for: user.id)
        return .data { $0.member("token", token) }
    }
}
