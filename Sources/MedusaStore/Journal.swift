internal import Medusa
package import SQLite

/// The tables `requests`, `tallies` and `journal`: every request with its answer, as far back as the bounds reach, and counts of
/// what went before.
///
/// Clients send the same header again and again, and are answered alike. So a text that one of the latest requests has already is
/// not written again: its column names that request. Requests therefore stay in the table for a while after they are gone from the
/// journal.
package final class Journal {
    private let insert: Statement
    private let sizeThrough: Statement
    private let countOfWorld: Statement
    private let text: [Statement]
    private let tallyStatuses: Statement
    private let addTally: Statement
    private let warned: Statement
    private let deleteThrough: Statement
    private let saveState: Statement
    private let between: Statement
    private let connection: Connection
    private var state: State?
    private var shared = SharedTexts(columns: Column.allCases.count)

    /// What the journal knows of itself; kept in memory, and in the database as far as it could not be counted again.
    private struct State {
        var world: Int64 = 1
        var nextId: Int64 = 1
        var oldestId: Int64 = 1
        /// Of the rows that are there, about.
        var bytes: Int64 = 0
        /// The first row that is there.
        var oldestRow: Int64 = 1
        var evicted: Int64 = 0
        var evictedOfWorld: Int64 = 0
    }

    init(_ connection: Connection) {
        self.connection = connection
        insert = connection.statement(
            "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        sizeThrough = connection.statement(
            "SELECT coalesce(sum(size), 0) FROM requests WHERE id <= ?")
        countOfWorld = connection.statement("SELECT count(*) FROM requests WHERE id BETWEEN ? AND ? AND world = ?")
        tallyStatuses = connection.statement(
            """
            INSERT INTO tallies
            SELECT 'status', operation, status, count(*) FROM requests WHERE id BETWEEN ? AND ?
            GROUP BY operation, status
            ON CONFLICT DO UPDATE SET count = count + excluded.count
            """)
        addTally = connection.statement(
            "INSERT INTO tallies VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count")
        warned = connection.statement("SELECT id FROM requests WHERE id BETWEEN ? AND ? AND warnings > 0")
        deleteThrough = connection.statement("DELETE FROM requests WHERE id <= ?")
        saveState = connection.statement("INSERT OR REPLACE INTO journal VALUES (1, ?, ?, ?, ?, ?)")
        text = ["request_fields", "request_body", "response_fields", "response_body", "notes"].map {
            connection.statement("SELECT \($0) FROM requests WHERE id = ?")
        }
        between = connection.statement(
            """
            SELECT id, world, at, arrived, took, status, warnings, customer, lease, method, operation, target,
                request_fields, request_body, response_fields, response_body, notes
            FROM requests WHERE id >= ? AND id <= ? AND world >= ? ORDER BY id LIMIT ?
            """)
    }

    private enum Column: Int, CaseIterable {
        case requestFields, requestBody, responseFields, responseBody, notes
    }

    // MARK: Writing

    /// The id that the next entry gets.
    package var nextId: Int64 {
        get throws(SQLiteError) { try known().nextId }
    }

    /// Whether somebody wants to be told of what comes.
    package var isFollowed = false {
        didSet { if !isFollowed { fresh = [] } }
    }
    private var fresh: [Entry] = []

    /// Counts how often it was emptied.
    package private(set) var emptyings: UInt64 = 0

    /// What has come since the last time, for whoever follows; to be asked once it is committed.
    package func takeFresh() -> [Entry] {
        guard !fresh.isEmpty else { return [] }
        defer { fresh = [] }
        return fresh
    }

    func add(_ entry: Entry, _ bounds: Bounds) throws(SQLiteError) {
        var state = try known()
        let id = state.nextId
        var size = Int64(64 + entry.target.utf8.count)
        let requestFields = shared.value(entry.requestFields, in: Column.requestFields.rawValue, of: id, &size)
        let requestBody = shared.value(entry.requestBody, in: Column.requestBody.rawValue, of: id, &size)
        let responseFields = shared.value(entry.responseFields, in: Column.responseFields.rawValue, of: id, &size)
        let responseBody = shared.value(entry.responseBody, in: Column.responseBody.rawValue, of: id, &size)
        let notes = shared.value(entry.notes, in: Column.notes.rawValue, of: id, &size)
        try insert.run(
            .integer(id), .integer(state.world), .integer(entry.at.milliseconds),
            .integer(entry.arrived.milliseconds), .integer(entry.tookMicroseconds), .integer(size),
            .integer(Int64(entry.status)), .integer(Int64(entry.warnings)), .integer(entry.customer),
            .integer(entry.lease), .text(entry.method), .text(entry.operation), .text(entry.target),
            requestFields, requestBody, responseFields, responseBody, notes)
        if isFollowed {
            var kept = entry
            (kept.id, kept.world) = (id, state.world)
            fresh.append(kept)
        }
        state.nextId += 1
        state.bytes += size
        self.state = state
        if state.nextId - state.oldestId > bounds.entries || state.bytes > bounds.bytes {
            try evict(&state, bounds)
        }
    }

    /// Takes the oldest ones away, many at a time, and counts them.
    private func evict(_ state: inout State, _ bounds: Bounds) throws(SQLiteError) {
        while state.nextId - state.oldestId > bounds.entries
            || state.bytes > bounds.bytes && state.nextId - state.oldestId > 1
        {
            let count = state.nextId - state.oldestId
            let chunk = min(512, count / 8)
            let last = min(state.oldestId + max(count - Int64(bounds.entries), chunk, 1), state.nextId) - 1
            try drop(through: last, &state)
        }
        try save(state)
    }

    private func drop(through last: Int64, _ state: inout State) throws(SQLiteError) {
        let first = state.oldestId
        try tallyStatuses.run(.integer(first), .integer(last))
        let warned = try warned.rows(.integer(first), .integer(last)) { $0.integer(0) }
        for id in warned {
            guard let entry = try entry(id) else { continue }
            for warning in warnings(entry.notes) {
                try addTally.run(.text("warning"), .text(entry.operation), .text(warning), .integer(1))
            }
        }
        state.evictedOfWorld +=
            try countOfWorld.row(.integer(first), .integer(last), .integer(state.world)) {
                $0.integer(0)
            } ?? 0
        state.evicted += last + 1 - first
        state.oldestId = last + 1
        let lastRow = last - SharedTexts.reach
        guard lastRow >= state.oldestRow else { return }
        state.bytes -= try sizeThrough.row(.integer(lastRow)) { $0.integer(0) } ?? 0
        try deleteThrough.run(.integer(lastRow))
        state.oldestRow = lastRow + 1
    }

    /// The sentences of the warnings that an entry's notes hold; set by whoever writes the notes.
    package var warnings: ([UInt8]) -> [String] = { _ in [] }

    /// Forgets everything; ids go on.
    package func removeAll() throws(SQLiteError) {
        var state = try known()
        try connection.execute("DELETE FROM requests; DELETE FROM tallies")
        (state.oldestId, state.oldestRow, state.bytes) = (state.nextId, state.nextId, 0)
        (state.evicted, state.evictedOfWorld) = (0, 0)
        shared.removeAll()
        try save(state)
        emptyings += 1
    }

    /// Another world has been put in the place of the one that the entries speak of.
    func beginWorld() throws(SQLiteError) {
        var state = try known()
        state.world += 1
        state.evictedOfWorld = 0
        try save(state)
    }

    private func save(_ state: State) throws(SQLiteError) {
        try saveState.run(
            .integer(state.world), .integer(state.nextId), .integer(state.oldestId), .integer(state.evicted),
            .integer(state.evictedOfWorld))
        self.state = state
    }

    /// Forgets what a failed commit has taken back.
    package func reload() {
        state = nil
        fresh = []
        shared.removeAll()
    }

    private func known() throws(SQLiteError) -> State {
        if let state { return state }
        var read =
            try connection.statement("SELECT world, next_id, oldest_id, evicted, evicted_of_world FROM journal").row {
                State(
                    world: $0.integer(0), nextId: $0.integer(1), oldestId: $0.integer(2), evicted: $0.integer(3),
                    evictedOfWorld: $0.integer(4))
            } ?? State()
        read.oldestRow = read.oldestId
        let held = try connection.statement("SELECT min(id), max(id), coalesce(sum(size), 0) FROM requests").row {
            (first: $0.integerIfPresent(0), last: $0.integerIfPresent(1), bytes: $0.integer(2))
        }
        if let held, let first = held.first, let last = held.last {
            (read.oldestRow, read.nextId, read.bytes) = (first, last + 1, held.bytes)
        }
        state = read
        return read
    }

    // MARK: Reading

    package var extent: Extent {
        get throws(SQLiteError) {
            let state = try known()
            return Extent(
                world: state.world, oldestId: state.oldestId, newestId: state.nextId - 1, evicted: state.evicted,
                evictedOfWorld: state.evictedOfWorld, bytes: state.bytes)
        }
    }

    /// Entries in order, a hundred at a time, until the visitor has seen enough.
    ///
    /// - Parameters:
    ///   - world: the first world whose entries count.
    ///   - visit: returns whether to go on.
    package func visit(
        from first: Int64 = 1, through last: Int64 = .max, sinceWorld world: Int64 = 0, _ visit: (Entry) -> Bool
    ) throws(SQLiteError) {
        var next = max(first, try known().oldestId)
        while next <= last {
            let some = try between.rows(
                .integer(next), .integer(last), .integer(world), .integer(100), read: Self.read)
            for row in some where !visit(try whole(row)) { return }
            guard some.count == 100, let reached = some.last else { return }
            next = reached.entry.id + 1
        }
    }

    package func find(_ id: Int64) throws(SQLiteError) -> Entry? {
        id >= (try known().oldestId) ? try entry(id) : nil
    }

    private func entry(_ id: Int64) throws(SQLiteError) -> Entry? {
        guard let row = try between.row(.integer(id), .integer(id), .integer(0), .integer(1), read: Self.read) else {
            return nil
        }
        return try whole(row)
    }

    /// A row as it stands, and the requests that have its texts.
    private struct Read {
        var entry: Entry
        var elsewhere: [Int64?]
    }

    private static func read(_ row: borrowing Row) -> Read {
        var texts: [[UInt8]] = []
        var elsewhere: [Int64?] = []
        for column: Int32 in 12...16 {
            let isElsewhere = row.isInteger(column)
            texts.append(isElsewhere ? [] : row.blob(column))
            elsewhere.append(isElsewhere ? row.integer(column) : nil)
        }
        var entry = Entry(
            at: Timestamp(milliseconds: row.integer(2)), arrived: Timestamp(milliseconds: row.integer(3)),
            tookMicroseconds: row.integer(4), status: Int(row.integer(5)), method: row.text(9),
            operation: row.text(10), target: row.text(11), requestFields: texts[0], requestBody: texts[1],
            responseFields: texts[2], responseBody: texts[3], notes: texts[4])
        entry.id = row.integer(0)
        entry.world = row.integer(1)
        entry.warnings = Int(row.integer(6))
        entry.customer = row.integerIfPresent(7)
        entry.lease = row.integerIfPresent(8)
        return Read(entry: entry, elsewhere: elsewhere)
    }

    private func whole(_ read: Read) throws(SQLiteError) -> Entry {
        var entry = read.entry
        for column in Column.allCases {
            guard let id = read.elsewhere[column.rawValue],
                let bytes = try text[column.rawValue].row(.integer(id), read: { $0.blob(0) })
            else { continue }
            switch column {
            case .requestFields: entry.requestFields = bytes
            case .requestBody: entry.requestBody = bytes
            case .responseFields: entry.responseFields = bytes
            case .responseBody: entry.responseBody = bytes
            case .notes: entry.notes = bytes
            }
        }
        return entry
    }

    package func tallies() throws(SQLiteError) -> [Tally] {
        try connection.statement("SELECT kind, operation, detail, count FROM tallies").rows { row in
            Tally.Kind(rawValue: row.text(0)).map {
                Tally(kind: $0, operation: row.text(1), detail: row.text(2), count: Int(row.integer(3)))
            }
        }.compactMap(\.self)
    }
}
