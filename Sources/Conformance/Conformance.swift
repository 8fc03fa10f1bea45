internal import Contract
internal import HTTP
internal import JSON
internal import MedusaAPI

/// Compares a server with the declarations, answer by answer.
package struct Conformance {
    /// A route and one of its answers.
    package struct Row: Sendable {
        package let operation: String
        package let route: String
        package let status: Int
        package let code: String?
        package let verdict: Verdict
    }

    package enum Verdict: Hashable, Sendable {
        case same
        /// Which key, which type.
        case differs([String])
        /// It could not be provoked here.
        case notReachable(String)
    }

    package private(set) var rows: [Row] = []
    /// What the walk left behind, and how to clean up; `nil` where it left nothing.
    package private(set) var leftover: String?

    /// Where a sandbox begins that is walked over, whatever its own scenario has changed.
    private static let empty = #"{"name":"check","text":"about: an empty sandbox, for medusa-sandbox check\n"}"#

    /// Walks over every declared answer. A sandbox is saved before and restored behind.
    ///
    /// - Throws: what the transport throws when nobody answers at all.
    package init(_ walk: Walk, snapshot: String) throws {
        try walk.lookForControl()
        let isSaved = walk.hasControl && (try? save(walk, snapshot)) == true
        for endpoint in Routes.endpoints {
            let route = "\(endpoint.method.rawValue) \(endpoint.path)"
            let answers = Self.answers(of: endpoint)
            for (status, code) in answers {
                let verdict = Self.verdict(endpoint, status, code, walk)
                rows.append(
                    Row(operation: endpoint.operation, route: route, status: status, code: code, verdict: verdict))
            }
            // Of another spelling the success is enough: what refuses behind it is the same.
            for alias in endpoint.aliases {
                let spelling = Walk.Spelling(
                    method: endpoint.method.rawValue, path: endpoint.path, otherMethod: alias.method.rawValue,
                    otherPath: alias.path)
                let status = answers[0].status
                let verdict = walk.spelt(spelling) { Self.verdict(endpoint, status, nil, walk) }
                rows.append(
                    Row(
                        operation: endpoint.operation, route: "\(alias.method.rawValue) \(alias.path)", status: status,
                        code: nil, verdict: verdict))
            }
        }
        if isSaved, (try? restore(walk, snapshot)) == nil {
            leftover = "the sandbox could not be restored; its state is the snapshot \(snapshot)"
        }
    }

    private func save(_ walk: Walk, _ snapshot: String) throws -> Bool {
        try walk.control("POST", "snapshots", #"{"name":"\#(snapshot)"}"#, for: "a snapshot")
        try walk.control("PUT", "scenario", Self.empty, for: "an empty sandbox")
        return true
    }

    private func restore(_ walk: Walk, _ snapshot: String) throws {
        try walk.control("POST", "snapshots/\(snapshot)/restore", for: "a snapshot")
        try walk.control("DELETE", "snapshots/\(snapshot)", for: "a snapshot")
    }

    /// Every answer that an endpoint declares, once.
    static func answers(of endpoint: Endpoint) -> [(status: Int, code: String?)] {
        var found: [(status: Int, code: String?)] = []
        for outcome in endpoint.outcomes {
            let answer = (status: outcome.status.rawValue, code: outcome.codes.first)
            if !found.contains(where: { $0 == answer }) { found.append(answer) }
        }
        return found
    }

    private static func verdict(_ endpoint: Endpoint, _ status: Int, _ code: String?, _ walk: Walk) -> Verdict {
        let probe = Probe.all.first { $0.operation == endpoint.operation && $0.status == status && $0.code == code }
        guard let probe else { return .notReachable("nothing is known that provokes it") }
        do {
            return verdict(on: try probe.run(walk), endpoint, status, code)
        } catch let unreachable as Walk.Unreachable {
            return .notReachable(unreachable.reason)
        } catch {
            // It has answered before, so it is there, and did not answer this.
            return .differs(["no answer: \(error)"])
        }
    }

    static func verdict(on answer: Walk.Answer, _ endpoint: Endpoint, _ status: Int, _ code: String?) -> Verdict {
        guard answer.status == status else {
            let code = answer.code.map { " \($0.isEmpty ? "\"\"" : $0)" } ?? ""
            return .differs(["answers \(answer.status)\(code)"])
        }
        guard let json = answer.json else { return .differs(["the body is no JSON"]) }
        let outcome = endpoint.outcomes.first { $0.status.rawValue == status && $0.codes.first == code }
        var differences = outcome?.body.differences(in: json) ?? []
        if let code, answer.code != code {
            differences.append("body.error.code is \(answer.code ?? "missing"), not \(code)")
        }
        if code != nil, json["error"]?["statusCode"]?.numberText != String(status) {
            differences.append("body.error.statusCode is not \(status)")
        }
        return differences.isEmpty ? .same : .differs(differences)
    }

    package var hasDifferences: Bool {
        rows.contains { row in
            switch row.verdict {
            case .differs: true
            case .same, .notReachable: false
            }
        }
    }
}
