package import JSON
internal import Markup

/// The report for programs, and for a browser.
extension RunReport {
    package func members(to writer: inout JSONWriter) {
        writer.member("isReady", isReady)
        writer.member("verdict", verdict)
        writer.member("requests", requests)
        writer.member("unrouted", unrouted)
        writer.member("evicted", evicted)
        writer.member("answers") {
            $0.member("met", covered.met)
            $0.member("documented", covered.all)
        }
        writer.member("missing", array: missing) { writer, milestone in
            writer.object {
                $0.member("step", milestone.title)
                $0.member("operations", array: milestone.operations) { $0.value($1) }
            }
        }
        writer.member("violations", array: violations) { writer, violation in
            writer.object {
                $0.member("violation", violation.misstep.rawValue)
                $0.member("sentence", violation.misstep.sentence)
                $0.member("page", violation.misstep.page)
                $0.member("count", violation.count)
                $0.member("ids", array: violation.ids) { $0.value(Int($1)) }
            }
        }
        writer.member("warnings", array: warnings) { writer, warning in
            writer.object {
                $0.member("operation", warning.operation)
                $0.member("sentence", warning.sentence)
                $0.member("count", warning.count)
            }
        }
        writer.member("routes", array: routes) { writer, route in
            writer.object {
                $0.member("operation", route.operation)
                $0.member("route", route.line)
                $0.member("statuses", array: route.statuses) { writer, status in
                    writer.object {
                        $0.member("status", status.status)
                        $0.member("codes", array: status.codes) { $0.value($1) }
                        $0.member("count", status.count)
                        guard status.count == 0 else { return }
                        $0.member("provoke", status.provoke)
                        $0.member("scenario", ifPresent: status.scenario)
                    }
                }
            }
        }
    }

    /// JUnit's XML: the steps of the guide, the violations and the warnings as cases that fail, the documented answers as cases that are
    /// skipped where nobody met them.
    package var junit: String {
        let steps = Milestone.allCases.map { milestone in
            JUnit.Case(milestone.title, missing.contains(milestone) ? .failed("it never came to that") : .passed)
        }
        let order = Misstep.allCases.map { misstep in
            let found = violations.first { $0.misstep == misstep }
            return JUnit.Case(misstep.rawValue, found.map { .failed("\($0.count) × \(misstep.sentence)") } ?? .passed)
        }
        let odd = warnings.map { JUnit.Case("\($0.operation): \($0.sentence)", .failed("\($0.count) ×")) }
        let answers = routes.map { route in
            JUnit.Suite(
                route.line,
                route.statuses.map { JUnit.Case("\($0.status)", $0.count > 0 ? .passed : .skipped($0.hint)) })
        }
        let suites = [JUnit.Suite("steps", steps), JUnit.Suite("order", order), JUnit.Suite("warnings", odd)]
        return JUnit("medusa-sandbox report", suites + answers).xml
    }

    /// A page that stands alone.
    package var html: String {
        func list(_ title: String, _ items: [String]) -> String {
            guard !items.isEmpty else { return "" }
            return "<h2>\(title)</h2>\n<ul>\n"
                + items.map { "<li>\($0.escapedForMarkup)</li>" }.joined(separator: "\n") + "\n</ul>\n"
        }
        let rows = routes.map { route in
            let cells = route.statuses.map { status in
                let isMet = status.count > 0
                let text = isMet ? "\(status.status) × \(status.count)" : "\(status.status)"
                return
                    "<span class=\"\(isMet ? "met" : "never")\" title=\"\((isMet ? "met" : status.hint).escapedForMarkup)\">\(text)</span>"
            }
            return
                "<tr><th scope=\"row\">\(route.line.escapedForMarkup)</th><td>\(cells.joined(separator: " "))</td></tr>"
        }
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>medusa-sandbox report</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff }
            .verdict { padding: .75rem 1rem; border-left: .4rem solid #8a1c1c; background: #fbeeee }
            .ready { border-color: #14603a; background: #ecf7f0 }
            table { border-collapse: collapse; width: 100% }
            th { text-align: left; font: 14px/1.4 ui-monospace, monospace; overflow-wrap: anywhere }
            th, td { border-bottom: 1px solid #ddd; padding: .3rem .5rem; vertical-align: top }
            .met, .never { display: inline-block; padding: 0 .4rem; border-radius: .3rem; margin: .1rem 0 }
            .met { background: #d6efe0; color: #0d4427 }
            .never { background: #eee; color: #595959 }
            </style>
            </head>
            <body>
            <h1>What the integration has done</h1>
            <p class="verdict\(isReady ? " ready" : "")">\(verdict.escapedForMarkup)</p>
            <p>\(requests) requests; \(covered.met) of \(covered.all) documented answers met\(evicted > 0 ? "; \(evicted) requests had to make room and are only counted" : "").</p>
            \(list("Left out", missing.map(\.title)))
            \(list("Against the documented order", violations.map { "\($0.count) × \($0.misstep.sentence)" }))
            \(list("Odd", warnings.map { "\($0.count) × \($0.operation): \($0.sentence)" }))
            <h2>Documented answers</h2>
            <table>
            \(rows.joined(separator: "\n"))
            </table>
            </body>
            </html>

            """
    }
}
