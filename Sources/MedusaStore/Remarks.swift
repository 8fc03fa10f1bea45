package import Medusa
package import SQLite

/// The table `remarks`: what requests say that decides nothing. It is kept, so that a test sees what has arrived.
package final class Remarks {
    private let upsert: Statement
    private let everything: Statement
    private let one: Statement

    /// What a remark is about.
    package enum Subject: Hashable, Sendable {
        /// By row number.
        case customer(Int64)
        /// By the caller's own id, which is unique among one vendor's; there may be remarks before there is a lease.
        ///
        /// - Parameter vendor: empty in a sandbox of one.
        case transaction(reference: String, vendor: String)

        package static func transaction(_ transaction: Transaction) -> Subject {
            .transaction(reference: transaction.reference, vendor: transaction.lease.vendor)
        }
    }

    enum Section: String, CaseIterable {
        case customer, transaction
    }

    init(_ connection: Connection) {
        upsert = connection.upsert("remarks", key: ["section", "subject", "vendor", "operation"], ["body"])
        everything = connection.statement(
            "SELECT section, subject, vendor, operation, body FROM remarks ORDER BY section, subject, vendor, operation"
        )
        one = connection.statement(
            "SELECT body FROM remarks WHERE section = ? AND subject = ? AND vendor = ? AND operation = ?")
    }

    /// Keeps what a call has said, in the place of what it said before.
    ///
    /// - Parameter body: JSON.
    package func save(_ subject: Subject, _ operation: String, _ body: [UInt8]) throws(SQLiteError) {
        let (section, name, vendor) = subject.columns
        try upsert.run(section, name, vendor, .text(operation), .text(String(decoding: body, as: UTF8.self)))
    }

    package func find(_ subject: Subject, _ operation: String) throws(SQLiteError) -> [UInt8]? {
        let (section, name, vendor) = subject.columns
        return try one.row(section, name, vendor, .text(operation)) { Array($0.text(0).utf8) }
    }

    /// By subject, the name of the call and what it has said.
    package func all() throws(SQLiteError) -> [Subject: [(operation: String, body: [UInt8])]] {
        var found: [Subject: [(operation: String, body: [UInt8])]] = [:]
        let rows = try everything.rows { row in
            (
                section: Section(rawValue: row.text(0)), name: row.text(1), vendor: row.text(2),
                remark: (operation: row.text(3), body: Array(row.text(4).utf8))
            )
        }
        for row in rows {
            switch row.section {
            case .customer:
                if let id = Int64(row.name) { found[.customer(id), default: []].append(row.remark) }
            case .transaction:
                found[.transaction(reference: row.name, vendor: row.vendor), default: []].append(row.remark)
            case nil: break
            }
        }
        return found
    }
}

extension Remarks.Subject {
    fileprivate var columns: (section: Value, name: Value, vendor: Value) {
        switch self {
        case .customer(let row): (.text(Remarks.Section.customer.rawValue), .text(String(row)), .text(""))
        case .transaction(let reference, let vendor):
            (.text(Remarks.Section.transaction.rawValue), .text(reference), .text(vendor))
        }
    }
}
