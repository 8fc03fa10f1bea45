internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import Sandbox

/// Route 6: a token for an existing user. A GET that creates.
enum CreateAuthorizationToken {
    static let endpoint = Endpoint(
        .get, "/v3/users/{userId}/authorize", title: "Create Authorization Token", section: .customer,
        source: .documented("3.0, Customer / Create Authorization Token"),
        security: .apiKey, writes: true, headers: [.consumer],
        outcomes: [
            .init(
                .ok, meaning: "The customer's token", body: .data([.always("token", .text(), "The token")]),
                sample: Sample(PackageResources.create_authorization_token_200_json)),
            .userNotFound,
            .init(
                .notFound, "InvalidMerchantId", meaning: "Printed on an older page; the sandbox knows every merchant",
                byFault: true),
        ])

    static func answer(_ call: Call) throws -> Response {
        let user = try call.namedUser()
        _ = try call.input()
        let token = try call.mintToken(for: user.id)
        return .data { $0.member("token", token) }
    }
}
