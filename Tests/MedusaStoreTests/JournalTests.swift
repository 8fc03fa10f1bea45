import Medusa
import SQLite
import Testing

@testable import MedusaStore

@Suite struct `The journal of a store` {
    private static let now = Timestamp(milliseconds: 1_521_474_687_080)
    private let plenty = Journal.Bounds(entries: 10_000, bytes: 16 << 20)

    private func entry(_ target: String = "/v3/users", body: String = "", warnings: Int = 0) -> Journal.Entry {
        var entry = Journal.Entry(
            at: Self.now, arrived: Self.now, tookMicroseconds: 12, status: 200, method: "POST",
            operation: "createUser", target: target, requestFields: Array("Host: 127.0.0.1:6338\nAccept: */*\n".utf8),
            requestBody: Array(body.utf8), responseFields: [], responseBody: Array(#"{"data":{}}"#.utf8),
            notes: Array("{}".utf8))
        entry.warnings = warnings
        return entry
    }

    private func filled(_ count: Int, _ bounds: Journal.Bounds, store: Store? = nil) throws -> Store {
        let store = try store ?? Store(.memory)
        for number in 1...count { try store.record(entry("/v3/\(number)", body: "body \(number)"), bounds) }
        try store.settle()
        return store
    }

    private func ids(_ store: Store) throws -> [Int64] {
        var ids: [Int64] = []
        try store.journal.visit {
            ids.append($0.id)
            return true
        }
        return ids
    }

    @Test func `finds what was recorded, as it was`() throws {
        let store = try filled(3, plenty)
        let second = try #require(try store.journal.find(2))
        #expect(second.target == "/v3/2")
        #expect(second.requestBody == Array("body 2".utf8))
        #expect(String(decoding: second.requestFields, as: UTF8.self) == "Host: 127.0.0.1:6338\nAccept: */*\n")
        #expect(second.tookMicroseconds == 12)
        #expect(try store.journal.find(4) == nil)
    }

    @Test func `keeps as many entries as it may, the latest`() throws {
        let store = try filled(1000, Journal.Bounds(entries: 100, bytes: 16 << 20))
        let held = try ids(store)
        #expect(held.count <= 100)
        #expect(held.count > 80)
        #expect(held.last == 1000)
        let extent = try store.journal.extent
        #expect(extent.evicted == 1000 - Int64(held.count))
        #expect(extent.evictedOfWorld == extent.evicted)
    }

    @Test func `keeps as many bytes as it may`() throws {
        let store = try Store(.memory)
        let body = String(repeating: "x", count: 10_000)
        for number in 1...2000 {
            try store.record(entry(body: "\(number)\(body)"), Journal.Bounds(entries: 10_000, bytes: 4 << 20))
        }
        try store.settle()
        #expect(try store.journal.extent.bytes <= 4 << 20)
        #expect(try ids(store).last == 2000)
        // A text that is kept once is found by everybody who has it.
        let first = try #require(try ids(store).first.flatMap { try store.journal.find($0) })
        #expect(!first.requestFields.isEmpty)
    }

    @Test func `counts what had to make room, by operation and status`() throws {
        let store = try filled(1000, Journal.Bounds(entries: 100, bytes: 16 << 20))
        let tally = try #require(try store.journal.tallies().first)
        #expect(tally.kind == .status)
        #expect(tally.operation == "createUser")
        #expect(tally.detail == "200")
        #expect(try tally.count + ids(store).count == 1000)
    }

    @Test func `counts the warnings of what had to make room`() throws {
        let store = try Store(.memory)
        store.journal.warnings = { _ in ["odd"] }
        for _ in 1...100 { try store.record(entry(warnings: 1), Journal.Bounds(entries: 10, bytes: 16 << 20)) }
        let held = try ids(store).count
        #expect(try store.journal.tallies().first { $0.kind == .warning }?.count == 100 - held)
    }

    @Test func `outlives the world that it speaks of, and knows`() throws {
        let store = try filled(3, plenty)
        try store.replace(with: Store.Image(trusted: try Store(.memory).image()))
        try store.record(entry("/v3/new"), plenty)
        try store.settle()
        #expect(try ids(store) == [1, 2, 3, 4])
        #expect(try store.journal.find(3)?.world == 1)
        #expect(try store.journal.find(4)?.world == 2)
    }

    @Test func `is in no image`() throws {
        let full = try filled(3, plenty)
        try full.keep(secret: Array(repeating: 7, count: 32))
        let image = try Store.Image(checking: try full.image())
        let other = try filled(2, plenty)
        try other.replace(with: image)
        #expect(try ids(other) == [1, 2])
    }

    @Test func `goes on with its ids when it was emptied`() throws {
        let store = try filled(3, plenty)
        try store.write { try store.journal.removeAll() }
        #expect(try ids(store) == [])
        #expect(try filled(1, plenty, store: store).journal.find(4)?.target == "/v3/1")
    }

    @Test func `is as it was when a database is opened again`() throws {
        let image = try filled(1000, Journal.Bounds(entries: 100, bytes: 16 << 20))
        let before = try image.journal.extent
        image.journal.reload()
        #expect(try image.journal.extent == before)
    }

    @Test func `takes back what a failed request of the same turn has recorded`() throws {
        let store = try filled(3, plenty)
        try store.record(entry(), plenty)
        try store.connection.execute("ROLLBACK")
        #expect(throws: SQLiteError.self) { try store.settle() }
        store.journal.reload()
        #expect(try store.journal.nextId == 4)
    }
}
