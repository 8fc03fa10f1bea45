internal import Contract
internal import HTTP
internal import JSON
internal import MedusaStore

/// Route 1: whether there is a user with that e-mail.
enum VerifyUserExists {
    static let email = Key.required("email", .email, "The e-mail to look for")

    static let endpoint = Endpoint(
        .get, "/v3/user-exists", title: "Verify User Exists", section: .customer,
        source: .documented("3.0, Customer / Verify User Exists"),
        security: .apiKey, query: fields(email),
        outcomes: [
            .init(
                .ok, meaning: "Whether the user exists; `userId` only when it does",
                body: .data([
                    .sometimes("userId", .text(), "Id of the user found"),
                    .always("exists", .boolean(), "Whether a user was found"),
                ]), sample: Sample(PackageResources.verify_user_exists_200_json)),
            .invalid,
        ])

    static func answer(_ call: Call) throws -> Response {
        let input = try call.input()
        let row = try call.store.users.id(email: input.query[email])
        return .data {
            $0.member("userId", ifPresent: row.map(call.userId))
            $0.member("exists", row != nil)
        }
    }
}
