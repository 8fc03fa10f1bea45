import Foundation
import FuzzTargets
import Support
import Testing

/// What `make fuzz` has found, and the inputs that it begins with: each of them in every run of the tests, without libFuzzer.
@Suite struct `Whatever comes from outside` {
    /// A file, by its place in the repository.
    struct Input: Sendable, CustomTestStringConvertible {
        let target: FuzzTarget
        let path: String

        var testDescription: String { path }
    }

    private static func inputs(in folder: String) -> [Input] {
        FuzzTarget.all.flatMap { target in
            let own = "\(folder)/\(target.name)"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: Repository.path(own))) ?? []
            return names.sorted().map { Input(target: target, path: "\(own)/\($0)") }
        }
    }

    static let failures = inputs(in: "Tests/Fixtures/fuzz")

    @Test(arguments: failures)
    func `holds what it once did not`(input: Input) throws {
        try input.target.run(try Repository.bytes(input.path))
    }

    @Test(arguments: FuzzTarget.all)
    func `holds what it should for the whole corpus`(target: FuzzTarget) throws {
        let inputs = Self.inputs(in: "Tests/Fuzz/Corpus").filter { $0.target.name == target.name }
        #expect(!inputs.isEmpty, "nothing to begin with")
        for input in inputs {
            #expect(throws: Never.self, "\(input.path)") { try target.run(try Repository.bytes(input.path)) }
        }
    }

    @Test(arguments: FuzzTarget.all)
    func `holds what it should when there is nothing`(target: FuzzTarget) throws {
        try target.run([])
    }

    @Test func `has its fixtures under the names of targets`() throws {
        for folder in ["Tests/Fixtures/fuzz", "Tests/Fuzz/Corpus"] {
            let names = try FileManager.default.contentsOfDirectory(atPath: Repository.path(folder))
            #expect(Set(names).isSubset(of: FuzzTarget.all.map(\.name)))
        }
    }
}
