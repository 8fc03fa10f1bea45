internal import ArgumentParser
internal import Contract
internal import ControlAPI
internal import FoundationEssentials
internal import MedusaAPI
internal import Sandbox
internal import Scenarios

/// Writes what is derived from the declarations. For `make docs`; the committed files are compared with it by a test.
struct DocsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docs",
        abstract: "Write the OpenAPI document, the pages of the endpoints and the scenario schema.",
        shouldDisplay: false)

    @Argument(help: "The folder to write to: Docs.")
    var folder: String

    func run() throws {
        try explained {
            for (name, text) in Self.files {
                let file = URL(filePath: "\(folder)/\(name)")
                do {
                    try FileManager.default.createDirectory(
                        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                    try Data(text.utf8).write(to: file)
                } catch {
                    throw Sandboxes.Failure(
                        description: "cannot write \(folder)/\(name); name a folder that is writable")
                }
            }
        }
    }

    /// By name, what stands in the folder.
    private static var files: [(name: String, text: String)] {
        let endpoints = Routes.endpoints + Control.endpoints
        let pages = Endpoint.Section.allCases.map { Reference($0, of: endpoints) }
        return pages.map { ("Endpoints/\($0.file)", $0.markdown) } + [
            ("Endpoints/README.md", Reference.index(pages, shared: Routes.endpoints[0])),
            ("openapi.json", indented(Control.openAPI(version: MedusaSandbox.version)) + "\n"),
            ("scenario.schema.json", indented(Scenario.jsonSchema) + "\n"),
        ]
    }
}
