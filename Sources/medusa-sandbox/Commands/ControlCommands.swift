internal import ArgumentParser

/// Each call of the control API as a command.
enum ControlCommands {
    static let all: [any ParsableCommand.Type] = [
        HealthCommand.self, ResetCommand.self, StateCommand.self, ClockCommand.self, SettingsCommand.self,
        PersonasCommand.self, FaultsCommand.self,
        SnapshotsCommand.self, UserCommand.self, LeaseCommand.self, MessagesCommand.self,
        RequestsCommand.self, VerifyCommand.self, ExplainCommand.self, ReportCommand.self,
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
