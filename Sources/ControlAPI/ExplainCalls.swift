internal import Contract
internal import HTTP
internal import JSON
internal import MedusaAPI
internal import RequestJournal
internal import Sandbox

/// Why a request was answered as it was, and what would have worked.
enum ExplainCalls {
    static let all = [ControlRoute(endpoint: explain, answer: .replace(answer))]

    static let explain = Endpoint.control(
        .get, "explain/{requestId}", "Explain Request",
        outcomes: [
            .init(.ok, meaning: "Why, and what would have worked", body: .data(explanation)), RequestCalls.notFound,
        ])

    private static let texts = Schema.array(of: .text(), counts: Schema.anyCount)

    private static let explanation = Schema.named(
        "Explanation",
        [
            .always("id", .count, "What `x-sandbox-request-id` says"),
            .always("request", .text(), "Its method and target"),
            .always("status", .integer(100...599), "The status of the answer"),
            .sometimes("code", .text(), "The code of the refusal"),
            .always("reason", .text(), "Why, in a sentence"),
            .sometimes(
                "precedence",
                .object([
                    .always("place", .count, "Which of them it is, from 1"),
                    .always("order", texts, "The refusals of the endpoint; the first one that holds is the answer"),
                ]), "Where the refusal stands among the others"),
            .sometimes(
                "field",
                .object([
                    .always("path", .text(), "Where it stands"), .sometimes("meaning", .text(), "What it is"),
                    .sometimes("expected", .text(), "What would be taken"),
                ]), "The field that was wrong"),
            .always("warnings", texts, "What was odd"),
            .sometimes("before", .object([]), "What it found: customer and lease"),
            .sometimes("after", .object([]), "What it left"),
            .always("moves", texts, "What could have been done with the lease"),
            .always("decidedBy", texts, "Rules, test values, faults and settings that decided"),
            .sometimes("page", .text(), "The page of the documents"),
            .sometimes("operation", .text(), "The endpoint"),
            .always("repeat", .text(), "What repeats the call; what was masked is a test value"),
            .sometimes("changes", texts, "What had to be different"),
            .sometimes("corrected", .text(), "What would have succeeded: it was tried in a copy of the sandbox"),
            .sometimes("obstacle", .text(), "Where the last try ended, when nothing was found"),
        ])

    private static func answer(_ call: ControlCall) throws -> Response {
        let request = try call.recordedRequest()
        let explanation = try Explanation(
            of: request, in: call.sandbox, call.gateway, url: call.request.serverOrigin, key: call.key)
        return .data { explanation.members(to: &$0) }
    }
}
