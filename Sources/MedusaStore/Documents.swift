package import SQLite

/// The tables `documents` and `names`: what a sandbox was told from outside, as it was told.
package final class Documents {
    private let upsert: Statement
    private let delete: Statement
    private let byName: Statement
    private let insertName: Statement
    private let rowOfName: Statement
    private let allNames: Statement

    init(_ connection: Connection) {
        upsert = connection.upsert("documents", key: ["name"], ["body"])
        delete = connection.statement("DELETE FROM documents WHERE name = ?")
        byName = connection.statement("SELECT body FROM documents WHERE name = ?")
        insertName = connection.upsert("names", key: ["section", "name"], ["row"])
        rowOfName = connection.statement("SELECT row FROM names WHERE section = ? AND name = ?")
        allNames = connection.statement("SELECT section, name, row FROM names ORDER BY section, name")
    }

    package func save(_ name: String, _ body: [UInt8]) throws(SQLiteError) {
        try upsert.run(.text(name), .text(String(decoding: body, as: UTF8.self)))
    }

    package func remove(_ name: String) throws(SQLiteError) { try delete.run(.text(name)) }

    package func find(_ name: String) throws(SQLiteError) -> [UInt8]? {
        try byName.row(.text(name)) { Array($0.text(0).utf8) }
    }

    /// The sections of a scenario's `given`.
    package enum Section: String, CaseIterable, Sendable {
        case users, decisions, paymentMethods, leases, transactions, agreements
    }

    /// An entry of a scenario that has a name of its own.
    package struct Entry: Hashable, Sendable {
        package let section: Section
        package let name: String
        /// Of the customer, for a decision; of the lease, for its transaction and agreement.
        package let row: Int64

        package init(section: Section, name: String, row: Int64) {
            self.section = section
            self.name = name
            self.row = row
        }
    }

    package func save(_ entry: Entry) throws(SQLiteError) {
        try insertName.run(.text(entry.section.rawValue), .text(entry.name), .integer(entry.row))
    }

    /// The row behind a scenario's name.
    package func row(_ section: Section, _ name: String) throws(SQLiteError) -> Int64? {
        try rowOfName.row(.text(section.rawValue), .text(name)) { $0.integer(0) }
    }

    /// By section, then by name.
    package func entries() throws(SQLiteError) -> [Entry] {
        try allNames.rows { row in
            Section(rawValue: row.text(0)).map { Entry(section: $0, name: row.text(1), row: row.integer(2)) }
        }.compactMap(\.self)
    }
}
