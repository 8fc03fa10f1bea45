internal import Contract
internal import HTTP
internal import JSON
internal import MedusaAPI
internal import Sandbox
internal import Scenarios

/// Begins anew: with the scenario that filled the sandbox, or empty. Snapshots stay.
enum ResetCalls {
    static let all = [ControlRoute(endpoint: reset, answer: .begin(answer))]

    static let reset = Endpoint.control(
        .post, "reset", "Reset Sandbox",
        outcomes: [
            .init(
                .ok, meaning: "It is as it was at the beginning",
                body: .data([
                    .sometimes("scenario", .text(), "The scenario that it began with"),
                    .sometimes(
                        "problem", .text(),
                        "Why the scenario no longer plays, and the sandbox is empty; or where the old database is, which was damaged"
                    ),
                ]))
        ])

    private static func answer(_ call: ControlCall) throws -> Response {
        let problems = try call.sandbox.reset()
        return .data {
            $0.member("scenario", ifPresent: call.sandbox.origin?.name)
            $0.member("problem", ifPresent: problems?.description)
        }
    }

    /// - Parameter place: where the damaged database is now.
    static func answer(afterDamage place: String, _ sandbox: Sandbox) -> Response {
        .data {
            $0.member("scenario", ifPresent: sandbox.origin?.name)
            $0.member(
                "problem", "the database was damaged: it is at \(place.printable) now, and the sandbox has begun anew")
        }
    }
}
