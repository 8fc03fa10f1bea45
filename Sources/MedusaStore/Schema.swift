/// The schema: whole for a new file, and as steps for one of an earlier version. A step that has been released never changes.
///
/// A new file could take all the steps, but every ALTER TABLE parses the whole schema again, which took a tenth of a start. So a
/// column that a step adds stands in `latest` as well, where ALTER TABLE puts it, and a test compares the two to the letter.
///
/// Constraints repeat the domain's invariants, so that a mistake in the code becomes an error and never a wrong row.
/// Moments are milliseconds since 1970 UTC; amounts are cents; an index costs every insert about 3 µs, so there are few.
enum Schema {
    /// From version *n* + 1 to *n* + 2.
    static let steps = [version2, version3, version4, version5, version6]

    /// `MDSA`, so that `file` and we know the database of a sandbox (sqlite.org/pragma.html#pragma_application_id).
    static let applicationId: Int64 = 0x4D44_5341

    /// The tables of `journal`: not part of the world that a snapshot keeps and a reset replaces.
    static let journalTables: Set<String> = ["requests", "tallies", "journal"]

    static let latest = """
        CREATE TABLE sandbox (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            secret BLOB NOT NULL CHECK (length(secret) = 32)
        , one_time_keys INTEGER NOT NULL DEFAULT 0, happened_at INTEGER NOT NULL DEFAULT 0) STRICT;

        CREATE TABLE users (
            id INTEGER PRIMARY KEY,
            email TEXT NOT NULL COLLATE NOCASE UNIQUE,
            first_name TEXT NOT NULL CHECK (first_name <> ''),
            last_name TEXT NOT NULL CHECK (last_name <> ''),
            password_digest BLOB,
            locale TEXT,
            created_at INTEGER NOT NULL,
            date_of_birth TEXT,
            spending_hold INTEGER NOT NULL DEFAULT 0 CHECK (spending_hold IN (0, 1)),
            verification TEXT NOT NULL DEFAULT 'pending' CHECK (verification IN ('pending', 'failed', 'succeeded')),
            application_id INTEGER REFERENCES applications (id),
            declined_payment_method INTEGER
        , persona TEXT, token_expires_at INTEGER, vendor TEXT NOT NULL DEFAULT '') STRICT;

        CREATE TABLE profiles (
            user_id INTEGER PRIMARY KEY REFERENCES users (id),
            phone TEXT NOT NULL,
            street1 TEXT NOT NULL,
            street2 TEXT NOT NULL,
            city TEXT NOT NULL,
            region TEXT NOT NULL,
            postal_code TEXT NOT NULL,
            country TEXT NOT NULL,
            ssn_digest BLOB NOT NULL
        ) STRICT;

        CREATE TABLE applications (
            id INTEGER PRIMARY KEY,
            user_id INTEGER NOT NULL REFERENCES users (id),
            status TEXT NOT NULL CHECK (status IN ('approved', 'pending', 'failed')),
            spending_limit INTEGER NOT NULL CHECK (spending_limit >= 0),
            created_at INTEGER NOT NULL, resolves_at INTEGER, resolves_as TEXT CHECK (resolves_as IN ('approved', 'failed')), resolves_limit INTEGER, is_complete INTEGER NOT NULL DEFAULT 1 CHECK (is_complete IN (0, 1)), funnel TEXT,
            CHECK (status = 'approved' OR spending_limit = 0)
        ) STRICT;

        CREATE TABLE payment_methods (
            id INTEGER PRIMARY KEY,
            user_id INTEGER NOT NULL REFERENCES users (id),
            kind TEXT NOT NULL CHECK (kind IN ('ach', 'card')),
            brand TEXT NOT NULL,
            first_six TEXT NOT NULL,
            last_four TEXT NOT NULL CHECK (length(last_four) <= 4),
            label TEXT NOT NULL,
            is_primary INTEGER NOT NULL CHECK (is_primary IN (0, 1))
        ) STRICT;
        CREATE INDEX payment_methods_of_user ON payment_methods (user_id);
        CREATE UNIQUE INDEX one_primary_payment_method ON payment_methods (user_id) WHERE is_primary = 1;

        CREATE TABLE verified_accounts (
            user_id INTEGER NOT NULL REFERENCES users (id),
            account_digest BLOB NOT NULL,
            PRIMARY KEY (user_id, account_digest)
        ) STRICT, WITHOUT ROWID;

        \(transactions(named: "transactions"))
        CREATE INDEX transactions_of_user ON transactions (user_id);

        CREATE TABLE lines (
            transaction_id INTEGER NOT NULL REFERENCES transactions (id),
            position INTEGER NOT NULL,
            sku TEXT NOT NULL,
            brand TEXT NOT NULL,
            description TEXT NOT NULL,
            cost INTEGER NOT NULL,
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            signed INTEGER NOT NULL CHECK (signed >= 0),
            shipped INTEGER NOT NULL CHECK (shipped >= 0),
            received INTEGER NOT NULL CHECK (received >= 0),
            returned INTEGER NOT NULL CHECK (returned >= 0),
            canceled INTEGER NOT NULL CHECK (canceled >= 0),
            carrier TEXT,
            tracking_number TEXT,
            tracking_link TEXT,
            amount INTEGER NOT NULL DEFAULT 0 CHECK (amount >= 0),
            PRIMARY KEY (transaction_id, position),
            CHECK (signed + shipped + received + returned + canceled <= quantity)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE payments (
            id INTEGER PRIMARY KEY,
            transaction_id INTEGER NOT NULL REFERENCES transactions (id),
            payment_method_id INTEGER NOT NULL REFERENCES payment_methods (id),
            amount INTEGER NOT NULL CHECK (amount > 0),
            is_collected INTEGER NOT NULL CHECK (is_collected IN (0, 1)),
            created_at INTEGER NOT NULL
        , is_payoff INTEGER NOT NULL DEFAULT 0 CHECK (is_payoff IN (0, 1))) STRICT;
        CREATE INDEX payments_of_transaction ON payments (transaction_id);

        PRAGMA application_id = \(applicationId);

        \(told)

        \(waterfall)

        \(journal)

        \(parcels)

        \(letters)

        \(remarks(named: "remarks"))
        """

    /// The quotes are those that a renamed table gets.
    private static func transactions(named name: String) -> String {
        """
        CREATE TABLE "\(name)" (
            id INTEGER PRIMARY KEY,
            user_id INTEGER NOT NULL REFERENCES users (id),
            vendor TEXT NOT NULL,
            reference TEXT NOT NULL,
            order_id TEXT,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            expired_at INTEGER,
            signed_at INTEGER,
            finalized_at INTEGER,
            first_delivery_at INTEGER,
            cash_price INTEGER NOT NULL CHECK (cash_price >= 0),
            cost_of_rental INTEGER NOT NULL CHECK (cost_of_rental >= 0),
            payment INTEGER NOT NULL CHECK (payment >= 0),
            term INTEGER NOT NULL CHECK (term > 0),
            purchase_sales_tax INTEGER NOT NULL,
            shipping_cost INTEGER NOT NULL,
            pay_tomorrow_tax_total INTEGER,
            engaged_amount INTEGER NOT NULL CHECK (engaged_amount BETWEEN 0 AND cash_price),
            UNIQUE (reference, vendor),
            CHECK (expires_at > created_at),
            CHECK (finalized_at IS NULL OR signed_at IS NOT NULL)
        ) STRICT;
        """
    }

    /// What a sandbox is told from outside: its clock, settings, rules and faults, and the names of a scenario's entries.
    private static let told = """
        CREATE TABLE documents (
            name TEXT PRIMARY KEY,
            body TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE names (
            section TEXT NOT NULL,
            name TEXT NOT NULL,
            row INTEGER NOT NULL,
            PRIMARY KEY (section, name)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE faults (
            id INTEGER PRIMARY KEY,
            definition TEXT NOT NULL,
            seen INTEGER NOT NULL DEFAULT 0 CHECK (seen >= 0),
            struck INTEGER NOT NULL DEFAULT 0 CHECK (struck BETWEEN 0 AND seen),
            window INTEGER NOT NULL DEFAULT 0,
            counted INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        """

    /// What the routes of the waterfall guide and of the older documentation keep.
    private static let waterfall = """
        CREATE TABLE passcodes (
            id INTEGER PRIMARY KEY,
            user_id INTEGER NOT NULL REFERENCES users (id),
            transport TEXT NOT NULL CHECK (transport IN ('email', 'sms', 'all')),
            code TEXT NOT NULL,
            sent_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL CHECK (expires_at > sent_at),
            used_at INTEGER
        ) STRICT;
        CREATE INDEX passcodes_of_user ON passcodes (user_id);

        CREATE TABLE questionnaires (
            id INTEGER PRIMARY KEY,
            user_id INTEGER NOT NULL REFERENCES users (id),
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL CHECK (expires_at > created_at)
        ) STRICT;
        CREATE INDEX questionnaires_of_user ON questionnaires (user_id);

        CREATE TABLE auth_codes (
            code TEXT PRIMARY KEY,
            user_id INTEGER NOT NULL REFERENCES users (id),
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE credits (
            id INTEGER PRIMARY KEY,
            transaction_id INTEGER NOT NULL REFERENCES transactions (id),
            line_number INTEGER NOT NULL CHECK (line_number > 0),
            item_credit INTEGER NOT NULL CHECK (item_credit >= 0),
            shipping_credit INTEGER NOT NULL CHECK (shipping_credit >= 0),
            created_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX credits_of_transaction ON credits (transaction_id);

        CREATE TABLE checkouts (
            id INTEGER PRIMARY KEY,
            reference TEXT NOT NULL,
            body TEXT NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT;
        """

    /// What happened, as opposed to what is: it outlives a reset, and is in no snapshot.
    ///
    /// The last five columns of a request are texts, or the id of an earlier request that has the same text there.
    private static let journal = """
        CREATE TABLE requests (
            id INTEGER PRIMARY KEY,
            world INTEGER NOT NULL,
            at INTEGER NOT NULL,
            arrived INTEGER NOT NULL,
            took INTEGER NOT NULL,
            size INTEGER NOT NULL,
            status INTEGER NOT NULL,
            warnings INTEGER NOT NULL,
            customer INTEGER,
            lease INTEGER,
            method TEXT NOT NULL,
            operation TEXT NOT NULL,
            target TEXT NOT NULL,
            request_fields ANY NOT NULL,
            request_body ANY NOT NULL,
            response_fields ANY NOT NULL,
            response_body ANY NOT NULL,
            notes ANY NOT NULL
        ) STRICT;

        CREATE TABLE tallies (
            kind TEXT NOT NULL,
            operation TEXT NOT NULL,
            detail TEXT NOT NULL,
            count INTEGER NOT NULL CHECK (count > 0),
            PRIMARY KEY (kind, operation, detail)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE journal (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            world INTEGER NOT NULL,
            next_id INTEGER NOT NULL,
            oldest_id INTEGER NOT NULL,
            evicted INTEGER NOT NULL,
            evicted_of_world INTEGER NOT NULL
        ) STRICT;
        """

    /// What requests say that decides nothing, as JSON.
    private static func remarks(named name: String) -> String {
        """
        CREATE TABLE "\(name)" (
            section TEXT NOT NULL CHECK (section IN ('customer', 'transaction')),
            subject TEXT NOT NULL,
            vendor TEXT NOT NULL,
            operation TEXT NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (section, subject, vendor, operation)
        ) STRICT, WITHOUT ROWID;
        """
    }

    /// What lets a customer into the modal.
    private static let letters = """
        CREATE TABLE letters (
            id INTEGER PRIMARY KEY,
            user_id INTEGER NOT NULL REFERENCES users (id),
            transaction_id INTEGER REFERENCES transactions (id),
            code TEXT NOT NULL UNIQUE,
            sent_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL CHECK (expires_at > sent_at),
            used_at INTEGER
        ) STRICT;
        """

    /// The units of a line that are delivered, or on their way, each with their moment.
    private static let parcels = """
        CREATE TABLE parcels (
            transaction_id INTEGER NOT NULL,
            position INTEGER NOT NULL,
            delivered_at INTEGER NOT NULL,
            shipped INTEGER NOT NULL CHECK (shipped >= 0),
            received INTEGER NOT NULL CHECK (received >= 0),
            PRIMARY KEY (transaction_id, position, delivered_at),
            FOREIGN KEY (transaction_id, position) REFERENCES lines (transaction_id, position),
            CHECK (shipped + received > 0)
        ) STRICT, WITHOUT ROWID;
        """

    /// Two vendors may call a transaction the same. What was said of it before was said of each.
    private static let version6 = """
        \(remarks(named: "new_remarks"))
        INSERT INTO new_remarks SELECT section, subject, coalesce(vendor, ''), operation, body FROM remarks
            LEFT JOIN transactions ON section = 'transaction' AND reference = subject;
        DROP TABLE remarks;
        ALTER TABLE new_remarks RENAME TO remarks;
        """

    /// A vendor's transactions are its own from here on, and so are the references by which it calls them. The price of a line is in
    /// hundred-millionths of a dollar, so that it can say what a share of a discount is.
    private static let version5 = """
        \(parcels)

        CREATE TABLE remarks (
            section TEXT NOT NULL CHECK (section IN ('customer', 'transaction')),
            subject TEXT NOT NULL,
            operation TEXT NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (section, subject, operation)
        ) STRICT, WITHOUT ROWID;

        \(letters)

        \(transactions(named: "new_transactions"))
        INSERT INTO new_transactions SELECT id, user_id, '', reference, order_id, created_at, expires_at, expired_at, signed_at,
            finalized_at, (SELECT min(delivered_at) FROM lines WHERE transaction_id = id), cash_price, cost_of_rental, payment, term,
            purchase_sales_tax, shipping_cost, pay_tomorrow_tax_total, engaged_amount FROM transactions;
        DROP TABLE transactions;
        ALTER TABLE new_transactions RENAME TO transactions;
        CREATE INDEX transactions_of_user ON transactions (user_id);

        ALTER TABLE sandbox ADD COLUMN happened_at INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE users ADD COLUMN vendor TEXT NOT NULL DEFAULT '';
        ALTER TABLE applications ADD COLUMN funnel TEXT;
        ALTER TABLE lines ADD COLUMN amount INTEGER NOT NULL DEFAULT 0 CHECK (amount >= 0);
        ALTER TABLE payments ADD COLUMN is_payoff INTEGER NOT NULL DEFAULT 0 CHECK (is_payoff IN (0, 1));

        INSERT INTO parcels SELECT transaction_id, position, coalesce(delivered_at, 0), shipped, received FROM lines
            WHERE shipped + received > 0;
        UPDATE lines SET amount = max(0, cost * quantity), cost = cost * 1000000;
        ALTER TABLE lines DROP COLUMN delivered_at;
        """

    private static let version4 = journal

    private static let version3 = """
        ALTER TABLE applications ADD COLUMN is_complete INTEGER NOT NULL DEFAULT 1 CHECK (is_complete IN (0, 1));

        \(waterfall)
        """

    private static let version2 = """
        PRAGMA application_id = \(applicationId);

        ALTER TABLE sandbox ADD COLUMN one_time_keys INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE users ADD COLUMN persona TEXT;
        ALTER TABLE users ADD COLUMN token_expires_at INTEGER;
        ALTER TABLE applications ADD COLUMN resolves_at INTEGER;
        ALTER TABLE applications ADD COLUMN resolves_as TEXT CHECK (resolves_as IN ('approved', 'failed'));
        ALTER TABLE applications ADD COLUMN resolves_limit INTEGER;
        ALTER TABLE transactions ADD COLUMN expired_at INTEGER;

        \(told)
        """
}
