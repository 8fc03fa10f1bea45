internal import Contract
internal import HTTP
internal import JSON
internal import MedusaAPI
internal import MedusaStore
internal import RequestJournal
internal import Sandbox

/// What the integration has done in the whole run.
enum ReportCalls {
    static let all = [ControlRoute(endpoint: report, answer: .read(answer))]

    private static let format = Key.optional(
        "format", .oneOf("json", "text", "junit", "html"), "In which form; JSON where nothing is said")

    static let report = Endpoint.control(
        .get, "report", "Get Report", query: fields(format),
        outcomes: [
            .init(
                .ok, meaning: "The report, over all resets", body: .data(document),
                orAs: ["text/plain", "application/xml", "text/html"])
        ])

    private static let document = Schema.named(
        "Report",
        [
            .always("isReady", .boolean(), "Whether nothing stands against a certification"),
            .always("verdict", .text(), "The same in words, with what is missing"),
            .always("requests", .count, "How many there were"),
            .always("unrouted", .count, "How many of them met no endpoint"),
            .always("evicted", .count, "How many had to make room, and are only counted"),
            .always(
                "answers",
                .object([
                    .always("met", .count, "Documented answers that were met"),
                    .always("documented", .count, "How many there are, by route and status"),
                ]), "Coverage"),
            .always(
                "missing",
                list(
                    "MissingStep",
                    [
                        .always("step", .text(), "What it never came to"),
                        .always("operations", .array(of: .text(), counts: Schema.anyCount), "The calls that would do"),
                    ]), "Steps of the guide that were left out"),
            .always(
                "violations",
                list(
                    "Violation",
                    [
                        .always("violation", .oneOf(Misstep.allCases.map(\.rawValue)), "Its name"),
                        .always("sentence", .text(), "What is wrong, and what to do"),
                        .always("page", .text(), "The page that says so"),
                        .always("count", .count, "How often"),
                        .always("ids", .array(of: .count, counts: Schema.anyCount), "The first requests"),
                    ]), "What was against the documented order"),
            .always(
                "warnings",
                list(
                    "GroupedWarning",
                    [
                        .always("operation", .text(), "The endpoint"), .always("sentence", .text(), "What was odd"),
                        .always("count", .count, "How often"),
                    ]), "What was odd"),
            .always(
                "routes",
                list(
                    "ReportedRoute",
                    [
                        .always("operation", .text(), "The endpoint"), .always("route", .text(), "Method and path"),
                        .always(
                            "statuses",
                            list(
                                "ReportedStatus",
                                [
                                    .always("status", .integer(100...599), "The status"),
                                    .always("codes", .array(of: .text(), counts: Schema.anyCount), "Its codes"),
                                    .always("count", .count, "How often it was met"),
                                    .sometimes("provoke", .text(), "How to provoke it, where it never was"),
                                    .sometimes("scenario", .text(), "The shipped scenario that has it in its story"),
                                ]), "Each documented status"),
                    ]), "Each documented route"),
        ])

    private static func list(_ name: String, _ fields: [Field]) -> Schema {
        .array(of: .named(name, fields), counts: Schema.anyCount)
    }

    private static func answer(_ call: ControlCall) throws -> Response {
        let query = try call.query()
        let report = try RunReport(call.sandbox.store.journal)
        switch query[format] {
        case "text": return text(report.text + "\n", "text/plain")
        case "junit": return text(report.junit + "\n", "application/xml")
        case "html": return text(report.html, "text/html")
        default: return .data { report.members(to: &$0) }
        }
    }

    private static func text(_ text: String, _ type: String) -> Response {
        Response(.ok, fields: [NamedValue("Content-Type", "\(type); charset=utf-8")], body: Array(text.utf8))
    }
}
