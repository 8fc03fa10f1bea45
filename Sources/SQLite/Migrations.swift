/// Numbered schema versions, kept in `user_version`: sqlite.org/pragma.html#pragma_user_version
extension Connection {
    package var schemaVersion: Int {
        get throws(SQLiteError) {
            Int(try statement("PRAGMA user_version").row { $0.integer(0) } ?? 0)
        }
    }

    /// Gives a new file its schema, and brings an older one up to date, each step a transaction of its own.
    ///
    /// - Parameters:
    ///   - latest: the SQL that makes the latest version in a new file.
    ///   - steps: the SQL that leads from version *n* + 1 to *n* + 2, for every *n* from 0.
    /// - Returns: `false` when the file is *newer* than this program, which then must not touch it.
    package func migrate(to latest: String, _ steps: [String]) throws(SQLiteError) -> Bool {
        let version = try schemaVersion
        guard version <= steps.count + 1 else { return false }
        guard version > 0 else {
            try change(latest, version: steps.count + 1)
            return true
        }
        guard version <= steps.count else { return true }
        // A step may put another table in the place of one that others refer to: sqlite.org/lang_altertable.html#otheralter
        try execute("PRAGMA foreign_keys = OFF")
        for (number, step) in steps.enumerated().dropFirst(version - 1) { try change(step, version: number + 2) }
        try execute("PRAGMA foreign_keys = ON")
        return true
    }

    private func change(_ sql: String, version: Int) throws(SQLiteError) {
        try transaction { () throws(SQLiteError) in
            try execute(sql)
            try execute("PRAGMA user_version = \(version)")
        }
    }
}
