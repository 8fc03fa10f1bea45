package import SQLite

/// A sandbox's database as one file, and back.
extension Store {
    /// The world, as a file that `sqlite3` opens. The journal is not part of it.
    package func image() throws(SQLiteError) -> [UInt8] {
        precondition(!isOpen, "settle before the database is copied")
        return try connection.image(of: Self.world().tables, into: Self.world().empty)
    }

    /// Puts a checked image in the place of the world. All of it holds, or nothing changes. The journal goes on, and knows.
    package func replace(with image: Image) throws(SQLiteError) {
        precondition(!isOpen, "settle before the database is replaced")
        do {
            try connection.replace(Self.world().tables, with: try image.bytes()) { () throws(SQLiteError) in
                try journal.beginWorld()
            }
        } catch {
            // It may have counted a world that was not begun.
            journal.reload()
            throw error
        }
    }

    /// Whether there is a checkpoint to make, better before the next commit than within it.
    package var checkpointIsDue: Bool { connection.checkpointIsDue }

    package func checkpoint() throws(SQLiteError) { try connection.checkpoint() }

    private struct World: Sendable {
        let tables: [String]
        /// A database with the schema and nothing in it.
        let empty: [UInt8]
    }

    /// Made once, and when it is first asked for: most sandboxes are never copied.
    private static let known = Result { () throws(SQLiteError) in try made() }

    private static func world() throws(SQLiteError) -> World {
        switch known {
        case .success(let world): return world
        // There was no memory for it; there may be now.
        case .failure: return try made()
        }
    }

    private static func made() throws(SQLiteError) -> World {
        let fresh = try Connection(.memory)
        _ = try fresh.migrate(to: Schema.latest, Schema.steps)
        let tables = try fresh.statement("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid").rows {
            $0.text(0)
        }
        return World(
            tables: tables.filter { !Schema.journalTables.contains($0) && !$0.hasPrefix("sqlite_") },
            empty: try fresh.image())
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
                let isWhole = try connection.statement("PRAGMA foreign_key_check").row { _ in false } ?? true
                guard connection.isSound, isWhole, try connection.number("SELECT count(*) FROM sandbox") == 1 else {
                    throw Refused(description: "is damaged")
                }
                try checkColumns()
            } catch let refused as Refused {
                throw refused
            } catch {
                throw Refused(description: "is damaged")
            }
        }

        /// Looks for values that no sandbox makes, table by table.
        private func checkColumns() throws {
            for (table, columns) in Dictionary(grouping: Columns.all, by: \.table).sorted(by: { $0.key < $1.key }) {
                let excesses = columns.map { "(\($0.excess))" }.joined(separator: " OR ")
                if try connection.exists("SELECT 1 FROM \(table) WHERE \(excesses)") {
                    let wrong = try columns.first { try connection.exists("SELECT 1 FROM \(table) WHERE \($0.excess)") }
                    throw Refused(
                        description: "has a value in \(table).\(wrong?.name ?? "") that no medusa-sandbox keeps")
                }
                for column in columns where column.isText {
                    guard try connection.hasText("SELECT \(column.name) FROM \(table)") else {
                        throw Refused(description: "has a text in \(table).\(column.name) that is no UTF-8")
                    }
                }
            }
            for (table, counterexample) in Columns.relations where try connection.exists(counterexample) {
                throw Refused(description: "has rows in \(table) that contradict others")
            }
        }

        package func bytes() throws(SQLiteError) -> [UInt8] { try connection.image() }
    }
}

extension Connection {
    fileprivate func number(_ sql: String) throws(SQLiteError) -> Int64? { try statement(sql).row { $0.integer(0) } }

    fileprivate func exists(_ query: String) throws(SQLiteError) -> Bool {
        try statement(query).row { _ in true } ?? false
    }

    /// Whether the first column of every row is text that can be read, or none.
    fileprivate func hasText(_ query: String) throws(SQLiteError) -> Bool {
        try statement(query).all { $0.isNull(0) || $0.isUTF8(0) }
    }

    fileprivate func schema() throws(SQLiteError) -> [String] {
        try statement("SELECT type || name || coalesce(sql, '') FROM sqlite_schema ORDER BY 1").rows { $0.text(0) }
    }
}
