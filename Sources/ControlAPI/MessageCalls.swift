internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// What the vendor would have sent to customers. The sandbox sends nothing.
enum MessageCalls {
    static let all = [ControlRoute(endpoint: list, answer: .read(answer))]

    static let list = Endpoint.control(
        .get, "messages", "Get Messages",
        outcomes: [
            .init(
                .ok, meaning: "The latest 100 passcodes, newest first",
                body: .data([
                    .always("messages", .array(of: .named("Message", message), counts: Schema.anyCount), "Messages")
                ]))
        ])

    private static let message: [Field] = [
        .always("at", .timestamp, "When it was sent"),
        .always("userId", .text(), "The customer"),
        .sometimes("email", .text(), "To which e-mail"),
        .sometimes("phone", .text(), "To which phone"),
        .always("passcode", .text(), "The code"),
        .always("expiresAt", .timestamp, "When it expires"),
        .always("isUsed", .boolean(), "Whether it has let the customer in"),
    ]

    private static func answer(_ call: ControlCall) throws -> Response {
        let sent = try call.sandbox.store.passcodes.latest(100)
        return .data {
            $0.member("messages", array: sent) { writer, passcode in
                writer.object {
                    $0.member("at", passcode.at)
                    $0.member("userId", call.sandbox.identifiers.identifier(.user, passcode.user))
                    if passcode.transport != .sms { $0.member("email", passcode.email) }
                    if passcode.transport != .email { $0.member("phone", ifPresent: passcode.phone) }
                    $0.member("passcode", passcode.code)
                    $0.member("expiresAt", passcode.expiresAt)
                    $0.member("isUsed", passcode.isUsed)
                }
            }
        }
    }
}
