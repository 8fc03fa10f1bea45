/// Numbered schema versions, kept in `user_version`: sqlite.org/pragma.html#pragma_user_version
extension Connection {
    package var schemaVersion: Int {
        get throws(SQLiteError) {
            Int(try statement("PRAGMA user_version").row { $0.integer(0) } ?? 0)
        }
    }

    /// Brings an older file up to date, each step a transaction of its own.
    ///
    /// - Parameter steps: the SQL that leads from version *n* to *n* + 1, for every *n* from 0.
    /// - Returns: `false` when the file is *newer* than this program, which then must not touch it.
    package func migrate(_ steps: [String]) throws(SQLiteError) -> Bool {
        let version = try schemaVersion
        guard version <= steps.count else { return false }
        for (number, step) in steps.enumerated().dropFirst(version) {
            try execute("BEGIN IMMEDIATE")
            do {
                try execute(step)
                try execute("PRAGMA user_version = \(number + 1)")
                try execute("COMMIT")
            } catch {
                // The step's error is the one worth reporting.
                try? execute("ROLLBACK")
                throw error
            }
        }
        return true
    }
}
