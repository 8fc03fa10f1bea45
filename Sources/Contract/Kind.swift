internal import JSON
package import Medusa

/// A type of the documents, and how its values are read once they have been validated.
package struct Kind<Value: Sendable>: Sendable {
    package let schema: Schema
    let read: @Sendable (Given) -> Value

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
    package static var ipAddress: Kind { Kind(schema: .ipAddress) { $0.string ?? "" } }
    package static var phone: Kind { Kind(schema: .phone) { $0.string ?? "" } }
    package static func oneOf(_ values: String...) -> Kind { oneOf(values) }
    package static func oneOf(_ values: [String]) -> Kind { Kind(schema: .oneOf(values)) { $0.string ?? "" } }
    package static func documented(_ values: String...) -> Kind {
        Kind(schema: .documented(values)) { $0.string ?? "" }
    }
}

extension Kind where Value == Money {
    /// Dollars, as every amount of a request is (B.11). At most ten million.
    package static var dollars: Kind {
        Kind(schema: .number(Decimal(whole: -10_000_000)...Decimal(whole: 10_000_000))) { $0.decimal?.money ?? .zero }
    }

    /// Dollars, and at least a cent.
    package static var payment: Kind {
        Kind(schema: .cents(upTo: Decimal(whole: 10_000_000))) { $0.decimal?.money ?? .zero }
    }

    /// Dollars, and not below zero.
    package static var price: Kind {
        Kind(schema: .number(.zero...Decimal(whole: 10_000_000))) { $0.decimal?.money ?? .zero }
    }
}

extension Kind where Value == Decimal {
    /// Up to a billion, either way.
    package static var number: Kind {
        number(Decimal(whole: -1_000_000_000)...Decimal(whole: 1_000_000_000))
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
        Kind(schema: .date(hasTime: false, within: bounds)) { $0.date ?? Timestamp(milliseconds: 0) }
    }

    package static var dateTime: Kind {
        Kind(schema: .date(hasTime: true)) { $0.date ?? Timestamp(milliseconds: 0) }
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
        Kind(schema: .moment) { given in given.span.map { .after($0) } ?? .at(given.date ?? Timestamp(milliseconds: 0))
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
