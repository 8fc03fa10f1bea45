import Foundation
import JSON
import Support
import Testing

/// What other people's tools make of the committed OpenAPI document.
@Suite struct `The OpenAPI document` {
    private let document = Repository.path("Docs/openapi.json")
    private let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path

    private func tool(_ name: String, _ arguments: [String], paths: String = "") throws -> Program.Run {
        let bin = Repository.path(".build/venv/bin")
        let path = "\(bin):\(ProcessInfo.processInfo.environment["PATH"] ?? "")"
        return try Program.run(
            command: "\(bin)/\(name)", arguments, environment: ["PATH": path, "PYTHONPATH": paths])
    }

    /// Runs a journey, whose own assertions say what went wrong.
    private func journey(_ script: String, client: String) throws {
        let server = try Server("--quiet")
        let run = try tool("python", [Repository.path("Tests/Clients/\(script)"), server.url], paths: client)
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output == "the journey is done\n")
    }

    @Test func `is accepted by openapi-spec-validator`() throws {
        let run = try tool("openapi-spec-validator", [document])
        #expect(run.code == 0, "\(run.output)\(run.errors)")
    }

    @Test func `is what the server and the command say, but for the server's own address`() throws {
        let server = try Server("--quiet")
        let answer = try server.call("GET", "/openapi.json", key: "")
        #expect(answer.status == 200)
        let served = try answer.json
        // By the name that the client used.
        #expect(served["servers"]?.elements[0]["url"]?.string == "http://localhost")
        let committed = try JSON(try Repository.bytes("Docs/openapi.json"))
        #expect(served["paths"]?.members.count == committed["paths"]?.members.count)
        let command = try Program.run(["openapi"])
        #expect(command.output == String(decoding: try Repository.bytes("Docs/openapi.json"), as: UTF8.self))
    }

    @Test func `makes openapi-python-client a client that performs the journey, without a warning`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let run = try tool(
            "openapi-python-client", ["generate", "--path", document, "--output-path", folder, "--fail-on-warning"])
        #expect(run.code == 0, "\(run.output)\(run.errors)")
        #expect(run.output.split(separator: "\n").count == 1, "\(run.output)")
        try journey("generated_openapi_python_client.py", client: folder)
    }

    /// OpenAPI Generator warns of every document of OpenAPI 3.1, also of one that says next to nothing; of ours it says no more.
    @Test func `makes OpenAPI Generator a client that performs the journey, without a warning of its own`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let least = "\(folder)/least.json"
        try Self.leastDocument.write(toFile: least, atomically: true, encoding: .utf8)
        let expected = try warnings(of: least, "least")
        let found = try warnings(of: document, "client")
        #expect(found == expected)
        try journey("generated_openapi_generator.py", client: "\(folder)/client")
    }

    /// A set, for it says the same thing once or twice, as its speed has it.
    private func warnings(of document: String, _ name: String) throws -> Set<Substring> {
        let run = try tool(
            "openapi-generator-cli",
            [
                "generate", "-i", document, "-g", "python", "--package-name", "medusa_generated", "-o",
                "\(folder)/\(name)",
            ])
        #expect(run.code == 0, "\(run.output)\(run.errors)")
        let lines = (run.output + run.errors).split(separator: "\n")
        return Set(lines.filter { $0.contains("WARN") || $0.contains("ERROR") })
    }

    private static let leastDocument = """
        {"openapi": "3.1.0", "info": {"title": "least", "version": "1"}, "servers": [{"url": "http://127.0.0.1"}],
        "paths": {"/x": {"get": {"operationId": "x", "responses": {"200": {"description": "x", "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/X"}}}}}}}},
        "components": {"schemas": {"X": {"type": "object", "properties": {"a": {"type": "string"}}}}}}
        """
}
