internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// The code that lets a customer in without a login, once (D.6).
enum RedeemAuthCode {
    static let code = Key.required("code", .string(maximum: 256), "The code")
    static let endpoint = Endpoint.plugin(.post, "/auth-code", "Redeem Auth Code", body: fields(code))

    static func answer(_ call: PluginCall) throws -> Response {
        let code = try call.body()[code]
        guard let row = try call.sandbox.store.authCodes.redeem(code, at: call.now),
            let user = try call.sandbox.store.users.user(row)
        else { throw Refusal.passcodeRefused }
        let token = try call.token(for: row)
        return .data {
            $0.member("token", token)
            $0.member("email", user.email)
        }
    }
}
