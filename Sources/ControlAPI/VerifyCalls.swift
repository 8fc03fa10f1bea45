internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import RequestJournal
internal import Sandbox

/// Whether what happened is what should have.
enum VerifyCalls {
    static let all = [ControlRoute(endpoint: verify, answer: .read(answer))]

    static let verify = Endpoint.control(
        .post, "verify", "Verify Requests", body: Verification.fields,
        outcomes: [
            .init(.ok, meaning: "It holds", body: .data(outcome)),
            .init(
                .conflict, "NotVerified",
                meaning: "It does not, and the message says what came nearest; `data` is what a success has"),
        ])

    private static let difference = Schema.named(
        "Difference",
        [
            .always("field", .text(), "What differs"), .always("expected", .text(), "What it should be"),
            .always("found", .text(), "What it is"),
        ])

    static let outcome: [Field] = [
        .always(
            "findings",
            .array(
                of: .named(
                    "Finding",
                    [
                        .always("expected", .text(), "What was looked for, in words"),
                        .always("holds", .boolean(), "Whether it was found"),
                        .always("found", .count, "How many fit"),
                        .always("ids", .array(of: .count, counts: Schema.anyCount), "The first hundred of them"),
                        .sometimes("problem", .text(), "What is wrong"),
                        .sometimes(
                            "nearest",
                            .object([
                                .always("id", .count, "The request that came nearest"),
                                .always("request", .text(), "Its method and target"),
                                .always(
                                    "differences", .array(of: difference, counts: Schema.anyCount), "Where it differs"),
                            ]), "What came nearest"),
                    ]), counts: Schema.anyCount), "Each expectation with what was found"),
        .always("evicted", .count, "Entries that would have counted, and had to make room"),
    ]

    private static func answer(_ call: ControlCall) throws -> Response {
        let body = try call.body()
        let verification = try Verification(reading: body, present: call.now)
        let progress = try verification.look(at: call.sandbox.store.journal)
        let outcome = progress.outcome
        if !outcome.holds, verification.patienceMilliseconds > 0 { call.outlook.verification = progress }
        return response(outcome, call.gateway, call.sandbox)
    }

    /// What was looked for is repeated, and could be a secret.
    static func response(_ outcome: Verification.Outcome, _ gateway: Gateway, _ sandbox: Sandbox?) -> Response {
        var response: Response =
            outcome.holds
            ? .data { $0.members(of: outcome) }
            : .error(.conflict, "NotVerified", message: outcome.problems.joined(separator: "\n")) {
                $0.members(of: outcome)
            }
        gateway.hideSecrets(in: &response, of: sandbox)
        return response
    }
}

extension JSONWriter {
    fileprivate mutating func members(of outcome: Verification.Outcome) {
        member("findings", array: outcome.findings) { writer, finding in
            writer.object {
                $0.member("expected", finding.sentence)
                $0.member("holds", finding.problem == nil)
                $0.member("found", finding.found)
                $0.member("ids", array: finding.ids) { $0.value(Int($1)) }
                $0.member("problem", ifPresent: finding.problem)
                guard let nearest = finding.nearest else { return }
                $0.member("nearest") {
                    $0.member("id", Int(nearest.id))
                    $0.member("request", nearest.line)
                    $0.member("differences", array: nearest.differences) { writer, difference in
                        writer.object {
                            $0.member("field", difference.field)
                            $0.member("expected", difference.expected)
                            $0.member("found", difference.found)
                        }
                    }
                }
            }
        }
        member("evicted", Int(outcome.evicted))
    }
}
