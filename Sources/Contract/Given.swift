package import HTTP
package import JSON
package import Medusa

/// A value as it was given: in a body, or as the text of a query parameter.
package enum Given: Sendable {
    case json(JSON)
    case text(String)
    /// A parameter that came more than once, of which hapi makes a list. No parameter is documented to be one.
    case list

    package var json: JSON? {
        switch self {
        case .json(let json): json
        case .text, .list: nil
        }
    }

    package var string: String? {
        switch self {
        case .json(let json): json.string
        case .text(let text): text
        case .list: nil
        }
    }

    /// Joi converts: a string that is a number is one. MAG2 sends such quantities.
    package var decimal: Decimal? {
        switch self {
        case .json(let json): (json.numberText ?? json.string).flatMap(Decimal.init)
        case .text(let text): Decimal(text)
        case .list: nil
        }
    }

    var bool: Bool? {
        switch string?.lowercased() {
        case "true": true
        case "false": false
        default: json?.bool
        }
    }

    package var span: CalendarSpan? { string.flatMap(CalendarSpan.init) }

    var date: Timestamp.Reading? { string.flatMap { Timestamp.Reading($0) } }
}

/// Values by key: a query, a body, or an object inside one.
package enum Values: Sendable {
    case object(JSON?)
    case query([NamedValue])

    /// The object behind them.
    package var json: JSON? {
        switch self {
        case .object(let json): json
        case .query: nil
        }
    }

    package func find(_ name: String) -> Given? {
        switch self {
        case .object(let json): json?[name].map { .json($0) }
        case .query(let pairs):
            pairs.first { $0.name == name }.map { first in
                pairs.count { $0.name == name } == 1 ? .text(first.value) : .list
            }
        }
    }

    /// A field's value, by its present name before its former one.
    func find(_ field: Field) -> Given? { find(field.name) ?? field.formerName.flatMap(find) }

    package subscript<Value>(_ key: Key<Value>) -> Value { key.read(find(key.field)) }

    /// A moment that was given, as a date or by how far it is from another one.
    ///
    /// - Throws: what is wrong with one that no clock can show.
    package func moment(_ key: Key<Moment?>, from origin: Timestamp) throws(Violation) -> Timestamp? {
        guard let moment = self[key] else { return nil }
        guard let resolved = moment.resolved(from: origin) else {
            throw violation(key, Timestamp.Bounds.clock.complaint)
        }
        return resolved
    }

    /// A length of time that was given, which must end within the bounds of time when it begins at a moment.
    package func span(_ key: Key<CalendarSpan?>, from start: Timestamp) throws(Violation) -> CalendarSpan? {
        guard let span = self[key] else { return nil }
        guard start.adding(span, within: .clock) != nil else {
            throw violation(key, "must not lead out of the time \(Timestamp.Bounds.clock.words)")
        }
        return span
    }

    private func violation<Value>(_ key: Key<Value>, _ complaint: String) -> Violation {
        Violation(key.field.name, complaint, at: given(key)?.json ?? json)
    }

    /// The value as it came, for the rare endpoint to which the form matters.
    package func given<Value>(_ key: Key<Value>) -> Given? { find(key.field) }
}

/// What a request brings, validated.
package struct Input: Sendable {
    package let query: Values
    package let body: Values
}

extension Timestamp.Bounds {
    /// In the voice of the validation.
    package var complaint: String { "must be a valid date \(words)" }
}

extension JSON {
    /// How many levels of arrays and objects it has: 0 for a scalar. A reader allows 64, so this goes no deeper.
    package var depth: Int {
        if isObject { return 1 + (members.map(\.value.depth).max() ?? 0) }
        if isArray { return 1 + (elements.map(\.depth).max() ?? 0) }
        return 0
    }
}
