package import HTTP
package import JSON
internal import Medusa

/// The first thing that is wrong with a request, in Joi's words (B.6).
package struct Violation: Error, Hashable, Sendable {
    package let message: String

    init(_ path: String, _ complaint: String) { message = "\"\(path)\" \(complaint)" }
}

extension Endpoint {
    /// Checks the query, then the body, each in documented order. Unknown fields pass.
    ///
    /// - Parameter body: `nil` when the request has none, which is the same as an empty object.
    package func validate(query pairs: [NamedValue], body json: JSON?) throws(Violation) -> Input {
        let input = Input(query: .query(pairs), body: .object(json))
        try check(query, in: input.query, path: "")
        if let json, !json.isObject { throw Violation("value", "must be of type object") }
        try check(body, in: input.body, path: "")
        if !exactlyOneOf.isEmpty {
            let list = exactlyOneOf.joined(separator: ", ")
            switch exactlyOneOf.count(where: { input.body.find($0) != nil }) {
            case 0: throw Violation("value", "must contain at least one of [\(list)]")
            case 1: break
            default: throw Violation("value", "contains a conflict between exclusive peers [\(list)]")
            }
        }
        return input
    }
}

private func check(_ fields: [Field], in values: Values, path: String) throws(Violation) {
    for field in fields {
        guard let given = values.find(field.name) else {
            if field.isRequired { throw Violation(join(path, field.name), "is required") }
            continue
        }
        try check(given, field.schema, at: path, field.name)
    }
}

private func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

private func check(_ given: Given, _ schema: Schema, at parent: String, _ name: String) throws(Violation) {
    func violation(_ complaint: String) -> Violation { Violation(join(parent, name), complaint) }

    func text() throws(Violation) -> String {
        guard let string = given.string else { throw violation("must be a string") }
        guard !string.isEmpty else { throw violation("is not allowed to be empty") }
        return string
    }

    switch schema {
    case .any: break
    case .string(let length, let maximum):
        let count = try text().count
        if let length, count != length { throw violation("length must be \(length) characters long") }
        guard count <= maximum else {
            throw violation("length must be less than or equal to \(maximum) characters long")
        }
    case .documented:
        guard try text().count <= Schema.longestString else {
            throw violation("length must be less than or equal to \(Schema.longestString) characters long")
        }
    case .email:
        guard try isEmail(text()) else { throw violation("must be a valid email") }
    case .phone:
        guard try isPhone(text()) else { throw violation("did not seem to be a phone number") }
    case .oneOf(let values):
        guard let string = given.string, values.contains(string) else {
            throw violation("must be one of [\(values.joined(separator: ", "))]")
        }
    case .number(let range):
        guard let number = given.decimal else { throw violation("must be a number") }
        if let range, number < range.lowerBound {
            throw violation("must be greater than or equal to \(range.lowerBound)")
        }
        if let range, number > range.upperBound { throw violation("must be less than or equal to \(range.upperBound)") }
    case .integer(let range):
        guard let number = given.decimal else { throw violation("must be a number") }
        guard let integer = number.integer else { throw violation("must be an integer") }
        if integer < range.lowerBound { throw violation("must be greater than or equal to \(range.lowerBound)") }
        if integer > range.upperBound { throw violation("must be less than or equal to \(range.upperBound)") }
    case .boolean(let only):
        guard let bool = given.bool else { throw violation("must be a boolean") }
        if let only, bool != only { throw violation("must be [\(only)]") }
    case .date:
        guard given.date != nil else { throw violation("must be a valid date") }
    case .object(let fields):
        guard let json = given.json, json.isObject else { throw violation("must be of type object") }
        try check(fields, in: .object(json), path: join(parent, name))
    case .array(let element, let counts):
        guard let json = given.json, json.isArray else { throw violation("must be an array") }
        let elements = json.elements
        guard elements.count >= counts.lowerBound else {
            throw violation("must contain at least \(counts.lowerBound) items")
        }
        guard elements.count <= counts.upperBound else {
            throw violation("must contain less than or equal to \(counts.upperBound) items")
        }
        for (index, value) in elements.enumerated() {
            try check(.json(value), element, at: parent, "\(name)[\(index)]")
        }
    case .alternatives(let schemas):
        guard let fitting = schemas.first(where: { $0.hasType(of: given) }) else {
            throw violation("must be one of [\(schemas.map(\.typeName).joined(separator: ", "))]")
        }
        try check(given, fitting, at: parent, name)
    }
}

/// What Joi's `email()` asks for by default: a local part of at most 64 bytes, two domain labels or more, 254 bytes in all.
private func isEmail(_ text: String) -> Bool {
    guard text.utf8.count <= 254, let at = text.lastIndex(of: "@") else { return false }
    let local = text[..<at]
    let labels = text[text.index(after: at)...].split(separator: ".", omittingEmptySubsequences: false)
    return (1...64).contains(local.utf8.count) && !local.contains("@") && labels.count >= 2
        && labels.allSatisfy { (1...63).contains($0.utf8.count) }
        && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && !$0.properties.isWhitespace }
}

/// Ten to fifteen digits, however they are grouped.
private func isPhone(_ text: String) -> Bool {
    let digits = text.utf8.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return (10...15).contains(digits) && text.utf8.allSatisfy { "0123456789+-(). ".utf8.contains($0) }
}

extension Schema {
    package var typeName: String {
        switch self {
        case .string, .email, .oneOf, .documented: "string"
        case .phone: "phone"
        case .number, .integer: "number"
        case .boolean: "boolean"
        case .date: "date"
        case .object: "object"
        case .array: "array"
        case .alternatives: "alternatives"
        case .any: "any"
        }
    }

    fileprivate func hasType(of given: Given) -> Bool {
        switch self {
        case .string, .email, .phone, .oneOf, .documented, .date: given.string != nil
        case .number, .integer: given.decimal != nil
        case .boolean: given.bool != nil
        case .object: given.json?.isObject == true
        case .array: given.json?.isArray == true
        case .alternatives(let schemas): schemas.contains { $0.hasType(of: given) }
        case .any: true
        }
    }
}
