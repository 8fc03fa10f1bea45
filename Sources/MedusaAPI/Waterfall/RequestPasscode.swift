internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 25: sends a one-time passcode. The sandbox sends nothing; `GET /_sandbox/messages` shows what it would have sent.
enum RequestPasscode {
    static let transport = Key.required(
        "transport", .oneOf(Passcode.Transport.allCases.map(\.rawValue)), "How it is to be sent")

    static let endpoint = Endpoint(
        .post, "/v3/users/{userId}/send-passcode", title: "Request Passcode", section: .waterfall,
        source: .documented("legacy, Request Passcode"), security: .apiKey, body: fields(transport),
        request: Sample(PackageResources.request_passcode_request_json),
        outcomes: [
            .init(
                .ok, meaning: "Sent; `GET /_sandbox/messages` shows it",
                body: .object([
                    .always("status", .integer(200...200), "200, once more"), .always("data", .object([]), "Nothing"),
                ]), sample: Sample(PackageResources.request_passcode_200_json)),
            .invalid, .userNotFound,
            .init(
                .badRequest, "", meaning: "There is no phone to send an SMS to",
                by: "`transport: sms` before the customer has applied"),
        ])

    static func answer(_ call: Call) throws -> Response {
        let user = try call.namedUser()
        let transport = Passcode.Transport(rawValue: try call.input().body[transport]) ?? .email
        if transport == .sms, try call.store.users.profile(of: user.id) == nil {
            throw Refusal.invalid("\"transport\" must be email: the customer has no phone on file")
        }
        try call.store.passcodes.send(
            to: user.id, by: transport, at: call.now, code: call.sandbox.identifiers.passcode)
        return .object {
            $0.member("status", 200)
            $0.member("data") { _ in }
        }
    }
}
