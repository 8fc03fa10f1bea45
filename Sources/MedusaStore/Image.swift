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

    private struct World {
        let tables: [String]
        /// A database with the schema and nothing in it.
        let empty: [UInt8]
    }

    nonisolated(unsafe) private static var known: World?

    /// Made once, and when it is first asked for: most sandboxes are never copied.
    private static func world() throws(SQLiteError) -> World {
        if let known = unsafe known { return known }
        let fresh = try Connection(.memory)
        _ = try fresh.migrate(to: Schema.latest, Schema.steps)
        let tables = try fresh.statement("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid").rows {
            $0.text(0)
        }
        let made = World(
            tables: tables.filter { !Schema.journalTables.contains($0) && !$0.hasPrefix("sqlite_") },
            empty: try fresh.image())
        unsafe known = made
        return made
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
                for (table, condition) in Self.excesses
                where try connection.number("SELECT EXISTS (SELECT 1 FROM \(table) WHERE \(condition))") == 1 {
                    throw Refused(description: "has numbers in \(table) that no sandbox makes")
                }
            } catch let refused as Refused {
                throw refused
            } catch {
                throw Refused(description: "is damaged")
            }
        }

        /// Numbers with which nobody could calculate: the requests' own bounds, and much more.
        private static let excesses: [(table: String, condition: String)] = [
            ("users", exceeds(moments: ["created_at", "token_expires_at"])),
            (
                "applications",
                exceeds(moments: ["created_at", "resolves_at"], numbers: ["spending_limit", "resolves_limit"])
            ),
            (
                "transactions",
                exceeds(
                    moments: ["created_at", "expires_at", "expired_at", "signed_at", "finalized_at"],
                    numbers: [
                        "cash_price", "cost_of_rental", "payment", "purchase_sales_tax", "shipping_cost",
                        "pay_tomorrow_tax_total",
                    ]) + " OR term > 520"
            ),
            ("lines", exceeds(moments: ["delivered_at"], numbers: ["cost"]) + " OR quantity > 100000"),
            ("payments", exceeds(moments: ["created_at"], numbers: ["amount"])),
            ("faults", exceeds(moments: [], numbers: ["seen", "struck", "window", "counted"])),
            ("sandbox", exceeds(moments: [], numbers: ["one_time_keys"])),
        ]

        /// A moment is from the year 0 to a century after 9999; a number below 10¹⁵ in size.
        private static func exceeds(moments: [String], numbers: [String] = []) -> String {
            (moments.map { "\($0) NOT BETWEEN -62167219200000 AND 256558060800000" }
                + numbers.map { "\($0) NOT BETWEEN -1000000000000000 AND 1000000000000000" }).joined(separator: " OR ")
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
