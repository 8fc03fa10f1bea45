internal import JSON

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
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            #"<testsuites name="medusa-sandbox check" tests="\#(rows.count)" failures="\#(count("differs"))" skipped="\#(count("not reachable"))">"#,
        ]
        var routes: [String] = []
        for row in rows where !routes.contains(row.route) { routes.append(row.route) }
        for route in routes {
            let own = rows.filter { $0.route == route }
            let failures = own.count { $0.verdict.word == "differs" }
            let skipped = own.count { $0.verdict.word == "not reachable" }
            lines.append(
                #"  <testsuite name="\#(escaped(route))" tests="\#(own.count)" failures="\#(failures)" skipped="\#(skipped)">"#
            )
            for row in own {
                let name = "\(row.status)" + (row.code.map { " \($0.isEmpty ? "validation" : $0)" } ?? "")
                let start = #"    <testcase classname="\#(escaped(route))" name="\#(escaped(name))""#
                switch row.verdict {
                case .same: lines.append(start + "/>")
                case .differs(let differences):
                    let text = escaped(differences.joined(separator: "; "))
                    lines.append(start + #"><failure message="\#(text)"/></testcase>"#)
                case .notReachable(let reason):
                    lines.append(start + #"><skipped message="\#(escaped(reason))"/></testcase>"#)
                }
            }
            lines.append("  </testsuite>")
        }
        return (lines + ["</testsuites>"]).joined(separator: "\n")
    }

    /// XML's five, and what XML cannot hold at all.
    private func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&apos;"
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
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
