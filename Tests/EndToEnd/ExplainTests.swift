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

    // MARK: While faults are in force

    private static let nobody = #"{"firstName":"J","lastName":"D"}"#

    private func shop(_ name: String, faults: [String]) throws -> Shop {
        let shop = try Shop(try #require(Self.server), key: "explain outage \(name)")
        for fault in faults { #expect(try shop.control("POST", "faults", fault).status == 201) }
        return shop
    }

    /// What is said of the latest request.
    private func explained(_ shop: Shop) throws -> JSON {
        let latest = try #require(
            try shop.control("GET", "requests?latest=true&limit=1").data["requests"]?.elements.last)
        return try shop.control("GET", "explain/\(latest["id"]?.numberText ?? "")").data
    }

    /// Runs a script, and says which faults struck its requests; `nil` where it failed.
    private func run(_ script: String, _ shop: Shop) throws -> [String]? {
        let before = try shop.control("GET", "requests?latest=true&limit=1").data["requests"]?.elements.last?["id"]
        // The explanation was asked for under the name that this connection calls the server by, without a port.
        let reachable = script.replacing("http://localhost/", with: "\(shop.server.url)/")
        let run = try Program.run(command: "sh", ["-c", reachable])
        guard run.code == 0 else { return nil }
        return try shop.control("GET", "requests?after=\(before?.numberText ?? "0")").data["requests"]?.elements
            .compactMap { $0["fault"]?["id"]?.numberText } ?? []
    }

    private func changes(_ explanation: JSON) -> [String] {
        explanation["changes"]?.elements.compactMap(\.string) ?? []
    }

    /// A fault on the call, and what the explanation of a wrong call says of it.
    @Test(arguments: [
        (#"{"skip":1,"status":503}"#, "it answers 503"),
        (#"{"skip":1,"status":200}"#, "it answers 200"),
        (#"{"skip":1,"foreign":true}"#, "it answers 403 as to an address outside the USA"),
        (#"{"skip":1,"connection":"closeBefore"}"#, "it closes the connection before the answer"),
        (#"{"skip":1,"connection":"closeDuring"}"#, "it closes the connection in the middle of the answer"),
        (#"{"skip":1,"content":"malformed"}"#, "it makes the body no JSON"),
        (#"{"rateLimit":{"limit":1,"per":"day"}}"#, "it lets 1 requests pass in a day"),
        (#"{"skip":1,"status":500,"times":3,"until":"P1D"}"#, "it answers 500"),
        (#"{"skip":1,"status":500,"probability":1,"operations":["createUser"]}"#, "it answers 500"),
    ])
    func `removes a fault that would strike the call, and says so`(fault: String, effect: String) throws {
        let shop = try shop("removes \(fault.filter { !"\"{}".contains($0) })", faults: [fault])
        #expect(try shop.send("POST", "/v3/users", Self.nobody).status == 400)
        let explanation = try explained(shop)
        let id = try shop.control("GET", "faults").data["faults"]?.elements.first?["id"]?.numberText ?? ""
        #expect(
            changes(explanation).contains(
                "fault \(id) is in force and would strike POST /v3/users (\(effect)), so the script removes it first"))
        let script = try #require(explanation["corrected"]?.string)
        #expect(try run(script, shop) == [])
    }

    @Test(arguments: [
        (#"{"delay":"PT0.05S"}"#, "it delays the answer"),
        (#"{"drip":{"bytes":50,"every":"PT0.01S"}}"#, "it sends the body a few bytes at a time"),
    ])
    func `leaves a fault that only costs time, and says how to take it away`(fault: String, effect: String) throws {
        let shop = try shop("slow \(effect)", faults: [fault])
        #expect(try shop.send("POST", "/v3/users", Self.nobody).status == 400)
        let explanation = try explained(shop)
        let id = try shop.control("GET", "faults").data["faults"]?.elements.first?["id"]?.numberText ?? ""
        #expect(
            changes(explanation).contains(
                "fault \(id) is in force and will strike POST /v3/users (\(effect)); DELETE /_sandbox/faults/\(id) takes it "
                    + "away"))
        let script = try #require(explanation["corrected"]?.string)
        #expect(try run(script, shop) == [id])
    }

    @Test(arguments: [
        #"{"operations":["createUser"],"status":500,"times":1}"#,
        #"{"operations":["getUsers"],"status":500}"#,
        #"{"keys":["somebody else"],"status":500}"#,
        #"{"until":"2001-01-01","status":500}"#,
        #"{"from":"2999-01-01","status":500}"#,
        #"{"probability":0,"status":500}"#,
        #"{"skip":1000,"status":500}"#,
        #"{"rateLimit":{"limit":1000,"per":"day"}}"#,
    ])
    func `says nothing of a fault that will not strike the script`(fault: String) throws {
        let shop = try shop("quiet \(fault.filter { !"\"{}".contains($0) })", faults: [fault])
        // The first one is spent by it.
        try shop.send("POST", "/v3/users", Self.nobody)
        #expect(try shop.send("POST", "/v3/users", Self.nobody).status == 400)
        let explanation = try explained(shop)
        #expect(!changes(explanation).contains { $0.contains("fault") })
        let script = try #require(explanation["corrected"]?.string)
        #expect(!script.contains("_sandbox"))
        #expect(try run(script, shop) == [])
    }

    /// A fault strikes the script where it names the key that the script has.
    @Test func `removes a fault on the caller's own key`() throws {
        let shop = try shop("own key", faults: [#"{"skip":1,"status":500,"keys":["explain outage own key"]}"#])
        #expect(try shop.send("POST", "/v3/users", Self.nobody).status == 400)
        let explanation = try explained(shop)
        #expect(changes(explanation).contains { $0.contains("so the script removes it first") })
        let script = try #require(explanation["corrected"]?.string)
        #expect(try run(script, shop) == [])
    }

    @Test func `has a correction of a call whose connection a fault closed`() throws {
        let shop = try shop("closed", faults: [#"{"connection":"closeBefore"}"#])
        #expect(try shop.attempt("GET", "/v3/users") == nil)
        let script = try #require(try explained(shop)["corrected"]?.string)
        #expect(try run(script, shop) == [])
    }

    /// Whatever faults there are: what the printed script meets when it is run is what was said.
    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `says of any faults what its script meets`(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        for round in 0..<12 {
            let faults = (0...chance.below(3)).map { _ in Self.fault(&chance) }
            let shop = try shop("any \(seed) \(round)", faults: faults)
            for _ in 0...chance.below(4) { try self.fail(shop, &chance) }
            let explanation = try explained(shop)
            guard let script = explanation["corrected"]?.string else {
                let isRefused = (explanation["status"]?.numberText.flatMap { Int($0) } ?? 0) >= 400
                #expect(!isRefused, "\(faults) \(explanation["obstacle"]?.string ?? "")")
                continue
            }
            let said = Set(changes(explanation).filter { $0.contains("will strike") }.map(Self.faultNamed))
            let removed = changes(explanation).filter { $0.contains("would strike") }.map(Self.faultNamed)
            let deleted = script.split(separator: "_sandbox/faults/").dropFirst().map {
                String($0.prefix { $0.isNumber })
            }
            #expect(removed.sorted() == deleted.sorted(), "\(faults)")
            let met = try #require(try run(script, shop), "\(faults)\n\(script)")
            #expect(Set(met) == said, "\(faults)\n\(script)")
        }
    }

    /// The number in "fault 3 is in force and …".
    private static func faultNamed(_ change: String) -> String {
        String(change.dropFirst("fault ".count).prefix { $0.isNumber })
    }

    private func fail(_ shop: Shop, _ chance: inout Chance) throws {
        switch chance.below(4) {
        case 0: _ = try shop.attempt("POST", "/v3/users", Self.nobody)
        case 1: _ = try shop.attempt("GET", "/v3/users/me")
        case 2: _ = try shop.attempt("POST", "/v3/users/me/apply", "{}", token: "abc")
        default: _ = try shop.attempt("POST", "/v3/users", #"{"firstName":7,"lastName":"D","email":"a@b.co"}"#)
        }
    }

    private static func fault(_ chance: inout Chance) -> String {
        var members = [
            chance.pick([
                #""status":503"#, #""status":500,"carriedOut":true"#, #""status":204"#, #""delay":"PT0.01S""#,
                #""delay":{"from":"PT0S","to":"PT0.02S"}"#, #""connection":"closeBefore""#,
                #""connection":"closeDuring""#,
                #""rateLimit":{"limit":\#(chance.below(4)),"per":"day"}"#, #""foreign":true"#,
                #""content":"truncated""#,
                #""drip":{"bytes":100,"every":"PT0.01S"}"#,
            ])
        ]
        if chance.isOne(in: 3) { members.append(#""times":\#(1 + chance.below(3))"#) }
        if chance.isOne(in: 3) { members.append(#""skip":\#(chance.below(4))"#) }
        if chance.isOne(in: 3) { members.append(#""probability":0.\#(1 + chance.below(9))"#) }
        if chance.isOne(in: 4) { members.append(#""until":"\#(chance.pick(["2001-01-01", "2999-01-01"]))""#) }
        if chance.isOne(in: 4) { members.append(#""keys":["somebody else"]"#) }
        if chance.isOne(in: 4) {
            members.append(#""operations":["\#(chance.pick(["createUser", "getUsers", "createAuthorizationToken"]))"]"#)
        }
        return "{\(members.joined(separator: ","))}"
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
