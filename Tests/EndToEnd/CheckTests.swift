import Foundation
import JSON
import Support
import Testing

/// `medusa-sandbox check`, over real sockets.
@Suite struct `The check command` {
    private func differences(_ output: String) throws -> Set<String> {
        let rows = try JSON(Array(output.utf8))["rows"]?.elements ?? []
        return Set(
            rows.filter { $0["verdict"]?.string == "differs" }.map { row in
                "\(row["route"]?.string ?? "") \(row["status"]?.numberText ?? "") \(row["code"]?.string ?? "")"
            })
    }

    @Test func `finds every answer of the sandbox the same, on disk as well`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try Server(dataDirectory: folder, "--quiet")
        let run = try Program.run(["check", "--base-url", "http://127.0.0.1:\(server.port)/v3/", "--api-key", "k"])
        #expect(run.code == 0, "\(run.output)\(run.errors)")
        let sum = String(run.output.split(separator: "\n").last ?? "")
        #expect(sum.hasSuffix("same, 0 differ, 0 not reachable"))
        // The README says how many there are.
        let count = sum.split(separator: " ").first ?? ""
        let readme = String(decoding: try Repository.bytes("README.md"), as: UTF8.self)
        for sentence in [sum, "\(count) answers in all", "it finds \(count) the same"] {
            #expect(readme.contains(sentence))
        }
    }

    @Test func `finds exactly the lies of a server that lies, and exits with 1`() throws {
        let server = try Server("--quiet")
        let ready = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: ready) }
        let liar = Process()
        liar.executableURL = URL(filePath: "/usr/bin/env")
        liar.arguments = [
            "python3", Repository.path("Tests/Clients/liar.py"), "http://127.0.0.1:\(server.port)", ready,
        ]
        let (input, output) = (Pipe(), Pipe())
        liar.standardInput = input
        liar.standardOutput = output
        try liar.run()
        defer {
            try? input.fileHandleForWriting.close()
            liar.waitUntilExit()
        }
        _ = output.fileHandleForReading.availableData
        let url = try String(contentsOfFile: ready, encoding: .utf8)
        let run = try Program.run(["check", "--base-url", url, "--api-key", "k", "--json"])
        #expect(run.code == 1)
        #expect(
            try differences(run.output) == [
                "POST /v3/transactions/{transactionId}/finalize 200 ",
                "POST /v3/transaction/{transactionId}/finalize 200 ", "GET /v3/settings/lease 200 ",
                "POST /v3/paymentMethods/add 201 ",
            ])
        let junit = try Program.run(["check", "--base-url", url, "--api-key", "k", "--junit"])
        #expect(junit.code == 1)
        #expect(junit.output.contains(#"failures="4""#))
    }

    @Test(arguments: [
        (["--base-url", "http://127.0.0.1:1", "--api-key", "k"], "http://127.0.0.1:1 does not answer: curl: (7)"),
        (["--base-url", "ftp://x", "--api-key", "k"], "ftp://x is no URL of a server"),
    ])
    func `says in one sentence what is wrong`(arguments: [String], sentence: String) throws {
        let run = try Program.run(["check"] + arguments)
        #expect(run.code == 1)
        #expect(run.errors.hasPrefix("medusa-sandbox: \(sentence)"), "\(run.errors)")
        #expect(run.errors.split(separator: "\n").count == 1)
    }

    @Test func `says that curl is not there`() throws {
        let run = try Program.run(
            ["check", "--base-url", "http://127.0.0.1:1", "--api-key", "k"], environment: ["PATH": "/nowhere"])
        #expect(run.code == 1)
        #expect(run.errors == "medusa-sandbox: check asks by curl, which is not there; install curl\n")
    }

    @Test func `wants to know the key`() throws {
        let run = try Program.run(["check", "--base-url", "http://127.0.0.1:1"])
        #expect(run.code != 0)
        #expect(run.errors.contains("--api-key, or in MEDUSA_API_KEY"))
    }
}
