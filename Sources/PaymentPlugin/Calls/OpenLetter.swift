internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// The link of a letter: lets its customer in, and says where it leads. Without a lease, to a new password.
enum OpenLetter {
    static let code = Key.required("code", .string(maximum: 256), "The code in the link")
    static let endpoint = Endpoint.plugin(.post, "/letter", "Open Letter", body: fields(code))

    static func answer(_ call: PluginCall) throws -> Response {
        let (code, store) = (try call.body()[code], call.sandbox.store)
        guard let letter = try store.letters.follow(code, at: call.now), let user = try store.users.user(letter.user)
        else { throw Refusal.passcodeRefused }
        let token = try call.token(for: user.id)
        let lease = try letter.transaction.flatMap { try store.transactions.transaction($0)?.lease }
        return .data {
            $0.member("token", token)
            $0.member("email", user.email)
            $0.member("leaseId", ifPresent: lease.map { call.sandbox.leaseId($0) })
        }
    }
}
