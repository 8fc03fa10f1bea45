internal import ArgumentParser
internal import FoundationEssentials
internal import JSON
internal import RequestJournal

struct ReportCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "What the integration has done, what was odd or against the order, and what it has left out.")
    @OptionGroup var target: ControlTarget
    @OptionGroup var failing: FailOptions

    @Option(help: "text, json, junit or html.")
    var format = ReportFormat.text

    func call() throws {
        let body = try target.send("GET", ["report"], query: [("format", format.rawValue)])
        let text = format == .json ? (try? JSON(body)["data"]).map { indented($0) } : nil
        say(text ?? String(decoding: body, as: UTF8.self).trimmingSuffix("\n"))
        guard !failing.reasons.isEmpty else { return }
        let answer = try target.send("GET", ["report"])
        let data = try? JSON(answer)["data"]
        for reason in failing.reasons {
            let member =
                switch reason {
                case .warnings: "warnings"
                case .violations: "violations"
                case .uncovered: "missing"
                }
            if data?[member]?.elements.isEmpty != true { throw ExitCode.failure }
        }
    }
}

enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json, junit, html
}

extension RunReport.Failing: ExpressibleByArgument {}

/// What makes a report a failure; `report` and `exec` share it.
struct FailOptions: ParsableArguments {
    @Option(
        name: .customLong("fail-on"), parsing: .singleValue,
        help: "Exit 1 where the report has warnings, violations, or steps that are uncovered; repeatable.")
    var reasons: [RunReport.Failing] = []
}

extension String {
    func trimmingSuffix(_ suffix: String) -> String { hasSuffix(suffix) ? String(dropLast(suffix.count)) : self }
}
