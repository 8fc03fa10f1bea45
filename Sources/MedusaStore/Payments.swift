package import Medusa
package import SQLite

/// The table `payments`: every attempt of Collect Payment.
package final class Payments {
    private let connection: Connection
    private let insert: Statement
    private let sumCollected: Statement

    init(_ connection: Connection) {
        self.connection = connection
        insert = connection.statement(
            """
            INSERT INTO payments (transaction_id, payment_method_id, amount, is_collected, created_at)
            VALUES (?, ?, ?, ?, ?)
            """)
        sumCollected = connection.statement(
            // SQLite's sum fails where it overflows; an earlier version took databases with amounts that nobody could pay.
            """
            SELECT sum(min(amount, \(Order.largestSum.cents))) FROM payments WHERE transaction_id = ? AND is_collected = 1
            """)
    }

    /// - Returns: the row of the attempt.
    package func add(
        _ payment: Payment, towards transaction: Int64, by paymentMethod: Int64, at now: Timestamp
    ) throws(SQLiteError) -> Int64 {
        try insert.run(
            .integer(transaction), .integer(paymentMethod), .integer(payment.amount.cents),
            .flag(payment.outcome == .success), .integer(now.milliseconds))
        return connection.lastInsertedRow
    }

    /// What has been collected towards a transaction.
    package func collected(towards transaction: Int64) throws(SQLiteError) -> Money {
        Money(cents: try sumCollected.row(.integer(transaction)) { $0.integer(0) } ?? 0)
    }
}
