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
                .ok, meaning: "The latest 100 passcodes and the latest 100 letters, newest first",
                body: .data([
                    .always("messages", .array(of: .named("Message", message), counts: Schema.anyCount), "Messages")
                ]))
        ])

    private static let message: [Field] = [
        .always("at", .timestamp, "When it was sent"),
        .always("userId", .text(), "The customer"),
        .sometimes("email", .text(), "To which e-mail"),
        .sometimes("phone", .text(), "To which phone"),
        .always("kind", .oneOf(Kind.allCases.map(\.rawValue)), "What it is"),
        .sometimes("passcode", .text(), "The code"),
        .sometimes("link", .text(), "A letter's link; it opens the modal, where the customer is signed in"),
        .sometimes("transactionId", .text(), "Of the lease that the link leads to"),
        .always("expiresAt", .timestamp, "When it expires"),
        .always("isUsed", .boolean(), "Whether it has let the customer in; a link to a lease does so again"),
    ]

    private enum Kind: String, CaseIterable {
        case passcode, passwordReset, lease
    }

    private static func answer(_ call: ControlCall) throws -> Response {
        let (sandbox, store) = (call.sandbox, call.sandbox.store)
        // The same auth key as the SDK's: the setting's, or the API key's own name.
        let authKey = sandbox.settings.authKey ?? sandbox.name
        let base = "\(call.request.serverOrigin)/pp3/app?authKey=\(authKey.percentEncoded)&letter="
        var messages: [(at: Timestamp, write: (inout JSONWriter) -> Void)] = []
        for passcode in try store.passcodes.latest(100) {
            messages.append(
                (
                    passcode.at,
                    {
                        $0.member("at", passcode.at)
                        $0.member("userId", sandbox.identifiers.identifier(.user, passcode.user))
                        if passcode.transport != .sms { $0.member("email", passcode.email) }
                        if passcode.transport != .email { $0.member("phone", ifPresent: passcode.phone) }
                        $0.member("kind", Kind.passcode.rawValue)
                        $0.member("passcode", passcode.code)
                        $0.member("expiresAt", passcode.expiresAt)
                        $0.member("isUsed", passcode.isUsed)
                    }
                ))
        }
        for letter in try store.letters.latest(100) {
            messages.append(
                (
                    letter.at,
                    {
                        $0.member("at", letter.at)
                        $0.member("userId", sandbox.identifiers.identifier(.user, letter.user))
                        $0.member("email", letter.email)
                        $0.member("kind", (letter.reference == nil ? Kind.passwordReset : .lease).rawValue)
                        $0.member("link", base + letter.code)
                        $0.member("transactionId", ifPresent: letter.reference)
                        $0.member("expiresAt", letter.expiresAt)
                        $0.member("isUsed", letter.isUsed)
                    }
                ))
        }
        // Both are newest first; of those at the same moment, passcodes stand before letters.
        let sorted = messages.enumerated().sorted { ($1.element.at, $0.offset) < ($0.element.at, $1.offset) }
        return .data {
            $0.member("messages", array: sorted) { writer, message in writer.object { message.element.write(&$0) } }
        }
    }
}
