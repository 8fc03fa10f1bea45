internal import ArgumentParser

struct LeaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lease", abstract: "Make a lease expire.", subcommands: [Expire.self])

    struct Expire: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "expire", abstract: "Make an unsigned lease expire now.")
        @OptionGroup var target: ControlTarget
        @Argument(help: "The lease: lease id, transaction id or a scenario's name.")
        var lease: String
        func call() throws { try target.call("POST", ["leases", lease, "expire"]) }
    }
}
