internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 36: a code that lets the customer into the payment modal without a login. Its answer has no envelope.
enum CreateAuthCode {
    static let endpoint = Endpoint(
        .post, "/v3/users/{userId}/auth-code", title: "User Auth Code", section: .waterfall,
        source: .documented("waterfall, Lease Signing"), security: .apiKey,
        outcomes: [
            .init(
                .ok, meaning: "The code; good for 10 minutes, once",
                body: .named("AuthCode", [.always("code", .text(), "The code")]),
                sample: Sample(PackageResources.user_auth_code_200_json)),
            .userNotFound,
        ])

    static func answer(_ call: Call) throws -> Response {
        let user = try call.namedUser()
        _ = try call.input()
        let code = try call.sandbox.authCode()
        try call.store.authCodes.add(code, for: user.id, expiresAt: call.now + AuthCode.lifetime)
        return .object { $0.member("code", code) }
    }
}
