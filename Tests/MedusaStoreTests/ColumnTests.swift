import Medusa
import SQLite
import Testing

@testable import MedusaStore

@Suite struct `The table of columns` {
    @Test func `has a rule for every column of the world, and for no other`() throws {
        let fresh = try SQLite.Connection(.memory)
        #expect(try fresh.migrate(to: Schema.latest, Schema.steps))
        let tables = try fresh.statement("SELECT name FROM sqlite_schema WHERE type = 'table'").rows { $0.text(0) }
        var schema: [String] = []
        for table in tables where !Schema.journalTables.contains(table) {
            schema += try fresh.statement("SELECT name FROM pragma_table_info('\(table)')").rows {
                "\(table).\($0.text(0))"
            }
        }
        #expect(Columns.all.map { "\($0.table).\($0.name)" }.sorted() == schema.sorted())
    }
}

/// Values that no sandbox makes, in a database that is otherwise one's own.
@Suite struct `A database from elsewhere` {
    private static let now = Timestamp(milliseconds: 1_521_474_687_080)

    /// A world with a row in every table, made by the store itself.
    private func world() throws -> Store {
        let store = try Store(.memory)
        try store.keep(secret: Array(repeating: 7, count: 32))
        try store.write {
            _ = try store.users.create(
                .init(
                    email: "a@b.co", firstName: "J", lastName: "D", passwordDigest: Array(repeating: 1, count: 32),
                    locale: "en",
                    tokenExpiresAt: Self.now), at: Self.now)
            try store.users.apply(
                1, .reviewed(.approved, limit: .dollars(1000)), dateOfBirth: "1998-03-23", at: Self.now)
            try store.users.save(
                .init(
                    phone: "6514447773", street1: "1", street2: "", city: "c", region: "FL", postalCode: "33021",
                    country: "US"),
                ssnDigest: Array(repeating: 2, count: 32), of: 1)
            try store.paymentMethods.add(
                PaymentMethod(.ach(routingNumber: ""), lastFour: "1234", label: "l", isPrimary: true), to: 1)
            try store.paymentMethods.verify(accountDigest: Array(repeating: 3, count: 32), of: 1)
            try order(in: store)
            try store.documents.save("clock", Array(#"{"mode":"real"}"#.utf8))
            try store.documents.save(Documents.Entry(section: .users, name: "jane", row: 1))
            _ = try store.faults.add(Array(#"{"status":503}"#.utf8))
            try store.passcodes.send(to: 1, by: .all, at: Self.now) { _ in "123456" }
            _ = try store.questionnaires.open(for: 1, at: Self.now)
            try store.authCodes.add("code", for: 1, expiresAt: Self.now)
            _ = try store.checkouts.add("C", body: [], at: Self.now)
            try store.remarks.save(.customer(1), "createUser", Array("{}".utf8))
            try store.letters.send(to: 1, transaction: 1, code: "c", at: Self.now, expiresAt: Self.now + .hours(1))
            _ = try store.letters.follow("c", at: Self.now)
        }
        try store.settle()
        return store
    }

    private func order(in store: Store) throws {
        let item = Order.Item(sku: "A", brand: "b", description: "d", cost: Decimal(whole: 100), quantity: 3)
        let order = Order(
            reference: "T", orderId: "O", items: [item], shippingCost: .dollars(5), payTomorrowTaxTotal: .dollars(1))
        var transaction = try store.transactions.create(
            order, terms: order.terms(Settings()), customer: 1, at: Self.now, expiresAt: Self.now + .hours(24))
        transaction.sign(at: Self.now)
        try transaction.finalize(at: Self.now)
        let tracking = Line.Tracking(carrier: "ups", number: "n", link: "l")
        try transaction.ship(
            [.init(sku: "A", quantity: 1, tracking: tracking, deliveredAt: Self.now)], at: Self.now)
        try store.transactions.save(transaction)
        let customer = try #require(try store.users.user(1))
        let agreement = try #require(
            Agreement(transaction, collected: [], customer: customer, at: Self.now, Settings()))
        let payment = try Payment(of: .dollars(10), towards: agreement, from: customer)
        _ = try store.payments.add(payment, towards: 1, by: 1, at: Self.now)
        try store.credits.add(Credit(lineNumber: 1, item: .dollars(10), shipping: .dollars(1)), to: 1, at: Self.now)
    }

    private func reason(_ changes: String) throws -> String? {
        let connection = try SQLite.Connection(image: try world().image())
        try connection.execute("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; \(changes)")
        do {
            _ = try Store.Image(checking: try connection.image())
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func `is taken when it is as a store makes it`() throws {
        #expect(try reason("SELECT 1") == nil)
    }

    /// Each column at each end of what SQLite holds; a value that the schema's own constraints refuse is refused as well.
    @Test func `is refused for any value that is out of bounds, in every column`() throws {
        for column in Columns.all where !(column.table == "sandbox" && column.name == "id") {
            let values =
                switch column.content {
                case .row, .moment, .money, .number: ["9223372036854775807", "-9223372036854775808"]
                case .text(let longest) where longest == Int(Int32.max): ["CAST(x'ff' AS TEXT)"]
                case .text(let longest): ["CAST(x'ff' AS TEXT)", "printf('%.*c', \(longest + 1), 'x')"]
                case .oneOf: ["'nobody'"]
                case .blob(let length): ["zeroblob(\(length + 1))", "x''"]
                }
            for value in values {
                let reason = try reason("UPDATE \(column.table) SET \(column.name) = \(value)")
                #expect(reason != nil, "\(column.table).\(column.name) = \(value)")
            }
        }
    }

    @Test(arguments: [
        // Row 104 of the faults found on 0.4.0.
        (
            "UPDATE credits SET item_credit = 9223372036854775807",
            "has a value in credits.item_credit that no medusa-sandbox keeps"
        ),
        (
            "UPDATE passcodes SET sent_at = -9223372036854775808",
            "has a value in passcodes.sent_at that no medusa-sandbox keeps"
        ),
        ("UPDATE lines SET cost = 90000000000000000, quantity = 100000", "has rows in lines that contradict others"),
        ("UPDATE lines SET position = 1; UPDATE parcels SET position = 1", "has rows in lines that contradict others"),
        ("UPDATE parcels SET shipped = 2", "has rows in lines that contradict others"),
        ("DELETE FROM parcels", "has rows in lines that contradict others"),
        ("UPDATE lines SET amount = 30004", "has rows in lines that contradict others"),
        ("UPDATE credits SET item_credit = 30001", "has rows in credits that contradict others"),
        ("UPDATE credits SET shipping_credit = 501", "has rows in credits that contradict others"),
        ("UPDATE credits SET line_number = 2", "has rows in credits that contradict others"),
        ("UPDATE names SET row = 2", "has rows in names that contradict others"),
        ("UPDATE applications SET resolves_at = 1", "has rows in applications that contradict others"),
        ("UPDATE users SET declined_payment_method = 7", "has rows in users that contradict others"),
        ("UPDATE users SET first_name = CAST(x'61ff' AS TEXT)", "has a text in users.first_name that is no UTF-8"),
        (
            "UPDATE payment_methods SET id = 9007199254740993; UPDATE payments SET payment_method_id = 9007199254740993",
            "has a value in payment_methods.id that no medusa-sandbox keeps"
        ),
    ])
    func `is refused with the place of what is wrong`(changes: String, expected: String) throws {
        #expect(try reason(changes) == expected)
    }

    @Test func `of an earlier version is read, whatever stands in it`() throws {
        let store = try world()
        for column in Columns.all {
            switch column.content {
            case .moment, .money, .number:
                for value in ["9223372036854775807", "-9223372036854775808"] {
                    // The schema's own constraints stay; what they let through, 0.4.0 may have kept.
                    try? store.connection.execute("UPDATE \(column.table) SET \(column.name) = \(value)")
                }
            case .row, .text, .oneOf, .blob: break
            }
        }
        for transaction in try store.transactions.all() {
            let customer = try #require(try store.users.user(1))
            let collected = try store.payments.collected(towards: 1)
            let agreement = try #require(
                Agreement(transaction, collected: collected, customer: customer, at: .latest, Settings()))
            _ = agreement.payments(after: .earliest, through: .latest)
            _ = agreement.nextPayment(after: .latest)
            _ = transaction.moves(at: .earliest)
            #expect(throws: Never.self) { try? transaction.mayCredit([], after: try store.credits.all(of: 1)) }
        }
        _ = try (
            store.faults.all(), store.passcodes.latest(9), store.questionnaires.latest(of: 1),
            store.lastHappened()
        )
    }
}
