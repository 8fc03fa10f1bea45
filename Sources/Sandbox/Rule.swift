package import Contract
package import JSON
package import Medusa

/// A rule of a scenario: what a request's fields make happen (decisions.md 10). It stands before every test value.
package struct Rule: Sendable {
    private let conditions: [Condition]
    package let ruling: Persona.Ruling

    /// Whether a request fits.
    ///
    /// - Parameters:
    ///   - other: values that count where the request itself has none of that name.
    ///   - customer: whose name and e-mail count where the request itself has none.
    package func fits(_ body: JSON?, also other: JSON? = nil, customer: User?) -> Bool {
        conditions.allSatisfy { condition in
            var found = body.map { condition.values(in: $0) } ?? []
            if found.isEmpty { found = other.map { condition.values(in: $0) } ?? [] }
            if found.isEmpty, let known = customer.flatMap(condition.text) { found = [known] }
            return found.contains(where: condition.accepts)
        }
    }
}

/// A rule as a document: in a scenario, and in `PUT /_sandbox/personas`.
extension Rule {
    private static let about = Key.optional("about", .string, "One sentence for people")
    private static let when = Key.required(
        "when",
        .dictionary(of: Condition.schema),
        "Fields of a request, by their path (employmentInformation.monthlyIncome), and what they must be: a value in which * "
            + "stands for anything, a list of such values, or {above: …, below: …}")
    private static let outcome = Key.required(
        "outcome", .oneOf(Persona.Outcome.allCases.map(\.rawValue)), "What then happens")
    private static let limit = Key.optional("limit", .price, "The spending limit that is granted, in dollars")
    private static let resolvesAfter = Key.optional(
        "resolvesAfter", .duration, "How long a manual review takes; for ever when absent")
    private static let resolvesAs = Key.optional(
        "resolvesAs", .oneOf("approved", "failed"), "What a manual review comes to; approved when absent")

    /// How many a sandbox may have.
    package static let mostRules = 500

    package static let fields = Contract.fields(about, when, outcome, limit, resolvesAfter, resolvesAs)

    /// - Parameters:
    ///   - requestFields: every path that a request can have; a rule on another one would never fit.
    ///   - now: when it is set; `nil` for one that a database keeps, for which it was right once.
    package init(reading values: Values, requestFields: [String], at now: Timestamp?) throws(Violation) {
        let members = values[Self.when].json?.members ?? []
        guard !members.isEmpty else {
            throw Violation("when", "must name at least one field", at: values.given(Self.when)?.json)
        }
        var conditions: [Condition] = []
        for member in members {
            guard requestFields.contains(member.name) else {
                let hint = didYouMean(nearest(to: member.name, among: requestFields))
                throw Violation("when.\(member.name)", "is no field of a request\(hint)", at: member.value.name)
            }
            conditions.append(try Condition(member.name, reading: member.value, in: "when"))
        }
        let outcome = Persona.Outcome(rawValue: values[Self.outcome]) ?? .approve
        if outcome == .approveWithLimit, values[Self.limit] == nil {
            throw Violation("limit", "is required for approveWithLimit", at: values.json)
        }
        if outcome != .manualReview, values[Self.resolvesAfter] != nil || values[Self.resolvesAs] != nil {
            throw Violation("resolvesAfter", "is for manualReview only", at: values.json)
        }
        if let now { _ = try values.span(Self.resolvesAfter, from: now) }
        self.conditions = conditions
        ruling = Persona.Ruling(
            outcome, limit: values[Self.limit], resolvesAfter: values[Self.resolvesAfter],
            resolvesAs: values[Self.resolvesAs].flatMap(Application.Status.init))
    }
}
