package import Medusa
package import SQLite

/// The table `letters`: e-mails with a link into the modal, which the vendor would have sent.
package final class Letters {
    private let insert: Statement
    private let use: Statement
    private let newestFirst: Statement

    init(_ connection: Connection) {
        insert = connection.statement(
            "INSERT INTO letters (user_id, transaction_id, code, sent_at, expires_at) VALUES (?, ?, ?, ?, ?)")
        use = connection.statement(
            """
            UPDATE letters SET used_at = ?1 WHERE code = ?2 AND expires_at > ?1
            AND (used_at IS NULL OR transaction_id IS NOT NULL) RETURNING user_id, transaction_id
            """)
        newestFirst = connection.statement(
            """
            SELECT letters.user_id, email, reference, code, sent_at, letters.expires_at, used_at IS NOT NULL FROM letters
            JOIN users ON users.id = letters.user_id LEFT JOIN transactions ON transactions.id = transaction_id
            ORDER BY letters.id DESC LIMIT ?
            """)
    }

    /// - Parameter transaction: of the lease that the link leads to; `nil` for a new password.
    package func send(
        to user: Int64, transaction: Int64? = nil, code: String, at now: Timestamp, expiresAt: Timestamp
    ) throws(SQLiteError) {
        try insert.run(
            .integer(user), transaction.map { .integer($0) } ?? .null, .text(code), .integer(now.milliseconds),
            .integer(expiresAt.milliseconds))
    }

    /// Follows a link. One to a lease is good until it expires; one to a new password, once.
    ///
    /// - Returns: whose it is, and where it leads; `nil` for one that has expired, was used, or never was.
    package func follow(_ code: String, at now: Timestamp) throws(SQLiteError) -> (user: Int64, transaction: Int64?)? {
        try use.row(.integer(now.milliseconds), .text(code)) { ($0.integer(0), $0.integerIfPresent(1)) }
    }

    /// A letter as its customer got it.
    package struct Sent {
        package let user: Int64
        package let email: String
        /// The caller's own id of the transaction that it leads to.
        package let reference: String?
        package let code: String
        package let at: Timestamp
        package let expiresAt: Timestamp
        package let isUsed: Bool
    }

    /// The latest ones, newest first.
    package func latest(_ count: Int) throws(SQLiteError) -> [Sent] {
        try newestFirst.rows(.integer(Int64(count))) { row in
            Sent(
                user: row.integer(0), email: row.text(1), reference: row.textIfPresent(2), code: row.text(3),
                at: row.moment(4), expiresAt: row.moment(5), isUsed: row.flag(6))
        }
    }
}
