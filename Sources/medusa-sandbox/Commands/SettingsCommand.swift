internal import ArgumentParser

struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Show or change the sandbox's numbers and switches.",
        subcommands: [Show.self, Set.self], defaultSubcommand: Show.self)

    struct Show: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "All of them.")
        @OptionGroup var target: ControlTarget
        func call() throws { try target.call("GET", ["settings"]) }
    }

    struct Set: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Change some.")
        @OptionGroup var target: ControlTarget
        @Argument(help: "As in spendingLimit=2000 leaseLifetime=PT1H.")
        var changes: [String]
        func validate() throws {
            for change in changes where !change.contains("=") {
                throw ValidationError("\(change) is no change; write name=value")
            }
        }
        func call() throws {
            let lines = changes.map { change in
                let equals = change.firstIndex(of: "=") ?? change.endIndex
                return "\(change[..<equals]): \(change[equals...].dropFirst())"
            }
            try target.call("PATCH", ["settings"], json: try document(lines.joined(separator: "\n")))
        }
    }
}
