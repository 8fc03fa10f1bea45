package import SQLite

/// The whole database, the journal included: for a sandbox that makes room for another, and comes back as it was.
extension Store {
    package func wholeImage() throws(SQLiteError) -> [UInt8] {
        precondition(!isOpen, "settle before the database is put away")
        return try connection.image()
    }

    /// A database with the schema and nothing in it: what all have in common.
    package static func emptyImage() throws(SQLiteError) -> [UInt8] {
        let fresh = try Connection(.memory)
        _ = try fresh.migrate(to: Schema.latest, Schema.steps)
        return try fresh.image()
    }
}
