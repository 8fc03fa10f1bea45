internal import ArgumentParser

struct StateCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "state", abstract: "Everything in the sandbox, as JSON.")
    @OptionGroup var target: ControlTarget
    func call() throws { try target.call("GET", ["state"]) }
}
