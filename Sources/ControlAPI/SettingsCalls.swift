internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import Sandbox

/// The numbers and switches of the sandbox.
enum SettingsCalls {
    static let all = [
        ControlRoute(endpoint: get, answer: .read(answer)), ControlRoute(endpoint: change, answer: .write(save)),
    ]

    static let get = Endpoint.control(
        .get, "settings", "Get Settings", outcomes: [.init(.ok, meaning: "All of them", body: .data(document))])
    static let change = Endpoint.control(
        .patch, "settings", "Change Settings", body: Settings.fields,
        outcomes: [.init(.ok, meaning: "All of them; those that were not named are as before", body: .data(document))])

    static let document = Schema.named("Settings", Settings.fields.map { $0.with(isRequired: $0.name != "authKey") })

    private static func answer(_ call: ControlCall) -> Response { .data(.ok, call.sandbox.settings.members) }

    private static func save(_ call: ControlCall) throws -> Response {
        let settings = try Settings(reading: call.body(), over: call.sandbox.settings)
        if let authKey = settings.authKey, !KeyForm.isKey(authKey) {
            throw Violation(Settings.authKeyName, KeyForm.rule)
        }
        try call.sandbox.set(settings)
        return answer(call)
    }
}
