internal import CSQLite

/// A value on its way into a statement.
package enum Value: Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    package static func text(_ text: String?) -> Value { text.map { .text($0) } ?? .null }
    package static func integer(_ number: Int64?) -> Value { number.map { .integer($0) } ?? .null }
    package static func flag(_ flag: Bool) -> Value { .integer(flag ? 1 : 0) }
}

/// A prepared statement: compiled at its first use, reset after each.
@safe package final class Statement {
    private let connection: Connection
    private let sql: String
    private var handle: OpaquePointer?

    init(_ connection: Connection, _ sql: String) {
        self.connection = connection
        self.sql = sql
    }

    deinit { unsafe sqlite3_finalize(handle) }

    /// Runs it to the end and returns nothing.
    package func run(_ values: Value...) throws(SQLiteError) {
        try start(values)
        defer { reset() }
        while try step() {}
    }

    /// Reads every row.
    package func rows<Result>(_ values: Value..., read: (borrowing Row) -> Result) throws(SQLiteError) -> [Result] {
        try start(values)
        defer { reset() }
        var results: [Result] = []
        while try step() { results.append(unsafe read(Row(statement: handle))) }
        return results
    }

    /// Reads the first row, if there is one.
    package func row<Result>(_ values: Value..., read: (borrowing Row) -> Result) throws(SQLiteError) -> Result? {
        try start(values)
        defer { reset() }
        guard try step() else { return nil }
        return unsafe read(Row(statement: handle))
    }

    /// Whether every row is as it should be; stops at the first that is not.
    package func all(_ values: Value..., isGood: (borrowing Row) -> Bool) throws(SQLiteError) -> Bool {
        try start(values)
        defer { reset() }
        while try step() {
            guard unsafe isGood(Row(statement: handle)) else { return false }
        }
        return true
    }

    private func start(_ values: [Value]) throws(SQLiteError) {
        if unsafe handle == nil {
            // Persistent: the statement lives long, so keep it out of the lookaside memory.
            let code = unsafe sqlite3_prepare_v3(
                connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
            guard code == SQLITE_OK else { throw connection.error(code, sql) }
        }
        assert(
            unsafe sqlite3_bind_parameter_count(handle) == Int32(values.count),
            "\(values.count) values for: \(sql)")
        for (index, value) in values.enumerated() {
            let code = bind(value, at: Int32(index + 1))
            guard code == SQLITE_OK else { throw connection.error(code, sql) }
        }
    }

    private func bind(_ value: Value, at position: Int32) -> Int32 {
        switch value {
        case .null: return unsafe sqlite3_bind_null(handle, position)
        case .integer(let number): return unsafe sqlite3_bind_int64(handle, position, number)
        case .text(var text):
            return text.withUTF8 { utf8 in
                unsafe utf8.withMemoryRebound(to: CChar.self) { characters in
                    // An empty Swift string may have no address, and SQLite takes NULL for NULL.
                    guard let address = characters.baseAddress else {
                        return unsafe shim_bind_text(handle, position, "", 0)
                    }
                    guard let count = Int32(exactly: characters.count) else { return SQLITE_TOOBIG }
                    return unsafe shim_bind_text(handle, position, address, count)
                }
            }
        case .blob(let bytes):
            guard let count = Int32(exactly: bytes.count) else { return SQLITE_TOOBIG }
            return unsafe bytes.withUnsafeBytes {
                unsafe shim_bind_blob(handle, position, $0.baseAddress, count)
            }
        }
    }

    private func step() throws(SQLiteError) -> Bool {
        switch unsafe sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw connection.error(code, sql)
        }
    }

    private func reset() { unsafe sqlite3_reset(handle) }
}

/// The row a statement stands on. Columns count from 0. Valid only inside the closure that it was handed to.
@safe package struct Row: ~Copyable {
    private let statement: OpaquePointer?

    fileprivate init(statement: OpaquePointer?) { unsafe self.statement = statement }

    package func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(statement, column) == SQLITE_NULL }

    package func isInteger(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(statement, column) == SQLITE_INTEGER
    }

    package func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(statement, column) }

    package func integerIfPresent(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    package func flag(_ column: Int32) -> Bool { integer(column) != 0 }

    package func text(_ column: Int32) -> String { textIfPresent(column) ?? "" }

    package func textIfPresent(_ column: Int32) -> String? {
        guard let text = unsafe sqlite3_column_text(statement, column) else { return nil }
        let count = Int(unsafe sqlite3_column_bytes(statement, column))
        return unsafe String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    }

    /// Whether a text is one, byte by byte; SQLite takes any bytes for it.
    package func isUTF8(_ column: Int32) -> Bool {
        guard let text = unsafe sqlite3_column_text(statement, column) else { return true }
        let count = Int(unsafe sqlite3_column_bytes(statement, column))
        return unsafe String(validating: UnsafeBufferPointer(start: text, count: count), as: UTF8.self) != nil
    }

    package func blob(_ column: Int32) -> [UInt8] {
        guard let bytes = unsafe sqlite3_column_blob(statement, column) else { return [] }
        let count = Int(unsafe sqlite3_column_bytes(statement, column))
        return unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }
}
