import Medusa
import Testing
import YAML

@testable import Scenarios

@Suite struct `A scenario with many problems` {
    private func found(_ text: String) -> Problems? {
        do throws(Problems) {
            _ = try Scenario(Array(text.utf8), name: "many", file: "many.yaml", at: Timestamp(milliseconds: 0))
            return nil
        } catch {
            return error
        }
    }

    /// A lease each, that refers to a customer whom nobody knows.
    private func leases(_ count: Int, users: Int) -> String {
        let item = "{sku: s, brand: b, description: d, cost: 90, quantity: 1}"
        return "about: Many.\ngiven:\n  users:\n"
            + (0..<users).map { "    user\($0): {email: u\($0)@example.com}\n" }.joined() + "  leases:\n"
            + (0..<count).map { "    lease\($0): {user: nobody of that name \($0), items: [\(item)]}\n" }.joined()
    }

    @Test func `is told the first hundred, in the order of its lines, and how many more there are`() throws {
        let problems = try #require(found(leases(4000, users: 3)))
        #expect(problems.all.count == 100)
        #expect(problems.others == 3900)
        #expect(problems.all.map(\.mark) == problems.all.map(\.mark).sorted())
        #expect(problems.all.first?.mark.line == 8)
        #expect(problems.description.hasSuffix("\nmany.yaml: and 3900 more"))
    }

    @Test func `is answered shortly, however many names there are and however long they are`() throws {
        #expect(try #require(found(leases(300, users: 4000))).description.utf8.count < 100_000)
        let long = String(repeating: "x", count: 300_000)
        let text = "about: Long.\ngiven:\n  decisions:\n    a: {user: \(long)}\n    \(long): {user: b}\n"
        #expect(try #require(found(text)).description.utf8.count < 10_000)
    }

    @Test func `costs the sentences of those that are told, and of no others`() {
        for count in [100, 400, 100_000] {
            var list = ProblemList()
            var made = 0
            for line in 0..<count {
                list.add(YAML.Mark(line: line, column: 1)) {
                    made += 1
                    return "wrong"
                }
            }
            #expect(list.problems(in: "many.yaml").others == count - 100)
            #expect(made == 100)
        }
    }

    @Test func `that are members which nobody knows is told which are meant`() throws {
        let text = "abuot: Many.\n" + (0..<5000).map { "unknown\($0): 1\n" }.joined()
        let problems = try #require(found(text))
        #expect(problems.all.contains { $0.sentence == #""abuot" is not known here; did you mean "about"?"# })
        #expect(problems.others == 4902)
    }
}
