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
    private let parcelsOf: Statement
    private let insertParcel: Statement
    private let deleteParcels: Statement
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
                payment, term, purchase_sales_tax, shipping_cost, pay_tomorrow_tax_total, engaged_amount, vendor)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        insertLine = connection.statement(
            """
            INSERT INTO lines (transaction_id, position, sku, brand, description, cost, quantity, signed, shipped,
                received, returned, canceled, amount)
            VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, ?)
            """)
        update = connection.update(
            "transactions", ["signed_at", "finalized_at", "engaged_amount", "first_delivery_at"], where: "id = ?5")
        updateLine = connection.update(
            "lines",
            [
                "signed", "shipped", "received", "returned", "canceled", "carrier", "tracking_number", "tracking_link",
            ], where: "transaction_id = ?9 AND position = ?10")
        let columns = """
            transactions.id, user_id, reference, order_id, transactions.created_at,
            coalesce(expired_at, expires_at), signed_at, finalized_at, cash_price, cost_of_rental, payment,
            term, purchase_sales_tax, shipping_cost, pay_tomorrow_tax_total, first_delivery_at, transactions.vendor
            """
        byId = connection.statement("SELECT \(columns) FROM transactions WHERE id = ?")
        byReference = connection.statement(
            "SELECT \(columns) FROM transactions WHERE reference = ?2 AND \(Vendor.filter) LIMIT 1")
        referenceExists = connection.statement("SELECT 1 FROM transactions WHERE reference = ?2 AND \(Vendor.filter)")
        ofUser = connection.statement(
            """
            SELECT \(columns) FROM transactions WHERE user_id = ?2 AND \(Vendor.filter) AND finalized_at IS NOT NULL
            ORDER BY id DESC
            """)
        // One that expired before stays as it is.
        expire = connection.statement(
            """
            UPDATE transactions SET expired_at = ?1
            WHERE id = ?2 AND signed_at IS NULL AND coalesce(expired_at, expires_at) > ?1
            """)
        oldestFirst = connection.statement("SELECT \(columns) FROM transactions ORDER BY id")
        finalizedOldestFirst = connection.statement(
            "SELECT \(columns) FROM transactions WHERE finalized_at IS NOT NULL ORDER BY id")
        let waiting = "FROM transactions WHERE signed_at IS NULL"
        expiringBetween = connection.statement(
            """
            SELECT id, user_id, coalesce(expired_at, expires_at) AS expiry \(waiting) AND expiry > ? AND expiry <= ?
            """)
        nextExpiryAfter = connection.statement(
            "SELECT min(coalesce(expired_at, expires_at)) \(waiting) AND coalesce(expired_at, expires_at) > ?")
        deliveredBetween = connection.statement(
            """
            SELECT transactions.id, user_id, delivered_at FROM parcels JOIN transactions ON transactions.id = transaction_id
            WHERE shipped > 0 AND delivered_at > ? AND delivered_at <= ? GROUP BY transactions.id, delivered_at
            """)
        nextDeliveryAfter = connection.statement(
            "SELECT min(delivered_at) FROM parcels WHERE shipped > 0 AND delivered_at > ?")
        // ?2: whether signed, NULL for both; ?3 and ?4: the span of creation, from and before.
        let filter = """
            \(Vendor.filter(of: "transactions")) AND (?2 IS NULL OR (signed_at IS NOT NULL) = ?2)
            AND transactions.created_at >= ?3 AND transactions.created_at < ?4
            """
        newestFirst = connection.statement(
            """
            SELECT \(columns), first_name, last_name, email FROM transactions JOIN users ON users.id = user_id
            WHERE \(filter) ORDER BY transactions.id DESC LIMIT ?5 OFFSET ?6
            """)
        countAll = connection.statement("SELECT count(*) FROM transactions WHERE \(filter)")
        linesOf = connection.statement(
            """
            SELECT sku, brand, description, cost, quantity, signed, shipped, received, returned, canceled, carrier,
                tracking_number, tracking_link, amount
            FROM lines WHERE transaction_id = ? ORDER BY position
            """)
        parcelsOf = connection.statement(
            """
            SELECT position, delivered_at, shipped, received FROM parcels WHERE transaction_id = ?
            ORDER BY position, delivered_at
            """)
        insertParcel = connection.statement("INSERT INTO parcels VALUES (?, ?, ?, ?, ?)")
        deleteParcels = connection.statement("DELETE FROM parcels WHERE transaction_id = ? AND position = ?")
    }

    // MARK: What falls due

    /// Makes a pending lease expire now, unless it has expired before.
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
        /// `nil` for everybody's.
        package var vendor: String?

        package init(
            status: Lease.Status? = nil, from: Timestamp? = nil, before: Timestamp? = nil, vendor: String? = nil
        ) {
            self.vendor = vendor
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
    package func isTaken(_ reference: String, vendor: String? = nil) throws(SQLiteError) -> Bool {
        try referenceExists.row(.text(vendor), .text(reference)) { _ in true } ?? false
    }

    /// Creates a transaction with its pending lease.
    ///
    /// - Parameter vendor: whose it is; `nil` in a sandbox of one vendor.
    package func create(
        _ order: Order, terms: Terms, customer: Int64, vendor: String? = nil, at now: Timestamp, expiresAt: Timestamp
    ) throws(SQLiteError) -> Transaction {
        try insert.run(
            .integer(customer), .text(order.reference), .text(order.orderId), .integer(now.milliseconds),
            .integer(expiresAt.milliseconds), .integer(terms.cashPrice.cents), .integer(terms.costOfRental.cents),
            .integer(terms.payment.cents), .integer(Int64(terms.term)), .integer(terms.purchaseSalesTax.cents),
            .integer(order.shippingLeft.cents), .integer(order.payTomorrowTaxTotal?.cents),
            .integer(terms.cashPrice.cents), .text(vendor ?? ""))
        let id = connection.lastInsertedRow
        let lines = order.lines
        for (position, line) in lines.enumerated() {
            try insertLine.run(
                .integer(id), .integer(Int64(position)), .text(line.sku), .text(line.brand), .text(line.description),
                .integer(line.cost.scaled(places: Decimal.printedPlaces)), .integer(Int64(line.quantity)),
                .integer(line.amount.cents))
        }
        return Transaction(
            lease: Lease(id: id, customer: customer, vendor: vendor ?? "", createdAt: now, expiresAt: expiresAt),
            reference: order.reference, orderId: order.orderId, shippingCost: order.shippingLeft,
            payTomorrowTaxTotal: order.payTomorrowTaxTotal, terms: terms, lines: lines)
    }

    package func save(_ transaction: Transaction) throws(SQLiteError) {
        let row = Value.integer(transaction.lease.id)
        try update.run(
            .integer(transaction.lease.signedAt?.milliseconds), .integer(transaction.lease.finalizedAt?.milliseconds),
            .integer(transaction.engagedAmount.cents), .integer(transaction.firstDelivery?.milliseconds), row)
        // One that is cancelled as a whole has expired with that.
        if transaction.lease.status == .pending, transaction.isCanceled {
            try expire(transaction.lease.id, at: transaction.lease.expiresAt)
        }
        // Before it is finalized nothing can be on its way.
        let isFinalized = transaction.lease.finalizedAt != nil
        let kept = isFinalized ? try parcels(of: transaction.lease.id) : [:]
        for (index, line) in transaction.lines.enumerated() {
            let position = Value.integer(Int64(index))
            try updateLine.run(
                .integer(Int64(line.count(.signed))), .integer(Int64(line.count(.shipped))),
                .integer(Int64(line.count(.received))), .integer(Int64(line.count(.returned))),
                .integer(Int64(line.count(.canceled))), .text(line.tracking?.carrier), .text(line.tracking?.number),
                .text(line.tracking?.link), row, position)
            guard isFinalized, kept[index, default: []] != line.parcels else { continue }
            try deleteParcels.run(row, position)
            for parcel in line.parcels {
                try insertParcel.run(
                    row, position, .integer(parcel.deliveredAt.milliseconds), .integer(Int64(parcel.shipped)),
                    .integer(Int64(parcel.received)))
            }
        }
    }

    package func transaction(_ id: Int64) throws(SQLiteError) -> Transaction? {
        try completed(try byId.row(.integer(id), read: Self.read))
    }

    /// - Parameter vendor: whose it must be; `nil` for anybody's.
    package func transaction(reference: String, vendor: String? = nil) throws(SQLiteError) -> Transaction? {
        try completed(try byReference.row(.text(vendor), .text(reference), read: Self.read))
    }

    /// A customer's finalized transactions, newest first.
    ///
    /// - Parameter vendor: whose they must be; `nil` for anybody's.
    package func finalized(of user: Int64, vendor: String? = nil) throws(SQLiteError) -> [Transaction] {
        var found: [Transaction] = []
        for transaction in try ofUser.rows(.text(vendor), .integer(user), read: Self.read) {
            found.append(try withLines(transaction))
        }
        return found
    }

    /// A page of transactions, newest first (B.9).
    package func page(_ number: Int, of size: Int, _ filter: Filter) throws(SQLiteError) -> [Listed] {
        let (signed, from, before) = filter.values
        let rows = try newestFirst.rows(
            .text(filter.vendor), signed, from, before, .integer(Int64(size)), .integer(Int64((number - 1) * size))
        ) { row in
            (Self.read(row), row.text(17), row.text(18), row.text(19))
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
        return Int(try countAll.row(.text(filter.vendor), signed, from, before) { $0.integer(0) } ?? 0)
    }

    private func completed(_ transaction: Transaction?) throws(SQLiteError) -> Transaction? {
        guard let transaction else { return nil }
        return try withLines(transaction)
    }

    private func withLines(_ transaction: Transaction) throws(SQLiteError) -> Transaction {
        let parcels = transaction.lease.finalizedAt == nil ? [:] : try parcels(of: transaction.lease.id)
        var transaction = transaction
        var position = -1
        transaction.lines = try linesOf.rows(.integer(transaction.lease.id)) { row in
            position += 1
            let tracking = row.textIfPresent(10).map { carrier in
                Line.Tracking(carrier: carrier, number: row.text(11), link: row.text(12))
            }
            return Line(
                sku: row.text(0), brand: row.text(1), description: row.text(2),
                cost: Decimal(row.integer(3), places: Decimal.printedPlaces), quantity: Int(row.count(4)),
                amount: Money(cents: row.integer(13)),
                units: [.signed: Int(row.count(5)), .returned: Int(row.count(8)), .canceled: Int(row.count(9))],
                parcels: parcels[position] ?? [], tracking: tracking)
        }
        return transaction
    }

    /// By the line's position, earliest first.
    private func parcels(of transaction: Int64) throws(SQLiteError) -> [Int: [Line.Parcel]] {
        let found = try parcelsOf.rows(.integer(transaction)) { row in
            (
                position: Int(row.count(0)),
                parcel: Line.Parcel(
                    deliveredAt: row.moment(1), shipped: Int(row.count(2)), received: Int(row.count(3)))
            )
        }
        return Dictionary(grouping: found, by: \.position).mapValues { $0.map(\.parcel) }
    }

    private static func read(_ row: borrowing Row) -> Transaction {
        Transaction(
            lease: Lease(
                id: row.integer(0), customer: row.integer(1), vendor: row.text(16), createdAt: row.moment(4),
                expiresAt: row.moment(5),
                signedAt: row.momentIfPresent(6), finalizedAt: row.momentIfPresent(7)),
            reference: row.text(2), orderId: row.textIfPresent(3), shippingCost: Money(cents: row.integer(13)),
            payTomorrowTaxTotal: row.integerIfPresent(14).map { Money(cents: $0) },
            terms: Terms(
                cashPrice: Money(cents: row.integer(8)), costOfRental: Money(cents: row.integer(9)),
                payment: Money(cents: row.integer(10)), term: Int(row.count(11)),
                purchaseSalesTax: Money(cents: row.integer(12))),
            lines: [], firstDelivery: row.momentIfPresent(15))
    }
}

/// Lists, and transactions, are a vendor's own where the keys of a sandbox have several vendors (decisions.md 7). What was made where
/// there was one only is everybody's.
enum Vendor {
    /// True of a row that a vendor may see; ?1 is the vendor, or NULL.
    static func filter(of table: String) -> String { "(?1 IS NULL OR \(table).vendor IN (?1, ''))" }
    static let filter = filter(of: "transactions")
}

extension Transactions.Filter {
    fileprivate var values: (signed: Value, from: Value, before: Value) {
        (
            status.map { .flag($0 == .signed) } ?? .null, .integer(from?.milliseconds ?? Int64.min),
            .integer(before?.milliseconds ?? Int64.max)
        )
    }
}
