package import SQLite

/// The table `remarks`: what requests say that decides nothing. It is kept, so that a test sees what has arrived.
package final class Remarks {
    private let upsert: Statement
    private let allOfSection: Statement
    private let one: Statement

    /// What a remark is about.
    package enum Section: String, CaseIterable, Sendable {
        /// By row number.
        case customer
        /// By the caller's own id; there may be remarks before there is a lease.
        case transaction
    }

    init(_ connection: Connection) {
        upsert = connection.statement("INSERT OR REPLACE INTO remarks VALUES (?, ?, ?, ?)")
        allOfSection = connection.statement(
            "SELECT subject, operation, body FROM remarks WHERE section = ? ORDER BY subject, operation")
        one = connection.statement("SELECT body FROM remarks WHERE section = ? AND subject = ? AND operation = ?")
    }

    /// Keeps what a call has said, in the place of what it said before.
    ///
    /// - Parameter body: JSON.
    package func save(_ section: Section, _ subject: String, _ operation: String, _ body: [UInt8]) throws(SQLiteError) {
        try upsert.run(
            .text(section.rawValue), .text(subject), .text(operation), .text(String(decoding: body, as: UTF8.self)))
    }

    package func find(_ section: Section, _ subject: String, _ operation: String) throws(SQLiteError) -> [UInt8]? {
        try one.row(.text(section.rawValue), .text(subject), .text(operation)) { Array($0.text(0).utf8) }
    }

    /// By subject, the name of the call and what it has said.
    package func all(_ section: Section) throws(SQLiteError) -> [String: [(operation: String, body: [UInt8])]] {
        var found: [String: [(operation: String, body: [UInt8])]] = [:]
        let rows = try allOfSection.rows(.text(section.rawValue)) { row in
            (row.text(0), row.text(1), Array(row.text(2).utf8))
        }
        for (subject, operation, body) in rows {
            found[subject, default: []].append((operation, body))
        }
        return found
    }
}
