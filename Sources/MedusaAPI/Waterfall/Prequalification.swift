internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// The answer of routes 34 and 35. Its decision has names of its own (G-20).
enum Prequalification {
    static let schema = Schema.named(
        "Prequalification",
        [
            .always("prequalId", .text(), "Id of the prequalification"),
            .always(
                "decision",
                .named(
                    "PrequalificationDecision",
                    [
                        .always("applicationId", .text(), "Application id"),
                        .always("approved", .boolean(), "Approved or not"),
                        .always("status", .oneOf(["approved", "pending", "failed"]), "The decision"),
                        .always("limit", .number(), "Limit granted, in dollars"),
                        .always("availableLimit", .number(), "What is left to spend, in dollars"),
                        .always("availableWeeklyLimit", .number(), "What is left per week, in dollars"),
                        .always("createdAt", .timestamp, "Date of the decision"),
                    ]), "The decision"),
            .always("verificationStatus", .oneOf(["pending", "failed", "succeeded"]), "Identity verification"),
        ])

    static func response(_ user: User, in call: Call) throws -> Response {
        guard let application = user.application else { throw Refusal.userNotFound }
        return .data {
            $0.member("prequalId", call.sandbox.identifiers.identifier(.prequalification, application.id))
            $0.member("decision") {
                $0.member("applicationId", call.sandbox.identifiers.uuid(application.id))
                $0.member("approved", application.status == .approved)
                $0.member("status", application.status.rawValue)
                $0.member("limit", application.spendingLimit)
                $0.member("availableLimit", user.availableBalance(at: call.now))
                $0.member("availableWeeklyLimit", user.availableWeeklySpending(at: call.now))
                $0.member("createdAt", application.createdAt)
            }
            $0.member("verificationStatus", user.verification.rawValue)
        }
    }
}
