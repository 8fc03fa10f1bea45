package import Medusa
package import SQLite

/// One sandbox's database: a room of queries a table, and the transaction that a turn of the loop shares.
package final class Store {
    let connection: Connection
    package let users: Users
    package let paymentMethods: PaymentMethods
    package let transactions: Transactions
    package let payments: Payments
    package let documents: Documents
    package let faults: Faults
    package let passcodes: Passcodes
    package let questionnaires: Questionnaires
    package let authCodes: AuthCodes
    package let credits: Credits
    package let checkouts: Checkouts
    package let remarks: Remarks
    package let letters: Letters
    package let journal: Journal

    private let begin: Statement
    private let savepoint: Statement
    private let release: Statement
    private let rollback: Statement
    private let commit: Statement
    private let countOneTimeKey: Statement
    private let rememberHappening: Statement
    private let lastHappening: Statement

    /// Whether something waits for `settle`.
    package private(set) var isOpen = false
    /// When the last thing of the present turn happened.
    private var happened: Timestamp?
    /// How many rows have changed that are no part of the story: a counter, say.
    private var unimportantChanges: Int64 = 0
    /// Called when what a turn has written is there to stay, and before any answer says so.
    package var committed: () -> Void = {}
    /// Why nothing of the present turn can be kept.
    private var broken: SQLiteError?

    package enum OpenFailure: Error {
        /// The file was written by a later version of the program.
        case newer
        case sqlite(SQLiteError)
    }

    /// Opens the database and brings it up to date.
    package init(_ location: Connection.Location) throws(OpenFailure) {
        do {
            connection = try Connection(location)
            guard try connection.migrate(to: Schema.latest, Schema.steps) else { throw OpenFailure.newer }
        } catch let error as SQLiteError {
            throw .sqlite(error)
        } catch {
            throw .newer
        }
        users = Users(connection)
        paymentMethods = PaymentMethods(connection)
        transactions = Transactions(connection)
        payments = Payments(connection)
        documents = Documents(connection)
        faults = Faults(connection)
        passcodes = Passcodes(connection)
        questionnaires = Questionnaires(connection)
        authCodes = AuthCodes(connection)
        credits = Credits(connection)
        checkouts = Checkouts(connection)
        remarks = Remarks(connection)
        letters = Letters(connection)
        journal = Journal(connection)
        begin = connection.statement("BEGIN IMMEDIATE")
        savepoint = connection.statement("SAVEPOINT request")
        release = connection.statement("RELEASE request")
        rollback = connection.statement("ROLLBACK TO request")
        commit = connection.statement("COMMIT")
        countOneTimeKey = connection.statement(
            "UPDATE sandbox SET one_time_keys = one_time_keys + 1 RETURNING one_time_keys")
        rememberHappening = connection.statement("UPDATE sandbox SET happened_at = ? WHERE happened_at < ?")
        lastHappening = connection.statement("SELECT happened_at FROM sandbox")
    }

    /// Whether SQLite finds nothing wrong with it, page by page.
    package var isSound: Bool { connection.isSound }

    /// To be called before another file takes the place of its own.
    package func abandon() { connection.abandon() }

    /// The sandbox's secret, from which its identifiers and tokens derive; `nil` in a database that is new.
    package func secret() throws(SQLiteError) -> [UInt8]? {
        try connection.statement("SELECT secret FROM sandbox").row { $0.blob(0) }
    }

    package func keep(secret: [UInt8]) throws(SQLiteError) {
        try connection.statement("INSERT INTO sandbox (id, secret) VALUES (1, ?)").run(.blob(secret))
    }

    /// Counts the one-time keys, so that each is another.
    package func nextOneTimeKey() throws(SQLiteError) -> Int64 {
        defer { unimportantChanges += 1 }
        return try countOneTimeKey.row { $0.integer(0) } ?? 0
    }

    /// One request's writes, inside the transaction that the present turn of the loop shares.
    ///
    /// Whatever is thrown takes back what the request wrote: a refused call leaves nothing behind (decisions.md 21).
    ///
    /// - Parameter now: when it happens in the sandbox; `nil` for what is no part of its story.
    @discardableResult
    package func write<Result>(at now: Timestamp? = nil, _ work: () throws -> Result) throws -> Result {
        try open()
        try savepoint.run()
        do {
            let changes = connection.totalChanges - unimportantChanges
            let result = try work()
            try release.run()
            if let now, connection.totalChanges - unimportantChanges > changes { happened = max(happened ?? now, now) }
            return result
        } catch {
            if connection.isInTransaction {
                try? rollback.run()
                try? release.run()
            } else {
                // SQLite has ended the whole transaction, as it may on a full disk: the turn's other writes are gone too.
                broken = error as? SQLiteError ?? broken
            }
            throw error
        }
    }

    /// When the last thing happened; the clock cannot stand before it (decisions.md 25).
    package func lastHappened() throws(SQLiteError) -> Timestamp {
        let kept = try lastHappening.row { $0.moment(0) } ?? Timestamp(milliseconds: 0)
        return max(try users.latestMoment(), happened ?? kept, kept)
    }

    /// Records a request and its answer, in the transaction of what the request has written. Where that fails, nothing of the turn
    /// is kept: an answered request is always found.
    package func record(_ entry: Journal.Entry, _ bounds: Journal.Bounds) throws(SQLiteError) {
        try open()
        do {
            try journal.add(entry, bounds)
        } catch {
            broken = error
            throw error
        }
    }

    private func open() throws(SQLiteError) {
        if let broken { throw broken }
        guard !isOpen else { return }
        try begin.run()
        isOpen = true
    }

    /// Commits what the turn has written. When it throws, nothing of it is true.
    package func settle() throws(SQLiteError) {
        guard isOpen else { return }
        isOpen = false
        defer { happened = nil }
        if let broken {
            self.broken = nil
            if connection.isInTransaction { try? connection.execute("ROLLBACK") }
            throw broken
        }
        do {
            if let happened {
                try rememberHappening.run(.integer(happened.milliseconds), .integer(happened.milliseconds))
            }
            try commit.run()
        } catch {
            try? connection.execute("ROLLBACK")
            throw error
        }
        committed()
    }
}
