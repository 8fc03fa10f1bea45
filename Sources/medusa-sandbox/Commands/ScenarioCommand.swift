internal import ArgumentParser
internal import JSON
internal import Scenarios

/// `medusa-sandbox scenario …`: what can be done with scenario files.
struct ScenarioCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scenario", abstract: "List, show and check scenario files, or load one into a running sandbox.",
        subcommands: [List.self, Show.self, Check.self, Schema.self, Load.self, Loaded.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The shipped scenarios, with their stories.")

        func run() throws {
            try explained {
                for shipped in Shipped.all {
                    let scenario = try ScenarioSource(shipped.name).read()
                    say("\(shipped.name)\n    \(scenario.about)")
                }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "A shipped scenario's file, to copy from.")

        @Argument(help: "The name of a shipped scenario.")
        var name: String

        func run() throws {
            try explained {
                _ = try ScenarioSource(name)
                let text = Shipped.all.first { $0.name == name }?.text ?? []
                say(String(String(decoding: text, as: UTF8.self).trimmedEnd))
            }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "The problems of scenario files, as file:line:column: sentence; exit 1 if there is one.")

        @Argument(help: "Scenario files, or names of shipped ones.")
        var files: [String]

        func run() throws {
            var isGood = true
            for file in files {
                do {
                    let isName = Shipped.all.contains { $0.name == file }
                    try (isName ? try ScenarioSource(file) : ScenarioSource(file: file)).read().rehearse()
                } catch {
                    isGood = false
                    say("\(error)")
                }
            }
            if !isGood { throw ExitCode.failure }
        }
    }

    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "schema", abstract: "The JSON Schema of scenario files, for editors.")

        func run() { say(indented(Scenario.jsonSchema)) }
    }

    struct Loaded: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "loaded", abstract: "The scenario of a running sandbox, and what its names mean.")

        @OptionGroup var target: ControlTarget

        func call() throws { try target.call("GET", ["scenario"]) }
    }

    struct Load: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "load", abstract: "Fill a running sandbox with a scenario; what was in it is gone.")

        @OptionGroup var target: ControlTarget

        @Argument(help: "The name of a shipped scenario, or a file.")
        var scenario: String

        func run() throws {
            try explained {
                let source = try ScenarioSource(scenario)
                let text = try source.path.map { String(decoding: try ScenarioSource.bytes(of: $0), as: UTF8.self) }
                try target.call("PUT", ["scenario"]) {
                    $0.member("name", source.name)
                    $0.member("text", ifPresent: text)
                }
            }
        }
    }
}

extension String {
    fileprivate var trimmedEnd: Substring {
        var text = self[...]
        while text.last?.isNewline == true { text.removeLast() }
        return text
    }
}
