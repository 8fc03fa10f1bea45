package import Medusa
package import SQLite

/// The table `payments`: every attempt of Collect Payment.
package final class Payments {
    private let connection: Connection
    private let insert: Statement
    private let collectedOf: Statement

    init(_ connection: Connection) {
        self.connection = connection
        insert = connection.statement(
            """
            INSERT INTO payments (transaction_id, payment_method_id, amount, is_collected, created_at, is_payoff)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
        collectedOf = connection.statement(
            """
            SELECT amount, created_at, is_payoff FROM payments WHERE transaction_id = ? AND is_collected = 1
            ORDER BY created_at, id
            """)
    }

    /// - Returns: the row of the attempt.
    package func add(
        _ payment: Payment, towards transaction: Int64, by paymentMethod: Int64, at now: Timestamp
    ) throws(SQLiteError) -> Int64 {
        try insert.run(
            .integer(transaction), .integer(paymentMethod), .integer(payment.amount.cents),
            .flag(payment.outcome == .success), .integer(now.milliseconds), .flag(payment.isPayoff))
        return connection.lastInsertedRow
    }

    /// What has been collected towards a transaction, in order.
    package func collected(towards transaction: Int64) throws(SQLiteError) -> [Collected] {
        try collectedOf.rows(.integer(transaction)) { row in
            Collected(amount: Money(cents: row.integer(0)), at: row.moment(1), isPayoff: row.flag(2))
        }
    }
}
