internal import CSQLite

/// What SQLite said, and of which statement.
package struct SQLiteError: Error, CustomStringConvertible {
    /// The extended result code: sqlite.org/rescode.html
    package let code: Int32
    package let message: String
    package let sql: String

    package enum Cause: Sendable {
        /// A UNIQUE or PRIMARY KEY constraint.
        case duplicate
        /// Another constraint of the schema.
        case constraint
        /// The file is not a database, or is damaged.
        case corrupt
        /// Another process has it.
        case busy
        /// No room on the disk.
        case full
        /// The file cannot be opened, read or written.
        case inaccessible
        case other
    }

    package var cause: Cause {
        if code == SQLITE_CONSTRAINT | (8 << 8) || code == SQLITE_CONSTRAINT | (6 << 8) { return .duplicate }
        switch code & 0xFF {
        case SQLITE_CONSTRAINT: return .constraint
        case SQLITE_CORRUPT, SQLITE_NOTADB: return .corrupt
        case SQLITE_BUSY, SQLITE_LOCKED: return .busy
        case SQLITE_FULL: return .full
        case SQLITE_CANTOPEN, SQLITE_IOERR, SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: return .inaccessible
        default: return .other
        }
    }

    package var description: String { "SQLite \(code): \(message) in: \(sql)" }
}
