internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 28, of which only the name is stored: grades the answers to the questions of route 27. All right, and the customer is
/// verified; else the verification has failed.
enum VerifyAnswers {
    static let id = Key.required("id", .string, "Id of the set of questions")
    static let questionId = Key.required("questionId", .string, "Question id")
    static let choiceId = Key.required("choiceId", .string, "Id of the choice that was made")
    static let answers = Key.required(
        "answers", .array(of: fields(questionId, choiceId), 1...10), "A choice for each question")

    static let endpoint = Endpoint(
        .post, "/v3/users/me/verify-answers", title: "Verify Answers", section: .waterfall,
        source: .inferred("legacy, Verify Answers: path and bodies are not stored"), security: .customerToken,
        body: fields(id, answers),
        outcomes: [
            .init(.ok, meaning: "The user; `verificationStatus` says how it went", body: .data(.user)),
            .credentials, .invalid, .verificationNotPending,
            .init(
                .badRequest, "TransactionTimeOut", meaning: "The questions have expired (10 min); ask for new ones",
                by: "`medusa-sandbox clock advance PT10M` before answering"),
        ])

    static func answer(_ call: Call) throws -> Response {
        let user = try call.customer()
        let body = try call.input().body
        try Questionnaire.mayVerify(user)
        guard let set = try call.store.questionnaires.latest(of: user.id),
            body[id] == call.sandbox.tokens.questionnaireId(set.id)
        else { throw Refusal.invalid("\"id\" must be the id of the customer's latest verification questions") }
        try set.mayBeAnswered(at: call.now)
        try call.store.users.verify(user.id, set.grade(try choices(body, set, call.sandbox.identifiers)))
        let verified = try call.customer()
        return .data { $0.members(of: verified, in: call) }
    }

    /// By question, the place of the choice.
    private static func choices(
        _ body: Values, _ set: Questionnaire, _ identifiers: Identifiers
    ) throws(Refusal) -> [Int: Int] {
        var choices: [Int: Int] = [:]
        for (place, answer) in body[answers].enumerated() {
            let question = set.questions.indices.first { identifiers.question(set.id, $0) == answer[questionId] }
            guard let question else { throw .invalid("\"answers[\(place)].questionId\" must be one of the questions") }
            let choice = set.questions[question].choices.indices.first {
                identifiers.choice(set.id, question, $0) == answer[choiceId]
            }
            guard let choice else {
                throw .invalid("\"answers[\(place)].choiceId\" must be one of the question's choices")
            }
            choices[question] = choice
        }
        return choices
    }
}
