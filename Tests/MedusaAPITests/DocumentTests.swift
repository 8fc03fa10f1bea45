import Contract
import HTTP
import Medusa
import MedusaAPI
import Support
import Testing

/// The documents and the code must not disagree.
@Suite struct `The documents` {
    private func page(_ name: String) throws -> String {
        String(decoding: try Repository.bytes(name), as: UTF8.self)
    }

    @Test func `list every test value, as the code has it`() throws {
        let rows = Persona.all.map { persona in
            let value =
                switch persona.trigger {
                case .suffix(let word): "an e-mail with `.\(word)` before the `@`"
                case .suffixWithDollars(let word): "an e-mail with `.\(word)` and dollars before the `@`"
                case .ssn(let number): "the SSN `\(number)`"
                case .routingNumber(let number): "the routing number `\(number)`"
                }
            return "| \(value) | \(persona.meaning) | \(persona.source) |"
        }
        let personas = try page("Docs/Personas.md")
        #expect(
            personas.hasSuffix("|---|---|---|\n" + rows.joined(separator: "\n") + "\n"),
            "\(rows.joined(separator: "\n"))")
    }

    @Test func `list every code that an endpoint declares`() throws {
        let refusals = try page("Docs/Refusals.md")
        for outcome in Routes.endpoints.flatMap(\.outcomes) {
            for code in outcome.codes {
                #expect(
                    refusals.contains("| \(outcome.status.rawValue) | `\(code.isEmpty ? "\"\"" : code)`"), "\(code)")
            }
        }
    }
}
