internal import ArgumentParser

struct MessagesCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages", abstract: "The passcodes that the vendor would have sent.")
    @OptionGroup var target: ControlTarget
    func call() throws { try target.call("GET", ["messages"]) }
}
