package import SQLite

/// One sandbox's database: a room of queries a table, and the transaction that a turn of the loop shares.
package final class Store {
    private let connection: Connection
    package let users: Users
    package let paymentMethods: PaymentMethods
    package let transactions: Transactions
    package let payments: Payments

    private let begin: Statement
    private let savepoint: Statement
    private let release: Statement
    private let rollback: Statement
    private let commit: Statement

    /// Whether something waits for `settle`.
    package private(set) var isOpen = false

    package enum OpenFailure: Error {
        /// The file was written by a later version of the program.
        case newer
        case sqlite(SQLiteError)
    }

    /// Opens the database and brings it up to date.
    package init(_ location: Connection.Location) throws(OpenFailure) {
        do {
            connection = try Connection(location)
            guard try connection.migrate(Schema.steps) else { throw OpenFailure.newer }
        } catch let error as SQLiteError {
            throw .sqlite(error)
        } catch {
            throw .newer
        }
        users = Users(connection)
        paymentMethods = PaymentMethods(connection)
        transactions = Transactions(connection)
        payments = Payments(connection)
        begin = connection.statement("BEGIN IMMEDIATE")
        savepoint = connection.statement("SAVEPOINT request")
        release = connection.statement("RELEASE request")
        rollback = connection.statement("ROLLBACK TO request")
        commit = connection.statement("COMMIT")
    }

    /// The sandbox's secret, from which its identifiers and tokens derive; `fresh` is kept when there is none yet.
    package func secret(fresh: [UInt8]) throws(SQLiteError) -> [UInt8] {
        try connection.statement("INSERT OR IGNORE INTO sandbox (id, secret) VALUES (1, ?)").run(.blob(fresh))
        return try connection.statement("SELECT secret FROM sandbox").row { $0.blob(0) } ?? fresh
    }

    /// One request's writes, inside the transaction that the present turn of the loop shares.
    ///
    /// An error of SQLite takes back what the request wrote. A refusal does not: refusals come before writes, but for the
    /// one that is to be remembered (a declined first payment).
    package func write<Result>(_ work: () throws -> Result) throws -> Result {
        if !isOpen {
            try begin.run()
            isOpen = true
        }
        try savepoint.run()
        do {
            let result = try work()
            try release.run()
            return result
        } catch let error as SQLiteError {
            // A full disk may have ended the whole transaction: what was written is gone either way.
            try? rollback.run()
            try? release.run()
            throw error
        } catch {
            try release.run()
            throw error
        }
    }

    /// Commits what the turn has written. When it throws, nothing of it is true.
    package func settle() throws(SQLiteError) {
        guard isOpen else { return }
        isOpen = false
        do {
            try commit.run()
        } catch {
            try? connection.execute("ROLLBACK")
            throw error
        }
    }
}
