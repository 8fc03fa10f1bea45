internal import JSON
package import Medusa

/// A parameter or a member of a body, as data.
package struct Field: Sendable {
    package let name: String
    package let schema: Schema
    package let isRequired: Bool
    /// Whether it is an oddity to leave it out (decisions.md 19).
    package let isRecommended: Bool
    /// How older pages spell it; read where the present name is missing.
    package let formerName: String?
    package let meaning: String

    package init(
        name: String, schema: Schema, isRequired: Bool, isRecommended: Bool = false, formerName: String? = nil,
        meaning: String
    ) {
        self.name = name
        self.schema = schema
        self.isRequired = isRequired
        self.isRecommended = isRecommended
        self.formerName = formerName
        self.meaning = meaning
    }

    /// The same field, more or less of it.
    package func with(isRequired: Bool, schema: Schema? = nil) -> Field {
        Field(
            name: name, schema: schema ?? self.schema, isRequired: isRequired, formerName: formerName, meaning: meaning)
    }
}

/// The types of the documents, which are Joi's (section 0), with what Joi checks of each.
package indirect enum Schema: Sendable {
    /// - Parameters:
    ///   - length: the exact number of characters.
    ///   - maximum: the largest number of characters.
    case string(length: Int? = nil, maximum: Int = Schema.longestString)
    /// Any string of an answer, the empty one too.
    case text(Text = .plain)
    /// So many of the digits 0 to 9.
    case digits(Int)
    case email
    case phone
    /// One of these; anything else is refused.
    case oneOf([String])
    /// A string for which the documents name values without saying that others are refused.
    case documented([String])
    case number(ClosedRange<Decimal>? = nil)
    /// An amount of at least a cent.
    case cents(upTo: Decimal)
    case integer(ClosedRange<Int>)
    /// - Parameter only: the one value that is taken.
    case boolean(only: Bool? = nil)
    /// Any text that can be read as a date; OpenAPI names one form of it.
    ///
    /// - Parameter hasTime: whether that form has a time.
    case date(hasTime: Bool)
    case object([Field])
    /// An object that has a name of its own, and stands once in OpenAPI.
    case named(String, [Field])
    case array(of: Schema, counts: ClosedRange<Int>)
    /// An object whose names the writer chooses.
    case dictionary(of: Schema)
    /// A length of time in ISO 8601; `isSigned` allows one that goes back.
    case duration(isSigned: Bool)
    /// A date, or a signed length of time that leads to one from a moment that the context gives.
    case moment
    /// The first type that fits decides.
    case alternatives([Schema])
    case any
    /// No JSON at all but an SQLite file.
    case database

    /// How a string of an answer is to be read.
    package enum Text: String, Sendable {
        case plain
        case date
        case dateTime = "date-time"
        case base64
    }

    /// A number of units, of records, of cents: as large as JSON can say exactly.
    package static let count = integer(0...1 << 53)

    /// How many elements an array of an answer may have.
    package static let anyCount = 0...Int.max

    /// A moment of an answer, in UTC with milliseconds (B.10).
    package static let timestamp = text(.dateTime)

    /// What a string may have where the documents name no length: enough for any name, and bounded.
    package static let longestString = 4096
}

extension [Field] {
    /// The paths of everything below that is a value: `ach.routing`; an array's elements have no place in it.
    package var paths: [String] {
        flatMap { field -> [String] in
            let below = field.schema.fields.paths
            return below.isEmpty ? [field.name] : below.map { "\(field.name).\($0)" }
        }
    }
}

extension Schema {
    /// What it holds, one level down.
    var children: [Schema] {
        switch self {
        case .array(let element, _), .dictionary(let element): [element]
        case .alternatives(let schemas): schemas
        case .object(let fields), .named(_, let fields): fields.map(\.schema)
        case .string, .text, .digits, .email, .phone, .oneOf, .documented, .number, .cents, .integer, .boolean, .date,
            .duration, .moment, .any, .database:
            []
        }
    }

    /// The fields that its paths lead to; an array's element has no place in them.
    var fields: [Field] {
        switch self {
        case .object(let fields), .named(_, let fields): fields
        case .array(let element, _): element.fields
        case .alternatives(let schemas): schemas.flatMap(\.fields)
        case .string, .text, .digits, .email, .phone, .oneOf, .documented, .number, .cents, .integer, .boolean, .date,
            .duration, .moment,
            .dictionary, .any, .database:
            []
        }
    }
}

/// A field together with the Swift type that it is read as. Endpoints declare their keys and read by them, so that a name
/// stands once.
package struct Key<Value: Sendable>: Sendable {
    package let field: Field
    let read: @Sendable (Given?) -> Value
}

extension Key {
    package static func required(
        _ name: String, formerly formerName: String? = nil, _ kind: Kind<Value>, _ meaning: String
    ) -> Key {
        let read = kind.read
        let field = Field(
            name: name, schema: kind.schema, isRequired: true, formerName: formerName, meaning: meaning)
        return Key(field: field) { given in
            guard let given else { preconditionFailure("\(name) is read before it was validated") }
            return read(given)
        }
    }

    package static func optional<Wrapped>(
        _ name: String, formerly formerName: String? = nil, _ kind: Kind<Wrapped>, _ meaning: String
    ) -> Key where Value == Wrapped? {
        let read = kind.read
        let field = Field(
            name: name, schema: kind.schema, isRequired: false, formerName: formerName, meaning: meaning)
        return Key(field: field) { given in
            given.map(read)
        }
    }
}

/// The fields of keys, in documented order: validation reports the first that fails.
package func fields<each Value>(_ key: repeat Key<each Value>) -> [Field] {
    var fields: [Field] = []
    repeat fields.append((each key).field)
    return fields
}

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
    package static var phone: Kind { Kind(schema: .phone) { $0.string ?? "" } }
    package static func oneOf(_ values: String...) -> Kind { oneOf(values) }
    package static func oneOf(_ values: [String]) -> Kind { Kind(schema: .oneOf(values)) { $0.string ?? "" } }
    package static func documented(_ values: String...) -> Kind {
        Kind(schema: .documented(values)) { $0.string ?? "" }
    }
}

extension Kind where Value == Money {
    /// Dollars, as every amount of a request is (B.11). At most ten million, so that no sum can overflow.
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
    package static var quantity: Kind { .integer(1...100_000) }
}

extension Kind where Value == Bool {
    package static var boolean: Kind { Kind(schema: .boolean()) { $0.bool ?? false } }
    package static var onlyTrue: Kind { Kind(schema: .boolean(only: true)) { $0.bool ?? false } }
}

extension Kind where Value == Timestamp {
    package static var date: Kind {
        Kind(schema: .date(hasTime: false)) { $0.date ?? Timestamp(milliseconds: 0) }
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

    /// - Parameter origin: what a length of time counts from.
    package func resolved(from origin: Timestamp) -> Timestamp {
        switch self {
        case .at(let moment): moment
        case .after(let span): origin + span
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
