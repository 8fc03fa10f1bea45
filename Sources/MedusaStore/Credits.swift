package import Medusa
package import SQLite

/// The table `credits`: what the merchant has credited, line by line (route 37).
package final class Credits {
    private let insert: Statement
    private let ofTransaction: Statement

    init(_ connection: Connection) {
        insert = connection.statement(
            """
            INSERT INTO credits (transaction_id, line_number, item_credit, shipping_credit, created_at)
            VALUES (?, ?, ?, ?, ?)
            """)
        ofTransaction = connection.statement(
            "SELECT line_number, item_credit, shipping_credit FROM credits WHERE transaction_id = ? ORDER BY id")
    }

    package func add(_ credit: Credit, to transaction: Int64, at now: Timestamp) throws(SQLiteError) {
        try insert.run(
            .integer(transaction), .integer(Int64(credit.lineNumber)), .integer(credit.item.cents),
            .integer(credit.shipping.cents), .integer(now.milliseconds))
    }

    package func all(of transaction: Int64) throws(SQLiteError) -> [Credit] {
        try ofTransaction.rows(.integer(transaction)) { row in
            Credit(
                lineNumber: Int(row.count(0)), item: Money(cents: row.integer(1)),
                shipping: Money(cents: row.integer(2)))
        }
    }
}
