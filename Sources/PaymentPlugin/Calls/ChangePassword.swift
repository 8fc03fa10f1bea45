internal import Contract
internal import HTTP
internal import JSON
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// A new password for the customer behind the token.
enum ChangePassword {
    static let password = Key.required("password", .string, "The new password")
    static let endpoint = Endpoint.plugin(
        .post,
        "/password", "Change Password", security: .customerToken, body: fields(password))

    static func answer(_ call: PluginCall) throws -> Response {
        let user = try call.customer()
        let digest = call.sandbox.tokens.digest("password", try call.body()[password])
        try call.sandbox.store.users.setPassword(of: user, digest: digest)
        return .data { _ in }
    }
}
