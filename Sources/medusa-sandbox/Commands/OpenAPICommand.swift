internal import ArgumentParser
internal import ControlAPI

struct OpenAPICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi", abstract: "The OpenAPI 3.1 document of everything that is served.")

    func run() { say(indented(Control.openAPI(version: MedusaSandbox.version))) }
}
