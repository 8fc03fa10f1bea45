internal import Contract
internal import HTTP
internal import JSON
internal import MedusaAPI
package import MedusaStore

/// What an integration has done in a whole run, over all resets: which documented answers it has met, what was odd, what was against the
/// documented order, and what it has left out.
package struct RunReport {
    package struct Route: Sendable {
        package let operation: String
        package let title: String
        package let line: String
        package let statuses: [Status]

        package var isExercised: Bool { statuses.contains { $0.count > 0 } }
    }

    package struct Status: Sendable {
        package let status: Int
        package let codes: [String]
        package let count: Int
        /// How to provoke it, in words.
        package let provoke: String
        package let scenario: String?
    }

    package struct Warning: Hashable, Sendable {
        package let operation: String
        package let sentence: String
        package let count: Int
    }

    package struct Violation: Sendable {
        package let misstep: Misstep
        package let count: Int
        /// The first of the requests.
        package let ids: [Int64]
    }

    package let requests: Int
    /// Requests that are counted, and can no longer be looked at for violations.
    package let evicted: Int
    /// Requests that met no endpoint.
    package let unrouted: Int
    package let routes: [Route]
    package let warnings: [Warning]
    package let violations: [Violation]
    package let missing: [Milestone]

    private struct Answered: Hashable {
        let operation: String
        let status: Int
    }

    private struct Odd: Hashable {
        let operation: String
        let sentence: String
    }

    package init(_ journal: Journal) throws {
        var answered: [Answered: Int] = [:]
        var odd: [Odd: Int] = [:]
        var taken: Set<String> = []
        var givesPaymentMethod = false
        for tally in try journal.tallies() {
            switch tally.kind {
            case .status:
                guard let status = Int(tally.detail) else { continue }
                answered[Answered(operation: tally.operation, status: status), default: 0] += tally.count
                if status < 300 { taken.insert(tally.operation) }
            case .warning: odd[Odd(operation: tally.operation, sentence: tally.detail), default: 0] += tally.count
            }
        }
        var finder = MisstepFinder()
        try journal.visit { entry in
            let request = RecordedRequest(entry)
            answered[Answered(operation: entry.operation, status: entry.status), default: 0] += 1
            if entry.warnings > 0 {
                for sentence in request.warnings {
                    odd[Odd(operation: entry.operation, sentence: sentence), default: 0] += 1
                }
            }
            if entry.status < 300 {
                taken.insert(entry.operation)
                if entry.operation == "applyForSpendingLimit", !givesPaymentMethod {
                    let body = request.requestBody
                    givesPaymentMethod = body?["bankAccount"] != nil || body?["cardInformation"] != nil
                }
            }
            finder.meet(request)
            return true
        }
        requests = answered.values.reduce(0, +)
        evicted = Int(try journal.extent.evicted)
        unrouted = answered.filter { $0.key.operation.isEmpty }.values.reduce(0, +)
        routes = Routes.endpoints.map { endpoint in
            Self.route(endpoint) { answered[Answered(operation: endpoint.operation, status: $0)] ?? 0 }
        }
        warnings = odd.map { Warning(operation: $0.key.operation, sentence: $0.key.sentence, count: $0.value) }
            .sorted { ($1.count, $0.operation, $0.sentence) < ($0.count, $1.operation, $1.sentence) }
        violations = finder.finish().map { Violation(misstep: $0.misstep, count: $0.count, ids: $0.ids) }
        missing = Milestone.allCases.filter { milestone in
            !milestone.operations.contains(where: taken.contains)
                && !(milestone == .paymentMethodGiven && givesPaymentMethod)
        }
    }

    private static func route(_ endpoint: Endpoint, _ count: (Int) -> Int) -> Route {
        var statuses: [Status] = []
        for outcome in endpoint.outcomes {
            let status = outcome.status.rawValue
            guard !statuses.contains(where: { $0.status == status }) else { continue }
            let same = endpoint.outcomes.filter { $0.status.rawValue == status }
            let code = same.lazy.flatMap(\.codes).first { !$0.isEmpty }
            statuses.append(
                Status(
                    status: status, codes: same.flatMap(\.codes).filter { !$0.isEmpty }, count: count(status),
                    provoke: outcome.isRefusal ? outcome.provoke : "call it",
                    scenario: endpoint.scenario(for: status, code: code)))
        }
        return Route(
            operation: endpoint.operation, title: endpoint.title,
            line: "\(endpoint.method.rawValue) \(endpoint.path)", statuses: statuses)
    }

    // MARK: The verdict

    package enum Failing: String, CaseIterable, Sendable {
        case warnings, violations, uncovered
    }

    /// Whether nothing stands against a certification: every step of the guide taken, and none against the order.
    package var isReady: Bool { missing.isEmpty && violations.isEmpty && requests > 0 }

    package func fails(on reasons: [Failing]) -> Bool {
        reasons.contains { reason in
            switch reason {
            case .warnings: !warnings.isEmpty
            case .violations: !violations.isEmpty
            case .uncovered: !missing.isEmpty
            }
        }
    }

    /// How many of the documented answers were met.
    package var covered: (met: Int, all: Int) {
        let all = routes.flatMap(\.statuses)
        return (all.count { $0.count > 0 }, all.count)
    }

    package var verdict: String {
        guard requests > 0 else { return "nothing was asked, so nobody can say" }
        guard !isReady else {
            return "ready for certification" + (warnings.isEmpty ? "" : ", but for what is odd")
        }
        var reasons: [String] = []
        if !violations.isEmpty {
            reasons.append("\(violations.map(\.count).reduce(0, +)) against the documented order")
        }
        if !missing.isEmpty { reasons.append("it never came to \(missing.map(\.title).joined(separator: ", "))") }
        return "not ready for certification: " + reasons.joined(separator: "; ")
    }
}
