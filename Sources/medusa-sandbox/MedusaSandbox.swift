internal import ArgumentParser

@main
struct MedusaSandbox: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "medusa-sandbox",
        abstract: "A local stand-in for FlexShopper's lease-to-own API, Medusa v3.",
        version: version,
        subcommands: [
            Serve.self, Exec.self, ScenarioCommand.self, CheckCommand.self, OpenAPICommand.self, DocsCommand.self,
        ]
            + ControlCommands.all)

    static let version = "0.4.0"
}
