package import Medusa
package import SQLite

/// The table `auth_codes`: what lets a customer into the payment modal without a login (D.6).
package final class AuthCodes {
    private let insert: Statement
    private let take: Statement

    init(_ connection: Connection) {
        insert = connection.statement("INSERT INTO auth_codes (code, user_id, expires_at) VALUES (?, ?, ?)")
        take = connection.statement("DELETE FROM auth_codes WHERE code = ? AND expires_at > ? RETURNING user_id")
    }

    package func add(_ code: String, for user: Int64, expiresAt: Timestamp) throws(SQLiteError) {
        try insert.run(.text(code), .integer(user), .integer(expiresAt.milliseconds))
    }

    /// Uses a code up.
    ///
    /// - Returns: whose it was; `nil` for one that has expired, was used, or never was.
    package func redeem(_ code: String, at now: Timestamp) throws(SQLiteError) -> Int64? {
        try take.row(.text(code), .integer(now.milliseconds)) { $0.integer(0) }
    }
}
