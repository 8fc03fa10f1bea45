import Foundation
import FuzzTargets
import Support
import Testing

/// A promise is worth as much as its test.
@Suite struct `The page on security` {
    private static let page =
        (try? Repository.bytes("Docs/Security.md")).map { String(decoding: $0, as: UTF8.self) } ?? ""

    private static let tests: String = {
        let folder = Repository.path("Tests")
        let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix("Tests.swift") }
            .compactMap { try? String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }.joined()
    }()

    /// The names in the last column of the tables of promises, each in its parts.
    private static let named: [String] = page.split(separator: "\n").filter { $0.hasPrefix("| ") }
        .flatMap { line in
            let last = line.split(separator: "|").last ?? ""
            return last.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
        }
        .filter { $0.contains(" ") && !$0.hasPrefix("make ") }
        .flatMap { $0.split(separator: "…").map { $0.trimmingCharacters(in: .whitespaces) } }
        .filter { !$0.isEmpty }

    @Test func `names tests`() {
        #expect(Self.named.count >= 20)
    }

    @Test(arguments: named)
    func `names a test that there is`(name: String) {
        #expect(Self.tests.contains("`\(name)`"))
    }

    @Test(arguments: FuzzTarget.all)
    func `has a row for every target`(target: FuzzTarget) {
        #expect(Self.page.split(separator: "\n").contains { $0.hasPrefix("| `") && $0.contains("`\(target.name)`") })
    }
}
