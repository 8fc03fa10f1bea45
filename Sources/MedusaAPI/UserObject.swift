package import JSON
package import Medusa
internal import Sandbox

/// The user object of routes 4, 5 and 11.
extension JSONWriter {
    mutating func members(of user: User, in call: Call) {
        member("userId", call.userId(user.id))
        member("firstName", user.firstName)
        member("lastName", user.lastName)
        member("email", user.email)
        member("createdAt", user.createdAt)
        member("transactions", array: user.engagements) { writer, engagement in
            writer.object {
                $0.member("id", engagement.reference)
                $0.member("createdAt", engagement.lease.createdAt.date)
                $0.leaseMember(engagement.lease, in: call)
            }
        }
        if let application = user.application { decisionMember(application, of: user, in: call) }
        member("verificationStatus", user.verification.rawValue)
    }

    mutating func leaseMember(_ lease: Lease, in call: Call) {
        member("lease") {
            $0.member("id", call.leaseId(lease))
            $0.member("status", lease.status.rawValue)
        }
    }

    private mutating func decisionMember(_ application: Application, of user: User, in call: Call) {
        let isApproved = application.status == .approved
        member("decision") {
            $0.member("applicationId", call.sandbox.identifiers.uuid(application.id))
            $0.member("prequalId", call.sandbox.identifiers.identifier(.prequalification, application.id))
            $0.member("approved", isApproved)
            $0.member("status", application.status.rawValue)
            $0.member("spendingLimit", application.spendingLimit)
            $0.member("availableBalance", user.availableBalance(at: call.now))
            $0.member("availableWeeklySpending", user.availableWeeklySpending(at: call.now))
            $0.member("createdAt", application.createdAt)
            $0.member("waterfallSuppressionFlags") { $0.member("suppressWaterfallToUOwn", false) }
            $0.member("vantageHighScore", isApproved)
            $0.member("funnel", call.consumer.channel)
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

    /// Cents, where the documents say so (B.11).
    mutating func member(_ name: String, cents amount: Money) { member(name, Int(amount.cents)) }
}
