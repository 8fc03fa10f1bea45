internal import ArgumentParser

struct ResetCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Begin anew: with the scenario that filled the sandbox, or empty.")
    @OptionGroup var target: ControlTarget
    func call() throws { try target.call("POST", ["reset"]) }
}
