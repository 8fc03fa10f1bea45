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
    static let resetPassword = Key.optional("resetPassword", .boolean, "Whether the password-reset e-mail is sent")
    static let locale = Key.optional("locale", .documented("en", "es"), "The language part only")

    static let endpoint = Endpoint(
        .post, "/v3/users", title: "Create User", section: .customer, source: "A.3", security: .apiKey,
        body: fields(firstName, lastName, email, password, resetPassword, locale),
        outcomes: [
            .init(.ok, meaning: "The user's id, and a token that is usable at once"), .invalid,
            .init(.conflict, "UserAlreadyExists", meaning: "The e-mail is registered already"),
        ])

    static func answer(_ call: Call) throws -> Response {
        let body = try call.input().body
        let draft = Users.Draft(
            email: body[email], firstName: body[firstName], lastName: body[lastName],
            passwordDigest: body[password].map { call.sandbox.tokens.digest("password", $0) }, locale: body[locale],
            persona: call.ruling(\.stays)?.outcome, tokenExpiresAt: call.sandbox.tokenExpiry(at: call.now))
        guard let row = try call.store.users.create(draft, at: call.now) else { throw Refusal.userAlreadyExists }
        return .data {
            $0.member("userId", call.userId(row))
            $0.member("token", call.sandbox.customerToken(for: row, at: call.now, key: call.boundKey))
        }
    }
}
