import Contract
import JSON
import Medusa
import MedusaStore
import SQLite
import Testing

@testable import Sandbox

@Suite struct `What a database keeps` {
    private let sandbox: Sandbox

    init() throws {
        sandbox = try Sandbox(
            .memory, name: "k", seed: 1, snapshots: Snapshots(.memory(Shelf(spill: nil))), requestFields: ["email"])
        try sandbox.becomeWhole()
    }

    private func keep(_ document: String, _ text: String) throws {
        try sandbox.store.write { try sandbox.store.documents.save(document, Array(text.utf8)) }
        try sandbox.store.settle()
        try sandbox.reload()
    }

    @Test(arguments: [
        ("clock", #"{"mode":"odd"}"#), ("clock", "{"), ("clock", "[]"), ("settings", #"{"term":0}"#),
        ("settings", "null"),
        ("personas", #"[{"when":{},"outcome":"deny"}]"#), ("personas", #"[{"when":{"shoe":"*"},"outcome":"deny"}]"#),
        ("origin", #"{"name":1}"#), ("origin", ""),
    ])
    func `and nobody can read costs that document, with a sentence`(document: String, text: String) throws {
        try sandbox.store.write { try sandbox.add(fault: try JSON(Array(#"{"status":503}"#.utf8)), at: sandbox.now) }
        try keep(document, text)
        #expect(sandbox.losses.count == 1)
        #expect(sandbox.losses.first?.hasPrefix("its \(document) could not be read, and is the default now: ") == true)
        #expect(
            sandbox.clock == .machine && sandbox.settings == Settings() && sandbox.rules.isEmpty
                && sandbox.origin == nil)
        #expect(sandbox.faults.count == 1, "the others are as they were")
        try sandbox.reload()
        #expect(sandbox.losses.isEmpty, "what nobody can read is gone")
    }

    @Test func `of a fault that nobody can read costs that fault`() throws {
        try sandbox.store.write {
            for definition in [#"{"status":503}"#, #"{"status":99}"#, "{", #"{"status":500}"#] {
                _ = try sandbox.store.faults.add(Array(definition.utf8))
            }
        }
        try sandbox.store.settle()
        try sandbox.reload()
        #expect(sandbox.faults.map(\.id) == [1, 4])
        #expect(sandbox.losses.count == 2)
    }

    @Test(arguments: [
        (#"{"mode":"frozen","now":"9999-12-31T23:59:59.999Z"}"#, "9999-12-31T23:59:59.000Z"),
        (#"{"mode":"frozen","now":"0001-01-01"}"#, "1970-01-01T00:00:00.000Z"),
        (#"{"mode":"real","offset":"P2912345D"}"#, "9999-12-31T23:59:59.000Z"),
        (#"{"mode":"real","offset":"-P10000Y"}"#, nil),
    ])
    func `of a clock beyond the bounds is the nearest within them`(clock: String, shown: String?) throws {
        try keep("clock", clock)
        #expect(sandbox.losses.isEmpty)
        if let shown { #expect(sandbox.now.iso8601 == shown) }
        #expect(Timestamp.Bounds.clock.range.contains(sandbox.now))
        #expect(sandbox.tokenExpiry(at: sandbox.now) > sandbox.now, "what begins at the end of time can end")
    }

    @Test func `of members that no longer exist is passed over`() throws {
        try keep("settings", #"{"term":10,"formerly":true}"#)
        #expect(sandbox.losses.isEmpty && sandbox.settings.term == 10)
    }

    @Test func `of a rule whose review ends after all time ends with it`() throws {
        try keep("personas", #"[{"when":{"email":"*"},"outcome":"manualReview","resolvesAfter":"P10000Y"}]"#)
        #expect(sandbox.losses.isEmpty)
        let verdict = try Application.verdict(
            ruling: sandbox.rules.first?.ruling, email: "a@b.co", ssn: "", at: sandbox.now, sandbox.settings)
        #expect(verdict.resolution?.at == .latest)
    }

    @Test(arguments: [Int64.max, Int64.min, 253_402_300_800, -1, 0])
    func `of a token's claims is bounded`(expiry: Int64) {
        #expect((Timestamp.earliest...Timestamp.latest).contains(Timestamp(seconds: expiry)))
    }
}

@Suite struct `A clock` {
    private func read(_ text: String) throws -> Clock {
        try Clock(reading: .object(try JSON(Array(text.utf8))), present: Timestamp(milliseconds: 1_700_000_000_000))
    }

    @Test func `that runs leaves room to run on, and one that stands need not`() throws {
        #expect(throws: Violation.self) { try read(#"{"mode":"real","now":"9999-12-31T23:59:59.000Z"}"#) }
        #expect(throws: Violation.self) { try read(#"{"mode":"real","offset":"P8000Y"}"#) }
        #expect(throws: Never.self) { try read(#"{"mode":"real","now":"9998-12-31T23:59:59.000Z"}"#) }
        #expect(try read(#"{"mode":"frozen","now":"9999-12-31T23:59:59.000Z"}"#).now == Clock.last)
        #expect(throws: Violation.self) { try read(#"{"mode":"frozen","now":"9999-12-31T23:59:59.999Z"}"#) }
        #expect(throws: Violation.self) { try read(#"{"mode":"frozen","now":"-P2100Y"}"#) }
    }
}

@Suite struct `A delay` {
    @Test func `by chance is never longer than a delay may be`() throws {
        let sandbox = try Sandbox(
            .memory, name: "k", seed: 1, snapshots: Snapshots(.memory(Shelf(spill: nil))), requestFields: [])
        let fault = #"{"delay":{"median":"PT0.001S","p99":"PT10M"}}"#
        try sandbox.store.write {
            try sandbox.add(fault: try JSON(Array(fault.utf8)), at: sandbox.now)
            for _ in 0..<5000 {
                let strike = try #require(try sandbox.strike("createUser", key: "k", at: sandbox.now))
                #expect((0...600_000).contains(strike.delayMilliseconds))
            }
        }
    }
}

@Suite struct `A fault's body` {
    private func read(levels: Int, isKept: Bool) throws -> Fault {
        let body = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        let definition = try JSON(Array(#"{"status":503,"body":\#(body)}"#.utf8))
        return try Fault(reading: .object(definition), at: Timestamp(milliseconds: 0), isKept: isKept)
    }

    @Test func `is not so deep that nobody could read the list that it stands in`() throws {
        #expect(throws: Never.self) { try read(levels: 48, isKept: false) }
        #expect(throws: Violation.self) { try read(levels: 49, isKept: false) }
        #expect(throws: Never.self, "it was right once") { try read(levels: 60, isKept: true) }
    }
}
