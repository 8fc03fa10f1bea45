import Foundation
import Medusa
import MedusaStore
import Sandbox
import Scenarios
import Testing

@Suite struct `A server's scenarios` {
    private let sandboxes = Sandboxes(home: .memory, seed: 1, allowedKeys: [])
    private let repertoire: Repertoire

    init() { repertoire = Repertoire(sandboxes) }

    private func scenario(_ name: String, keys: String? = nil, email: String = "jane@example.com") throws -> Scenario {
        let keys = keys.map { "keys: \($0)\n" } ?? ""
        let text = "about: A story.\n\(keys)given:\n  users:\n    jane: {email: \(email)}\n"
        return try Scenario(Array(text.utf8), name: name, file: "\(name).yaml", at: Timestamp(milliseconds: 0))
    }

    private func emails(_ key: String) throws -> [String] {
        try sandboxes.sandbox(for: key).store.users.all().map(\.email)
    }

    @Test func `without keys is everybody's beginning, when there is only one`() throws {
        try repertoire.stage([try scenario("shop")])
        #expect(try emails("shop") == ["jane@example.com"])
        #expect(try emails("somebody else") == ["jane@example.com"])
    }

    @Test func `without keys is reached by its name, when there are several`() throws {
        try repertoire.stage([try scenario("one"), try scenario("two", email: "two@example.com")])
        #expect(try emails("one") == ["jane@example.com"])
        #expect(try emails("two") == ["two@example.com"])
        #expect(try emails("somebody else").isEmpty)
    }

    @Test func `with keys is shared by them, each with a channel and a vendor`() throws {
        try repertoire.stage([try scenario("shop", keys: "[{key: web, channel: online, vendorId: '7'}, {key: till}]")])
        #expect(try sandboxes.sandbox(for: "web") === sandboxes.sandbox(for: "till"))
        #expect(try sandboxes.admission(for: "web").consumer == .init(channel: "online", vendorId: "7"))
        #expect(try emails("till") == ["jane@example.com"])
        #expect(try emails("somebody else").isEmpty)
    }

    @Test func `may not have a key in common`() throws {
        let failure = #expect(throws: Sandboxes.Failure.self) {
            try repertoire.stage([try scenario("one", keys: "[{key: k}]"), try scenario("two", keys: "[{key: k}]")])
        }
        #expect(
            failure?.description
                == "the scenarios one and two both have the key \"k\"; give one of them others in \"keys\"")
    }

    @Test func `are swapped in every sandbox that they filled`() throws {
        try repertoire.stage([try scenario("shop")])
        _ = try emails("worker")
        try repertoire.swap(try scenario("shop", email: "new@example.com"))
        #expect(try emails("shop") == ["new@example.com"])
        #expect(try emails("worker") == ["new@example.com"])
        #expect(try emails("later") == ["new@example.com"])
    }

    @Test func `find those that have made room, when they come back`() throws {
        let few = Sandboxes(home: .memory, seed: 1, allowedKeys: [], room: .init(limit: 1))
        let repertoire = Repertoire(few)
        try repertoire.stage([try scenario("shop")])
        for key in ["a", "b", "c"] { _ = try few.sandbox(for: key) }
        try repertoire.swap(try scenario("shop", email: "new@example.com"))
        for key in ["a", "b", "c", "shop", "later"] {
            #expect(try few.sandbox(for: key).store.users.all().map(\.email) == ["new@example.com"], "\(key)")
        }
    }

    @Test func `need a key that a request can have`() throws {
        let failure = #expect(throws: Sandboxes.Failure.self) { try repertoire.stage([try scenario("läden")]) }
        #expect(failure?.description.contains("names no keys, and its own name is none") == true)
        let text = "about: x\nkeys: [{key: \"é\"}]\nsettings: {authKey: \"pk\\t\"}\n"
        let problems = #expect(throws: Problems.self) {
            try Scenario(Array(text.utf8), name: "shop", file: "shop.yaml", at: Timestamp(milliseconds: 0))
        }
        #expect(problems?.description.contains("shop.yaml:2:14: \"key\" must be 1 to 512 visible ASCII") == true)
        #expect(problems?.description.contains("\"settings.authKey\" must be 1 to 512 visible ASCII") == true)
    }

    @Test func `begin a sandbox the next time, when they could not at first`() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let onDisk = Sandboxes(home: .directory(directory), seed: 1, allowedKeys: [])
        var isBroken = true
        onDisk.beginning = { _ in
            { sandbox throws(Sandboxes.Failure) in
                if isBroken { throw Sandboxes.Failure(description: "The disk is full.") }
                do {
                    try self.scenario("shop").fill(sandbox)
                } catch {
                    throw Sandboxes.Failure(description: "\(error)")
                }
            }
        }
        #expect(throws: Sandboxes.Failure.self) { try onDisk.sandbox(for: "k") }
        isBroken = false
        #expect(try onDisk.sandbox(for: "k").store.users.count() == 1)
    }

    @Test func `stay when the changed one does not play`() throws {
        try repertoire.stage([try scenario("shop")])
        let text = "about: Broken.\ngiven:\n  users:\n    a: {email: a@b.co}\n    b: {email: a@b.co}\n"
        let broken = try Scenario(Array(text.utf8), name: "shop", file: "shop.yaml", at: Timestamp(milliseconds: 0))
        #expect(throws: Sandboxes.Failure.self) { try repertoire.swap(broken) }
        #expect(try emails("shop") == ["jane@example.com"])
    }
}
