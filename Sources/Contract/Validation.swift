package import HTTP
package import JSON
internal import Medusa

/// Something that is wrong with a request, in Joi's words (B.6).
package struct Violation: Error, Sendable {
    /// `items[0].cost`
    package let path: String
    /// `is required`
    package let complaint: String
    /// The value that is wrong, or the object in which one is missing.
    package let place: JSON?
    /// The values that would have been right; the wire does not tell which of them is close.
    package let allowed: [String]

    package init(_ path: String, _ complaint: String, at place: JSON? = nil, allowed: [String] = []) {
        self.path = path
        self.complaint = complaint
        self.place = place
        self.allowed = allowed
    }

    /// The allowed value that was probably meant.
    package var nearestAllowed: String? {
        place?.string.flatMap { nearest(to: $0, among: allowed) }
    }

    package var message: String { "\"\(path)\" \(complaint)" }
}

/// Where violations go. A request throws the first one; a file collects them all.
private typealias Report = (Violation) throws(Violation) -> Void

extension Endpoint {
    /// Checks the query, then the body, each in documented order. Unknown fields pass.
    ///
    /// - Parameter body: `nil` when the request has none, which is the same as an empty object.
    /// - Throws: the first violation.
    package func validate(query pairs: [NamedValue], body json: JSON?) throws(Violation) -> Input {
        // Where nothing is required, some clients send an empty array or `null` for no body.
        let json = requiresBody || json?.isEmpty != true ? json : nil
        let input = Input(query: .query(pairs), body: .object(json))
        func report(_ violation: Violation) throws(Violation) { throw violation }
        try check(fields: query, in: input.query, path: "", report)
        if let json, !json.isObject { throw Violation("value", "must be of type object", at: json) }
        try check(fields: body, in: input.body, path: "", report)
        if !exactlyOneOf.isEmpty {
            let list = exactlyOneOf.joined(separator: ", ")
            switch exactlyOneOf.count(where: { input.body.find($0) != nil }) {
            case 0: throw Violation("value", "must contain at least one of [\(list)]", at: json)
            case 1: break
            default: throw Violation("value", "contains a conflict between exclusive peers [\(list)]", at: json)
            }
        }
        return input
    }
}

extension Endpoint {
    private var requiresBody: Bool { !exactlyOneOf.isEmpty || body.contains(where: \.isRequired) }
}

extension JSON {
    /// Whether it says nothing: `null` and `[]`.
    fileprivate var isEmpty: Bool { isNull || isArray && elements.isEmpty }
}

extension [Field] {
    /// Checks a document that was accepted before: members that nobody knows any more, or not yet, pass.
    ///
    /// - Throws: the first thing that is wrong with it.
    package func validate(_ document: JSON) throws(Violation) {
        guard document.isObject else { throw Violation("document", "must be of type object", at: document) }
        func report(_ violation: Violation) throws(Violation) { throw violation }
        try check(fields: self, in: .object(document), path: "", report)
    }

    /// Everything that is wrong with a document, unknown members included, in the order of the declaration. Of those it is told at
    /// the end which are meant, by `nearestAllowed`.
    package func violations(of document: JSON, path: String = "") -> [Violation] {
        guard document.isObject else {
            return [Violation(path.isEmpty ? "document" : path, "must be of type object", at: document)]
        }
        var found: [Violation] = []
        func collect(_ violation: Violation) throws(Violation) { found.append(violation) }
        try? check(fields: self, in: .object(document), path: path, collect)
        return found + unknownMembers(of: document, path: path).map(\.plainViolation)
    }
}

private func check(fields: [Field], in values: Values, path: String, _ report: Report) throws(Violation) {
    for field in fields {
        guard let given = values.find(field) else {
            if field.isRequired { try report(Violation(join(path, field.name), "is required", at: values.json)) }
            continue
        }
        try check(given, field.schema, at: path, field.name, report)
    }
}

func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

private func check(
    _ given: Given, _ schema: Schema, at parent: String, _ name: String, _ report: Report
) throws(Violation) {
    func refuse(_ complaint: String, allowed: [String] = []) throws(Violation) {
        try report(Violation(join(parent, name), complaint, at: given.json, allowed: allowed))
    }

    /// `nil` when there is no text to look at, which has been reported.
    func text() throws(Violation) -> String? {
        guard let string = given.string else {
            try refuse("must be a string")
            return nil
        }
        guard !string.isEmpty else {
            try refuse("is not allowed to be empty")
            return nil
        }
        return string
    }

    func number() throws(Violation) -> Decimal? {
        guard let number = given.decimal else {
            try refuse("must be a number")
            return nil
        }
        return number
    }

    switch schema {
    case .any, .database: break
    case .text: if given.string == nil { try refuse("must be a string") }
    case .string(let length, let maximum):
        // In UTF-16, as JavaScript counts, and so Joi: a letter of many code points is not one.
        guard let count = try text()?.utf16.count else { return }
        if let length, count != length { return try refuse("length must be \(length) characters long") }
        if count > maximum { try refuse("length must be less than or equal to \(maximum) characters long") }
    case .documented:
        guard let count = try text()?.utf16.count, count > Schema.longestString else { return }
        try refuse("length must be less than or equal to \(Schema.longestString) characters long")
    case .digits(let counts):
        guard let text = try text() else { return }
        let count = text.utf16.count
        if !counts.contains(count) {
            if counts.count == 1 { return try refuse("length must be \(counts.lowerBound) characters long") }
            let bound =
                count < counts.lowerBound
                ? "at least \(counts.lowerBound)" : "less than or equal to \(counts.upperBound)"
            return try refuse("length must be \(bound) characters long")
        }
        if !text.utf8.allSatisfy({ (48...57).contains($0) }) { try refuse("must have digits only") }
    case .email:
        if let text = try text(), !EmailAddress.isValid(text) { try refuse("must be a valid email") }
    case .ipAddress:
        if let text = try text(), !IPAddress.isOne(text) {
            try refuse("must be a valid ip address with a optional CIDR")
        }
    case .phone:
        if let text = try text(), !isPhone(text) { try refuse("did not seem to be a phone number") }
    case .oneOf(let values):
        guard let string = given.string, values.contains(string) else {
            return try refuse("must be one of [\(values.joined(separator: ", "))]", allowed: values)
        }
    case .number(let range):
        guard let number = try number(), let range else { return }
        if number < range.lowerBound { try refuse("must be greater than or equal to \(range.lowerBound)") }
        if number > range.upperBound { try refuse("must be less than or equal to \(range.upperBound)") }
    case .cents(let maximum):
        guard let number = try number() else { return }
        // Judged as it was given: half a cent is less than one, though it would be rounded up.
        if number <= .zero { return try refuse("must be a positive number") }
        let least = Decimal(1, places: 2)
        if number < least { return try refuse("must be greater than or equal to \(least)") }
        if number > maximum { try refuse("must be less than or equal to \(maximum)") }
    case .integer(let range):
        guard let number = try number() else { return }
        guard let integer = number.integer else { return try refuse("must be an integer") }
        if integer < range.lowerBound { try refuse("must be greater than or equal to \(range.lowerBound)") }
        if integer > range.upperBound { try refuse("must be less than or equal to \(range.upperBound)") }
    case .boolean(let only):
        guard let bool = given.bool else { return try refuse("must be a boolean") }
        if let only, bool != only { try refuse("must be [\(only)]") }
    case .date(_, let bounds):
        guard let date = given.date else { return try refuse("must be a valid date") }
        if !bounds.range.contains(date.first) { try refuse(bounds.complaint) }
    case .expected(let inner, let expectation):
        try check(given, inner, at: parent, name, report)
        // What can be read must be a date that somebody can have; what cannot is a warning.
        if expectation == .date, let date = given.date, !Timestamp.Bounds.kept.range.contains(date.first) {
            try refuse(Timestamp.Bounds.kept.complaint)
        }
    case .duration(let isSigned):
        guard let span = given.span else { return try refuse("must be a duration of ISO 8601, such as P31D or PT2H") }
        if !isSigned, span.isNegative { try refuse("must not go back in time") }
    case .moment:
        if given.span == nil, given.date == nil {
            try refuse("must be a date, or a duration of ISO 8601 such as -P3D")
        }
    case .object(let fields), .named(_, let fields):
        guard let json = given.json, json.isObject else { return try refuse("must be of type object") }
        try check(fields: fields, in: .object(json), path: join(parent, name), report)
    case .dictionary(let element):
        guard let json = given.json, json.isObject else { return try refuse("must be of type object") }
        for member in json.members {
            try check(.json(member.value), element, at: join(parent, name), member.name, report)
        }
    case .array(let element, let counts):
        guard let json = given.json, json.isArray else { return try refuse("must be an array") }
        let elements = json.elements
        guard elements.count >= counts.lowerBound else {
            return try refuse("must contain at least \(counts.lowerBound) items")
        }
        guard elements.count <= counts.upperBound else {
            return try refuse("must contain less than or equal to \(counts.upperBound) items")
        }
        for (index, value) in elements.enumerated() {
            try check(.json(value), element, at: parent, "\(name)[\(index)]", report)
        }
    case .alternatives(let schemas):
        guard let fitting = schemas.first(where: { $0.hasType(of: given) }) else {
            return try refuse("must be one of [\(schemas.map(\.typeName).joined(separator: ", "))]")
        }
        try check(given, fitting, at: parent, name, report)
    }
}

/// Ten to fifteen digits, however they are grouped.
private func isPhone(_ text: String) -> Bool {
    let digits = text.utf8.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return (10...15).contains(digits) && text.utf8.count <= Schema.longestString
        && text.utf8.allSatisfy { "0123456789+-(). ".utf8.contains($0) }
}

extension Schema {
    package var typeName: String {
        switch self {
        case .string, .text, .digits, .email, .ipAddress, .oneOf, .documented: "string"
        case .phone: "phone"
        case .number, .cents, .integer: "number"
        case .boolean: "boolean"
        case .date: "date"
        case .object, .named, .dictionary: "object"
        case .duration: "duration"
        case .moment: "date"
        case .array: "array"
        case .alternatives: "alternatives"
        case .expected(let inner, _): inner.typeName
        case .any, .database: "any"
        }
    }

    /// Whether a value of a request would be taken.
    package func accepts(_ json: JSON) -> Bool {
        func refuse(_ violation: Violation) throws(Violation) { throw violation }
        return (try? check(.json(json), self, at: "", "value", refuse)) != nil
    }

    func hasType(of given: Given) -> Bool {
        switch self {
        case .string, .text, .digits, .email, .ipAddress, .phone, .oneOf, .documented, .date, .duration, .moment:
            given.string != nil
        case .number, .cents, .integer: given.decimal != nil
        case .boolean: given.bool != nil
        case .object, .named, .dictionary: given.json?.isObject == true
        case .array: given.json?.isArray == true
        case .alternatives(let schemas): schemas.contains { $0.hasType(of: given) }
        case .expected(let inner, _): inner.hasType(of: given)
        case .any, .database: true
        }
    }
}
