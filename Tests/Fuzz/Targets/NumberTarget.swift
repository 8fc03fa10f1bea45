internal import Medusa

extension FuzzTarget {
    /// Decimal numbers and amounts: a line each. Printed and read they are the same, in the same order; no operator leaves its bounds.
    static let numbers = FuzzTarget("numbers") { bytes in
        var input = Bytes(bytes)
        let (first, second) = (text(input.line()), text(input.line()))
        let (count, cents) = (Int(input.number()), input.number())
        guard let number = Decimal(first) else {
            try require(first.isEmpty || Int64(first).map { abs(Int128($0)) > 9_000_000_000_000 } ?? true, "\(first)")
            return
        }
        try check(number)
        try check(amount: number.money)
        try check(amount: Money(cents: cents))
        let units = min(max(count, 0), Line.mostUnits)
        _ = number.money(times: count)
        let total = number.money(times: units)
        try require(total == number.money(times: units), "the same product twice")
        _ = number.price(of: units, less: Money(cents: cents))
        if let whole = Int64(first) { try require(number.integer == whole, "\(first) is \(number)") }
        guard let other = Decimal(second) else { return }
        try check(number, other)
    }

    private static func check(_ number: Decimal) throws {
        let printed = number.description
        guard let again = Decimal(printed) else { throw Broken(description: "\(printed) cannot be read again") }
        // What is behind the eighteenth place is not printed, and moves nothing by more than the last of them.
        try require(again.description == printed, "\(printed) is printed as \(again)")
        if number.isExact(places: 18) { try require(again == number, "\(printed) reads as another number") }
        for places in 0...18 {
            _ = number.scaled(places: places)
            if number.isExact(places: places) {
                try require(number.isExact(places: min(18, places + 1)), "exact in \(places) places and not in more")
            }
        }
        try require(number.integer == nil || number.isExact(places: 0), "\(printed) is an integer and is not whole")
        _ = number.display
    }

    private static func check(amount: Money) throws {
        try require(abs(amount.cents) <= 1_000_000_000_000_000, "an amount of \(amount.cents)")
        guard let again = Decimal(amount.dollarsText) else {
            return try require(amount.magnitude.cents > 900_000_000_000_000, "\(amount.dollarsText) is no number")
        }
        try require(again.money == amount, "\(amount.dollarsText) reads as \(again.money.cents)")
        try require(amount.display.contains("$"), amount.display)
    }

    private static func check(_ left: Decimal, _ right: Decimal) throws {
        try require((left < right) != (right < left) || left == right, "\(left) and \(right) have no order")
        if left < right { try require(left.money <= right.money, "\(left) < \(right), and not their amounts") }
        let amount = left.money
        _ = amount.times(right)
        _ = amount.times(right, plus: 1, over: 52)
        for sum in [amount + right.money, amount - right.money, amount * 1000] { try check(amount: sum) }
    }
}
