package import Medusa
package import SQLite

/// The table `questionnaires`: the sets of verification questions that customers were given.
package final class Questionnaires {
    private let connection: Connection
    private let insert: Statement
    private let latestOf: Statement

    init(_ connection: Connection) {
        self.connection = connection
        insert = connection.statement("INSERT INTO questionnaires (user_id, created_at, expires_at) VALUES (?, ?, ?)")
        latestOf = connection.statement(
            "SELECT id, expires_at FROM questionnaires WHERE user_id = ? ORDER BY id DESC LIMIT 1")
    }

    /// The set that a customer is to answer: the one at hand, or a new one where it has expired.
    package func open(for user: Int64, at now: Timestamp) throws(SQLiteError) -> Questionnaire {
        if let latest = try latest(of: user), now < latest.expiresAt { return latest }
        let expiresAt = now + Questionnaire.lifetime
        try insert.run(.integer(user), .integer(now.milliseconds), .integer(expiresAt.milliseconds))
        return Questionnaire(id: connection.lastInsertedRow, expiresAt: expiresAt)
    }

    package func latest(of user: Int64) throws(SQLiteError) -> Questionnaire? {
        try latestOf.row(.integer(user)) { Questionnaire(id: $0.integer(0), expiresAt: $0.moment(1)) }
    }
}
