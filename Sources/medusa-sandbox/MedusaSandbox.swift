internal import ArgumentParser

@main
struct MedusaSandbox: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "medusa-sandbox",
        abstract: "A local stand-in for FlexShopper's lease-to-own API, Medusa v3.",
        version: "0.1.0",
        subcommands: [Serve.self])
}
