import Foundation
import JSON
import Support
import Testing

/// Commands that name a thing reach it, whatever characters its name has.
@Suite struct `A command that names something` {
    private static let odd = [
        "A/B", "a b", "%2F", "?x=1", "#1", "a+b", "..", ".", "./x", "ü", "李小龙", "a;b", "a&b=c", "a\\b", "%", "\"q\"",
        "it's", "--", "a//b", "/", "~", "🦆", "a:b@c",
    ]

    /// Of odd signs, drawn.
    private static func names(_ count: Int, _ chance: inout Chance) -> [String] {
        let signs = Array("aZ0/% ?#&=+.;:@\\\"'~é李").map(String.init)
        var names = Set(odd)
        while names.count < odd.count + count {
            names.insert("n" + (0...chance.below(6)).map { _ in chance.pick(signs) }.joined() + "n")
        }
        return names.sorted()
    }

    private func quoted(_ text: String) -> String { "'\(text.replacing("'", with: #"'\''"#))'" }

    private func json(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    /// Prints what a command has said of a name in a line, so that the next one's cannot be mistaken for it.
    private func run(_ names: [String], scenario: String, _ command: (String) -> String) throws -> Program.Run {
        let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(scenario.utf8).write(to: URL(filePath: "\(folder)/odd.yaml"))
        let lines = names.map { "\(command($0)) > /dev/null && echo yes || echo no" }
        return try Program.run(
            ["exec", "--scenario", "\(folder)/odd.yaml", "--no-report", "--", "bash", "-c"]
                + ["m='\(Program.url.path)'\n\(lines.joined(separator: "\n"))"])
    }

    private static let commands = [
        "user hold", "user verify", "user decide", "lease expire",
    ]

    @Test(arguments: commands)
    func `reaches it by any name that a scenario can give`(command: String) throws {
        var chance = Chance(seed: UInt64(command.utf8.count))
        let names = Self.names(12, &chance)
        let users = names.enumerated().map { "\(json($1)): {email: \"u\($0)@example.com\"}" }
        let decisions = names.map { "\(json($0)): {user: \(json($0))}" }
        let leases = names.enumerated().map {
            "\(json($1)): {user: \(json($1)), transactionId: T\($0), items: [{sku: s, brand: b, description: d, cost: 100, quantity: 1}]}"
        }
        let scenario = """
            about: Odd names.
            given:
              users: {\(users.joined(separator: ", "))}
              decisions: {\(decisions.joined(separator: ", "))}
              leases: {\(leases.joined(separator: ", "))}
            """
        let last = ["user verify": " failed", "user decide": " approved"][command] ?? ""
        let run = try run(names, scenario: scenario) { "\"$m\" \(command) -- \(quoted($0))\(last)" }
        let answers = run.output.split(separator: "\n")
        #expect(answers.count == names.count, "\(run.output)\(run.errors)")
        for (name, answer) in zip(names, answers) { #expect(answer == "yes", "\(name): \(run.errors)") }
    }

    @Test(arguments: [
        "snapshots restore", "snapshots delete", "faults remove", "requests show", "explain", "snapshots download",
    ])
    func `says of what is not there that it is not, and never that the path is unknown`(command: String) throws {
        var chance = Chance(seed: UInt64(command.utf8.count))
        let names = Self.names(20, &chance).filter { _ in chance.isOne(in: 3) }
        let file = command == "snapshots download" ? " /dev/null" : ""
        let run = try run(names, scenario: "about: Nothing.\n") {
            "\"$m\" \(command) -- \(quoted($0))\(file) 2> >(grep -q 'nothing at this path' || echo no)"
        }
        #expect(!run.output.contains("yes"), "\(run.output)\(run.errors)")
    }

    @Test func `says that a name is empty`() throws {
        let run = try Program.run(["lease", "expire", "", "--key", "k"])
        #expect(run.code != 0)
        #expect(run.errors.contains("its name or id is empty"))
    }
}
