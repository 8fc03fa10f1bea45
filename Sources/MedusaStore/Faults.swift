package import SQLite

/// The table `faults`: each with what it has done so far.
package final class Faults {
    private let insert: Statement
    private let update: Statement
    private let delete: Statement
    private let deleteAll: Statement
    private let inOrder: Statement
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
        insert = connection.statement("INSERT INTO faults (definition) VALUES (?)")
        update = connection.statement("UPDATE faults SET seen = ?, struck = ?, window = ?, counted = ? WHERE id = ?")
        delete = connection.statement("DELETE FROM faults WHERE id = ?")
        deleteAll = connection.statement("DELETE FROM faults")
        inOrder = connection.statement("SELECT id, definition, seen, struck, window, counted FROM faults ORDER BY id")
    }

    /// How far a fault has come.
    package struct Progress: Hashable, Sendable {
        /// Requests that it was there for.
        package var seen: Int64 = 0
        /// Requests that it struck.
        package var struck: Int64 = 0
        /// A rate limit's present window, and the requests in it.
        package var window: Int64 = 0
        package var counted: Int64 = 0

        package init() {}
    }

    package struct Kept {
        package let id: Int64
        package let definition: [UInt8]
        package let progress: Progress
    }

    package func add(_ definition: [UInt8]) throws(SQLiteError) -> Int64 {
        try insert.run(.text(String(decoding: definition, as: UTF8.self)))
        return connection.lastInsertedRow
    }

    package func save(_ progress: Progress, of id: Int64) throws(SQLiteError) {
        try update.run(
            .integer(progress.seen), .integer(progress.struck), .integer(progress.window), .integer(progress.counted),
            .integer(id))
    }

    package func remove(_ id: Int64) throws(SQLiteError) { try delete.run(.integer(id)) }

    package func removeAll() throws(SQLiteError) { try deleteAll.run() }

    package func all() throws(SQLiteError) -> [Kept] {
        try inOrder.rows { row in
            var progress = Progress()
            progress.seen = row.count(2)
            progress.struck = row.count(3)
            progress.window = row.count(4)
            progress.counted = row.count(5)
            return Kept(id: row.integer(0), definition: Array(row.text(1).utf8), progress: progress)
        }
    }
}
