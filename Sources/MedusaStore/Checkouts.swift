package import Medusa
package import SQLite

/// The table `checkouts`: what the redirect-style checkout was begun with (route 30).
package final class Checkouts {
    private let connection: Connection
    private let insert: Statement

    init(_ connection: Connection) {
        self.connection = connection
        insert = connection.statement("INSERT INTO checkouts (reference, body, created_at) VALUES (?, ?, ?)")
    }

    /// - Parameter body: the request, as it came.
    /// - Returns: the row.
    package func add(_ reference: String, body: [UInt8], at now: Timestamp) throws(SQLiteError) -> Int64 {
        try insert.run(
            .text(reference), .text(String(decoding: body, as: UTF8.self)), .integer(now.milliseconds))
        return connection.lastInsertedRow
    }
}
