import Foundation
import Support
import Testing

@Suite struct `The README` {
    /// Every command of the first-success section, as pasted; only the port is the test's own.
    @Test func `leads to a first success`() throws {
        let readme = String(decoding: try Repository.bytes("README.md"), as: UTF8.self)
        let section = try #require(readme.split(separator: "## First success").last)
        let block = try #require(section.split(separator: "```sh\n").dropFirst().first?.split(separator: "```").first)
        let server = try Server("--quiet")
        let script = String(block).replacing("http://127.0.0.1:6338", with: server.url)
        let run = try Program.run(command: "bash", ["-euc", script])
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.hasPrefix(#"{"data":{"exists":false}}"#))
        #expect(run.output.contains(#""status":"approved","spendingLimit":1300"#))
        #expect(
            run.output.hasSuffix(
                #""quantityByStatus":{"ordered":2,"shipped":2}}],"purchaseTotal":40000,"purchaseSalesTax":2800}}"#
                    + "\n"))
    }

    /// The commands that turn a sandbox, as pasted; only the server is the test's own.
    @Test func `turns a sandbox`() throws {
        let readme = String(decoding: try Repository.bytes("README.md"), as: UTF8.self)
        let block = try #require(
            readme.split(separator: "```sh\n").first { $0.hasPrefix("export MEDUSA_API_KEY=past-due") }?
                .split(separator: "```").first)
        let server = try Server("--quiet", "--scenario", "past-due")
        let run = try Program.run(
            command: "bash", ["-euc", String(block)],
            environment: [
                "MEDUSA_BASE_URL": server.url,
                "PATH": "\(Program.url.deletingLastPathComponent().path):/usr/local/bin:/usr/bin:/bin",
            ])
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.contains(#""outcome": "declined""#))
        #expect(run.output.contains(#""spendingLimit": 2000"#))
    }
}
