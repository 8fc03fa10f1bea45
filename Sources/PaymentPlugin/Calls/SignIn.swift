internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// A customer token for a password.
enum SignIn {
    static let email = Key.required("email", .email, "E-mail")
    static let password = Key.required("password", .string, "Password")
    static let endpoint = Endpoint.plugin(.post, "/sign-in", "Sign In", body: fields(email, password))

    static func answer(_ call: PluginCall) throws -> Response {
        let body = try call.body()
        let digest = call.sandbox.tokens.digest("password", body[password])
        guard let user = try call.sandbox.store.users.id(email: body[email], passwordDigest: digest) else {
            throw Refusal.passcodeRefused
        }
        let token = try call.token(for: user)
        return .data { $0.member("token", token) }
    }
}
