package import Medusa
package import SQLite

/// The tables `payment_methods` and `verified_accounts`.
package final class PaymentMethods {
    private let connection: Connection
    private let insert: Statement
    private let demote: Statement
    private let ofUser: Statement
    private let youngestOf: Statement
    private let ownedBy: Statement
    private let insertVerified: Statement
    private let verifiedBy: Statement

    init(_ connection: Connection) {
        self.connection = connection
        insert = connection.statement(
            """
            INSERT INTO payment_methods (user_id, kind, brand, first_six, last_four, label, is_primary)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
        demote = connection.statement(
            "UPDATE payment_methods SET is_primary = 0 WHERE user_id = ? AND is_primary = 1")
        ofUser = connection.statement(
            """
            SELECT id, kind, brand, first_six, last_four, label, is_primary
            FROM payment_methods WHERE user_id = ? ORDER BY id
            """)
        youngestOf = connection.statement("SELECT max(id) FROM payment_methods WHERE user_id = ?")
        ownedBy = connection.statement("SELECT 1 FROM payment_methods WHERE id = ? AND user_id = ?")
        insertVerified = connection.statement("INSERT OR IGNORE INTO verified_accounts VALUES (?, ?)")
        verifiedBy = connection.statement(
            "SELECT 1 FROM verified_accounts WHERE user_id = ? AND account_digest = ?")
    }

    /// Adds a method; when it is primary, the one before it no longer is.
    package func add(_ method: PaymentMethod, to user: Int64) throws(SQLiteError) {
        if method.isPrimary { try demote.run(.integer(user)) }
        let (kind, brand, firstSix) =
            switch method.kind {
            case .ach: ("ach", "", "")
            case .card(let brand, let firstSix): ("card", brand, firstSix)
            }
        try insert.run(
            .integer(user), .text(kind), .text(brand), .text(firstSix), .text(method.lastFour), .text(method.label),
            .flag(method.isPrimary))
    }

    /// In the order in which they were added.
    package func all(of user: Int64) throws(SQLiteError) -> [(id: Int64, method: PaymentMethod)] {
        try ofUser.rows(.integer(user)) { row in
            let kind: PaymentMethod.Kind =
                row.text(1) == "card" ? .card(brand: row.text(2), firstSix: row.text(3)) : .ach(routingNumber: "")
            let method = PaymentMethod(kind, lastFour: row.text(4), label: row.text(5), isPrimary: row.flag(6))
            return (id: row.integer(0), method: method)
        }
    }

    /// The method that was added last.
    package func youngest(of user: Int64) throws(SQLiteError) -> Int64? {
        try youngestOf.row(.integer(user)) { $0.integerIfPresent(0) } ?? nil
    }

    package func exists(_ id: Int64, of user: Int64) throws(SQLiteError) -> Bool {
        try ownedBy.row(.integer(id), .integer(user)) { _ in true } ?? false
    }

    /// Remembers that Verify ACH has seen an account (route 24).
    package func verify(accountDigest: [UInt8], of user: Int64) throws(SQLiteError) {
        try insertVerified.run(.integer(user), .blob(accountDigest))
    }

    package func isVerified(accountDigest: [UInt8], of user: Int64) throws(SQLiteError) -> Bool {
        try verifiedBy.row(.integer(user), .blob(accountDigest)) { _ in true } ?? false
    }
}
