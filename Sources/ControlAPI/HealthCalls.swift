internal import Contract
internal import HTTP
internal import JSON
internal import MedusaAPI

/// Whether the server lives and is ready. Whoever gets an answer has both.
enum HealthCalls {
    static let all = [ControlRoute(endpoint: health, answer: .open(answer))]

    static let health = Endpoint.control(
        .get, "health", "Get Health", security: .none,
        outcomes: [
            .init(
                .ok, meaning: "It is live and ready",
                body: .data([
                    .always("live", .boolean(), "Whether it runs"), .always("ready", .boolean(), "Whether it serves"),
                    .always("version", .text(), "Of the program"),
                ]))
        ])

    private static func answer(_ request: Request, version: String) -> Response {
        .data {
            $0.member("live", true)
            $0.member("ready", true)
            $0.member("version", version)
        }
    }
}
