internal import JSON
internal import Markup

/// What a walk found, for people and for machines.
extension Conformance {
    /// A table route × status, and a line of sums.
    package var table: String {
        let routes = rows.map(\.route.count).max() ?? 0
        let codes = rows.map { ($0.code ?? "").count }.max() ?? 0
        var lines: [String] = []
        for row in rows {
            let code = row.code.map { $0.isEmpty ? "\"\"" : $0 } ?? ""
            var line = "\(padded(row.route, routes))  \(row.status)  \(padded(code, codes))  \(row.verdict.word)"
            switch row.verdict {
            case .same: break
            case .differs(let differences): line += ": " + differences.prefix(5).joined(separator: "; ")
            case .notReachable(let reason): line += ": \(reason)"
            }
            lines.append(line)
        }
        return (lines + [sums]).joined(separator: "\n")
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func count(_ word: String) -> Int { rows.count { $0.verdict.word == word } }

    private var sums: String {
        "\(rows.count) answers: \(count("same")) same, \(count("differs")) differ, \(count("not reachable")) not reachable"
    }

    package var json: [UInt8] {
        JSONWriter.write { writer in
            writer.object {
                $0.member("same", count("same"))
                $0.member("differs", count("differs"))
                $0.member("notReachable", count("not reachable"))
                $0.member("rows", array: rows) { writer, row in
                    writer.object {
                        $0.member("operation", row.operation)
                        $0.member("route", row.route)
                        $0.member("status", row.status)
                        $0.member("code", ifPresent: row.code)
                        $0.member("verdict", row.verdict.word)
                        switch row.verdict {
                        case .same: break
                        case .differs(let differences): $0.member("differences", array: differences) { $0.value($1) }
                        case .notReachable(let reason): $0.member("reason", reason)
                        }
                    }
                }
            }
        }
    }

    /// JUnit's XML, as CI servers read it: a suite a route, a case an answer.
    package var junit: String {
        var routes: [String] = []
        for row in rows where !routes.contains(row.route) { routes.append(row.route) }
        let suites = routes.map { route in
            JUnit.Suite(
                route,
                rows.filter { $0.route == route }.map { row in
                    let name = "\(row.status)" + (row.code.map { " \($0.isEmpty ? "validation" : $0)" } ?? "")
                    switch row.verdict {
                    case .same: return JUnit.Case(name, .passed)
                    case .differs(let differences):
                        return JUnit.Case(name, .failed(differences.joined(separator: "; ")))
                    case .notReachable(let reason): return JUnit.Case(name, .skipped(reason))
                    }
                })
        }
        return JUnit("medusa-sandbox check", suites).xml
    }
}

extension Conformance.Verdict {
    package var word: String {
        switch self {
        case .same: "same"
        case .differs: "differs"
        case .notReachable: "not reachable"
        }
    }
}
