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
    case digits(ClosedRange<Int>)
    case email
    case ipAddress
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
    /// - Parameters:
    ///   - hasTime: whether that form has a time.
    ///   - bounds: the moments that are taken.
    case date(hasTime: Bool, within: Timestamp.Bounds = .clock)
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
    /// A type of which some values are taken with a warning: what comes of them is only kept, and is not what the documents have.
    case expected(Schema, Expectation)
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
        case .array(let element, _), .dictionary(let element), .expected(let element, _): [element]
        case .alternatives(let schemas): schemas
        case .object(let fields), .named(_, let fields): fields.map(\.schema)
        case .string, .text, .digits, .email, .ipAddress, .phone, .oneOf, .documented, .number, .cents, .integer,
            .boolean, .date,
            .duration, .moment, .any, .database:
            []
        }
    }

    /// The fields that its paths lead to; an array's element has no place in them.
    package var fields: [Field] {
        switch self {
        case .object(let fields), .named(_, let fields): fields
        case .array(let element, _), .expected(let element, _): element.fields
        case .alternatives(let schemas): schemas.flatMap(\.fields)
        case .string, .text, .digits, .email, .ipAddress, .phone, .oneOf, .documented, .number, .cents, .integer,
            .boolean, .date,
            .duration, .moment,
            .dictionary, .any, .database:
            []
        }
    }
}

extension Schema {
    /// Whether a member at any depth has a name that fits.
    package func hasMember(where fits: (String) -> Bool) -> Bool {
        fields.contains { fits($0.name) } || children.contains { $0.hasMember(where: fits) }
    }
}
