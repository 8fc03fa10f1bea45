internal import ArgumentParser

struct HealthCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Whether the server is live and ready.")
    @OptionGroup var target: ControlTarget
    func call() throws {
        var anyone = target
        // Health is asked without a key.
        anyone.key = anyone.key ?? "-"
        try anyone.call("GET", ["health"])
    }
}
