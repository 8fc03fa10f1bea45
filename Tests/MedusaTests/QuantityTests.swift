import Medusa
import Testing

@Suite struct `Quantities per SKU` {
    private typealias Units = Transaction.Units
    private typealias Selection = Transaction.Selection

    @Test func `move from ordered to signed, shipped, received and returned`() throws {
        var transaction = Samples.transaction()
        #expect(Samples.counts(transaction) == ["ordered": 3])
        transaction.sign(at: Samples.now)
        #expect(Samples.counts(transaction) == ["ordered": 3, "signed": 3])
        try transaction.finalize(at: Samples.now)
        try transaction.ship([Samples.shipment("A", 2)], at: Samples.now)
        #expect(Samples.counts(transaction) == ["ordered": 3, "signed": 1, "shipped": 2])
        try transaction.receive([.init(sku: "A", quantity: 1)], at: Samples.now)
        #expect(Samples.counts(transaction) == ["ordered": 3, "signed": 1, "shipped": 1, "received": 1])
        _ = transaction.takeBack([Selection(sku: "A", quantity: 1)], at: Samples.now)
        #expect(Samples.counts(transaction) == ["ordered": 3, "signed": 1, "shipped": 1, "returned": 1])
    }

    @Test func `are shipped as a whole when nothing is selected`() throws {
        var transaction = try Samples.finalized()
        try transaction.ship([Samples.shipment()], at: Samples.now)
        #expect(Samples.counts(transaction, 0) == ["ordered": 3, "shipped": 3])
        #expect(Samples.counts(transaction, 1) == ["ordered": 2, "shipped": 2])
    }

    @Test(arguments: [
        (String?.some("Z"), Int?.none, "Z"), ("A", 4, "A"), ("Z", 1, "Z"),
    ])
    func `are not shipped beyond what is there`(sku: String?, quantity: Int?, named: String) throws {
        var transaction = try Samples.finalized()
        let before = transaction
        let refused = refusal { () throws(Refusal) in
            try transaction.ship([Samples.shipment("B"), Samples.shipment(sku, quantity)], at: Samples.now)
        }
        #expect(refused == .invalidItem(named))
        #expect(transaction == before, "all entries hold, or none does")
    }

    @Test func `are not shipped twice`() throws {
        var transaction = try Samples.finalized()
        try transaction.ship([Samples.shipment()], at: Samples.now)
        #expect(
            refusal { () throws(Refusal) in try transaction.ship([Samples.shipment()], at: Samples.now) }
                == .invalidItem(""))
    }

    @Test func `are delivered only once the lease is finalized`() {
        var transaction = Samples.signed()
        #expect(
            refusal { () throws(Refusal) in try transaction.ship([Samples.shipment()], at: Samples.now) }
                == .notFinalized(.delivered))
        #expect(
            refusal { () throws(Refusal) in try transaction.receive([.init()], at: Samples.now) }
                == .notFinalized(.delivered))
    }

    @Test func `are handed over in the store without a shipment`() throws {
        var transaction = try Samples.finalized()
        try transaction.receive([.init()], at: Samples.now)
        #expect(Samples.counts(transaction) == ["ordered": 3, "received": 3])
    }

    @Test func `are cancelled before delivery, and refused after it`() throws {
        var transaction = try Samples.finalized()
        try transaction.ship([Samples.shipment("A", 1, deliveredAt: Samples.now + .days(3))], at: Samples.now)
        try transaction.receive([.init(sku: "B", quantity: 1)], at: Samples.now)
        var early = transaction
        #expect(
            early.cancel([], at: Samples.now)
                == .init(
                    done: [Units(sku: "A", quantity: 3), Units(sku: "B", quantity: 1)],
                    failed: [Units(sku: "B", quantity: 1)]))
        var late = transaction
        #expect(
            late.cancel([Selection(sku: "A")], at: Samples.now + .days(3))
                == .init(done: [Units(sku: "A", quantity: 2)], failed: [Units(sku: "A", quantity: 1)]))
    }

    @Test func `fail one by one where a selection cannot be met`() {
        var transaction = Samples.signed()
        let result = transaction.cancel(
            [Selection(sku: "A", quantity: 5), Selection(sku: "Z", quantity: 1), Selection(sku: "B", quantity: 1)],
            at: Samples.now)
        #expect(
            result
                == .init(
                    done: [Units(sku: "A", quantity: 3), Units(sku: "B", quantity: 1)],
                    failed: [Units(sku: "A", quantity: 2), Units(sku: "Z", quantity: 1)]))
    }

    @Test func `that are not shipped cannot be returned`() {
        var transaction = Samples.signed()
        #expect(
            transaction.takeBack([Selection(sku: "A", quantity: 1)], at: Samples.now)
                == .init(failed: [Units(sku: "A", quantity: 1)]))
    }

    @Test func `that are cancelled already fail when they are named again`() {
        var transaction = Samples.signed()
        _ = transaction.cancel([Selection(sku: "A")], at: Samples.now)
        #expect(
            transaction.cancel([Selection(sku: "A")], at: Samples.now) == .init(failed: [Units(sku: "A", quantity: 3)]))
    }

    @Test func `are counted over every line of the same SKU`() {
        let line = Line(
            sku: "A", brand: "b", description: "d", cost: Decimal(whole: 10), quantity: 2, amount: .dollars(20))
        var transaction = Samples.transaction()
        transaction.lines = [line, line]
        #expect(
            transaction.cancel([Selection(sku: "A", quantity: 3)], at: Samples.now)
                == .init(done: [Units(sku: "A", quantity: 3)]))
        #expect(transaction.lines.map { $0.count(.canceled) } == [2, 1])
    }

    @Test func `give their amount back to the balance when they are cancelled or returned`() {
        var transaction = Samples.signed()
        #expect(transaction.engagedAmount == .dollars(400))
        _ = transaction.cancel([Selection(sku: "A", quantity: 1)], at: Samples.now)
        #expect(transaction.engagedAmount == .dollars(300))
        _ = transaction.cancel([], at: Samples.now)
        #expect(transaction.engagedAmount == .zero)
    }

    @Test func `never exceed the order, whatever happens`() throws {
        // Every sequence of four steps over one line of two units.
        let steps: [(inout Transaction) -> Void] = [
            { $0.sign(at: Samples.now) }, { try? $0.finalize(at: Samples.now) },
            { try? $0.ship([Samples.shipment("B", 1)], at: Samples.now) },
            { try? $0.receive([.init(sku: "B")], at: Samples.now) },
            { _ = $0.cancel([Selection(sku: "B", quantity: 1)], at: Samples.now) },
            { _ = $0.takeBack([Selection(sku: "B")], at: Samples.now) },
        ]
        for number in 0..<(6 * 6 * 6 * 6 * 6) {
            var transaction = Samples.transaction()
            var rest = number
            for _ in 0..<5 {
                steps[rest % 6](&transaction)
                rest /= 6
            }
            let line = transaction.lines[1]
            let counts = Line.Stage.allCases.map(line.count)
            #expect(counts.reduce(0, +) == 2 && counts.allSatisfy { $0 >= 0 })
        }
    }
}
