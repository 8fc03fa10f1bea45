internal import ArgumentParser
internal import Contract
internal import JSON

struct RequestsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests", abstract: "What happened: the journal of the sandbox.",
        subcommands: [List.self, Show.self, Forget.self], defaultSubcommand: List.self)

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The latest requests that fit, oldest first.")
        @OptionGroup var target: ControlTarget

        @Flag(help: "Go on with each request as it comes.")
        var follow = false

        @Flag(help: "Print each as JSON, with header and body, instead of a line.")
        var json = false

        @Option(help: "The method.")
        var method: String?

        @Option(help: "The endpoint's name, as in OpenAPI: createLease.")
        var operation: String?

        @Option(help: "The endpoint's path, with its braces.")
        var route: String?

        @Option(help: "The path as it was sent; * stands for anything.")
        var path: String?

        @Option(help: "400, 4xx, or 402,410.")
        var status: String?

        @Option(help: "From this moment on: a date, or how far from now it is: --since=-PT5M.")
        var since: String?

        @Option(help: "Up to this moment.")
        var until: String?

        @Flag(help: "Those of which something was odd.")
        var warnings = false

        @Option(
            name: .customLong("where"), parsing: .singleValue,
            help:
                "body.PATH=VALUE, header.NAME=VALUE, query.NAME=VALUE or answer.PATH=VALUE; * stands for anything; repeatable."
        )
        var conditions: [String] = []

        @Option(help: "How many.")
        var limit = 50

        @Flag(help: "Also those from before the latest reset, restore or scenario.")
        var all = false

        @Flag(help: "Those without a key that is admitted.")
        var strays = false

        func validate() throws {
            for condition in conditions where !condition.contains("=") {
                throw ValidationError(
                    "--where takes NAME=VALUE, as in body.email=*@example.com; \"\(condition)\" has no =")
            }
        }

        func call() throws {
            var query = conditions.map { condition -> (name: String, value: String) in
                let name = condition.prefix { $0 != "=" }
                return (String(name), String(condition.dropFirst(name.count + 1)))
            }
            let plain = [
                ("method", method), ("operation", operation), ("route", route), ("path", path), ("status", status),
                ("since", since), ("until", until), ("warnings", warnings ? "true" : nil), ("all", all ? "true" : nil),
                ("strays", strays ? "true" : nil),
            ]
            query += plain.compactMap { name, value in value.map { (name, $0) } }
            let answer = try target.send(
                "GET", ["requests"], query: query + [("limit", String(limit)), ("latest", "true")])
            guard let data = try? JSON(answer)["data"] else { return }
            if let evicted = data["evicted"]?.numberText, evicted != "0" {
                say("(\(evicted) earlier requests had to make room)")
            }
            for request in data["requests"]?.elements ?? [] { show(request) }
            guard follow else { return }
            let last = data["requests"]?.elements.last?["id"]?.numberText
            try target.follow(["requests"], query: query + (last.map { [("after", $0)] } ?? [])) { event in
                if let request = try? JSON(event) { show(request) }
            }
        }

        private func show(_ request: JSON) { say(json ? indented(request) : line(of: request)) }
    }

    struct Show: ControlCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "One request, whole.")
        @OptionGroup var target: ControlTarget
        @Argument(help: "The x-sandbox-request-id of its answer, or latest.")
        var id: String
        func call() throws { try target.call("GET", ["requests", id]) }
    }

    struct Forget: ControlCommand {
        static let configuration = CommandConfiguration(commandName: "forget", abstract: "Empty the journal.")
        @OptionGroup var target: ControlTarget
        func call() throws { try target.call("DELETE", ["requests"]) }
    }
}

/// A request as a line: when, which, what, how it ended; below it what was odd.
private func line(of request: JSON) -> String {
    func text(_ name: String) -> String { (request[name].flatMap { $0.string ?? $0.numberText } ?? "").printable }
    var line =
        "\(text("at")) #\(text("id")) \(text("method")) \(text("target")) \(text("status")) \(text("tookMicroseconds"))µs"
    let body = request["response"]?["body"]
    if let error = body?["error"] {
        let code = error["code"].flatMap { $0.string ?? $0.numberText } ?? ""
        line += " \(code.isEmpty ? "" : "\(code): ")\((error["message"]?.string ?? "").printable)"
    } else if let message = body?["message"]?.string {
        line += " \(message.printable)"
    }
    if request["fault"] != nil { line += " (struck by a fault)" }
    for warning in request["warnings"]?.elements ?? [] { line += "\n    warning: \(warning.string ?? "")" }
    return line
}
