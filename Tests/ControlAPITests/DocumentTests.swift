import Contract
import ControlAPI
import HTTP
import Medusa
import MedusaAPI
import Sandbox
import Scenarios
import Support
import Testing

/// The pages about the sandbox itself and the declarations must not disagree.
@Suite struct `The pages on turning a sandbox` {
    private func page(_ name: String) throws -> String {
        String(decoding: try Repository.bytes(name), as: UTF8.self)
    }

    @Test func `list every call of the control API`() throws {
        let control = try page("Docs/Control.md")
        for endpoint in Control.endpoints {
            #expect(control.contains("| `\(endpoint.method.rawValue) \(endpoint.path)` |"), "\(endpoint.path)")
            for field in endpoint.body where endpoint.operation != "changeSettings" && endpoint.operation != "addFault"
            {
                #expect(control.contains("`\(field.name)`"), "\(endpoint.operation): \(field.name)")
            }
        }
    }

    @Test func `list every code that a call declares`() throws {
        let control = try page("Docs/Control.md")
        for outcome in Control.endpoints.flatMap(\.outcomes) {
            for code in outcome.codes where !code.isEmpty {
                #expect(control.contains("| \(outcome.status.rawValue) | `\(code)` |"), "\(code)")
            }
        }
    }

    @Test func `list every setting with its default`() throws {
        let scenarios = try page("Docs/Scenarios.md")
        for field in Settings.fields { #expect(scenarios.contains("\n| `\(field.name)` |"), "\(field.name)") }
        #expect(scenarios.contains("| `minimumOrder` | \(Settings().minimumOrder.dollarsText) |"))
        #expect(scenarios.contains("| `spendingLimit` | \(Settings().spendingLimit.dollarsText) |"))
    }

    @Test func `list every outcome of a rule, and every member of a fault`() throws {
        let scenarios = try page("Docs/Scenarios.md")
        for outcome in Persona.Outcome.allCases { #expect(scenarios.contains("`\(outcome.rawValue)`"), "\(outcome)") }
        for field in Fault.fields(operations: []) { #expect(scenarios.contains("`\(field.name)`"), "\(field.name)") }
    }

    @Test func `begin with a scenario that is right`() throws {
        let blocks = try page("Docs/Scenarios.md").split(separator: "```yaml\n").dropFirst()
        let example = try #require(blocks.first?.split(separator: "```").first)
        try Scenario(Array(example.utf8), name: "example", file: "Scenarios.md", at: Timestamp(milliseconds: 0))
            .rehearse()
        let rules = try #require(blocks.dropFirst().first?.split(separator: "```").first)
        let file = "about: The page's rules.\n\(rules)"
        try Scenario(Array(file.utf8), name: "rules", file: "Scenarios.md", at: Timestamp(milliseconds: 0)).rehearse()
    }

    @Test func `name no operation twice`() {
        let operations = (Routes.endpoints + Control.endpoints).map(\.operation)
        #expect(Set(operations).count == operations.count)
    }
}
