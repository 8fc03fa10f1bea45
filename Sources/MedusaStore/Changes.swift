internal import SQLite

/// Statements that touch no row which says already what it is to say. So the number of changed rows tells whether a call has changed
/// anything, and one that has not is no event of the sandbox's story (decisions.md 25).
extension Connection {
    /// An UPDATE whose first parameters are the columns' values, in order.
    ///
    /// - Parameter condition: which rows; its parameters are numbered from behind those of the columns.
    func update(_ table: String, _ columns: [String], where condition: String) -> Statement {
        let places = columns.indices.map { "?\($0 + 1)" }
        let assignments = zip(columns, places).map { "\($0) = \($1)" }.joined(separator: ", ")
        return statement(
            """
            UPDATE \(table) SET \(assignments) WHERE (\(condition))
            AND (\(columns.joined(separator: ", "))) IS NOT (\(places.joined(separator: ", ")))
            """)
    }

    /// An INSERT that takes the place of the row with the same key; its parameters are the key's columns, then the others.
    func upsert(_ table: String, key: [String], _ columns: [String]) -> Statement {
        let places = (key + columns).map { _ in "?" }.joined(separator: ", ")
        let new = columns.map { "excluded.\($0)" }
        return statement(
            """
            INSERT INTO \(table) (\((key + columns).joined(separator: ", "))) VALUES (\(places))
            ON CONFLICT (\(key.joined(separator: ", "))) DO UPDATE
            SET \(zip(columns, new).map { "\($0) = \($1)" }.joined(separator: ", "))
            WHERE (\(columns.map { "\(table).\($0)" }.joined(separator: ", "))) IS NOT (\(new.joined(separator: ", ")))
            """)
    }
}
