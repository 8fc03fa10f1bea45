import Foundation
import JSON
import Support
import Testing

@Suite struct `An explanation of a refusal` {
    private static let server = try? Server("--quiet")

    /// `Docs/Refusals.md` has a row each; what only a fault answers is struck by one.
    @Test func `is asked for each refusal that exists`() throws {
        let page = String(decoding: try Repository.bytes("Docs/Refusals.md"), as: UTF8.self)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| 4") || $0.hasPrefix("| 5") }.map { row in
            row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let api = rows.filter { $0[1].hasPrefix("`") && $0.count == 4 && !$0[3].hasPrefix("a fault") }
        #expect(api.count > 25)
        for row in api {
            let code = row[1].prefix { $0 != "(" }.filter { !"` \"".contains($0) }
            #expect(Wrong.all.contains { String($0.status) == row[0] && $0.code == code }, "\(row[0]) \(code)")
        }
        let gateway = rows.filter { $0.count == 3 && $0[0] != "503" && $0[1] != "`Bad request`" }
        for row in gateway {
            #expect(Wrong.all.contains { String($0.status) == row[0] && $0.code == nil }, "\(row[0]) \(row[1])")
        }
        #expect(Wrong.all.count >= 60)
    }

    @Test(arguments: Wrong.all)
    func `has a curl that would have succeeded, and does`(wrong: Wrong) throws {
        let server = try #require(Self.server)
        let shop = try Shop(server, key: "explain \(wrong.name)")
        let answer = try wrong.provoke(shop)
        #expect(answer.status == wrong.status, "\(answer.text)")
        if let code = wrong.code { #expect(answer.code == code, "\(answer.text)") }
        let id = try #require(answer.id, "\(answer.head)")
        let explained = try Program.run(["explain", "--json", id, "--url", server.url, "--key", shop.key])
        let explanation = try JSON(Array(explained.output.utf8))
        #expect(explanation["status"]?.numberText == String(wrong.status))
        #expect(explanation["reason"]?.string?.isEmpty == false)
        let script = try #require(explanation["corrected"]?.string, "\(explanation["obstacle"]?.string ?? "")")
        let run = try Program.run(command: "sh", ["-c", script])
        #expect(run.code == 0, "\(script)\n\(run.output)\n\(run.errors)")
    }
}

extension Shop.Answer {
    /// The entry of the journal.
    var id: String? {
        head.split(separator: "\r\n").first { $0.hasPrefix("x-sandbox-request-id: ") }.map {
            String($0.dropFirst("x-sandbox-request-id: ".count))
        }
    }
}
