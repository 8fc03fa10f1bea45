internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 33: finds customers by phone and SSN, each with a token.
enum AccountLookup {
    static let mobilePhone = Key.required("mobilePhone", .phone, "Mobile phone, digits only")
    static let ssn = Key.required("ssn", .string(length: 9), "Nine digits, no dashes")

    static let endpoint = Endpoint(
        .post, "/v3/users/search", title: "Account Lookup", section: .waterfall,
        source: .documented("waterfall, Account Lookup"), security: .apiKey, body: fields(mobilePhone, ssn),
        outcomes: [
            .init(
                .ok, meaning: "Who has both on file, youngest first; nobody is an empty list",
                body: .data([
                    .always("users", .array(of: .named("FoundUser", foundUser), counts: Schema.anyCount), "Users"),
                    Page.meta,
                ]), sample: Sample(PackageResources.account_lookup_200_json)),
            .invalid,
        ])

    /// The sample's decision has fewer members than that of Get Users.
    private static let foundUser =
        Schema.userFields(decision: .named("FoundDecision", Schema.briefDecision)) + [
            .always("cardVerified", .boolean(), "Whether a card is on file"),
            .always("token", .text(), "A customer token"),
        ]

    static func answer(_ call: Call) throws -> Response {
        let body = try call.input().body
        let digest = call.sandbox.tokens.digest("ssn", body[ssn])
        let phone = standardPhone(body[mobilePhone])
        var found: [(user: User, hasCard: Bool, token: String)] = []
        for holder in try call.store.users.holders(ofSSN: digest) where standardPhone(holder.phone) == phone {
            guard found.count < Page.most, let user = try call.store.users.user(holder.user) else { break }
            let hasCard = try call.store.paymentMethods.all(of: user.id).contains { $0.method.isCard }
            found.append((user, hasCard, try call.mintToken(for: user.id)))
        }
        return .data {
            $0.member("users", array: found) { writer, found in
                writer.object {
                    $0.members(of: found.user, isBrief: true, in: call)
                    $0.member("cardVerified", found.hasCard)
                    $0.member("token", found.token)
                }
            }
            Page(.query([])).write(found.count, to: &$0)
        }
    }
}
