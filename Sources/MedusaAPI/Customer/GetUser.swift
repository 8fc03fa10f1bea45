internal import Contract
internal import HTTP
internal import JSON
internal import Medusa

/// Route 5: the customer behind the token.
enum GetUser {
    static let endpoint = Endpoint(
        .get, "/v3/users/me", title: "Get User", section: .customer, source: .documented("3.0, Customer / Get User"),
        security: .customerToken,
        outcomes: [
            .init(
                .ok, meaning: "The user; `decision` only once there is one",
                body: .data(
                    .named(
                        "CurrentUser",
                        Schema.userFields() + [
                            .sometimes("dateOfBirth", .text(), "Date of birth, once the customer has applied"),
                            .always("spendingHold", .boolean(), "Whether spending is on hold"),
                        ])), sample: Sample(PackageResources.get_user_200_json)),
            .credentials,
        ])

    static func answer(_ call: Call) throws -> Response {
        let user = try call.customer()
        _ = try call.input()
        return .data {
            $0.members(of: user, in: call)
            $0.member("dateOfBirth", ifPresent: user.dateOfBirth)
            $0.member("spendingHold", user.spendingHold)
        }
    }
}
