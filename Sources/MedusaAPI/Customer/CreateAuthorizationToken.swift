internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import Sandbox

/// Route 6: a token for an existing user. A GET that creates.
enum CreateAuthorizationToken {
    static let endpoint = Endpoint(
        .get, "/v3/users/{userId}/authorize", title: "Create Authorization Token", section: .customer, source: "A.6",
        security: .apiKey, writes: true,
        outcomes: [.init(.ok, meaning: "The customer's token"), .userNotFound])

    static func answer(_ call: Call) throws -> Response {
        let user = try call.namedUser()
        let token = try call.mintToken(for: user.id)
        return .data { $0.member("token", token) }
    }
}
