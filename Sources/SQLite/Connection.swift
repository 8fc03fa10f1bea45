internal import CSQLite

/// One connection to one database, for one thread at a time.
@safe package final class Connection {
    package enum Location: Sendable {
        case file(String)
        case memory
        /// In memory, and filled with what a database's file would be.
        case copy(of: [UInt8])
    }

    let handle: OpaquePointer
    /// What replacing the database has written since the WAL was last emptied, at most.
    var pagesSinceCheckpoint = 0
    let isFile: Bool

    /// Opens the database, and makes it if there is none. sqlite.org/c3ref/open.html
    ///
    /// A file gets WAL mode with `synchronous=NORMAL`: a commit survives the end of the process, `kill -9` included; a power
    /// cut may lose the last commits but never the file. Locking is exclusive, which halves the cost of a keyed read and
    /// keeps a second process out.
    package init(_ location: Location) throws(SQLiteError) {
        let path: String
        switch location {
        case .file(let file): (path, isFile) = (file, true)
        case .memory, .copy: (path, isFile) = (":memory:", false)
        }
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        guard let database = unsafe opened else {
            throw SQLiteError(code: code, message: "out of memory", sql: "open \(path)")
        }
        unsafe handle = database
        guard code == SQLITE_OK else { throw error(code, "open \(path)") }
        unsafe sqlite3_extended_result_codes(database, 1)
        // Before anything reads the file: else SQLite opens a third one beside it, to share the WAL with others.
        if case .file = location { try execute("PRAGMA locking_mode = EXCLUSIVE") }
        // A database may have come from elsewhere: nothing in its schema may call what could do harm.
        try execute("PRAGMA trusted_schema = OFF")
        try execute("PRAGMA foreign_keys = ON")
        try execute("PRAGMA temp_store = MEMORY")
        // In KiB, taken as it is needed: a sandbox of 20,000 users is read and replaced without going to the file twice.
        try execute("PRAGMA cache_size = -8192")
        if case .file = location {
            try execute("PRAGMA journal_mode = WAL")
            try execute("PRAGMA synchronous = NORMAL")
        }
        if case .copy(let image) = location { try fill(from: Connection(image: image)) }
    }

    /// `close_v2` waits for statements that are still open, so the order of `deinit`s does not matter.
    deinit { unsafe sqlite3_close_v2(handle) }

    /// Whether SQLite finds nothing wrong with the whole database: sqlite.org/pragma.html#pragma_quick_check
    package var isSound: Bool {
        (try? statement("PRAGMA quick_check(1)").row { $0.text(0) == "ok" }) ?? false
    }

    /// To be called before another file takes the place of this one: closing must not remove the WAL, which is that one's by then.
    /// sqlite.org/c3ref/c_fcntl_begin_atomic_write.html#sqlitefcntlpersistwal
    package func abandon() {
        var isKept: Int32 = 1
        unsafe sqlite3_file_control(handle, "main", SQLITE_FCNTL_PERSIST_WAL, &isKept)
    }

    /// Runs statements that take and return nothing: schema, pragmas, BEGIN and COMMIT.
    package func execute(_ sql: String) throws(SQLiteError) {
        let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code, sql) }
    }

    /// All of it, or nothing.
    func transaction(_ work: () throws(SQLiteError) -> Void) throws(SQLiteError) {
        try execute("BEGIN IMMEDIATE")
        do {
            try work()
            try execute("COMMIT")
        } catch {
            // The work's own error is the one worth reporting.
            try? execute("ROLLBACK")
            throw error
        }
    }

    /// A statement that is compiled when it is first used and kept.
    package func statement(_ sql: String) -> Statement { Statement(self, sql) }

    /// sqlite.org/c3ref/get_autocommit.html
    package var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    /// How many rows have been written since the connection was opened.
    package var totalChanges: Int64 { unsafe sqlite3_total_changes64(handle) }

    package var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

    func error(_ code: Int32, _ sql: String) -> SQLiteError {
        SQLiteError(code: code, message: unsafe String(cString: sqlite3_errmsg(handle)), sql: sql)
    }
}
