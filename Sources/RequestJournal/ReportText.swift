/// The report for people.
extension RunReport {
    /// A few lines, for the end of a run.
    package var summary: String {
        let lines = [head] + warningLines + violationLines + [verdict]
        return lines.joined(separator: "\n")
    }

    package var text: String {
        var parts = [head]
        func add(_ title: String, _ lines: [String]) {
            if !lines.isEmpty { parts.append(([title] + lines.map { "  \($0)" }).joined(separator: "\n")) }
        }
        let width = routes.map(\.line.count).max() ?? 0
        func padded(_ text: String) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
        add(
            "Exercised",
            routes.filter(\.isExercised).map { route in
                "\(padded(route.line))  "
                    + route.statuses.filter { $0.count > 0 }.map { "\($0.status) × \($0.count)" }.joined(
                        separator: ", ")
            })
        add(
            "Never exercised, and how to",
            routes.flatMap { route in
                route.statuses.filter { $0.count == 0 }.map { status in
                    "\(padded(route.line))  \(status.status)  \(status.hint)"
                }
            })
        add("Odd", warningLines)
        add("Against the documented order", violationLines)
        add("Left out", missing.map(\.title))
        parts.append(verdict)
        return parts.joined(separator: "\n\n")
    }

    private var head: String {
        var words = "\(requests) requests, \(covered.met) of \(covered.all) documented answers met"
        if unrouted > 0 { words += "; \(unrouted) met no route" }
        if evicted > 0 {
            words +=
                "; \(evicted) had to make room and are only counted: raise journalEntries for what was against the order in them"
        }
        return words
    }

    private var warningLines: [String] {
        warnings.map { "\($0.count) × \($0.operation.isEmpty ? "no route" : $0.operation): \($0.sentence)" }
    }

    private var violationLines: [String] {
        violations.map { violation in
            let ids = violation.ids.prefix(3).map { "#\($0)" }.joined(separator: ", ")
            let more = violation.count > 3 ? ", …" : ""
            return "\(violation.count) × \(violation.misstep.sentence) (\(ids)\(more))"
        }
    }
}

extension RunReport.Status {
    /// How to get to see it.
    var hint: String {
        let code = codes.isEmpty ? "" : "\(codes.joined(separator: ", ")): "
        return code + (scenario.map { "scenario \($0)" } ?? (provoke.isEmpty ? "nobody knows how" : provoke))
    }
}
