import Foundation
import Support
import Testing

/// What is written from the declarations is committed, so that it can be read without building anything.
@Suite struct `The derived documents` {
    @Test func `are those that the program writes`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let run = try Program.run(["docs", folder])
        #expect(run.code == 0, "\(run.errors)")
        let files = try #require(FileManager.default.enumerator(atPath: folder))
        var count = 0
        for case let name as String in files where name.hasSuffix(".md") || name.hasSuffix(".json") {
            let written = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
            let committed = try Repository.bytes("Docs/\(name)")
            #expect(Array(written) == committed, "Docs/\(name) is not up to date: run make docs")
            count += 1
        }
        #expect(count >= 11)
        func names(_ path: String) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        }
        #expect(try names(Repository.path("Docs/Endpoints")) == names("\(folder)/Endpoints"))
    }

    @Test func `say that the folder cannot be written`() throws {
        let run = try Program.run(["docs", "/dev/null"])
        #expect(run.code == 1)
        #expect(run.errors.hasPrefix("medusa-sandbox: cannot write /dev/null/"))
    }
}
