internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore

/// Route 2: whether the user with that e-mail has that phone and that address. Both sides are standardised first.
enum DeeplyVerifyUserExists {
    static let email = Key.required("email", .email, "User e-mail")
    static let street1 = Key.required("street1", .string, "Line 1")
    static let street2 = Key.optional("street2", .string, "Line 2")
    static let city = Key.required("city", .string, "City")
    static let region = Key.required("region", .string, "ISO 3166-2 state code")
    static let postalCode = Key.required("postalCode", .string, "Postal code")
    static let country = Key.required("country", .string, "Country code of two or three letters")
    static let address = Key.optional(
        "address", .object(fields(street1, street2, city, region, postalCode, country)), "User address")
    static let phone = Key.optional("phone", .phone, "User phone")

    static let endpoint = Endpoint(
        .post, "/v3/users/exists",
        aliases: [Endpoint.Alias(.post, "/v3/user/exists", source: .documented("legacy, Deeply Verify User Exists"))],
        title: "Deeply Verify User Exists",
        section: .customer, source: .documented("3.0, Customer / Deeply Verify User Exists"), security: .apiKey,
        body: fields(email, address, phone),
        outcomes: [
            .init(
                .ok, meaning: "What matches; false for what was not given",
                body: .data([
                    .always("addressExists", .boolean(), "Whether the user has that address"),
                    .always("emailExists", .boolean(), "Whether there is a user with that e-mail"),
                    .always("phoneExists", .boolean(), "Whether the user has that phone"),
                ]), sample: Sample(PackageResources.deeply_verify_user_exists_200_json)),
            .invalid,
        ])

    static func answer(_ call: Call) throws -> Response {
        let body = try call.input().body
        let row = try call.store.users.id(email: body[email])
        let profile = try row.flatMap { try call.store.users.profile(of: $0) }
        let given = body[address].map { address in
            Users.Profile(
                phone: "", street1: address[street1], street2: address[street2] ?? "", city: address[city],
                region: address[region], postalCode: address[postalCode], country: address[country])
        }
        return .data {
            $0.member("addressExists", given != nil && given?.standardAddress == profile?.standardAddress)
            $0.member("emailExists", row != nil)
            $0.member(
                "phoneExists",
                profile != nil && body[phone].map(standardPhone) == profile.map { standardPhone($0.phone) })
        }
    }
}

/// The ten digits of a phone, without punctuation and country code.
func standardPhone(_ phone: String) -> String { String(phone.filter(\.isNumber).suffix(10)) }

extension Users.Profile {
    fileprivate var standardAddress: StandardAddress {
        StandardAddress(
            lines: [street1, street2], city: city, region: region, postalCode: postalCode, country: country)
    }
}
