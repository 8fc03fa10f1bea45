internal import ArgumentParser
internal import JSON

struct ClockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "Show or move the sandbox's time.",
        subcommands: [Show.self, Freeze.self, Real.self, Advance.self], defaultSubcommand: Show.self)

    struct Show: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "What it shows, and when the next thing falls due.")
        @OptionGroup var target: ControlTarget
        func call() throws { try target.call("GET", ["clock"]) }
    }

    struct Freeze: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "freeze", abstract: "Stop it, now or at a moment.")
        @OptionGroup var target: ControlTarget
        @Argument(help: "A date (2026-03-02T09:00:00Z), or how far from the present moment (P3D).")
        var moment: String?
        func call() throws {
            try target.call("PUT", ["clock"]) {
                $0.member("mode", "frozen")
                $0.member("now", ifPresent: moment)
            }
        }
    }

    struct Real: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "real", abstract: "Let it go on, as the machine's time does, with an offset or without.")
        @OptionGroup var target: ControlTarget
        @Option(help: "How far it is from the machine's time: P3D; --offset=-P3D goes back.")
        var offset: String?
        @Option(help: "What it is to show now.")
        var now: String?
        func call() throws {
            try target.call("PUT", ["clock"]) {
                $0.member("mode", "real")
                $0.member("offset", ifPresent: offset)
                $0.member("now", ifPresent: now)
            }
        }
    }

    struct Advance: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "advance", abstract: "Move it forward, and list what fell due on the way.")
        @OptionGroup var target: ControlTarget
        @Argument(help: "How far: P31D, PT2H.")
        var by: String?
        @Option(help: "Up to which moment.")
        var to: String?
        @Flag(help: "Up to when the next thing falls due.")
        var toNextEvent = false
        func call() throws {
            try target.call("POST", ["clock", "advance"]) {
                $0.member("by", ifPresent: by)
                $0.member("to", ifPresent: to)
                if toNextEvent { $0.member("toNextEvent", true) }
            }
        }
    }
}
