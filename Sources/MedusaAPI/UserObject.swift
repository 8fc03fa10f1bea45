internal import Contract
package import JSON
package import Medusa
internal import Sandbox

/// The user object of routes 4, 5, 11 and 33.
extension Schema {
    static let user = named("User", userFields())

    /// - Parameter decision: route 33 shows less of it.
    static func userFields(decision: Schema = .named("Decision", wholeDecision)) -> [Field] {
        [
            .always("userId", .text(), "User id"),
            .always("firstName", .text(), "User's first name"),
            .always("lastName", .text(), "User's last name"),
            .always("email", .text(), "User's e-mail"),
            .always("createdAt", .timestamp, "User creation date"),
            .always(
                "transactions",
                .array(
                    of: .named(
                        "UserTransaction",
                        [
                            .always("id", .text(), "Transaction id"),
                            .always("createdAt", .text(.date), "Date of creation"),
                            leaseField,
                        ]), counts: anyCount), "The user's transactions"),
            .sometimes("decision", decision, "Absent before there is one"),
            .always("verificationStatus", .oneOf(["pending", "failed", "succeeded"]), "Identity verification"),
        ]
    }

    static let leaseField = Field.always(
        "lease",
        .named(
            "LeaseStatus",
            [
                .always("id", .text(), "Lease id"),
                .always("status", .oneOf(["signed", "pending"]), "Signing status"),
            ]), "The lease")

    static let briefDecision: [Field] = [
        .always("applicationId", .text(), "Application id"),
        .always("approved", .boolean(), "Approved or not, to be deprecated"),
        .always("status", .oneOf(["approved", "pending", "failed"]), "The decision"),
        .always("spendingLimit", .number(), "Limit granted, in dollars"),
        .always("availableBalance", .number(), "What is left to spend, in dollars"),
        .always("availableWeeklySpending", .number(), "What is left per week, in dollars"),
        .always("createdAt", .timestamp, "Date of the decision"),
    ]

    private static let wholeDecision: [Field] =
        briefDecision + [
            .always("prequalId", .text(), "Prequalification id"),
            .always(
                "waterfallSuppressionFlags",
                .object([.always("suppressWaterfallToUOwn", .boolean(), "Whether UOwn must be skipped")]),
                "Waterfall suppression"),
            .always("vantageHighScore", .boolean(), "Without a documented meaning"),
            .always("funnel", .text(), "Without a documented meaning; here the channel"),
        ]
}

extension JSONWriter {
    /// - Parameter isBrief: whether the decision has the members of route 33 only.
    mutating func members(of user: User, isBrief: Bool = false, in call: Call) {
        member("userId", call.userId(user.id))
        member("firstName", user.firstName)
        member("lastName", user.lastName)
        member("email", user.email)
        member("createdAt", user.createdAt)
        member("transactions", array: user.engagements.filter { $0.lease.isVisible(to: call.vendor) }) {
            writer, engagement in
            writer.object {
                $0.member("id", engagement.reference)
                $0.member("createdAt", engagement.lease.createdAt.date)
                $0.leaseMember(engagement.lease, in: call)
            }
        }
        if let application = user.application { decisionMember(application, of: user, isBrief, in: call) }
        member("verificationStatus", user.verification.rawValue)
    }

    mutating func leaseMember(_ lease: Lease, in call: Call) {
        member("lease") {
            $0.member("id", call.leaseId(lease))
            $0.member("status", lease.status.rawValue)
        }
    }

    private mutating func decisionMember(
        _ application: Application, of user: User, _ isBrief: Bool, in call: Call
    ) {
        let isApproved = application.status == .approved
        member("decision") {
            $0.member("applicationId", call.sandbox.identifiers.uuid(application.id))
            if !isBrief {
                $0.member("prequalId", call.sandbox.identifiers.identifier(.prequalification, application.id))
            }
            $0.member("approved", isApproved)
            $0.member("status", application.status.rawValue)
            $0.member("spendingLimit", application.spendingLimit)
            $0.member("availableBalance", user.availableBalance(at: call.now))
            $0.member("availableWeeklySpending", user.availableWeeklySpending(at: call.now))
            $0.member("createdAt", application.createdAt)
            if isBrief { return }
            $0.member("waterfallSuppressionFlags") { $0.member("suppressWaterfallToUOwn", false) }
            $0.member("vantageHighScore", isApproved)
            $0.member("funnel", application.funnel ?? call.consumer.channel)
        }
    }

    /// ISO 8601 in UTC with milliseconds (B.10).
    package mutating func member(_ name: String, _ moment: Timestamp) {
        key(name)
        quoted(moment.append)
    }

    /// Dollars.
    package mutating func member(_ name: String, _ amount: Money) {
        key(name)
        hundredths(amount.cents)
    }

    /// Dollars, as exact as they are.
    package mutating func member(_ name: String, _ number: Decimal) {
        key(name)
        raw(number.description.utf8)
    }

    /// Cents, where the documents say so (B.11).
    mutating func member(_ name: String, cents amount: Money) { member(name, Int(amount.cents)) }
}
