internal import Medusa

/// What may stand in each column of a world. A database that comes from outside is checked by it, as a request is by its endpoint:
/// nothing is taken that could not be calculated with, written and read back. A test asks for a rule for every column of the
/// schema.
///
/// The bounds are those of the requests, or wider: whatever the API makes, it takes back.
enum Columns {
    struct Column: Sendable {
        let table: String
        let name: String
        let content: Content

        fileprivate init(_ table: String, _ name: String, _ content: Content) {
            (self.table, self.name, self.content) = (table, name, content)
        }
    }

    enum Content: Sendable {
        /// A row's own number, or that of another table's.
        case row
        case moment
        /// Cents.
        case money
        case number(ClosedRange<Int64>)
        /// - Parameter longest: in bytes.
        case text(longest: Int)
        case oneOf([String])
        /// - Parameter length: in bytes.
        case blob(length: Int)
    }

    /// Numbers that JSON can say exactly.
    static let counts: ClosedRange<Int64> = 0...1 << 53
    /// A string that the documents give no length has 4,096 units of UTF-16, and some are put together from a few.
    private static let ordinary = Content.text(longest: 4 * 4096)
    /// The caller's own id: 256 units of UTF-16.
    private static let reference = Content.text(longest: 3 * 256)
    /// As long as the whole: a document, a body.
    private static let unbounded = Content.text(longest: Int(Int32.max))
    /// In hundred-millionths of a dollar.
    private static let largestPrice = Decimal(Order.largestSum).scaled(places: Decimal.printedPlaces)
    private static let digest = Content.blob(length: 32)
    private static let flag = Content.number(0...1)
    private static let units = Content.number(0...Int64(Line.mostUnits))

    static let all: [Column] =
        [
            Column("sandbox", "id", .number(1...1)), Column("sandbox", "secret", digest),
            Column("sandbox", "one_time_keys", .number(counts)), Column("sandbox", "happened_at", .moment),
        ] + people + orders + told + waterfall

    private static let people = [
        Column("users", "id", .row), Column("users", "email", .text(longest: 254)),
        Column("users", "first_name", ordinary), Column("users", "last_name", ordinary),
        Column("users", "password_digest", digest), Column("users", "locale", ordinary),
        Column("users", "created_at", .moment), Column("users", "date_of_birth", ordinary),
        Column("users", "spending_hold", flag),
        Column("users", "verification", .oneOf(["pending", "failed", "succeeded"])),
        Column("users", "application_id", .row), Column("users", "declined_payment_method", .row),
        Column("users", "persona", .oneOf(Persona.Outcome.allCases.map(\.rawValue))),
        Column("users", "token_expires_at", .moment), Column("users", "vendor", ordinary),

        Column("profiles", "user_id", .row), Column("profiles", "phone", ordinary),
        Column("profiles", "street1", ordinary), Column("profiles", "street2", ordinary),
        Column("profiles", "city", ordinary), Column("profiles", "region", ordinary),
        Column("profiles", "postal_code", ordinary), Column("profiles", "country", ordinary),
        Column("profiles", "ssn_digest", digest),

        Column("applications", "id", .row), Column("applications", "user_id", .row),
        Column("applications", "status", .oneOf(["approved", "pending", "failed"])),
        Column("applications", "spending_limit", .money), Column("applications", "created_at", .moment),
        Column("applications", "resolves_at", .moment),
        Column("applications", "resolves_as", .oneOf(["approved", "failed"])),
        Column("applications", "resolves_limit", .money), Column("applications", "is_complete", flag),
        Column("applications", "funnel", ordinary),

        Column("payment_methods", "id", .row), Column("payment_methods", "user_id", .row),
        Column("payment_methods", "kind", .oneOf(["ach", "card"])), Column("payment_methods", "brand", ordinary),
        Column("payment_methods", "first_six", ordinary), Column("payment_methods", "last_four", ordinary),
        Column("payment_methods", "label", ordinary), Column("payment_methods", "is_primary", flag),

        Column("verified_accounts", "user_id", .row), Column("verified_accounts", "account_digest", digest),
    ]

    private static let orders = [
        Column("transactions", "id", .row), Column("transactions", "user_id", .row),
        Column("transactions", "reference", reference), Column("transactions", "order_id", ordinary),
        Column("transactions", "created_at", .moment), Column("transactions", "expires_at", .moment),
        Column("transactions", "signed_at", .moment), Column("transactions", "finalized_at", .moment),
        Column("transactions", "cash_price", .money), Column("transactions", "cost_of_rental", .money),
        Column("transactions", "payment", .money),
        Column("transactions", "term", .number(1...Int64(Terms.longestTerm))),
        Column("transactions", "purchase_sales_tax", .money), Column("transactions", "shipping_cost", .money),
        Column("transactions", "pay_tomorrow_tax_total", .money), Column("transactions", "engaged_amount", .money),
        Column("transactions", "expired_at", .moment), Column("transactions", "first_delivery_at", .moment),
        Column("transactions", "vendor", ordinary),

        Column("lines", "transaction_id", .row), Column("lines", "position", .number(0...499)),
        Column("lines", "sku", ordinary), Column("lines", "brand", ordinary), Column("lines", "description", ordinary),
        Column("lines", "cost", .number(-largestPrice...largestPrice)),
        Column("lines", "quantity", units), Column("lines", "signed", units), Column("lines", "shipped", units),
        Column("lines", "received", units), Column("lines", "returned", units), Column("lines", "canceled", units),
        Column("lines", "carrier", ordinary), Column("lines", "tracking_number", ordinary),
        Column("lines", "tracking_link", ordinary), Column("lines", "amount", .money),

        Column("parcels", "transaction_id", .row), Column("parcels", "position", .number(0...499)),
        Column("parcels", "delivered_at", .moment), Column("parcels", "shipped", units),
        Column("parcels", "received", units),

        Column("payments", "id", .row), Column("payments", "transaction_id", .row),
        Column("payments", "payment_method_id", .row), Column("payments", "amount", .money),
        Column("payments", "is_collected", flag), Column("payments", "created_at", .moment),
        Column("payments", "is_payoff", flag),
    ]

    private static let told = [
        Column("documents", "name", .oneOf(["clock", "settings", "personas", "origin", "suspension"])),
        Column("documents", "body", unbounded),

        Column("names", "section", .oneOf(Documents.Section.allCases.map(\.rawValue))),
        Column("names", "name", unbounded), Column("names", "row", .row),

        Column("faults", "id", .row), Column("faults", "definition", unbounded),
        Column("faults", "seen", .number(counts)), Column("faults", "struck", .number(counts)),
        Column("faults", "window", .number(counts)), Column("faults", "counted", .number(counts)),
    ]

    private static let waterfall = [
        Column("passcodes", "id", .row), Column("passcodes", "user_id", .row),
        Column("passcodes", "transport", .oneOf(Passcode.Transport.allCases.map(\.rawValue))),
        Column("passcodes", "code", .text(longest: 64)), Column("passcodes", "sent_at", .moment),
        Column("passcodes", "expires_at", .moment), Column("passcodes", "used_at", .moment),

        Column("questionnaires", "id", .row), Column("questionnaires", "user_id", .row),
        Column("questionnaires", "created_at", .moment), Column("questionnaires", "expires_at", .moment),

        Column("auth_codes", "code", .text(longest: 64)), Column("auth_codes", "user_id", .row),
        Column("auth_codes", "expires_at", .moment),

        Column("credits", "id", .row), Column("credits", "transaction_id", .row),
        Column("credits", "line_number", .number(1...500)), Column("credits", "item_credit", .money),
        Column("credits", "shipping_credit", .money), Column("credits", "created_at", .moment),

        Column("checkouts", "id", .row), Column("checkouts", "reference", reference),
        Column("checkouts", "body", unbounded), Column("checkouts", "created_at", .moment),

        Column("remarks", "section", .oneOf(Remarks.Section.allCases.map(\.rawValue))),
        Column("remarks", "subject", reference), Column("remarks", "vendor", ordinary),
        Column("remarks", "operation", .text(longest: 64)),
        Column("remarks", "body", unbounded),

        Column("letters", "id", .row), Column("letters", "user_id", .row), Column("letters", "transaction_id", .row),
        Column("letters", "code", .text(longest: 64)), Column("letters", "sent_at", .moment),
        Column("letters", "expires_at", .moment), Column("letters", "used_at", .moment),
    ]

    /// What must hold between columns, beyond the schema's own constraints: the table that is wrong, and a query that finds a row
    /// where it is not so.
    static let relations: [(table: String, counterexample: String)] = [
        (
            "users",
            """
            SELECT 1 FROM users JOIN applications ON applications.id = application_id WHERE user_id <> users.id
            UNION ALL
            SELECT 1 FROM users LEFT JOIN payment_methods ON payment_methods.id = declined_payment_method
            WHERE declined_payment_method IS NOT NULL AND user_id IS NOT users.id
            """
        ),
        (
            "applications",
            """
            SELECT 1 FROM applications
            WHERE (resolves_at IS NULL) <> (resolves_as IS NULL) OR (resolves_at IS NULL) <> (resolves_limit IS NULL)
            """
        ),
        (
            "lines",
            """
            SELECT 1 FROM transactions
            LEFT JOIN (SELECT transaction_id, count(*) AS held, max(position) AS last FROM lines GROUP BY transaction_id)
            ON transaction_id = id WHERE held IS NULL OR held <> last + 1
            UNION ALL
            SELECT 1 FROM lines WHERE abs(cost) * quantity > \(largestPrice) OR amount > max(0, cost) * quantity / 1000000 + quantity
            UNION ALL
            SELECT 1 FROM lines LEFT JOIN (
                SELECT transaction_id, position, sum(shipped) AS sent, sum(received) AS arrived FROM parcels
                GROUP BY transaction_id, position) AS held USING (transaction_id, position)
            WHERE shipped <> coalesce(sent, 0) OR received <> coalesce(arrived, 0)
            """
        ),
        (
            "payments",
            """
            SELECT 1 FROM payments JOIN transactions ON transactions.id = transaction_id
            JOIN payment_methods ON payment_methods.id = payment_method_id
            WHERE payment_methods.user_id <> transactions.user_id
            """
        ),
        (
            "credits",
            """
            SELECT 1 FROM credits
            LEFT JOIN lines ON lines.transaction_id = credits.transaction_id AND position = line_number - 1
            GROUP BY credits.transaction_id, line_number
            HAVING cost IS NULL OR sum(item_credit) > amount
            UNION ALL
            SELECT 1 FROM credits JOIN transactions ON transactions.id = transaction_id
            GROUP BY transaction_id HAVING sum(shipping_credit) > shipping_cost
            """
        ),
        (
            "letters",
            """
            SELECT 1 FROM letters JOIN transactions ON transactions.id = transaction_id
            WHERE transactions.user_id <> letters.user_id
            """
        ),
        ("remarks", "SELECT 1 FROM remarks WHERE NOT json_valid(body)"),
        (
            "names",
            """
            SELECT 1 FROM names WHERE NOT CASE
                WHEN section IN ('users', 'decisions') THEN EXISTS (SELECT 1 FROM users WHERE id = row)
                WHEN section = 'paymentMethods' THEN EXISTS (SELECT 1 FROM payment_methods WHERE id = row)
                ELSE EXISTS (SELECT 1 FROM transactions WHERE id = row) END
            """
        ),
    ]
}

extension Columns.Column {
    /// SQL that is true of a value that may not stand here. `NULL` is the schema's to judge.
    var excess: String {
        switch content {
        case .row: "\(name) NOT BETWEEN 1 AND \(Columns.counts.upperBound)"
        case .moment:
            "\(name) NOT BETWEEN \(Timestamp.earliest.milliseconds) AND \(Timestamp.latest.milliseconds)"
        // A hundred times the highest limit; so much of it fits into a snapshot that the sum of a column cannot overflow.
        case .money: "\(name) NOT BETWEEN 0 AND \(Order.largestSum.cents)"
        case .number(let range): "\(name) NOT BETWEEN \(range.lowerBound) AND \(range.upperBound)"
        case .text(let longest): "length(CAST(\(name) AS BLOB)) > \(longest)"
        case .oneOf(let values): "\(name) NOT IN (\(values.map { "'\($0)'" }.joined(separator: ", ")))"
        case .blob(let length): "length(\(name)) <> \(length)"
        }
    }

    var isText: Bool {
        switch content {
        case .text: true
        case .row, .moment, .money, .number, .oneOf, .blob: false
        }
    }
}
