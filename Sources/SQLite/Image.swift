internal import CSQLite

/// A whole database as bytes: what its file would be, and what `sqlite3` opens.
extension Connection {
    /// sqlite.org/c3ref/serialize.html
    package func image() throws(SQLiteError) -> [UInt8] { try image(schema: "main") }

    private func image(schema: String) throws(SQLiteError) -> [UInt8] {
        var size: sqlite3_int64 = 0
        guard let bytes = unsafe sqlite3_serialize(handle, schema, &size, 0) else {
            throw error(SQLITE_NOMEM, "serialize")
        }
        defer { unsafe sqlite3_free(bytes) }
        var image = unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(size)))
        if image.count > Self.versionBytes.upperBound {
            for place in Self.versionBytes { image[place] = 1 }
        }
        return image
    }

    /// A connection to a copy in memory.
    package convenience init(image: [UInt8]) throws(SQLiteError) {
        try self.init(.memory)
        try load(image, as: "main")
    }

    private func load(_ image: [UInt8], as schema: String) throws(SQLiteError) {
        let count = sqlite3_int64(image.count)
        // SQLite owns and frees what it is given, and grows it when it is written to.
        guard let bytes = unsafe sqlite3_malloc64(sqlite3_uint64(max(1, count))) else {
            throw error(SQLITE_NOMEM, "deserialize")
        }
        unsafe bytes.copyMemory(from: image, byteCount: image.count)
        let copy = unsafe bytes.assumingMemoryBound(to: UInt8.self)
        if image.count > Self.versionBytes.upperBound {
            for place in Self.versionBytes { unsafe copy[place] = 1 }
        }
        let code = unsafe sqlite3_deserialize(
            handle, schema, copy, count, count,
            UInt32(SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE))
        guard code == SQLITE_OK else { throw error(code, "deserialize") }
    }

    /// sqlite.org/c3ref/backup_finish.html
    func fill(from source: Connection) throws(SQLiteError) {
        guard let backup = unsafe sqlite3_backup_init(handle, "main", source.handle, "main") else {
            throw error(unsafe sqlite3_errcode(handle), "backup")
        }
        unsafe sqlite3_backup_step(backup, -1)
        let code = unsafe sqlite3_backup_finish(backup)
        guard code == SQLITE_OK else { throw error(code, "backup") }
    }

    // MARK: Some tables of it

    /// A database with the schema of another one, and the rows of some tables of this one.
    ///
    /// - Parameter empty: the image of a database that has the schema, and no rows.
    package func image(of tables: [String], into empty: [UInt8]) throws(SQLiteError) -> [UInt8] {
        try withAttached(empty) { () throws(SQLiteError) in
            try changeUnchecked { () throws(SQLiteError) in
                for table in tables { try execute("INSERT INTO attached.\(table) SELECT * FROM main.\(table)") }
            }
            return try image(schema: "attached")
        }
    }

    /// Puts the rows that some tables have in an image in the place of those that they have here, in one transaction: all of them,
    /// or nothing. The rest of the database stays.
    ///
    /// - Parameter then: what belongs to the same transaction.
    package func replace(
        _ tables: [String], with image: [UInt8], then: () throws(SQLiteError) -> Void
    ) throws(SQLiteError) {
        // So many pages would bring a checkpoint along, which takes as long again; it can come when the answer has left. The WAL asks for
        // one at the end of the next statement, so there has to be one before it may again.
        try execute("PRAGMA wal_autocheckpoint = 0")
        defer { try? execute("PRAGMA user_version; PRAGMA wal_autocheckpoint = 1000") }
        pagesSinceCheckpoint += image.count / 4096
        try withAttached(image) { () throws(SQLiteError) in
            try changeUnchecked { () throws(SQLiteError) in
                // Without a condition and with foreign keys unchecked, SQLite drops whole trees, and copies rows as they are.
                for table in tables {
                    try execute("DELETE FROM main.\(table)")
                    try execute("INSERT INTO main.\(table) SELECT * FROM attached.\(table)")
                }
                try then()
            }
        }
    }

    /// Whether the next commit would bring a long checkpoint along, for everything has been replaced since the last one.
    package var checkpointIsDue: Bool { isFile && pagesSinceCheckpoint >= 1000 }

    /// sqlite.org/pragma.html#pragma_wal_checkpoint
    package func checkpoint() throws(SQLiteError) {
        pagesSinceCheckpoint = 0
        try execute("PRAGMA wal_checkpoint(PASSIVE)")
    }

    private func withAttached<Result>(
        _ image: [UInt8], _ work: () throws(SQLiteError) -> Result
    ) throws(SQLiteError) -> Result {
        try execute("ATTACH ':memory:' AS attached")
        defer { try? execute("DETACH attached") }
        try load(image, as: "attached")
        return try work()
    }

    /// A transaction in which foreign keys are not checked: what comes from an image was checked as a whole.
    private func changeUnchecked(_ work: () throws(SQLiteError) -> Void) throws(SQLiteError) {
        // A pragma that does nothing inside a transaction.
        try execute("PRAGMA foreign_keys = OFF")
        defer { try? execute("PRAGMA foreign_keys = ON") }
        try transaction(work)
    }

    /// The header's two bytes that say whether there is a WAL beside the file; an image stands alone.
    /// sqlite.org/fileformat2.html#file_format_version_numbers
    private static let versionBytes = 18...19
}
