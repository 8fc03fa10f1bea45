package import Medusa
package import SQLite

/// The table `auth_codes`: what lets a customer into the payment modal without a login (D.6).
package final class AuthCodes {
    private let insert: Statement

    init(_ connection: Connection) {
        insert = connection.statement("INSERT INTO auth_codes (code, user_id, expires_at) VALUES (?, ?, ?)")
    }

    package func add(_ code: String, for user: Int64, expiresAt: Timestamp) throws(SQLiteError) {
        try insert.run(.text(code), .integer(user), .integer(expiresAt.milliseconds))
    }
}
