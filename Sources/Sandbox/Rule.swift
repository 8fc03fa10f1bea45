package import Contract
package import JSON
package import Medusa

/// A rule of a scenario: what a request's fields make happen (decisions.md 10). It stands before every test value.
package struct Rule: Sendable {
    private let conditions: [Condition]
    package let ruling: Persona.Ruling

    /// Whether a request fits.
    ///
    /// - Parameter customer: whose name and e-mail count where the request itself has none.
    package func fits(_ body: JSON?, customer: User?) -> Bool {
        conditions.allSatisfy { condition in
            var found = body.map { condition.values(in: $0) } ?? []
            if found.isEmpty, let known = customer.flatMap(condition.text) { found = [known] }
            return found.contains(where: condition.accepts)
        }
    }

    private struct Condition: Sendable {
        let path: [String]
        let accepted: [String]
        let above: Decimal?
        let below: Decimal?

        /// The texts at the path; an array stands for each of its elements.
        func values(in json: JSON) -> [String] {
            var reached = [json]
            for name in path {
                reached = reached.flatMap { $0.isArray ? $0.elements : [$0] }.compactMap { $0[name] }
            }
            return reached.flatMap { $0.isArray ? $0.elements : [$0] }.compactMap(\.scalarText)
        }

        func text(of customer: User) -> String? {
            switch path {
            case ["email"]: customer.email
            case ["firstName"]: customer.firstName
            case ["lastName"]: customer.lastName
            default: nil
            }
        }

        func accepts(_ text: String) -> Bool {
            guard above == nil, below == nil else {
                guard let number = Decimal(text) else { return false }
                return above.map { number > $0 } ?? true && below.map { number < $0 } ?? true
            }
            return accepted.contains { isMatch(text, $0) }
        }
    }
}

/// A rule as a document: in a scenario, and in `PUT /_sandbox/personas`.
extension Rule {
    private static let about = Key.optional("about", .string, "One sentence for people")
    private static let above = Key.optional("above", .number, "More than this number")
    private static let below = Key.optional("below", .number, "Less than this number")
    private static let when = Key.required(
        "when",
        .dictionary(
            of: .alternatives([
                .object(Contract.fields(above, below)), .array(of: .alternatives(scalars), counts: 1...100),
                .alternatives(scalars),
            ])),
        "Fields of a request, by their path (employmentInformation.monthlyIncome), and what they must be: a value in which * "
            + "stands for anything, a list of such values, or {above: …, below: …}")
    private static let outcome = Key.required(
        "outcome", .oneOf(Persona.Outcome.allCases.map(\.rawValue)), "What then happens")
    private static let limit = Key.optional("limit", .price, "The spending limit that is granted, in dollars")
    private static let resolvesAfter = Key.optional(
        "resolvesAfter", .duration, "How long a manual review takes; for ever when absent")
    private static let resolvesAs = Key.optional(
        "resolvesAs", .oneOf("approved", "failed"), "What a manual review comes to; approved when absent")

    private static let scalars: [Schema] = [.string(), .number(), .boolean()]

    /// How many a sandbox may have.
    package static let mostRules = 500

    package static let fields = Contract.fields(about, when, outcome, limit, resolvesAfter, resolvesAs)

    /// - Parameter requestFields: every path that a request can have; a rule on another one would never fit.
    package init(reading values: Values, requestFields: [String]) throws(Violation) {
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
            let path = member.name.split(separator: ".").map(String.init)
            let range = Values.object(member.value)
            if member.value.isObject {
                guard range[Self.above] != nil || range[Self.below] != nil else {
                    throw Violation("when.\(member.name)", "must have \"above\" or \"below\"", at: member.value)
                }
                conditions.append(
                    Condition(path: path, accepted: [], above: range[Self.above], below: range[Self.below]))
            } else {
                let accepted = (member.value.isArray ? member.value.elements : [member.value]).compactMap(\.scalarText)
                conditions.append(Condition(path: path, accepted: accepted, above: nil, below: nil))
            }
        }
        let outcome = Persona.Outcome(rawValue: values[Self.outcome]) ?? .approve
        if outcome == .approveWithLimit, values[Self.limit] == nil {
            throw Violation("limit", "is required for approveWithLimit", at: values.json)
        }
        if outcome != .manualReview, values[Self.resolvesAfter] != nil || values[Self.resolvesAs] != nil {
            throw Violation("resolvesAfter", "is for manualReview only", at: values.json)
        }
        self.conditions = conditions
        ruling = Persona.Ruling(
            outcome, limit: values[Self.limit], resolvesAfter: values[Self.resolvesAfter],
            resolvesAs: values[Self.resolvesAs].flatMap(Application.Status.init))
    }
}

extension JSON {
    fileprivate var scalarText: String? { string ?? numberText ?? bool.map { $0 ? "true" : "false" } }
}

/// Whether a text is what a pattern says, in which `*` stands for anything; case does not matter, nor how a number is written.
func isMatch(_ text: String, _ pattern: String) -> Bool {
    if let left = Decimal(text), let right = Decimal(pattern) { return left == right }
    let pieces = pattern.lowercased().split(separator: "*", omittingEmptySubsequences: false)
    var rest = text.lowercased()[...]
    guard let first = pieces.first, let last = pieces.last, pieces.count > 1 else { return rest == pieces[0] }
    guard rest.hasPrefix(first) else { return false }
    rest = rest.dropFirst(first.count)
    guard rest.hasSuffix(last), rest.count >= last.count else { return false }
    rest = rest.dropLast(last.count)
    for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
        guard let found = rest.firstRange(of: piece) else { return false }
        rest = rest[found.upperBound...]
    }
    return true
}

extension Substring {
    /// The first place of a text in another, without Foundation.
    fileprivate func firstRange(of piece: Substring) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(piece) { return start..<index(start, offsetBy: piece.count) }
            start = index(after: start)
        }
        return nil
    }
}
