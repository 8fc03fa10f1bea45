internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 34: creates the customer, where the e-mail is new, and decides on a spending limit in one call.
enum StartPrequalification {
    static let password = CreateUser.password
    static let employmentInformation = Key.required(
        "employmentInformation", .object(fields(Apply.payFrequency, Apply.monthlyIncome)), "Employment")
    static let ipAddress = Key.optional("ipAddress", .ipAddress, "The customer's IPv4 address")

    static let endpoint = Endpoint(
        .post, "/v3/users/prequal/start/lease", title: "Prequalification Start", section: .waterfall,
        source: .documented("waterfall, Prequalification Apply Flow"), security: .apiKey,
        body: fields(
            Apply.mobilePhone, Apply.optInMarketing, CreateUser.firstName, CreateUser.lastName, CreateUser.email,
            password, Apply.street1, Apply.street2, Apply.city, Apply.regionAbbr, Apply.postalCode, Apply.country,
            employmentInformation, Apply.dateOfBirth, Apply.ssn, ipAddress),
        outcomes: [
            .init(
                .ok, meaning: "The decision", body: .data(Prequalification.schema),
                sample: Sample(PackageResources.prequalification_start_200_json)),
            .invalid, .ssnTaken, .customerAlreadyApplied, .decisionFailed,
        ])

    static func answer(_ call: Call) throws -> Response {
        let body = try call.input().body
        let filing = Filing(
            ssn: body[Apply.ssn], dateOfBirth: body[Apply.dateOfBirth], profile: Apply.profile(body))
        let user = try customer(body, call)
        let decided = try call.file(filing, for: user, isComplete: false) { [] }
        try call.keep(fields(Apply.optInMarketing, employmentInformation, ipAddress), of: user.id)
        return try Prequalification.response(decided, in: call)
    }

    /// The customer with that e-mail, created where there is none.
    private static func customer(_ body: Values, _ call: Call) throws -> User {
        let users = call.store.users
        let known = try users.id(email: body[CreateUser.email])
        guard let row = try known ?? users.create(CreateUser.draft(body, locale: nil, call), at: call.now),
            let user = try users.user(row)
        else { throw Refusal.userAlreadyExists }
        return user
    }
}
