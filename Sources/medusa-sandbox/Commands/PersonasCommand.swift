internal import ArgumentParser
internal import JSON

struct PersonasCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "personas", abstract: "Show or set what decides about customers.",
        subcommands: [Show.self, Set.self],
        defaultSubcommand: Show.self)

    struct Show: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "The rules, and the table of test values.")
        @OptionGroup var target: ControlTarget
        func call() throws { try target.call("GET", ["personas"]) }
    }

    struct Set: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Rules in the place of those that hold.")
        @OptionGroup var target: ControlTarget
        @Argument(help: "A file, or YAML: '[{when: {lastName: Doe}, outcome: deny}]'.")
        var rules: String
        func call() throws {
            let rules = try document(rules)
            try target.call("PUT", ["personas"]) {
                $0.key("rules")
                $0.raw(rules)
            }
        }
    }
}
