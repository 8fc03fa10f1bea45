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
    private let complete: Statement
    private let userOfApplication: Statement
    private let rememberDecline: Statement
    private let rememberPersona: Statement
    private let rememberToken: Statement
    private let review: Statement
    private let reviewStanding: Statement
    private let hold: Statement
    private let verify: Statement
    private let reviewsThrough: Statement
    private let nextReviewAfter: Statement
    private let tokensBetween: Statement
    private let nextTokenAfter: Statement
    private let latest: Statement
    private let oldestFirst: Statement
    private let upsertProfile: Statement
    private let profileOfUser: Statement
    private let ownerOfSSN: Statement
    private let holdersOfSSN: Statement
    private let idByPassword: Statement
    private let changePassword: Statement
    private let everyLocale: Statement

    init(_ connection: Connection) {
        self.connection = connection
        insertUser = connection.statement(
            """
            INSERT INTO users (email, first_name, last_name, password_digest, locale, created_at, persona,
                token_expires_at, vendor)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        let select = """
            SELECT users.id, email, first_name, last_name, users.created_at, date_of_birth, spending_hold, verification,
                declined_payment_method, applications.id, status, spending_limit, applications.created_at, resolves_at,
                resolves_as, resolves_limit, persona, is_complete, funnel
            FROM users LEFT JOIN applications ON applications.id = application_id
            """
        // A vendor's are those whom it created, and those who lease from it.
        let listed = """
            (\(Vendor.filter(of: "users"))
            OR EXISTS (SELECT 1 FROM transactions WHERE user_id = users.id AND transactions.vendor = ?1))
            """
        userById = connection.statement("\(select) WHERE users.id = ?")
        idByEmail = connection.statement("SELECT id FROM users WHERE email = ?1 OR email = ?2")
        newestFirst = connection.statement("\(select) WHERE \(listed) ORDER BY users.id DESC LIMIT ?2 OFFSET ?3")
        countAll = connection.statement("SELECT count(*) FROM users WHERE \(listed)")
        engagementsOfUser = connection.statement(
            """
            SELECT id, reference, created_at, coalesce(expired_at, expires_at), signed_at, finalized_at, engaged_amount, vendor
            FROM transactions WHERE user_id = ? ORDER BY id
            """)
        insertApplication = connection.statement(
            """
            INSERT INTO applications (user_id, status, spending_limit, created_at, resolves_at, resolves_as, resolves_limit,
                is_complete, funnel)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        decide = connection.update(
            "users", ["application_id", "spending_hold", "verification", "date_of_birth"], where: "id = ?5")
        complete = connection.statement("UPDATE applications SET is_complete = 1 WHERE id = ? AND is_complete = 0")
        userOfApplication = connection.statement("SELECT id FROM users WHERE application_id = ?")
        rememberDecline = connection.update("users", ["declined_payment_method"], where: "id = ?2")
        rememberPersona = connection.update("users", ["persona"], where: "id = ?2")
        rememberToken = connection.update("users", ["token_expires_at"], where: "id = ?2")
        review = connection.update(
            "applications", ["status", "spending_limit", "resolves_at", "resolves_as", "resolves_limit"],
            where: "id = (SELECT application_id FROM users WHERE id = ?6)")
        reviewStanding = connection.update("users", ["spending_hold", "verification"], where: "id = ?3")
        hold = connection.update("users", ["spending_hold"], where: "id = ?2")
        verify = connection.update("users", ["verification"], where: "id = ?2")
        let awaiting = "FROM users JOIN applications ON applications.id = application_id WHERE status = 'pending'"
        reviewsThrough = connection.statement(
            """
            SELECT users.id, resolves_at, resolves_as, resolves_limit \(awaiting) AND resolves_at <= ?
            ORDER BY resolves_at, users.id
            """)
        nextReviewAfter = connection.statement("SELECT min(resolves_at) \(awaiting)")
        tokensBetween = connection.statement(
            "SELECT id, token_expires_at FROM users WHERE token_expires_at > ? AND token_expires_at <= ?")
        nextTokenAfter = connection.statement("SELECT min(token_expires_at) FROM users WHERE token_expires_at > ?")
        latest = connection.statement(
            """
            SELECT max(coalesce((SELECT max(created_at) FROM users), 0),
                coalesce((SELECT max(created_at) FROM applications), 0),
                coalesce((SELECT max(max(created_at, coalesce(signed_at, 0), coalesce(finalized_at, 0)))
                    FROM transactions), 0),
                coalesce((SELECT max(created_at) FROM payments), 0), coalesce((SELECT max(sent_at) FROM passcodes), 0),
                coalesce((SELECT max(created_at) FROM questionnaires), 0),
                coalesce((SELECT max(created_at) FROM credits), 0), coalesce((SELECT max(created_at) FROM checkouts), 0))
            """)
        oldestFirst = connection.statement("\(select) ORDER BY users.id")
        upsertProfile = connection.upsert(
            "profiles", key: ["user_id"],
            ["phone", "street1", "street2", "city", "region", "postal_code", "country", "ssn_digest"])
        profileOfUser = connection.statement(
            "SELECT phone, street1, street2, city, region, postal_code, country FROM profiles WHERE user_id = ?")
        idByPassword = connection.statement(
            "SELECT id FROM users WHERE (email = ?1 OR email = ?2) AND password_digest = ?3")
        changePassword = connection.update("users", ["password_digest"], where: "id = ?2")
        everyLocale = connection.statement("SELECT id, locale FROM users WHERE locale IS NOT NULL")
        holdersOfSSN = connection.statement(
            "SELECT user_id, phone FROM profiles WHERE ssn_digest = ? ORDER BY user_id DESC")
        ownerOfSSN = connection.statement("SELECT user_id FROM profiles WHERE ssn_digest = ? AND user_id <> ? LIMIT 1")
    }

    /// A customer about to be created.
    package struct Draft {
        package let email: String
        package let firstName: String
        package let lastName: String
        package let passwordDigest: [UInt8]?
        package let locale: String?
        /// What a rule said that is to be remembered.
        package let persona: Persona.Outcome?
        /// When the token that comes with the customer expires, if one does.
        package let tokenExpiresAt: Timestamp?
        /// Who creates it; `nil` in a sandbox of one vendor.
        package let vendor: String?

        package init(
            email: String, firstName: String, lastName: String, passwordDigest: [UInt8]?, locale: String?,
            persona: Persona.Outcome? = nil, tokenExpiresAt: Timestamp?, vendor: String? = nil
        ) {
            self.vendor = vendor
            self.persona = persona
            self.tokenExpiresAt = tokenExpiresAt
            self.email = email
            self.firstName = firstName
            self.lastName = lastName
            self.passwordDigest = passwordDigest
            self.locale = locale
        }
    }

    /// - Returns: the row of the new user; `nil` when the e-mail is taken, in whatever case it is written.
    package func create(_ draft: Draft, at now: Timestamp) throws(SQLiteError) -> Int64? {
        let email = Self.oneForm(draft.email)
        // An earlier version kept e-mails as they were given, and the index does not know those to be the same. (Swift would say that two
        // forms of one text are equal.)
        if !email.utf8.elementsEqual(draft.email.utf8), try id(email: draft.email) != nil { return nil }
        do {
            try insertUser.run(
                .text(email), .text(draft.firstName), .text(draft.lastName),
                draft.passwordDigest.map { .blob($0) } ?? .null, .text(draft.locale), .integer(now.milliseconds),
                .text(draft.persona?.rawValue), .integer(draft.tokenExpiresAt?.milliseconds),
                .text(draft.vendor ?? ""))
        } catch  where error.cause == .duplicate {
            return nil
        }
        return connection.lastInsertedRow
    }

    package func id(email: String) throws(SQLiteError) -> Int64? {
        try idByEmail.row(.text(Self.oneForm(email)), .text(email)) { $0.integer(0) }
    }

    /// An e-mail as it is kept and looked for: letters beyond ASCII are folded, and composed, for SQLite compares them as bytes. In ASCII
    /// case is kept as it was given, and the column's own collation takes no notice of it.
    private static func oneForm(_ email: String) -> String {
        email.utf8.allSatisfy { $0 < 0x80 } ? email : email.canonicallyFolded
    }

    /// The customer with that e-mail and that password.
    package func id(email: String, passwordDigest: [UInt8]) throws(SQLiteError) -> Int64? {
        try idByPassword.row(.text(Self.oneForm(email)), .text(email), .blob(passwordDigest)) { $0.integer(0) }
    }

    package func setPassword(of user: Int64, digest: [UInt8]) throws(SQLiteError) {
        try changePassword.run(.blob(digest), .integer(user))
    }

    package func user(_ id: Int64) throws(SQLiteError) -> User? {
        guard let user = try userById.row(.integer(id), read: Self.read) else { return nil }
        return try engaged(user)
    }

    /// A page of users, newest first (B.9).
    ///
    /// - Parameter vendor: whose they are; `nil` for everybody's.
    package func page(_ number: Int, of size: Int, vendor: String? = nil) throws(SQLiteError) -> [User] {
        let users = try newestFirst.rows(
            .text(vendor), .integer(Int64(size)), .integer(Int64((number - 1) * size)), read: Self.read)
        var engaged: [User] = []
        engaged.reserveCapacity(users.count)
        for user in users { engaged.append(try self.engaged(user)) }
        return engaged
    }

    package func count(vendor: String? = nil) throws(SQLiteError) -> Int {
        Int(try countAll.row(.text(vendor)) { $0.integer(0) } ?? 0)
    }

    /// Files an application together with the decision on it.
    ///
    /// - Parameters:
    ///   - isComplete: `false` for a prequalification, which is to be completed.
    ///   - funnel: the channel of the key that applies.
    package func apply(
        _ user: Int64, _ verdict: Application.Verdict, dateOfBirth: String, isComplete: Bool = true,
        funnel: String? = nil, at now: Timestamp
    ) throws(SQLiteError) {
        try insertApplication.run(
            .integer(user), .text(verdict.status.rawValue), .integer(verdict.spendingLimit.cents),
            .integer(now.milliseconds), .integer(verdict.resolution?.at.milliseconds),
            .text(verdict.resolution?.status.rawValue), .integer(verdict.resolution?.spendingLimit.cents),
            .flag(isComplete), .text(funnel))
        try decide.run(
            .integer(connection.lastInsertedRow), .flag(verdict.spendingHold), .text(verdict.verification.rawValue),
            .text(dateOfBirth), .integer(user))
    }

    /// Makes a full application of the prequalification in force.
    package func complete(_ application: Int64) throws(SQLiteError) { try complete.run(.integer(application)) }

    package func rememberDecline(of user: Int64, paymentMethod: Int64) throws(SQLiteError) {
        try rememberDecline.run(.integer(paymentMethod), .integer(user))
    }

    package func remember(persona: Persona.Outcome, of user: Int64) throws(SQLiteError) {
        try rememberPersona.run(.text(persona.rawValue), .integer(user))
    }

    /// Remembers when a customer's latest token expires, which is an event on the sandbox's clock.
    package func rememberToken(of user: Int64, expiresAt: Timestamp) throws(SQLiteError) {
        try rememberToken.run(.integer(expiresAt.milliseconds), .integer(user))
    }

    // MARK: Decisions from outside

    /// Changes the decision in force.
    package func review(_ user: Int64, _ verdict: Application.Verdict) throws(SQLiteError) {
        try review.run(
            .text(verdict.status.rawValue), .integer(verdict.spendingLimit.cents),
            .integer(verdict.resolution?.at.milliseconds), .text(verdict.resolution?.status.rawValue),
            .integer(verdict.resolution?.spendingLimit.cents), .integer(user))
        try reviewStanding.run(.flag(verdict.spendingHold), .text(verdict.verification.rawValue), .integer(user))
    }

    package func hold(_ user: Int64, _ isHeld: Bool) throws(SQLiteError) {
        try hold.run(.flag(isHeld), .integer(user))
    }

    package func verify(_ user: Int64, _ verification: User.Verification) throws(SQLiteError) {
        try verify.run(.text(verification.rawValue), .integer(user))
    }

    // MARK: What falls due

    /// Reviews that resolve up to a moment, in order.
    package func reviews(through end: Timestamp) throws(SQLiteError) -> [(user: Int64, Application.Resolution)] {
        try reviewsThrough.rows(.integer(end.milliseconds)) { row in
            (
                row.integer(0),
                Application.Resolution(
                    at: row.moment(1), status: Application.Status(rawValue: row.text(2)) ?? .approved,
                    spendingLimit: Money(cents: row.integer(3)))
            )
        }
    }

    package func nextReview() throws(SQLiteError) -> Timestamp? {
        try nextReviewAfter.row { $0.momentIfPresent(0) } ?? nil
    }

    /// The customers whose latest token expires after one moment and up to another.
    package func tokens(after: Timestamp, through: Timestamp) throws(SQLiteError) -> [(user: Int64, at: Timestamp)] {
        try tokensBetween.rows(.integer(after.milliseconds), .integer(through.milliseconds)) { row in
            (row.integer(0), row.moment(1))
        }
    }

    package func nextTokenExpiry(after now: Timestamp) throws(SQLiteError) -> Timestamp? {
        try nextTokenAfter.row(.integer(now.milliseconds)) { $0.momentIfPresent(0) } ?? nil
    }

    /// When the last thing happened; the clock cannot stand before it.
    package func latestMoment() throws(SQLiteError) -> Timestamp {
        try latest.row { $0.moment(0) } ?? Timestamp(milliseconds: 0)
    }

    /// The locales that customers were created with.
    package func locales() throws(SQLiteError) -> [Int64: String] {
        var found: [Int64: String] = [:]
        for (user, locale) in try everyLocale.rows(read: { ($0.integer(0), $0.text(1)) }) { found[user] = locale }
        return found
    }

    /// Everybody, oldest first.
    package func all() throws(SQLiteError) -> [User] {
        var users: [User] = []
        for user in try oldestFirst.rows(read: Self.read) { users.append(try engaged(user)) }
        return users
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

    /// Who has that SSN on file, youngest first, each with the phone on file.
    package func holders(ofSSN digest: [UInt8]) throws(SQLiteError) -> [(user: Int64, phone: String)] {
        try holdersOfSSN.rows(.blob(digest)) { ($0.integer(0), $0.text(1)) }
    }

    /// The customer whose decision in force is that of an application.
    package func id(application: Int64) throws(SQLiteError) -> Int64? {
        try userOfApplication.row(.integer(application)) { $0.integer(0) }
    }

    private func engaged(_ user: User) throws(SQLiteError) -> User {
        var user = user
        user.engagements = try engagementsOfUser.rows(.integer(user.id)) { row in
            User.Engagement(
                lease: Lease(
                    id: row.integer(0), customer: user.id, vendor: row.text(7), createdAt: row.moment(2),
                    expiresAt: row.moment(3), signedAt: row.momentIfPresent(4), finalizedAt: row.momentIfPresent(5)),
                reference: row.text(1), amount: Money(cents: row.integer(6)))
        }
        return user
    }

    private static func read(_ row: borrowing Row) -> User {
        var application: Application?
        if let id = row.integerIfPresent(9) {
            application = Application(
                id: id, status: Application.Status(rawValue: row.text(10)) ?? .failed,
                spendingLimit: Money(cents: row.integer(11)), createdAt: row.moment(12),
                resolution: row.momentIfPresent(13).map { moment in
                    Application.Resolution(
                        at: moment, status: Application.Status(rawValue: row.text(14)) ?? .approved,
                        spendingLimit: Money(cents: row.integer(15)))
                }, isComplete: row.flag(17), funnel: row.textIfPresent(18))
        }
        return User(
            id: row.integer(0), firstName: row.text(2), lastName: row.text(3), email: row.text(1),
            createdAt: row.moment(4), dateOfBirth: row.textIfPresent(5), spendingHold: row.flag(6),
            verification: User.Verification(rawValue: row.text(7)) ?? .pending, application: application,
            declinedPaymentMethod: row.integerIfPresent(8),
            ruledPersona: row.textIfPresent(16).flatMap(Persona.Outcome.init))
    }
}

extension Row {
    /// A number that is only counted with. An earlier version took databases from outside in which it might be anything.
    func count(_ column: Int32) -> Int64 { min(max(integer(column), 0), Columns.counts.upperBound) }

    func moment(_ column: Int32) -> Timestamp { Timestamp(milliseconds: integer(column)) }

    func momentIfPresent(_ column: Int32) -> Timestamp? {
        integerIfPresent(column).map { Timestamp(milliseconds: $0) }
    }
}
