import Foundation
import Medusa
import MedusaStore
import SQLite
import Testing

@Suite struct `The store` {
    private static let now = Timestamp(milliseconds: 1_521_474_687_080)
    private let store: Store

    init() throws { store = try Store(.memory) }

    private func user(_ email: String = "john@example.com") throws -> Int64? {
        try store.users.create(
            .init(
                email: email, firstName: "John", lastName: "Doe", passwordDigest: nil, locale: nil,
                tokenExpiresAt: Self.now), at: Self.now)
    }

    private func transaction(_ reference: String, of user: Int64) throws -> Transaction {
        let order = Order(
            reference: reference,
            items: [Order.Item(sku: "A", brand: "b", description: "d", cost: Decimal(whole: 100), quantity: 3)])
        return try store.transactions.create(
            order, terms: order.terms(Settings()), customer: user, at: Self.now, expiresAt: Self.now + .hours(24))
    }

    @Test func `folds the case of e-mails`() throws {
        #expect(try user() != nil)
        #expect(try user("JOHN@Example.com") == nil)
        #expect(try store.users.id(email: "John@EXAMPLE.com") == 1)
    }

    @Test func `gives a transaction back as it was saved`() throws {
        let owner = try #require(try user())
        var transaction = try transaction("ABC-1", of: owner)
        transaction.sign(at: Self.now)
        try transaction.finalize(at: Self.now)
        let tracking = Line.Tracking(carrier: "ups", number: "9M", link: "l")
        try transaction.ship(
            [
                .init(sku: "A", quantity: 1, tracking: tracking, deliveredAt: Self.now),
                .init(sku: "A", quantity: 1, tracking: tracking, deliveredAt: Self.now + .days(2)),
            ], at: Self.now)
        try store.transactions.save(transaction)
        let found = try #require(try store.transactions.transaction(reference: "ABC-1"))
        #expect(found.lease == transaction.lease)
        #expect(found.terms == transaction.terms)
        #expect(found.lines[0].tracking == tracking)
        #expect(found.lines[0].parcels == transaction.lines[0].parcels)
        #expect(found.firstDelivery == Self.now)
        #expect(found.lines[0].count(.shipped) == 2)
        #expect(found.lines[0].count(.signed) == 1)
        #expect(try store.transactions.transaction(1) == found)
    }

    @Test(arguments: [3, 24, 30])
    func `keeps the moment of an expiry, whatever expires the lease once more`(hours: Int64) throws {
        let lease = try transaction("ABC-1", of: try #require(try user())).lease
        try store.transactions.expire(lease.id, at: Self.now + .hours(hours))
        try store.transactions.expire(lease.id, at: Self.now + .hours(40))
        let found = try #require(try store.transactions.transaction(lease.id))
        #expect(found.lease.expiresAt == Self.now + .hours(min(hours, 24)))
    }

    @Test func `has one primary payment method a customer`() throws {
        let owner = try #require(try user())
        for label in ["first", "second"] {
            try store.paymentMethods.add(
                PaymentMethod(
                    .card(brand: "Visa", firstSix: "411111"), lastFour: "1234", label: label, isPrimary: true),
                to: owner)
        }
        #expect(try store.paymentMethods.all(of: owner).map(\.method.isPrimary) == [false, true])
    }

    @Test func `filters and pages, newest first`() throws {
        let owner = try #require(try user())
        for number in 1...5 { _ = try transaction("T\(number)", of: owner) }
        var second = try #require(try store.transactions.transaction(2))
        second.sign(at: Self.now)
        try store.transactions.save(second)
        let pages = try (1...4).map { try store.transactions.page($0, of: 2, .init()).map(\.transaction.reference) }
        #expect(pages == [["T5", "T4"], ["T3", "T2"], ["T1"], []])
        #expect(try store.transactions.count(.init(status: .signed)) == 1)
        #expect(try store.transactions.page(1, of: 9, .init(status: .signed)).map(\.transaction.reference) == ["T2"])
        #expect(try store.transactions.count(.init(from: Self.now, before: Self.now)) == 0)
        #expect(try store.transactions.count(.init(from: Self.now)) == 5)
    }

    @Test func `repeats the domain's invariants as constraints`() throws {
        let owner = try #require(try user())
        var transaction = try transaction("T1", of: owner)
        transaction.lines = [
            Line(
                sku: "A", brand: "b", description: "d", cost: .zero, quantity: 3, amount: .zero,
                units: [.signed: 2, .canceled: 2])
        ]
        let refused = #expect(throws: SQLiteError.self) { try store.transactions.save(transaction) }
        #expect(refused?.cause == .constraint)
    }

    @Test func `takes back one request's writes, and keeps its neighbours'`() throws {
        try store.write { _ = try user("a@example.com") }
        #expect(throws: SQLiteError.self) {
            try store.write {
                _ = try user("b@example.com")
                throw SQLiteError.sample
            }
        }
        try store.write { _ = try user("c@example.com") }
        try store.settle()
        #expect(try store.users.count() == 2)
        #expect(try store.users.id(email: "b@example.com") == nil)
    }

    @Test func `keeps nothing of a call that is refused`() throws {
        #expect(throws: Refusal.paymentRequired) {
            try store.write {
                _ = try user()
                throw Refusal.paymentRequired
            }
        }
        try store.settle()
        #expect(try store.users.count() == 0)
    }

    @Test func `knows when the last thing happened, also once it is opened again`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).sqlite").path
        defer { for end in ["", "-wal"] { try? FileManager.default.removeItem(atPath: file + end) } }
        let later = Self.now + .days(40)
        do {
            let store = try Store(.file(file))
            try store.keep(secret: Array(repeating: 7, count: 32))
            try store.write(at: Self.now) { try store.documents.save("clock", []) }
            try store.write(at: later) { try store.documents.save("clock", [1]) }
            try store.write(at: Self.now + .days(41)) {}
            #expect(try store.lastHappened() == later, "a call that writes nothing does not count")
            try store.settle()
        }
        #expect(try Store(.file(file)).lastHappened() == later)
    }

    @Test func `refuses a file of a later version`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).sqlite").path
        defer { for end in ["", "-wal"] { try? FileManager.default.removeItem(atPath: file + end) } }
        try Connection(.file(file)).execute("PRAGMA user_version = 1000")
        #expect(throws: Store.OpenFailure.self) { try Store(.file(file)) }
    }
}

extension SQLiteError {
    /// An error as SQLite makes them.
    fileprivate static var sample: SQLiteError {
        do {
            try Connection(.memory).execute("SELECT nothing")
            preconditionFailure("that is no SQL")
        } catch {
            return error
        }
    }
}
