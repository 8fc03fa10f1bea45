internal import ArgumentParser
internal import Glibc

@main
enum Program {
    static func main() {
        StandardDescriptors.open()
        // A client that goes away, or a limit on the size of files, is an error where it is met, and not the end.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        MedusaSandbox.main()
    }
}

struct MedusaSandbox: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "medusa-sandbox",
        abstract: "A local stand-in for FlexShopper's lease-to-own API, Medusa v3.",
        version: version,
        subcommands: [
            Serve.self, Exec.self, ScenarioCommand.self, CheckCommand.self, OpenAPICommand.self, DocsCommand.self,
        ]
            + ControlCommands.all)

    static let version = "0.6.0"
}
