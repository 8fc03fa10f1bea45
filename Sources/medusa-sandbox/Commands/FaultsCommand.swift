internal import ArgumentParser

struct FaultsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faults", abstract: "Say what goes wrong, and when.",
        subcommands: [List.self, Add.self, Remove.self, Clear.self], defaultSubcommand: List.self)

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Each with the requests that it struck.")
        @OptionGroup var target: ControlTarget
        func call() throws { try target.call("GET", ["faults"]) }
    }

    struct Add: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Add one behind those that are there.")
        @OptionGroup var target: ControlTarget
        @Argument(help: "A file, or YAML: '{operations: [createLease], times: 2, status: 502}'.")
        var fault: String
        func call() throws { try target.call("POST", ["faults"], json: try document(fault)) }
    }

    struct Remove: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove one.")
        @OptionGroup var target: ControlTarget
        @Argument(help: "Its id, as list shows it.")
        var id: String
        func call() throws { try target.call("DELETE", ["faults", id]) }
    }

    struct Clear: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "clear", abstract: "Remove all.")
        @OptionGroup var target: ControlTarget
        func call() throws { try target.call("DELETE", ["faults"]) }
    }
}
