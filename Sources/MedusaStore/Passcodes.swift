package import Medusa
package import SQLite

/// The table `passcodes`: what was sent to customers, or would have been, for the sandbox sends nothing.
package final class Passcodes {
    private let connection: Connection
    private let insert: Statement
    private let setCode: Statement
    private let use: Statement
    private let newestFirst: Statement

    init(_ connection: Connection) {
        self.connection = connection
        insert = connection.statement(
            "INSERT INTO passcodes (user_id, transport, code, sent_at, expires_at) VALUES (?, ?, '', ?, ?)")
        setCode = connection.statement("UPDATE passcodes SET code = ? WHERE id = ?")
        use = connection.statement(
            """
            UPDATE passcodes SET used_at = ?1
            WHERE user_id = ?2 AND code = ?3 AND used_at IS NULL AND expires_at > ?1 RETURNING id
            """)
        newestFirst = connection.statement(
            """
            SELECT user_id, email, phone, transport, code, sent_at, passcodes.expires_at, used_at IS NOT NULL FROM passcodes
            JOIN users ON users.id = user_id LEFT JOIN profiles USING (user_id) ORDER BY passcodes.id DESC LIMIT ?
            """)
    }

    /// - Parameter code: the code of a row.
    package func send(
        to user: Int64, by transport: Passcode.Transport, at now: Timestamp, code: (Int64) -> String
    ) throws(SQLiteError) {
        let expiresAt = now + Passcode.lifetime
        try insert.run(
            .integer(user), .text(transport.rawValue), .integer(now.milliseconds), .integer(expiresAt.milliseconds))
        let id = connection.lastInsertedRow
        try setCode.run(.text(code(id)), .integer(id))
    }

    /// Uses a passcode up.
    ///
    /// - Returns: whether it was a good one: this customer's, not expired, never used.
    package func use(_ code: String, of user: Int64, at now: Timestamp) throws(SQLiteError) -> Bool {
        try use.row(.integer(now.milliseconds), .integer(user), .text(code)) { _ in true } ?? false
    }

    /// A passcode as its customer got it.
    package struct Sent {
        package let user: Int64
        package let email: String
        package let phone: String?
        package let transport: Passcode.Transport
        package let code: String
        package let at: Timestamp
        package let expiresAt: Timestamp
        package let isUsed: Bool
    }

    /// The latest ones, newest first.
    package func latest(_ count: Int) throws(SQLiteError) -> [Sent] {
        try newestFirst.rows(.integer(Int64(count))) { row in
            Sent(
                user: row.integer(0), email: row.text(1), phone: row.textIfPresent(2),
                transport: Passcode.Transport(rawValue: row.text(3)) ?? .email, code: row.text(4), at: row.moment(5),
                expiresAt: row.moment(6), isUsed: row.flag(7))
        }
    }
}
