import JSON
import Medusa
import MedusaStore
import Sandbox
import Testing

@Suite struct `A fault` {
    private static let noon = Timestamp(milliseconds: 1_772_452_800_000)
    private let sandbox: Sandbox

    init() throws {
        sandbox = try Sandboxes(home: .memory, seed: 1, allowedKeys: []).sandbox(for: "k")
    }

    private func add(_ fault: String) throws {
        try sandbox.store.write { try sandbox.add(fault: try JSON(Array(fault.utf8)), at: Self.noon) }
    }

    /// Which of a number of requests it strikes.
    private func struck(
        _ count: Int, _ operation: String = "createLease", key: String = "k", at now: Timestamp = noon
    ) throws -> [Int] {
        try (0..<count).filter { _ in
            try sandbox.store.write { try sandbox.strike(operation, key: key, at: now)?.fault != nil }
        }
    }

    @Test func `strikes every request when nothing else is said`() throws {
        try add(#"{"status":502}"#)
        #expect(try struck(3) == [0, 1, 2])
    }

    @Test func `strikes as often as it is told to, after those that it lets pass`() throws {
        try add(#"{"status":502,"skip":1,"times":2}"#)
        #expect(try struck(6) == [1, 2])
    }

    @Test func `strikes the named calls and keys only`() throws {
        try add(#"{"status":502,"operations":["createLease"],"keys":["k"]}"#)
        #expect(try struck(1, "createUser").isEmpty)
        #expect(try struck(1, key: "other").isEmpty)
        #expect(try struck(1) == [0])
    }

    @Test func `strikes in its window of the sandbox's time`() throws {
        try add(#"{"status":502,"from":"PT1H","until":"PT2H"}"#)
        #expect(try struck(1).isEmpty)
        #expect(try struck(1, at: Self.noon + .hours(1)) == [0])
        #expect(try struck(1, at: Self.noon + .hours(2)).isEmpty)
    }

    @Test func `strikes by chance, which is the seed's`() throws {
        try add(#"{"status":502,"probability":0.3}"#)
        let hits = try struck(1000)
        #expect((250...350).contains(hits.count), "\(hits.count)")
        let other = try Sandboxes(home: .memory, seed: 1, allowedKeys: []).sandbox(for: "k")
        try other.store.write {
            try other.add(fault: try JSON(Array(#"{"status":502,"probability":0.3}"#.utf8)), at: Self.noon)
        }
        let again = try (0..<1000).filter { _ in
            try other.store.write { try other.strike("createLease", key: "k", at: Self.noon)?.fault != nil }
        }
        #expect(hits == again)
    }

    @Test func `comes before those that were added later`() throws {
        try add(#"{"status":502,"times":1}"#)
        try add(#"{"status":503}"#)
        #expect(try struck(2) == [0, 1])
        #expect(sandbox.faults.map(\.progress.struck) == [1, 1])
    }

    @Test func `limits a rate in windows of the sandbox's time`() throws {
        try add(#"{"rateLimit":{"limit":2,"per":"minute"}}"#)
        #expect(try struck(4) == [2, 3])
        #expect(try struck(4, at: Self.noon + .seconds(60)) == [2, 3])
    }

    @Test func `delays by a distribution, within its bounds`() throws {
        try add(#"{"delay":{"from":"PT0.1S","to":"PT0.2S"}}"#)
        let delays = try (0..<200).map { _ in
            try sandbox.store.write { try sandbox.strike("getUser", key: "k", at: Self.noon)?.delayMilliseconds ?? 0 }
        }
        #expect(delays.allSatisfy { (100...200).contains($0) })
        #expect(Set(delays).count > 50)
    }

    @Test func `delays as networks do`() throws {
        try add(#"{"delay":{"median":"PT0.1S","p99":"PT1S"}}"#)
        let delays = try (0..<2000).map { _ in
            try sandbox.store.write { try sandbox.strike("getUser", key: "k", at: Self.noon)?.delayMilliseconds ?? 0 }
        }.sorted()
        #expect((85...115).contains(delays[1000]), "\(delays[1000])")
        #expect((700...1400).contains(delays[1979]), "\(delays[1979])")
    }

    @Test func `goes on where it was, when the sandbox is opened again`() throws {
        try add(#"{"status":502,"times":2}"#)
        #expect(try struck(1) == [0])
        try sandbox.store.settle()
        try sandbox.reload()
        #expect(try struck(2) == [0])
    }
}
