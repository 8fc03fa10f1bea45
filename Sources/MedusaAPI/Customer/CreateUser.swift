internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 3.
enum CreateUser {
    static let firstName = Key.required("firstName", .string, "User's first name")
    static let lastName = Key.required("lastName", .string, "User's last name")
    static let email = Key.required("email", .email, "Login e-mail")
    static let password = Key.optional("password", .string, "Login password")
    static let resetPassword = Key.optional(
        "resetPassword", .boolean, "Whether the password-reset e-mail is sent; `GET /_sandbox/messages` shows it")
    static let locale = Key.optional("locale", .documented("en", "es"), "The language part only")

    static let endpoint = Endpoint(
        .post, "/v3/users", title: "Create User", section: .customer,
        source: .documented("3.0, Customer / Create User"), security: .apiKey, headers: [.consumer],
        body: fields(firstName, lastName, email, password, resetPassword, locale),
        outcomes: [
            .init(
                .ok, meaning: "The user's id, and a token that is usable at once",
                body: .data([
                    .always("userId", .text(), "User id"),
                    .always("token", .text(), "User authorization token, for `customer-token`"),
                ]), sample: Sample(PackageResources.create_user_200_json)),
            .invalid,
            .init(
                .conflict, "UserAlreadyExists", meaning: "The e-mail is registered, in whatever case",
                by: "create a user twice", sample: Sample(PackageResources.create_user_409_json)),
        ])

    static func answer(_ call: Call) throws -> Response {
        let body = try call.input().body
        let draft = draft(
            body, locale: body[locale], tokenExpiresAt: call.sandbox.tokenExpiry(at: call.now), call)
        guard let row = try call.store.users.create(draft, at: call.now) else { throw Refusal.userAlreadyExists }
        call.trace.namedCustomer = row
        if body[resetPassword] == true {
            try call.store.letters.send(
                to: row, code: call.sandbox.authCode(), at: call.now, expiresAt: call.now + Letter.lifetime)
        }
        return .data {
            $0.member("userId", call.userId(row))
            $0.member("token", call.sandbox.customerToken(for: row, at: call.now, key: call.boundKey))
        }
    }

    /// - Parameter tokenExpiresAt: when the token that comes with the customer expires, if one does.
    static func draft(
        _ body: Values, locale: String?, tokenExpiresAt: Timestamp? = nil, _ call: Call
    ) -> Users.Draft {
        Users.Draft(
            email: body[email], firstName: body[firstName], lastName: body[lastName],
            passwordDigest: body[password].map { call.sandbox.tokens.digest("password", $0) }, locale: locale,
            persona: call.ruling(\.stays)?.outcome, tokenExpiresAt: tokenExpiresAt,
            vendor: call.vendor)
    }
}
