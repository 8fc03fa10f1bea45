internal import Contract
internal import HTTP
internal import JSON
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// Where a code can be sent to. Of a phone only the end is shown.
enum Recovery {
    static let email = Key.required("email", .email, "E-mail")
    static let endpoint = Endpoint.plugin(.post, "/recovery", "Recover Account", body: fields(email))

    static func answer(_ call: PluginCall) throws -> Response {
        let users = call.sandbox.store.users
        let row = try users.id(email: try call.body()[email])
        let phone = try row.flatMap { try users.profile(of: $0)?.phone.filter(\.isNumber) }
        return .data { $0.member("phone", ifPresent: phone.map { "xxx-xxx-\($0.suffix(4))" }) }
    }
}
