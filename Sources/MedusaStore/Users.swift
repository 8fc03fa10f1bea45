package import Medusa
package import SQLite

/// The tables `users`, `profiles` and `applications`.
package final class Users {
    private let connection: Connection
    private let insertUser: Statement
    private let userById: Statement
    private let idByEmail: Statement
    private let newestFirst: Statement
    private let countAll: Statement
    private let engagementsOfUser: Statement
    private let insertApplication: Statement
    private let decide: Statement
    private let rememberDecline: Statement
    private let upsertProfile: Statement
    private let profileOfUser: Statement
    private let ownerOfSSN: Statement

    init(_ connection: Connection) {
        self.connection = connection
        insertUser = connection.statement(
            """
            INSERT INTO users (email, first_name, last_name, password_digest, locale, created_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
        let select = """
            SELECT users.id, email, first_name, last_name, users.created_at, date_of_birth, spending_hold, verification,
                declined_payment_method, applications.id, status, spending_limit, applications.created_at
            FROM users LEFT JOIN applications ON applications.id = application_id
            """
        userById = connection.statement("\(select) WHERE users.id = ?")
        idByEmail = connection.statement("SELECT id FROM users WHERE email = ?")
        newestFirst = connection.statement("\(select) ORDER BY users.id DESC LIMIT ? OFFSET ?")
        countAll = connection.statement("SELECT count(*) FROM users")
        engagementsOfUser = connection.statement(
            """
            SELECT id, reference, created_at, expires_at, signed_at, finalized_at, engaged_amount
            FROM transactions WHERE user_id = ? ORDER BY id
            """)
        insertApplication = connection.statement(
            "INSERT INTO applications (user_id, status, spending_limit, created_at) VALUES (?, ?, ?, ?)")
        decide = connection.statement(
            """
            UPDATE users SET application_id = ?, spending_hold = ?, verification = ?, date_of_birth = ? WHERE id = ?
            """)
        rememberDecline = connection.statement("UPDATE users SET declined_payment_method = ? WHERE id = ?")
        upsertProfile = connection.statement("INSERT OR REPLACE INTO profiles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        profileOfUser = connection.statement(
            "SELECT phone, street1, street2, city, region, postal_code, country FROM profiles WHERE user_id = ?")
        ownerOfSSN = connection.statement("SELECT user_id FROM profiles WHERE ssn_digest = ? AND user_id <> ? LIMIT 1")
    }

    /// A customer about to be created.
    package struct Draft {
        package let email: String
        package let firstName: String
        package let lastName: String
        package let passwordDigest: [UInt8]?
        package let locale: String?

        package init(email: String, firstName: String, lastName: String, passwordDigest: [UInt8]?, locale: String?) {
            self.email = email
            self.firstName = firstName
            self.lastName = lastName
            self.passwordDigest = passwordDigest
            self.locale = locale
        }
    }

    /// - Returns: the row of the new user; `nil` when the e-mail is taken, in whatever case it is written.
    package func create(_ draft: Draft, at now: Timestamp) throws(SQLiteError) -> Int64? {
        do {
            try insertUser.run(
                .text(draft.email), .text(draft.firstName), .text(draft.lastName),
                draft.passwordDigest.map { .blob($0) } ?? .null, .text(draft.locale), .integer(now.milliseconds))
        } catch  where error.cause == .duplicate {
            return nil
        }
        return connection.lastInsertedRow
    }

    package func id(email: String) throws(SQLiteError) -> Int64? {
        try idByEmail.row(.text(email)) { $0.integer(0) }
    }

    package func user(_ id: Int64) throws(SQLiteError) -> User? {
        guard let user = try userById.row(.integer(id), read: Self.read) else { return nil }
        return try engaged(user)
    }

    /// A page of users, newest first (B.9).
    package func page(_ number: Int, of size: Int) throws(SQLiteError) -> [User] {
        let users = try newestFirst.rows(.integer(Int64(size)), .integer(Int64((number - 1) * size)), read: Self.read)
        var engaged: [User] = []
        engaged.reserveCapacity(users.count)
        for user in users { engaged.append(try self.engaged(user)) }
        return engaged
    }

    package func count() throws(SQLiteError) -> Int { Int(try countAll.row { $0.integer(0) } ?? 0) }

    /// Files an application together with the decision on it.
    package func apply(
        _ user: Int64, _ verdict: Application.Verdict, dateOfBirth: String, at now: Timestamp
    ) throws(SQLiteError) {
        try insertApplication.run(
            .integer(user), .text(verdict.status.rawValue), .integer(verdict.spendingLimit.cents),
            .integer(now.milliseconds))
        try decide.run(
            .integer(connection.lastInsertedRow), .flag(verdict.spendingHold), .text(verdict.verification.rawValue),
            .text(dateOfBirth), .integer(user))
    }

    package func rememberDecline(of user: Int64, paymentMethod: Int64) throws(SQLiteError) {
        try rememberDecline.run(.integer(paymentMethod), .integer(user))
    }

    /// Where a customer lives, as the application said.
    package struct Profile: Hashable, Sendable {
        package let phone: String
        package let street1: String
        package let street2: String
        package let city: String
        package let region: String
        package let postalCode: String
        package let country: String

        package init(
            phone: String, street1: String, street2: String, city: String, region: String, postalCode: String,
            country: String
        ) {
            self.phone = phone
            self.street1 = street1
            self.street2 = street2
            self.city = city
            self.region = region
            self.postalCode = postalCode
            self.country = country
        }
    }

    package func save(_ profile: Profile, ssnDigest: [UInt8], of user: Int64) throws(SQLiteError) {
        try upsertProfile.run(
            .integer(user), .text(profile.phone), .text(profile.street1), .text(profile.street2), .text(profile.city),
            .text(profile.region), .text(profile.postalCode), .text(profile.country), .blob(ssnDigest))
    }

    package func profile(of user: Int64) throws(SQLiteError) -> Profile? {
        try profileOfUser.row(.integer(user)) { row in
            Profile(
                phone: row.text(0), street1: row.text(1), street2: row.text(2), city: row.text(3), region: row.text(4),
                postalCode: row.text(5), country: row.text(6))
        }
    }

    /// Whether another user has that SSN on file.
    package func isTaken(ssnDigest: [UInt8], by user: Int64) throws(SQLiteError) -> Bool {
        try ownerOfSSN.row(.blob(ssnDigest), .integer(user)) { _ in true } ?? false
    }

    private func engaged(_ user: User) throws(SQLiteError) -> User {
        var user = user
        user.engagements = try engagementsOfUser.rows(.integer(user.id)) { row in
            User.Engagement(
                lease: Lease(
                    id: row.integer(0), customer: user.id, createdAt: row.moment(2), expiresAt: row.moment(3),
                    signedAt: row.momentIfPresent(4), finalizedAt: row.momentIfPresent(5)),
                reference: row.text(1), amount: Money(cents: row.integer(6)))
        }
        return user
    }

    private static func read(_ row: borrowing Row) -> User {
        var application: Application?
        if let id = row.integerIfPresent(9) {
            application = Application(
                id: id, status: Application.Status(rawValue: row.text(10)) ?? .failed,
                spendingLimit: Money(cents: row.integer(11)), createdAt: row.moment(12))
        }
        return User(
            id: row.integer(0), firstName: row.text(2), lastName: row.text(3), email: row.text(1),
            createdAt: row.moment(4), dateOfBirth: row.textIfPresent(5), spendingHold: row.flag(6),
            verification: User.Verification(rawValue: row.text(7)) ?? .pending, application: application,
            declinedPaymentMethod: row.integerIfPresent(8))
    }
}

extension Row {
    func moment(_ column: Int32) -> Timestamp { Timestamp(milliseconds: integer(column)) }

    func momentIfPresent(_ column: Int32) -> Timestamp? {
        integerIfPresent(column).map { Timestamp(milliseconds: $0) }
    }
}
