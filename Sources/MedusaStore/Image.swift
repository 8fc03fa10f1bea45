package import SQLite

/// A sandbox's database as one file, and back.
extension Store {
    /// Everything, as a file that `sqlite3` opens.
    package func image() throws(SQLiteError) -> [UInt8] { try connection.image() }

    /// Puts a checked image in the place of everything. All of it holds, or nothing changes.
    package func replace(with image: Image) throws(SQLiteError) {
        precondition(!isOpen, "settle before the database is replaced")
        try connection.replace(with: image.connection)
    }

    /// A database that may replace a sandbox's.
    package struct Image {
        fileprivate let connection: Connection

        /// Takes bytes that this program has just made.
        package init(trusted bytes: [UInt8]) throws(SQLiteError) { connection = try Connection(image: bytes) }

        /// Why bytes from outside are not the database of a sandbox, in the words that follow "the snapshot …".
        package struct Refused: Error, CustomStringConvertible {
            package let description: String
        }

        /// Looks at bytes that may have come from anywhere: they must be a whole database with our tables and nothing else.
        package init(checking bytes: [UInt8]) throws(Refused) {
            guard bytes.starts(with: "SQLite format 3\0".utf8) else {
                throw Refused(description: "is not an SQLite database")
            }
            do {
                connection = try Connection(image: bytes)
                guard try connection.number("PRAGMA application_id") == Schema.applicationId else {
                    throw Refused(description: "is not the database of a medusa-sandbox")
                }
                guard try connection.migrate(to: Schema.latest, Schema.steps) else {
                    throw Refused(description: "was written by a later medusa-sandbox; use that one")
                }
                let fresh = try Connection(.memory)
                _ = try fresh.migrate(to: Schema.latest, Schema.steps)
                guard try connection.schema() == fresh.schema(),
                    try connection.number("PRAGMA page_size") == fresh.number("PRAGMA page_size")
                else { throw Refused(description: "has other tables than a medusa-sandbox makes") }
                let isSound = try connection.statement("PRAGMA quick_check(1)").row { $0.text(0) == "ok" } ?? false
                let isWhole = try connection.statement("PRAGMA foreign_key_check").row { _ in false } ?? true
                guard isSound, isWhole, try connection.number("SELECT count(*) FROM sandbox") == 1 else {
                    throw Refused(description: "is damaged")
                }
            } catch let refused as Refused {
                throw refused
            } catch {
                throw Refused(description: "is damaged")
            }
        }

        package func bytes() throws(SQLiteError) -> [UInt8] { try connection.image() }
    }
}

extension Connection {
    fileprivate func number(_ sql: String) throws(SQLiteError) -> Int64? { try statement(sql).row { $0.integer(0) } }

    fileprivate func schema() throws(SQLiteError) -> [String] {
        try statement("SELECT type || name || coalesce(sql, '') FROM sqlite_schema ORDER BY 1").rows { $0.text(0) }
    }
}
