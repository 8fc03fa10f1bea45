internal import ArgumentParser
internal import JSON

struct ExplainCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Why a request was answered as it was, and what would have worked.")
    @OptionGroup var target: ControlTarget

    @Flag(help: "Print JSON.")
    var json = false

    @Argument(help: "The x-sandbox-request-id of its answer, or latest.")
    var id: String

    func call() throws {
        if json { return try target.call("GET", ["explain", id]) }
        let answer = try target.send("GET", ["explain", id])
        guard let data = try? JSON(answer)["data"] else { return }
        func text(_ name: String) -> String { data[name].flatMap { $0.string ?? $0.numberText } ?? "" }
        func list(_ name: String) -> [String] { data[name]?.elements.compactMap(\.string) ?? [] }
        func show(_ title: String, _ lines: [String]) {
            guard !lines.isEmpty else { return }
            say("\n\(title)")
            for line in lines { say("    \(line)") }
        }
        say("#\(text("id")) \(text("request")): \(text("status")) \(text("code"))")
        say(text("reason"))
        if let field = data["field"], let expected = field["expected"]?.string {
            show("Expected", ["\(field["path"]?.string ?? ""): \(expected)"])
        }
        show("Odd", list("warnings"))
        show("Decided by", list("decidedBy"))
        for (name, title) in [("before", "It found"), ("after", "It left")] {
            show(title, data[name].map { [String(decoding: $0.source, as: UTF8.self)] } ?? [])
        }
        show("Possible then", list("moves"))
        if let precedence = data["precedence"] {
            let place = precedence["place"]?.numberText.flatMap { Int($0) } ?? 0
            let order = (precedence["order"]?.elements ?? []).compactMap(\.string)
            show(
                "In order of precedence",
                order.enumerated().map { "\($0 + 1 == place ? ">" : " ") \($0 + 1). \($1)" })
        }
        show("Page", [text("page")].filter { !$0.isEmpty })
        say("\nRepeats it\n\(text("repeat"))")
        show("What has to be different", list("changes"))
        if data["corrected"] != nil { say("\nWould have succeeded\n\(text("corrected"))") }
    }
}
