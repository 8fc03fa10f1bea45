package import Medusa
package import SQLite

/// The tables `transactions` and `lines`.
package final class Transactions {
    private let connection: Connection
    private let insert: Statement
    private let insertLine: Statement
    private let update: Statement
    private let updateLine: Statement
    private let byId: Statement
    private let byReference: Statement
    private let referenceExists: Statement
    private let ofUser: Statement
    private let newestFirst: Statement
    private let countAll: Statement
    private let linesOf: Statement
    private let expire: Statement
    private let oldestFirst: Statement
    private let finalizedOldestFirst: Statement
    private let expiringBetween: Statement
    private let nextExpiryAfter: Statement
    private let deliveredBetween: Statement
    private let nextDeliveryAfter: Statement

    init(_ connection: Connection) {
        self.connection = connection
        insert = connection.statement(
            """
            INSERT INTO transactions (user_id, reference, order_id, created_at, expires_at, cash_price, cost_of_rental,
                payment, term, purchase_sales_tax, shipping_cost, pay_tomorrow_tax_total, engaged_amount)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        insertLine = connection.statement(
            """
            INSERT INTO lines (transaction_id, position, sku, brand, description, cost, quantity, signed, shipped,
                received, returned, canceled)
            VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0)
            """)
        update = connection.statement(
            "UPDATE transactions SET signed_at = ?, finalized_at = ?, engaged_amount = ? WHERE id = ?")
        updateLine = connection.statement(
            """
            UPDATE lines SET signed = ?, shipped = ?, received = ?, returned = ?, canceled = ?, carrier = ?,
                tracking_number = ?, tracking_link = ?, delivered_at = ?
            WHERE transaction_id = ? AND position = ?
            """)
        let columns = """
            transactions.id, user_id, reference, order_id, transactions.created_at,
            coalesce(expired_at, expires_at), signed_at, finalized_at, cash_price, cost_of_rental, payment,
            term, purchase_sales_tax, shipping_cost, pay_tomorrow_tax_total
            """
        byId = connection.statement("SELECT \(columns) FROM transactions WHERE id = ?")
        byReference = connection.statement("SELECT \(columns) FROM transactions WHERE reference = ?")
        referenceExists = connection.statement("SELECT 1 FROM transactions WHERE reference = ?")
        ofUser = connection.statement(
            "SELECT \(columns) FROM transactions WHERE user_id = ? AND finalized_at IS NOT NULL ORDER BY id DESC")
        expire = connection.statement(
            "UPDATE transactions SET expired_at = min(?, expires_at) WHERE id = ? AND signed_at IS NULL")
        oldestFirst = connection.statement("SELECT \(columns) FROM transactions ORDER BY id")
        finalizedOldestFirst = connection.statement(
            "SELECT \(columns) FROM transactions WHERE finalized_at IS NOT NULL ORDER BY id")
        let waiting = "FROM transactions WHERE signed_at IS NULL AND engaged_amount > 0"
        expiringBetween = connection.statement(
            """
            SELECT id, user_id, coalesce(expired_at, expires_at) AS expiry \(waiting) AND expiry > ? AND expiry <= ?
            """)
        nextExpiryAfter = connection.statement(
            "SELECT min(coalesce(expired_at, expires_at)) \(waiting) AND coalesce(expired_at, expires_at) > ?")
        deliveredBetween = connection.statement(
            """
            SELECT transactions.id, user_id, delivered_at FROM lines JOIN transactions ON transactions.id = transaction_id
            WHERE shipped > 0 AND delivered_at > ? AND delivered_at <= ? GROUP BY transactions.id, delivered_at
            """)
        nextDeliveryAfter = connection.statement(
            "SELECT min(delivered_at) FROM lines WHERE shipped > 0 AND delivered_at > ?")
        // ?1: whether signed, NULL for both; ?2 and ?3: the span of creation, from and before.
        let filter = """
            (?1 IS NULL OR (signed_at IS NOT NULL) = ?1)
            AND transactions.created_at >= ?2 AND transactions.created_at < ?3
            """
        newestFirst = connection.statement(
            """
            SELECT \(columns), first_name, last_name, email FROM transactions JOIN users ON users.id = user_id
            WHERE \(filter) ORDER BY transactions.id DESC LIMIT ?4 OFFSET ?5
            """)
        countAll = connection.statement("SELECT count(*) FROM transactions WHERE \(filter)")
        linesOf = connection.statement(
            """
            SELECT sku, brand, description, cost, quantity, signed, shipped, received, returned, canceled, carrier,
                tracking_number, tracking_link, delivered_at
            FROM lines WHERE transaction_id = ? ORDER BY position
            """)
    }

    // MARK: What falls due

    /// Makes a pending lease expire now.
    package func expire(_ lease: Int64, at now: Timestamp) throws(SQLiteError) {
        try expire.run(.integer(now.milliseconds), .integer(lease))
    }

    /// Leases that expire unsigned after one moment and up to another, cancelled ones aside.
    package func expiring(after: Timestamp, through: Timestamp) throws(SQLiteError) -> [Happened] {
        try expiringBetween.rows(.integer(after.milliseconds), .integer(through.milliseconds), read: Self.happened)
    }

    package func nextExpiry(after now: Timestamp) throws(SQLiteError) -> Timestamp? {
        try nextExpiryAfter.row(.integer(now.milliseconds)) { $0.momentIfPresent(0) } ?? nil
    }

    /// Parcels that arrive after one moment and up to another; one for all lines of an order that come at once.
    package func delivered(after: Timestamp, through: Timestamp) throws(SQLiteError) -> [Happened] {
        try deliveredBetween.rows(.integer(after.milliseconds), .integer(through.milliseconds), read: Self.happened)
    }

    package func nextDelivery(after now: Timestamp) throws(SQLiteError) -> Timestamp? {
        try nextDeliveryAfter.row(.integer(now.milliseconds)) { $0.momentIfPresent(0) } ?? nil
    }

    /// What happens to a transaction, and when.
    package struct Happened {
        package let transaction: Int64
        package let customer: Int64
        package let at: Timestamp
    }

    private static func happened(_ row: borrowing Row) -> Happened {
        Happened(transaction: row.integer(0), customer: row.integer(1), at: row.moment(2))
    }

    /// Every finalized transaction, oldest first.
    package func finalized() throws(SQLiteError) -> [Transaction] {
        var found: [Transaction] = []
        for transaction in try finalizedOldestFirst.rows(read: Self.read) { found.append(try withLines(transaction)) }
        return found
    }

    /// Every transaction, oldest first.
    package func all() throws(SQLiteError) -> [Transaction] {
        var found: [Transaction] = []
        for transaction in try oldestFirst.rows(read: Self.read) { found.append(try withLines(transaction)) }
        return found
    }

    /// Which transactions a list shows (route 13).
    package struct Filter {
        package var status: Lease.Status?
        package var from: Timestamp?
        package var before: Timestamp?

        package init(status: Lease.Status? = nil, from: Timestamp? = nil, before: Timestamp? = nil) {
            self.status = status
            self.from = from
            self.before = before
        }
    }

    /// A transaction beside its customer's name, as the list needs it.
    package struct Listed {
        package let transaction: Transaction
        package let firstName: String
        package let lastName: String
        package let email: String
    }

    /// Whether the caller's id is in use; it must be unique per vendor (B.12).
    package func isTaken(_ reference: String) throws(SQLiteError) -> Bool {
        try referenceExists.row(.text(reference)) { _ in true } ?? false
    }

    /// Creates a transaction with its pending lease.
    package func create(
        _ order: Order, terms: Terms, customer: Int64, at now: Timestamp, expiresAt: Timestamp
    ) throws(SQLiteError) -> Transaction {
        try insert.run(
            .integer(customer), .text(order.reference), .text(order.orderId), .integer(now.milliseconds),
            .integer(expiresAt.milliseconds), .integer(terms.cashPrice.cents), .integer(terms.costOfRental.cents),
            .integer(terms.payment.cents), .integer(Int64(terms.term)), .integer(terms.purchaseSalesTax.cents),
            .integer(order.shippingCost.cents), .integer(order.payTomorrowTaxTotal?.cents),
            .integer(terms.cashPrice.cents))
        let id = connection.lastInsertedRow
        for (position, line) in order.lines.enumerated() {
            try insertLine.run(
                .integer(id), .integer(Int64(position)), .text(line.sku), .text(line.brand), .text(line.description),
                .integer(line.cost.cents), .integer(Int64(line.quantity)))
        }
        return Transaction(
            lease: Lease(id: id, customer: customer, createdAt: now, expiresAt: expiresAt),
            reference: order.reference, orderId: order.orderId, shippingCost: order.shippingCost,
            payTomorrowTaxTotal: order.payTomorrowTaxTotal, terms: terms, lines: order.lines)
    }

    package func save(_ transaction: Transaction) throws(SQLiteError) {
        try update.run(
            .integer(transaction.lease.signedAt?.milliseconds), .integer(transaction.lease.finalizedAt?.milliseconds),
            .integer(transaction.engagedAmount.cents), .integer(transaction.lease.id))
        for (position, line) in transaction.lines.enumerated() {
            try updateLine.run(
                .integer(Int64(line.count(.signed))), .integer(Int64(line.count(.shipped))),
                .integer(Int64(line.count(.received))), .integer(Int64(line.count(.returned))),
                .integer(Int64(line.count(.canceled))), .text(line.parcel?.carrier),
                .text(line.parcel?.trackingNumber), .text(line.parcel?.trackingLink),
                .integer(line.parcel?.deliveredAt.milliseconds), .integer(transaction.lease.id),
                .integer(Int64(position)))
        }
    }

    package func transaction(_ id: Int64) throws(SQLiteError) -> Transaction? {
        try completed(try byId.row(.integer(id), read: Self.read))
    }

    package func transaction(reference: String) throws(SQLiteError) -> Transaction? {
        try completed(try byReference.row(.text(reference), read: Self.read))
    }

    /// A customer's finalized transactions, newest first.
    package func finalized(of user: Int64) throws(SQLiteError) -> [Transaction] {
        var found: [Transaction] = []
        for transaction in try ofUser.rows(.integer(user), read: Self.read) {
            found.append(try withLines(transaction))
        }
        return found
    }

    /// A page of transactions, newest first (B.9).
    package func page(_ number: Int, of size: Int, _ filter: Filter) throws(SQLiteError) -> [Listed] {
        let (signed, from, before) = filter.values
        let rows = try newestFirst.rows(
            signed, from, before, .integer(Int64(size)), .integer(Int64((number - 1) * size))
        ) { row in
            (Self.read(row), row.text(15), row.text(16), row.text(17))
        }
        var listed: [Listed] = []
        for (transaction, firstName, lastName, email) in rows {
            listed.append(
                Listed(
                    transaction: try withLines(transaction), firstName: firstName, lastName: lastName, email: email))
        }
        return listed
    }

    package func count(_ filter: Filter) throws(SQLiteError) -> Int {
        let (signed, from, before) = filter.values
        return Int(try countAll.row(signed, from, before) { $0.integer(0) } ?? 0)
    }

    private func completed(_ transaction: Transaction?) throws(SQLiteError) -> Transaction? {
        guard let transaction else { return nil }
        return try withLines(transaction)
    }

    private func withLines(_ transaction: Transaction) throws(SQLiteError) -> Transaction {
        var transaction = transaction
        transaction.lines = try linesOf.rows(.integer(transaction.lease.id)) { row in
            let stages: [Line.Stage] = [.signed, .shipped, .received, .returned, .canceled]
            var units: [Line.Stage: Int] = [:]
            for (index, stage) in stages.enumerated() { units[stage] = Int(row.count(Int32(5 + index))) }
            let parcel = row.momentIfPresent(13).map { delivered in
                Line.Parcel(
                    carrier: row.text(10), trackingNumber: row.text(11), trackingLink: row.text(12),
                    deliveredAt: delivered)
            }
            return Line(
                sku: row.text(0), brand: row.text(1), description: row.text(2), cost: Money(cents: row.integer(3)),
                quantity: Int(row.count(4)), units: units, parcel: parcel)
        }
        return transaction
    }

    private static func read(_ row: borrowing Row) -> Transaction {
        Transaction(
            lease: Lease(
                id: row.integer(0), customer: row.integer(1), createdAt: row.moment(4), expiresAt: row.moment(5),
                signedAt: row.momentIfPresent(6), finalizedAt: row.momentIfPresent(7)),
            reference: row.text(2), orderId: row.textIfPresent(3), shippingCost: Money(cents: row.integer(13)),
            payTomorrowTaxTotal: row.integerIfPresent(14).map { Money(cents: $0) },
            terms: Terms(
                cashPrice: Money(cents: row.integer(8)), costOfRental: Money(cents: row.integer(9)),
                payment: Money(cents: row.integer(10)), term: Int(row.count(11)),
                purchaseSalesTax: Money(cents: row.integer(12))),
            lines: [])
    }
}

extension Transactions.Filter {
    fileprivate var values: (signed: Value, from: Value, before: Value) {
        (
            status.map { .flag($0 == .signed) } ?? .null, .integer(from?.milliseconds ?? Int64.min),
            .integer(before?.milliseconds ?? Int64.max)
        )
    }
}
