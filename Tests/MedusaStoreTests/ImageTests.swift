import Foundation
import Medusa
import SQLite
import Support
import Testing

@testable import MedusaStore

@Suite struct `A database as one file` {
    private static let now = Timestamp(milliseconds: 1_521_474_687_080)

    private func store(_ email: String) throws -> Store {
        let store = try Store(.memory)
        try store.keep(secret: Array(repeating: 7, count: 32))
        try store.write {
            try store.users.create(
                .init(
                    email: email, firstName: "John", lastName: "Doe", passwordDigest: nil, locale: nil,
                    tokenExpiresAt: Self.now), at: Self.now)
        }
        try store.settle()
        return store
    }

    @Test func `is the same database elsewhere`() throws {
        let image = try Store.Image(checking: try store("a@b.co").image())
        let other = try store("other@b.co")
        try other.replace(with: image)
        #expect(try other.users.id(email: "a@b.co") == 1)
        #expect(try other.users.count() == 1)
    }

    @Test func `replaces one on disk, which stays whole through its end`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).sqlite").path
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + end) } }
        do {
            let onDisk = try Store(.file(file))
            try onDisk.replace(with: Store.Image(trusted: try store("a@b.co").image()))
        }
        #expect(try Store(.file(file)).users.count() == 1)
        #expect(try SQLite.Connection(.file(file)).statement("PRAGMA journal_mode").row { $0.text(0) } == "wal")
    }

    /// Changes to a database that is otherwise as it should be.
    @Test(arguments: [
        ("CREATE TABLE more (x)", "has other tables than a medusa-sandbox makes"),
        (
            "CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM users; END",
            "has other tables than a medusa-sandbox makes"
        ),
        ("CREATE VIEW v AS SELECT * FROM users", "has other tables than a medusa-sandbox makes"),
        ("DROP TABLE names", "has other tables than a medusa-sandbox makes"),
        ("PRAGMA application_id = 1", "is not the database of a medusa-sandbox"),
        ("PRAGMA user_version = 999", "was written by a later medusa-sandbox; use that one"),
        ("DELETE FROM sandbox", "is damaged"),
        ("PRAGMA foreign_keys = OFF; UPDATE users SET application_id = 99", "is damaged"),
        ("PRAGMA ignore_check_constraints = ON; UPDATE users SET verification = 'odd'", "is damaged"),
    ])
    func `is refused when it is not quite one`(change: String, reason: String) throws {
        let connection = try SQLite.Connection(image: try store("a@b.co").image())
        try connection.execute(change)
        let refused = #expect(throws: Store.Image.Refused.self) { try Store.Image(checking: connection.image()) }
        #expect(refused?.description == reason)
    }

    @Test func `is refused when bytes of it are missing or bent`() throws {
        let image = try store("a@b.co").image()
        for length in [0, 1, 15, 16, 99, 100, 4095, 4096, image.count / 2] {
            #expect(throws: Store.Image.Refused.self) { try Store.Image(checking: Array(image.prefix(length))) }
        }
        var random = UInt64(3)
        for _ in 0..<300 {
            var bent = image
            for _ in 0..<20 {
                random = random &* 6_364_136_223_846_793_005 &+ 1
                bent[Int(random >> 33) % bent.count] = UInt8(truncatingIfNeeded: random >> 20)
            }
            // It may still be a database; what matters is that looking at it is safe.
            _ = try? Store.Image(checking: bent)
        }
    }

    @Test func `of the first version is brought up to date`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).sqlite").path
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + end) } }
        do {
            let old = try SQLite.Connection(.file(file))
            let schema = String(decoding: try Repository.bytes("Tests/Fixtures/schema-1.sql"), as: UTF8.self)
            #expect(try old.migrate(to: schema, []))
            try old.execute(
                "INSERT INTO users (email, first_name, last_name, created_at) VALUES ('a@b.co', 'A', 'B', 1)")
        }
        let store = try Store(.file(file))
        #expect(try store.users.user(1)?.email == "a@b.co")
        #expect(try store.users.tokens(after: Self.now, through: .latest).isEmpty)
        #expect(try store.faults.all().isEmpty)
    }

    @Test func `has the same tables, to the letter, whether it is new or was brought up to date`() throws {
        let schema = String(decoding: try Repository.bytes("Tests/Fixtures/schema-1.sql"), as: UTF8.self)
        let (old, new) = (try SQLite.Connection(.memory), try SQLite.Connection(.memory))
        #expect(try old.migrate(to: schema, []))
        // Step by step, as releases have come.
        for steps in 1..<Schema.steps.count { #expect(try old.migrate(to: "", Array(Schema.steps.prefix(steps)))) }
        #expect(try old.migrate(to: Schema.latest, Schema.steps))
        #expect(try new.migrate(to: Schema.latest, Schema.steps))
        func tables(_ connection: SQLite.Connection) throws -> [String] {
            try connection.statement("SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name").rows { $0.text(0) }
        }
        #expect(try tables(old) == tables(new))
        for pragma in ["user_version", "application_id"] {
            let values = try [old, new].map { try $0.statement("PRAGMA \(pragma)").row { $0.integer(0) } }
            #expect(values[0] == values[1])
        }
    }

    @Test func `of the version before vendors had remarks of their own keeps what was said for each of them`() throws {
        let schema = String(decoding: try Repository.bytes("Tests/Fixtures/schema-1.sql"), as: UTF8.self)
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).sqlite").path
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + end) } }
        do {
            let old = try SQLite.Connection(.file(file))
            #expect(try old.migrate(to: schema, []))
            #expect(try old.migrate(to: "", Array(Schema.steps.prefix(4))))
            try old.execute(
                "INSERT INTO users (email, first_name, last_name, created_at) VALUES ('a@b.co', 'A', 'B', 1)")
            for vendor in ["1", "2"] {
                try old.execute(
                    """
                    INSERT INTO transactions (user_id, vendor, reference, created_at, expires_at, cash_price, cost_of_rental,
                        payment, term, purchase_sales_tax, shipping_cost, engaged_amount)
                    VALUES (1, '\(vendor)', 'T', 1, 2, 0, 0, 0, 1, 0, 0, 0)
                    """)
            }
            try old.execute(
                """
                INSERT INTO remarks VALUES ('transaction', 'T', 'signLease', '{}'), ('customer', '1', 'createUser', '{}'),
                    ('transaction', 'ORDER-TO-COME', 'quoteOrder', '{}')
                """)
        }
        let remarks = try Store(.file(file)).remarks.all()
        #expect(
            Set(remarks.keys) == [
                .transaction(reference: "T", vendor: "1"), .transaction(reference: "T", vendor: "2"), .customer(1),
                .transaction(reference: "ORDER-TO-COME", vendor: ""),
            ])
    }

    @Test func `keeps nothing of a turn whose transaction SQLite has ended`() throws {
        let store = try store("a@b.co")
        func create(_ email: String) throws {
            _ = try store.users.create(
                .init(
                    email: email, firstName: "J", lastName: "D", passwordDigest: nil, locale: nil,
                    tokenExpiresAt: Self.now), at: Self.now)
        }
        try store.write { try create("first@b.co") }
        // As a full disk may: the error comes, and the transaction is gone.
        #expect(throws: SQLiteError.self) {
            try store.write {
                try store.connection.execute("ROLLBACK")
                try store.connection.execute("SELECT nothing")
            }
        }
        #expect(throws: SQLiteError.self, "a later write of the turn") { try store.write { try create("later@b.co") } }
        #expect(throws: SQLiteError.self) { try store.settle() }
        #expect(try store.users.count() == 1)
        try store.write { try create("next@b.co") }
        try store.settle()
        #expect(try store.users.count() == 2)
    }
}
