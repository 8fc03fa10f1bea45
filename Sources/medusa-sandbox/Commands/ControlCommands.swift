internal import ArgumentParser
internal import Glibc
internal import JSON
internal import Sandbox

/// Each call of the control API as a command.
enum ControlCommands {
    static let all: [any ParsableCommand.Type] = [
        Health.self, Reset.self, State.self, ClockCommand.self, SettingsCommand.self, Personas.self, FaultsCommand.self,
        SnapshotsCommand.self, UserCommand.self, LeaseCommand.self,
    ]
}

/// A command that turns a running sandbox by one call.
protocol ControlCommand: ParsableCommand {
    var target: ControlTarget { get }

    func call() throws
}

extension ControlCommand {
    func run() throws { try explained { try call() } }
}

struct Health: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Whether the server is live and ready.")
    @OptionGroup var target: ControlTarget
    func call() throws {
        var anyone = target
        // Health is asked without a key.
        anyone.key = anyone.key ?? "-"
        try anyone.call("GET", "health")
    }
}

struct Reset: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Begin anew: with the scenario that filled the sandbox, or empty.")
    @OptionGroup var target: ControlTarget
    func call() throws { try target.call("POST", "reset") }
}

struct State: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "state", abstract: "Everything in the sandbox, as JSON.")
    @OptionGroup var target: ControlTarget
    func call() throws { try target.call("GET", "state") }
}

struct ClockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "Show or move the sandbox's time.",
        subcommands: [Show.self, Freeze.self, Real.self, Advance.self], defaultSubcommand: Show.self)

    struct Show: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "What it shows, and when the next thing falls due.")
        @OptionGroup var target: ControlTarget
        func call() throws { try target.call("GET", "clock") }
    }

    struct Freeze: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "freeze", abstract: "Stop it, now or at a moment.")
        @OptionGroup var target: ControlTarget
        @Argument(help: "A date (2026-03-02T09:00:00Z), or how far from the present moment (P3D).")
        var moment: String?
        func call() throws {
            try target.call("PUT", "clock") {
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
            try target.call("PUT", "clock") {
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
            try target.call("POST", "clock/advance") {
                $0.member("by", ifPresent: by)
                $0.member("to", ifPresent: to)
                if toNextEvent { $0.member("toNextEvent", true) }
            }
        }
    }
}

struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Show or change the sandbox's numbers and switches.",
        subcommands: [Show.self, Set.self], defaultSubcommand: Show.self)

    struct Show: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "All of them.")
        @OptionGroup var target: ControlTarget
        func call() throws { try target.call("GET", "settings") }
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
            try target.call("PATCH", "settings", json: try document(lines.joined(separator: "\n")))
        }
    }
}

struct Personas: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "personas", abstract: "Show or set what decides about customers.",
        subcommands: [Show.self, Set.self],
        defaultSubcommand: Show.self)

    struct Show: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "The rules, and the table of test values.")
        @OptionGroup var target: ControlTarget
        func call() throws { try target.call("GET", "personas") }
    }

    struct Set: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Rules in the place of those that hold.")
        @OptionGroup var target: ControlTarget
        @Argument(help: "A file, or YAML: '[{when: {lastName: Doe}, outcome: deny}]'.")
        var rules: String
        func call() throws {
            let rules = try document(rules)
            try target.call("PUT", "personas") {
                $0.key("rules")
                $0.raw(rules)
            }
        }
    }
}

struct FaultsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faults", abstract: "Say what goes wrong, and when.",
        subcommands: [List.self, Add.self, Remove.self, Clear.self], defaultSubcommand: List.self)

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Each with the requests that it struck.")
        @OptionGroup var target: ControlTarget
        func call() throws { try target.call("GET", "faults") }
    }

    struct Add: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Add one behind those that are there.")
        @OptionGroup var target: ControlTarget
        @Argument(help: "A file, or YAML: '{operations: [createLease], times: 2, status: 502}'.")
        var fault: String
        func call() throws { try target.call("POST", "faults", json: try document(fault)) }
    }

    struct Remove: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove one.")
        @OptionGroup var target: ControlTarget
        @Argument(help: "Its id, as list shows it.")
        var id: String
        func call() throws { try target.call("DELETE", "faults/\(id)") }
    }

    struct Clear: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "clear", abstract: "Remove all.")
        @OptionGroup var target: ControlTarget
        func call() throws { try target.call("DELETE", "faults") }
    }
}

struct SnapshotsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshots", abstract: "Save and restore the sandbox; each snapshot is one SQLite file.",
        subcommands: [List.self, Save.self, Restore.self, Delete.self, Download.self, Upload.self],
        defaultSubcommand: List.self)

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Their names, and sizes in bytes.")
        @OptionGroup var target: ControlTarget
        func call() throws { try target.call("GET", "snapshots") }
    }

    struct Save: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "save", abstract: "Save; one of the same name is replaced.")
        @OptionGroup var target: ControlTarget
        @Argument var name: String
        func call() throws { try target.call("POST", "snapshots") { $0.member("name", name) } }
    }

    struct Restore: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "restore", abstract: "Go back to one.")
        @OptionGroup var target: ControlTarget
        @Argument var name: String
        func call() throws { try target.call("POST", "snapshots/\(name)/restore") }
    }

    struct Delete: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Delete one.")
        @OptionGroup var target: ControlTarget
        @Argument var name: String
        func call() throws { try target.call("DELETE", "snapshots/\(name)") }
    }

    struct Download: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "download", abstract: "Write one to a file, which sqlite3 opens.")
        @OptionGroup var target: ControlTarget
        @Argument var name: String
        @Argument var file: String
        func call() throws {
            let image = try target.send("GET", "snapshots/\(name)")
            let written = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            var rest = image[...]
            while written >= 0, !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes { unsafe write(written, $0.baseAddress, $0.count) }
                guard count > 0 else { break }
                rest = rest.dropFirst(count)
            }
            guard written >= 0, rest.isEmpty, close(written) == 0 else {
                throw Sandboxes.Failure(
                    description: "cannot write \(file): \(unsafe String(cString: strerror(errno))); name another file")
            }
        }
    }

    struct Upload: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "upload", abstract: "Keep a file as a snapshot; restore brings it in.")
        @OptionGroup var target: ControlTarget
        @Argument var name: String
        @Argument var file: String
        func call() throws {
            let image: [UInt8]
            do {
                image = try Snapshots.bytes(of: file)
            } catch {
                throw Sandboxes.Failure(description: "cannot read \(file); name a file that a download has written")
            }
            let answer = try target.send("PUT", "snapshots/\(name)", type: "application/vnd.sqlite3", body: image)
            say(indented(answer))
        }
    }
}

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Do what a reviewer of the vendor would do to a customer.",
        subcommands: [Decide.self, Hold.self, Verify.self])

    struct Decide: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "decide", abstract: "Decide an application.")
        @OptionGroup var target: ControlTarget
        @Argument(help: "The customer: id, e-mail or a scenario's name.")
        var user: String
        @Argument(help: "approved, pending or failed.")
        var status: String
        @Option(help: "The spending limit, in dollars.")
        var spendingLimit: String?
        @Option(help: "How long a review takes.")
        var resolvesAfter: String?
        @Option(help: "What a review comes to: approved or failed.")
        var resolvesAs: String?
        func call() throws {
            try target.call("PUT", "users/\(user)/decision") {
                $0.member("status", status)
                $0.member("spendingLimit", ifPresent: spendingLimit)
                $0.member("resolvesAfter", ifPresent: resolvesAfter)
                $0.member("resolvesAs", ifPresent: resolvesAs)
            }
        }
    }

    struct Hold: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "hold", abstract: "Put spending on hold, or lift the hold.")
        @OptionGroup var target: ControlTarget
        @Argument(help: "The customer: id, e-mail or a scenario's name.")
        var user: String
        @Flag(help: "Lift the hold.")
        var off = false
        func call() throws { try target.call("PUT", "users/\(user)/hold") { $0.member("spendingHold", !off) } }
    }

    struct Verify: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Set the verification.")
        @OptionGroup var target: ControlTarget
        @Argument(help: "The customer: id, e-mail or a scenario's name.")
        var user: String
        @Argument(help: "pending, failed or succeeded.")
        var status: String
        func call() throws {
            try target.call("PUT", "users/\(user)/verification") { $0.member("verificationStatus", status) }
        }
    }
}

struct LeaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lease", abstract: "Make a lease expire.", subcommands: [Expire.self])

    struct Expire: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "expire", abstract: "Make an unsigned lease expire now.")
        @OptionGroup var target: ControlTarget
        @Argument(help: "The lease: lease id, transaction id or a scenario's name.")
        var lease: String
        func call() throws { try target.call("POST", "leases/\(lease)/expire") }
    }
}
