internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 27: what only the customer could answer. Asked again before the questions expire, it gives the same ones.
enum GetVerificationQuestions {
    static let endpoint = Endpoint(
        .get, "/v3/users/me/verify-questions", title: "Get Verification Questions", section: .waterfall,
        source: .documented("legacy, Get Verification Questions"), security: .customerToken, writes: true,
        outcomes: [
            .init(
                .ok, meaning: "Three questions; the first choice of each is the right one",
                body: .data(
                    .named(
                        "Questionnaire",
                        [
                            .always("id", .text(), "Id of this set of questions"),
                            .always("questions", .array(of: question, counts: 3...3), "The questions"),
                        ])), sample: Sample(PackageResources.get_verification_questions_200_json)),
            .credentials, .verificationNotPending,
        ])

    private static let question = Schema.named(
        "Question",
        [
            .always("id", .text(), "Question id"), .always("label", .text(), "The question"),
            .always(
                "choices",
                .array(
                    of: .named(
                        "Choice", [.always("id", .text(), "Choice id"), .always("label", .text(), "The choice")]),
                    counts: Schema.anyCount), "What can be chosen"),
        ])

    static func answer(_ call: Call) throws -> Response {
        let user = try call.customer()
        _ = try call.input()
        try Questionnaire.mayVerify(user)
        let set = try call.store.questionnaires.open(for: user.id, at: call.now)
        let identifiers = call.sandbox.identifiers
        return .data {
            $0.member("id", call.sandbox.tokens.questionnaireId(set.id))
            $0.member("questions", array: set.questions.enumerated()) { writer, question in
                writer.object {
                    $0.member("id", identifiers.question(set.id, question.offset))
                    $0.member("label", question.element.label)
                    $0.member("choices", array: question.element.choices.enumerated()) { writer, choice in
                        writer.object {
                            $0.member("id", identifiers.choice(set.id, question.offset, choice.offset))
                            $0.member("label", choice.element)
                        }
                    }
                }
            }
        }
    }
}

extension Endpoint.Outcome {
    static let verificationNotPending = Self(
        .badRequest, "InvalidCustomerVerificationStatus",
        meaning: "No questions are pending: not approved, verified already, or failed",
        by: "any customer but an approved `x.verify@example.com`")
}

extension Identifiers {
    func question(_ set: Int64, _ question: Int) -> String { digits(set, question << 8) }
    func choice(_ set: Int64, _ question: Int, _ choice: Int) -> String { digits(set, question << 8 | choice + 1) }
}
