internal import JSON
package import Medusa

/// A type of the documents, and how its values are read once they have been validated.
package struct Kind<Value: Sendable>: Sendable {
    package let schema: Schema
    let read: @Sendable (Given) -> Value

    /// The same type, of which a value that the documents would not have is taken with a warning.
    package func expecting(_ expectation: Expectation) -> Kind {
        Kind(schema: .expected(schema, expectation), read: read)
    }

    /// The same type, read as another value.
    package func map<Other: Sendable>(_ transform: @escaping @Sendable (Value) -> Other) -> Kind<Other> {
        Kind<Other>(schema: schema) { [read] in transform(read($0)) }
    }
}

extension Kind where Value == String {
    package static var string: Kind { string() }

    package static func string(length: Int? = nil, maximum: Int = Schema.longestString) -> Kind {
        Kind(schema: .string(length: length, maximum: maximum)) { $0.string ?? "" }
    }

    package static var email: Kind { Kind(schema: .email) { $0.string ?? "" } }
    package static var routingNumber: Kind { Kind(schema: .digits(Bank.routingDigits)) { $0.string ?? "" } }
    package static var accountNumber: Kind { Kind(schema: .digits(Bank.accountDigits)) { $0.string ?? "" } }
    package static var ipAddress: Kind { Kind(schema: .ipAddress) { $0.string ?? "" } }
    package static var phone: Kind { Kind(schema: .phone) { $0.string ?? "" } }
    package static func oneOf(_ values: String...) -> Kind { oneOf(values) }
    package static func oneOf(_ values: [String]) -> Kind { Kind(schema: .oneOf(values)) { $0.string ?? "" } }
    package static func documented(_ values: String...) -> Kind { documented(values) }
    package static func documented(_ values: [String]) -> Kind {
        Kind(schema: .documented(values)) { $0.string ?? "" }
    }
}

extension Kind where Value == String {
    /// A date that is only kept, as it was written.
    package static var keptDate: Kind { .string.expecting(.date) }
}

extension Kind where Value == Money {
    /// Dollars, as every amount of a request is (B.11). At most ten million.
    package static var dollars: Kind { amount(.number(Decimal(whole: -10_000_000)...Decimal(whole: 10_000_000))) }

    /// What has more than two decimal places is rounded, with a warning.
    private static func amount(_ schema: Schema) -> Kind {
        Kind(schema: schema) { $0.decimal?.money ?? .zero }.expecting(.wholeCents)
    }

    /// Dollars, and at least a cent.
    package static var payment: Kind { amount(.cents(upTo: Decimal(whole: 10_000_000))) }

    /// Dollars, of which fewer than none are taken and mean nothing.
    package static var income: Kind { dollars.expecting(.notNegative) }

    /// Dollars, and not below zero.
    package static var price: Kind { amount(.number(.zero...Decimal(whole: 10_000_000))) }
}

extension Kind where Value == Decimal {
    /// Up to a billion, either way.
    package static var number: Kind {
        number(Decimal(whole: -1_000_000_000)...Decimal(whole: 1_000_000_000))
    }

    /// Dollars that are multiplied before they are rounded. At most ten million, either way.
    package static var exactDollars: Kind {
        number(Decimal(whole: -10_000_000)...Decimal(whole: 10_000_000)).expecting(.wholeCents)
    }

    package static func number(_ range: ClosedRange<Decimal>) -> Kind {
        Kind(schema: .number(range)) { $0.decimal ?? .zero }
    }
}

extension Kind where Value == Int {
    package static func integer(_ range: ClosedRange<Int>) -> Kind {
        Kind(schema: .integer(range)) { Int($0.decimal?.integer ?? 0) }
    }

    /// How many units of an item.
    package static var quantity: Kind { .integer(1...Line.mostUnits) }
}

extension Kind where Value == Bool {
    package static var boolean: Kind { Kind(schema: .boolean()) { $0.bool ?? false } }
    package static func boolean(only value: Bool) -> Kind { Kind(schema: .boolean(only: value)) { $0.bool ?? false } }
    package static var onlyTrue: Kind { Kind(schema: .boolean(only: true)) { $0.bool ?? false } }
}

extension Kind where Value == Timestamp {
    /// A date with which something is computed.
    package static var date: Kind { date(within: .clock) }

    package static func date(within bounds: Timestamp.Bounds) -> Kind {
        Kind(schema: .date(hasTime: false, within: bounds)) { $0.date?.first ?? Timestamp(milliseconds: 0) }
    }

    /// The last moment that belongs to something: a date without a time stands for the end of its day.
    package static func lastMoment(within bounds: Timestamp.Bounds) -> Kind {
        Kind(schema: .date(hasTime: false, within: bounds)) { $0.date?.last ?? Timestamp(milliseconds: 0) }
    }

    package static var dateTime: Kind {
        Kind(schema: .date(hasTime: true)) { $0.date?.first ?? Timestamp(milliseconds: 0) }
    }
}

extension Kind where Value == Values {
    package static func object(_ fields: [Field]) -> Kind {
        Kind(schema: .object(fields)) { Values.object($0.json) }
    }
}

extension Kind where Value == [Values] {
    package static func array(of fields: [Field], _ counts: ClosedRange<Int> = 0...500) -> Kind {
        Kind(schema: .array(of: .object(fields), counts: counts)) { given in
            given.json?.elements.map { .object($0) } ?? []
        }
    }
}

extension Kind where Value == CalendarSpan {
    /// `P31D`: forwards only.
    package static var duration: Kind { Kind(schema: .duration(isSigned: false)) { $0.span ?? .zero } }
    /// `-P3D` as well.
    package static var offset: Kind { Kind(schema: .duration(isSigned: true)) { $0.span ?? .zero } }
}

/// A moment, or how far one is from another.
package enum Moment: Hashable, Sendable {
    case at(Timestamp)
    case after(CalendarSpan)

    /// The same, for what was accepted once: one that no clock can show becomes the nearest that one can.
    package func nearest(from origin: Timestamp) -> Timestamp {
        let bounds = Timestamp.Bounds.clock.range
        let moment: Timestamp =
            switch self {
            case .at(let moment): moment
            case .after(let span): origin + span
            }
        return min(max(moment, bounds.lowerBound), bounds.upperBound)
    }

    /// - Parameter origin: what a length of time counts from.
    /// - Returns: `nil` for a moment that no clock can show.
    package func resolved(from origin: Timestamp) -> Timestamp? {
        switch self {
        case .at(let moment): Timestamp.Bounds.clock.range.contains(moment) ? moment : nil
        case .after(let span): origin.adding(span, within: .clock)
        }
    }
}

extension Kind where Value == Moment {
    package static var moment: Kind {
        moment { $0.first }
    }

    /// The last moment that belongs to something: a date without a time stands for the end of its day.
    package static var lastMoment: Kind { moment { $0.last } }

    /// The first moment that does not belong to something any more: a date without a time stands for the day behind it.
    package static var end: Kind { moment { $0.hasTime ? $0.first : $0.last + .milliseconds(1) } }

    private static func moment(_ choose: @escaping @Sendable (Timestamp.Reading) -> Timestamp) -> Kind {
        Kind(schema: .moment) { given in
            given.span.map { .after($0) } ?? .at(given.date.map(choose) ?? Timestamp(milliseconds: 0))
        }
    }
}

/// A member of an object whose names the writer chose.
package struct Named: Sendable {
    package let name: String
    package let values: Values
}

extension Kind where Value == [Named] {
    package static func dictionary(of fields: [Field]) -> Kind {
        Kind(schema: .dictionary(of: .object(fields))) { given in
            given.json?.members.map { Named(name: $0.name, values: .object($0.value)) } ?? []
        }
    }
}

extension Kind where Value == [String] {
    package static func strings(_ element: Schema = .string(), _ counts: ClosedRange<Int> = 1...500) -> Kind {
        Kind(schema: .array(of: element, counts: counts)) { $0.json?.elements.map { $0.string ?? "" } ?? [] }
    }
}

extension Kind where Value == [Given] {
    package static func array(elements: Schema, _ counts: ClosedRange<Int>) -> Kind {
        Kind(schema: .array(of: elements, counts: counts)) { $0.json?.elements.map { .json($0) } ?? [] }
    }
}

extension Kind where Value == Given {
    package static var any: Kind { Kind(schema: .any) { $0 } }
    package static func dictionary(of schema: Schema) -> Kind { Kind(schema: .dictionary(of: schema)) { $0 } }
    package static func alternatives(_ schemas: Schema...) -> Kind { Kind(schema: .alternatives(schemas)) { $0 } }
}
