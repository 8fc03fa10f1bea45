internal import CSQLite

/// A whole database as bytes: what its file would be, and what `sqlite3` opens.
extension Connection {
    /// sqlite.org/c3ref/serialize.html
    package func image() throws(SQLiteError) -> [UInt8] {
        var size: sqlite3_int64 = 0
        guard let bytes = unsafe sqlite3_serialize(handle, "main", &size, 0) else {
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
            handle, "main", copy, count, count,
            UInt32(SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE))
        guard code == SQLITE_OK else { throw error(code, "deserialize") }
    }

    /// Replaces everything by what is in another database, in one transaction: all of it, or nothing.
    /// sqlite.org/c3ref/backup_finish.html
    package func replace(with source: Connection) throws(SQLiteError) {
        // So many pages would bring a checkpoint along, which takes as long again; it can come with a later commit, but not
        // for ever. The WAL asks for one at the end of the next statement, so there has to be one before it may again.
        let isDeferred = pagesSinceCheckpoint < Self.mostDeferredPages
        if isDeferred { try execute("PRAGMA wal_autocheckpoint = 0") }
        defer { if isDeferred { try? execute("PRAGMA user_version; PRAGMA wal_autocheckpoint = 1000") } }
        guard let backup = unsafe sqlite3_backup_init(handle, "main", source.handle, "main") else {
            throw error(unsafe sqlite3_errcode(handle), "backup")
        }
        unsafe sqlite3_backup_step(backup, -1)
        pagesSinceCheckpoint = isDeferred ? pagesSinceCheckpoint + Int(unsafe sqlite3_backup_pagecount(backup)) : 0
        let code = unsafe sqlite3_backup_finish(backup)
        guard code == SQLITE_OK else { throw error(code, "backup") }
    }

    /// 32 MiB.
    private static let mostDeferredPages = 8192

    /// The header's two bytes that say whether there is a WAL beside the file; an image stands alone.
    /// sqlite.org/fileformat2.html#file_format_version_numbers
    private static let versionBytes = 18...19
}
