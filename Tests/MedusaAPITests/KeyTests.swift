import HTTP
import MedusaAPI
import Sandbox
import Testing

/// Keys are bytes: what is no visible ASCII is none, and blanks around one are no part of it.
@Suite struct `An API key` {
    private func message(_ world: World, _ value: String) throws -> (status: Int, message: String) {
        let answer = try world.send(.get, "/v3/users", key: value)
        return (answer.status, answer.message ?? "")
    }

    private func sandbox(_ world: World, _ value: String) throws -> String? {
        guard case .key(let key) = world.gateway.identify(["Authorization": value]) else { return nil }
        return key
    }

    @Test(arguments: [
        "k ", " k", "\tk \t", "Bearer k", "bearer k", "BEARER   k", "bEaReR\t k\t", " Bearer k ", "Bearer  k",
    ])
    func `is the same with blanks around it, and behind a scheme in any case`(value: String) throws {
        #expect(try sandbox(World(), value) == "k")
    }

    @Test(arguments: ["bearerk", "Bearer", "b", "Bearerk", "Basic", "k:1", "~!"])
    func `may begin as a scheme does, or have any visible character`(value: String) throws {
        #expect(try sandbox(World(), value) == (value == "Bearer" ? nil : value))
    }

    @Test(arguments: ["", " ", "\t", "Bearer ", "Bearer", "bearer \t "])
    func `that is empty is none`(value: String) throws {
        let answer = try World().send(.get, "/v3/users", key: value)
        #expect((answer.status, answer.message) == (401, "No API key found in request"))
        #expect(answer.field("www-authenticate") == "Key realm=\"kong\"")
    }

    @Test func `may have every visible byte inside, and no other`() throws {
        let world = try World()
        for byte in UInt8(1)...255 {
            // As the server reads a field: what is no UTF-8 is replaced, and refused.
            for bytes in [[0x61, byte, 0x62], [byte, 0x61], [0x61, byte]] as [[UInt8]] {
                let value = String(decoding: bytes, as: UTF8.self)
                let isBlank = byte == 0x20 || byte == 0x09
                let isInside = bytes.count == 3
                if (0x20...0x7E).contains(byte) || isBlank && !isInside {
                    let key = isBlank && !isInside ? "a" : value
                    #expect(try sandbox(world, value) == key, "byte \(byte)")
                } else {
                    let refusal = try message(world, value)
                    #expect(refusal.status == 401, "byte \(byte)")
                    #expect(refusal.message.contains("visible ASCII"), "byte \(byte)")
                }
            }
        }
    }

    @Test(arguments: ["é", "e\u{301}", "ключ", "a\u{200B}b", "a\u{FEFF}", "\u{FFFD}", "k\0zzz"])
    func `in letters of which there are two spellings is refused with the rule`(value: String) throws {
        #expect(try message(World(), value).message.hasSuffix(KeyForm.rule))
    }

    @Test func `has at most 512 bytes`() throws {
        let world = try World()
        #expect(try message(world, String(repeating: "k", count: 512)).status == 200)
        #expect(try message(world, String(repeating: "k", count: 513)).message.contains("512"))
    }

    @Test func `that is refused opens nothing`() throws {
        let world = try World()
        let before = world.sandboxes.count
        for value in ["é", "a\tb", "", "k\u{7F}"] { try world.send(.get, "/v3/nothing", key: value) }
        // The strays are recorded, in a sandbox of theirs.
        #expect(world.sandboxes.count == before + 1)
    }

    @Test func `is asked for before anything is opened`() throws {
        let sandboxes = Sandboxes(home: .memory, seed: 1, allowedKeys: [])
        let gateway = Gateway(sandboxes, access: Access(isLoopback: true)) { _ in }
        guard case .key("k") = gateway.identify(["Authorization": "k"]) else {
            Issue.record("no key")
            return
        }
        #expect(sandboxes.count == 0)
    }

    @Test func `gets no sandbox by asking what a browser asks first`() throws {
        let world = try World()
        for number in 0..<100 {
            try world.send(.options, "/v3/users", key: "key-\(number)")
            try world.send(
                .options, "/v3/users", key: "key-\(number)", fields: [NamedValue("Origin", "http://localhost")])
        }
        #expect(world.sandboxes.opened.map(\.name) == [world.key])
    }
}
