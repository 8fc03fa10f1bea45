import Medusa
import Testing

/// Numbers by chance, but a seed's; many of them near the ends of what 64 bits hold.
private struct Numbers {
    private var state: UInt64 = 12

    private mutating func bits() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }

    mutating func below(_ bound: Int) -> Int { Int(bits() >> 1) % bound }

    mutating func next() -> Int64 {
        let near: [Int64] = [
            0, 1, .max, .min, 1 << 53, 253_402_300_799_999, -62_135_596_800_000, 1_000_000_000_000_000,
            -1_000_000_000_000_000,
        ]
        return below(2) == 0 ? near[below(near.count)] &+ Int64(below(5)) &- 2 : Int64(bitPattern: bits()) >> below(64)
    }

    mutating func text() -> String {
        let pieces = [
            "0", "00000", "1", "9", "999999999999", "9223372036854775807", "9223372036854775808", ".", "-", "+", "e",
            "E", "e-", "e+",
            " ", "P", "T", "Y", "M", "D", "W", "H", "S", ":", "Z", "2026", "0000", "9999", "-01", "+14:00", "-23:59",
            "T00:00:00", "GMT", "Jan ",
            "\u{661}", "é",
        ]
        return (0..<(1 + below(9))).map { _ in pieces[below(pieces.count)] }.joined()
    }
}

@Suite struct `A bounded value` {
    private static let count = 20_000
    private static let largest: Int64 = 1_000_000_000_000_000

    @Test func `of money stays within its bounds, whatever is calculated`() {
        var numbers = Numbers()
        for _ in 0..<Self.count {
            let (left, right) = (Money(cents: numbers.next()), Money(cents: numbers.next()))
            let (count, over) = (numbers.next(), numbers.next())
            for amount in [
                left, left + right, left - right, left * Int(count), left.times(count, over: over), left.magnitude,
                .dollars(count),
            ] {
                #expect((-Self.largest...Self.largest).contains(amount.cents))
                _ = (amount.display, amount.dollarsText)
            }
        }
    }

    @Test func `of time is a moment that can be written and read back, whatever is calculated`() {
        var numbers = Numbers()
        for _ in 0..<Self.count {
            let (left, right) = (Timestamp(milliseconds: numbers.next()), Timestamp(seconds: numbers.next()))
            let span = [
                Timestamp.Span.milliseconds, Timestamp.Span.seconds, Timestamp.Span.hours, Timestamp.Span.days,
            ][numbers.below(4)](
                numbers.next())
            let calendar = CalendarSpan(months: numbers.next(), rest: span * Int(numbers.next()))
            for moment in [left, right, left + span, left + (right - left), right + calendar] {
                let text = moment.iso8601
                #expect(text.count == 24 && Timestamp(reading: text) == moment, "\(text)")
                _ = moment.httpDate
            }
            if let moment = left.adding(calendar, within: .clock) {
                #expect(Timestamp.Bounds.clock.range.contains(moment))
            }
            _ = (left - right) / span
            #expect(CalendarSpan(rest: span).description.hasPrefix("P") || span < .seconds(0))
        }
    }

    @Test func `is read from any text, or is not`() {
        var numbers = Numbers()
        for _ in 0..<Self.count {
            let text = numbers.text()
            if let number = Decimal(text) {
                _ = (number.money, number.description)
                if let whole = number.integer { #expect(Decimal(whole: whole) == number, "\(text)") }
            }
            if let span = CalendarSpan(text) { #expect(CalendarSpan(span.description) == span, "\(text)") }
            if let moment = Timestamp(reading: text) {
                #expect(Timestamp(reading: moment.iso8601) == moment, "\(text)")
            }
        }
    }

    @Test func `of money is what a wider number says`() {
        var numbers = Numbers()
        for _ in 0..<Self.count {
            let (units, rest, places) = (numbers.below(10_000_000), numbers.below(1_000_000_000), 1 + numbers.below(9))
            let digits = String(String(rest + 1_000_000_000).dropFirst().prefix(places))
            let fraction = Int128(digits + String(repeating: "0", count: 9 - places)) ?? 0
            let billionths = Int128(units) * 1_000_000_000 + fraction
            // Halves away from zero, rounded once.
            #expect(Decimal("\(units).\(digits)")?.money.cents == Int64((billionths + 5_000_000) / 10_000_000))
            let isWhole = billionths % 1_000_000_000 == 0
            #expect(Decimal("\(units).\(digits)")?.integer == (isWhole ? Int64(units) : nil))
        }
    }

    @Test(arguments: [
        ("1e-9223372036854775808", "0"), ("1e-99999999999999999999", "0"), ("1e-400", "0"),
        ("0e99999999999999999999", "0"),
        ("1e-324", "0"), ("-1e-7", "-0.0000001"), ("1.0000001", "1.0000001"), ("1e12", "1000000000000"),
        ("-0.5", "-0.5"),
        ("0.00000000000000000000001e23", "1"), ("9e12", "9000000000000"),
        ("12345678901234567890e-10", "1234567890.12345678"),
    ])
    func `is a number as JavaScript has it`(text: String, description: String) {
        #expect(Decimal(text)?.description == description)
    }

    @Test(arguments: [
        "1e9223372036854775807", "1e99999999999999999999", "9.0000001e12", "-1e13", "1e", "1e+", "1e1.5", "1e٣",
    ])
    func `is no number beyond what can be calculated with`(text: String) {
        #expect(Decimal(text) == nil)
    }

    @Test func `tells a number from the one that it is nearly`() throws {
        let (one, more, less) = (
            try #require(Decimal("1")), try #require(Decimal("1.0000001")), try #require(Decimal("0.99999999"))
        )
        #expect(less < one && one < more && less < more && !(more < one))
        #expect(more.integer == nil && less.integer == nil)
    }

    @Test(arguments: [
        "0000-01-01T00:00:00+14:00", "0000-12-31", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+01:60", "10000-01-01", "-2026-01-01",
    ])
    func `of time is not read where four digits do not reach`(text: String) {
        #expect(Timestamp(reading: text) == nil)
    }
}

@Suite struct `An order that nobody could pay` {
    private func order(_ items: [(sku: String, dollars: Int64, count: Int)], shipping: Int64 = 0, discount: Int64 = 0)
        -> Order
    {
        Order(
            reference: "T",
            items: items.map {
                Order.Item(
                    sku: $0.sku, brand: "b", description: "d", cost: Decimal(whole: $0.dollars), quantity: $0.count)
            },
            shippingCost: .dollars(shipping), totalDiscount: .dollars(discount))
    }

    private func complaint(_ order: Order) -> String? {
        switch refusal({ () throws(Refusal) in try order.mayBeAddedUp() }) {
        case .invalid(let sentence): sentence
        default: nil
        }
    }

    @Test func `is refused for an item, or for all of them`() {
        // Row 103 of the faults found on 0.4.0.
        let found = order(
            [("A", 10_000_000, 100_000), ("DISCOUNT-1", -10_000_000, 99_999), ("DISCOUNT-2", -9_999_999, 1)],
            shipping: 10_000_000,
            discount: 9_999_900)
        #expect(complaint(found) == #""items[0]" cost × quantity must be less than or equal to 1000000000"#)
        let many = order((0..<500).map { ("A\($0)", 10_000_000, 1) })
        #expect(
            complaint(many) == #""items" with shipping and discount must be less than or equal to 1000000000 in all"#)
        let thin = order(
            [("A", 10_000_000, 1), ("DISCOUNT", -9_999_999, 1)], shipping: 10_000_000, discount: 9_999_999)
        #expect(complaint(thin) == nil, "a discount is shared out over what is sold, however little it leaves")
        #expect(thin.lines.map(\.amount) == [.zero, .zero])
    }

    @Test func `is taken up to the bound`() {
        #expect(complaint(order([("A", 10_000_000, 99)], shipping: 10_000_000)) == nil)
        #expect(complaint(order([("A", 100, 3), ("DISCOUNT-SPRING", -10, 1)], shipping: 5, discount: 10)) == nil)
    }

    @Test func `never takes more from the limit than it came to, whatever is cancelled`() {
        let taken = order([("A", 100, 1), ("DISCOUNT-SPRING", -10, 1)])
        var transaction = Samples.transaction()
        transaction.lines = taken.lines
        let whole = transaction.terms.cashPrice
        _ = transaction.cancel([.init(sku: "DISCOUNT-SPRING")], at: Samples.now)
        #expect(transaction.engagedAmount <= whole)
    }
}
