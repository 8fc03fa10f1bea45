internal import SQLite

/// The texts that the latest rows of the journal have, so that a row need not have the same one again.
struct SharedTexts {
    private struct Text {
        let id: Int64
        let bytes: [UInt8]
    }

    /// By column, the latest last.
    private var latest: [[Text]]

    /// How far back a row may name another one.
    static let reach: Int64 = 256
    /// How many texts a column remembers.
    private static let most = 4
    /// In bytes; shorter ones are not worth a search.
    private static let shortest = 16

    init(columns: Int) { latest = Array(repeating: [], count: columns) }

    /// The text, or the id of the latest row that has the same one in this column.
    ///
    /// - Parameter size: what the row takes, in bytes; it grows by what is written.
    mutating func value(_ bytes: [UInt8], in column: Int, of id: Int64, _ size: inout Int64) -> Value {
        guard bytes.count >= Self.shortest else { return .blob(bytes) }
        if let known = latest[column].first(where: { $0.bytes == bytes }), known.id > id - Self.reach {
            return .integer(known.id)
        }
        latest[column].removeAll { $0.id <= id - Self.reach }
        if latest[column].count >= Self.most { latest[column].removeFirst() }
        latest[column].append(Text(id: id, bytes: bytes))
        size += Int64(bytes.count)
        return .blob(bytes)
    }

    mutating func removeAll() {
        for column in latest.indices { latest[column].removeAll(keepingCapacity: true) }
    }
}
