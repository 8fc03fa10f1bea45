import Foundation
import Medusa
import Scenarios
import Support
import Testing

/// A collection of scenario files that are wrong, each in its own way; `expected.txt` has the line that each one gets.
@Suite struct `A broken scenario file` {
    static let folder = Repository.path("Tests/Fixtures/broken")

    struct Broken: Sendable, CustomTestStringConvertible {
        let file: String
        let lines: [String]
        var testDescription: String { file }
    }

    static let expected: [Broken] = {
        let text = (try? String(contentsOfFile: "\(folder)/expected.txt", encoding: .utf8)) ?? ""
        let lines = text.split(separator: "\n").map(String.init)
        return Dictionary(grouping: lines) { $0.split(separator: ":").first.map(String.init) ?? "" }
            .map { Broken(file: $0.key, lines: $0.value) }.sorted { $0.file < $1.file }
    }()

    @Test(arguments: expected)
    func `gets a sentence with its place`(broken: Broken) throws {
        let text = Array(try Data(contentsOf: URL(filePath: "\(Self.folder)/\(broken.file)")))
        let problems = #expect(throws: Problems.self) {
            try Scenario(text, name: "broken", file: broken.file, at: Timestamp(milliseconds: 1_772_442_000_000))
                .rehearse()
        }
        #expect(problems?.description == broken.lines.joined(separator: "\n"))
    }

    @Test func `is one of at least forty, and each of them is expected`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".yaml") }
        #expect(files.sorted() == Self.expected.map(\.file))
        #expect(files.count >= 40)
    }

    @Test func `that is cut or bent anywhere never stops the program`() throws {
        // Every shipped scenario with a byte lost, doubled or changed: what matters is that it ends, and well.
        var chance = Chance(state: 7)
        for shipped in Shipped.all {
            for _ in 0..<150 {
                var text = shipped.text
                let place = chance.below(text.count)
                switch chance.below(4) {
                case 0: text.removeSubrange(place...)
                case 1: text.remove(at: place)
                case 2: text[place] = UInt8(chance.below(256))
                default: text.insert(contentsOf: "{[&*:-\"'\n\t ,]}".utf8.shuffledPiece(chance.below(15)), at: place)
                }
                do {
                    try Scenario(text, name: "bent", file: "bent", at: Timestamp(milliseconds: 0)).rehearse()
                } catch let problems as Problems {
                    #expect(!problems.all.isEmpty)
                }
            }
        }
    }
}

/// A small generator of its own, so that a failure comes again.
struct Chance {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % max(1, bound)
    }
}

extension String.UTF8View {
    fileprivate func shuffledPiece(_ place: Int) -> [UInt8] { Array(dropFirst(place).prefix(1)) }
}
