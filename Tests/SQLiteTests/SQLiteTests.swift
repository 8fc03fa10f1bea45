import Foundation
import SQLite
import Testing

@Suite struct `A connection` {
    private let connection: Connection

    init() throws {
        connection = try Connection(.memory)
        try connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, data BLOB) STRICT")
    }

    @Test func `gives text back as it took it`() throws {
        let insert = connection.statement("INSERT OR REPLACE INTO t (id, name) VALUES (1, ?)")
        for text in ["", "plain", "it's", "a\u{0}b", "é€😹", String(repeating: "x", count: 100_000)] {
            try insert.run(.text(text))
            #expect(try connection.statement("SELECT name FROM t").row { $0.text(0) } == text)
        }
    }

    @Test func `keeps null, integers and bytes apart`() throws {
        let insert = connection.statement("INSERT INTO t VALUES (?, ?, ?)")
        try insert.run(.integer(Int64.max), .text("a"), .blob([0, 255]))
        try insert.run(.integer(Int64.min), .text("b"), .null)
        let rows = try connection.statement("SELECT id, data FROM t ORDER BY name").rows { row in
            (row.integer(0), row.isNull(1) ? nil : row.blob(1))
        }
        #expect(rows.map(\.0) == [Int64.max, Int64.min])
        #expect(rows.map(\.1) == [[0, 255], nil])
    }

    @Test func `tells a duplicate from other errors, and names the SQL`() throws {
        let insert = connection.statement("INSERT INTO t (name) VALUES (?)")
        try insert.run(.text("a"))
        let duplicate = #expect(throws: SQLiteError.self) { try insert.run(.text("a")) }
        #expect(duplicate?.cause == .duplicate)
        #expect(duplicate?.sql.hasPrefix("INSERT INTO t") == true)
        let missing = #expect(throws: SQLiteError.self) { try insert.run(.null) }
        #expect(missing?.cause == .constraint)
        try insert.run(.text("b"))
    }

    @Test func `migrates step by step, and leaves a newer file alone`() throws {
        let old = try Connection(.memory)
        #expect(try old.migrate(to: "CREATE TABLE a (x)", []))
        #expect(try old.schemaVersion == 1)
        #expect(try old.migrate(to: "never", ["ALTER TABLE a ADD y"]))
        #expect(try old.schemaVersion == 2)
        #expect(try !old.migrate(to: "never", []))
        #expect(throws: SQLiteError.self) {
            try old.migrate(to: "never", ["", "CREATE TABLE b (x); CREATE TABLE b (x)"])
        }
        #expect(try old.schemaVersion == 2, "a step that fails leaves nothing behind")
    }

    @Test func `makes the latest version at once in a new file`() throws {
        let fresh = try Connection(.memory)
        #expect(try fresh.migrate(to: "CREATE TABLE a (x, y)", ["ALTER TABLE a ADD y"]))
        #expect(try fresh.schemaVersion == 2)
    }

    @Test func `keeps a second one off its file`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).sqlite").path
        defer { for end in ["", "-wal"] { try? FileManager.default.removeItem(atPath: file + end) } }
        let first = try Connection(.file(file))
        try first.execute("CREATE TABLE t (x)")
        let refused = #expect(throws: SQLiteError.self) {
            try Connection(.file(file)).execute("INSERT INTO t VALUES (1)")
        }
        #expect(refused?.cause == .busy)
        withExtendedLifetime(first) {}
    }

    @Test func `says that a file is no database`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).sqlite")
        try Data("this is not a database, but it is long enough to be looked at".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let refused = #expect(throws: SQLiteError.self) { try Connection(.file(file.path)) }
        #expect(refused?.cause == .corrupt)
    }
}
