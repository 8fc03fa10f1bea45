internal import Contract
internal import HTTP
internal import JSON
internal import MedusaAPI
internal import Sandbox
internal import Scenarios

/// Begins anew: with the scenario that filled the sandbox, or empty. Snapshots stay.
enum ResetCalls {
    static let all = [ControlRoute(endpoint: reset, answer: .replace(answer))]

    static let reset = Endpoint.control(
        .post, "reset", "Reset Sandbox",
        outcomes: [
            .init(
                .ok, meaning: "It is as it was at the beginning",
                body: .data([
                    .sometimes("scenario", .text(), "The scenario that it began with"),
                    .sometimes("problem", .text(), "Why the scenario no longer plays; the sandbox is empty then"),
                ]))
        ])

    private static func answer(_ call: ControlCall) throws -> Response {
        let problems = try call.sandbox.reset()
        return .data {
            $0.member("scenario", ifPresent: call.sandbox.origin?.name)
            $0.member("problem", ifPresent: problems?.description)
        }
    }
}
