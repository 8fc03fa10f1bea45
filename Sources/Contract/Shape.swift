package import JSON
internal import Medusa

extension Schema {
    /// How a value of an answer differs from the declaration: a key too few or too many, another type, a value that is not on the
    /// list; empty when it does not. Stricter than the validation of requests: nothing is converted.
    package func differences(in value: JSON, at path: String = "body") -> [String] {
        switch self {
        case .any, .database: return []
        case .string, .text, .digits, .email, .ipAddress, .phone, .documented, .date, .duration, .moment:
            return value.isString ? [] : [other(value, "a string", path)]
        case .oneOf(let values):
            guard let text = value.string else { return [other(value, "a string", path)] }
            return values.contains(text) ? [] : ["\(path) is none of \(values.joined(separator: ", "))"]
        case .number, .cents: return value.isNumber ? [] : [other(value, "a number", path)]
        case .integer:
            guard value.isNumber else { return [other(value, "a whole number", path)] }
            let isWhole = value.numberText.flatMap(Decimal.init)?.integer != nil
            return isWhole ? [] : ["\(path) is no whole number"]
        case .boolean: return value.bool == nil ? [other(value, "a boolean", path)] : []
        case .object(let fields), .named(_, let fields):
            guard value.isObject else { return [other(value, "an object", path)] }
            return fields.isEmpty ? [] : differences(in: value, fields, path)
        case .dictionary(let element):
            guard value.isObject else { return [other(value, "an object", path)] }
            return value.members.flatMap { element.differences(in: $0.value, at: "\(path).\($0.name)") }
        case .array(let element, _):
            guard value.isArray else { return [other(value, "an array", path)] }
            return value.elements.enumerated().flatMap { element.differences(in: $1, at: "\(path)[\($0)]") }
        case .expected(let inner, _): return inner.differences(in: value, at: path)
        case .alternatives(let schemas):
            let found = schemas.map { $0.differences(in: value, at: path) }
            return found.contains([]) ? [] : found.min { $0.count < $1.count } ?? []
        }
    }

    private func differences(in value: JSON, _ fields: [Field], _ path: String) -> [String] {
        let missing = fields.filter { $0.isRequired && value[$0.name] == nil }
        return missing.map { "\(path).\($0.name) is missing" }
            + value.members.flatMap { member in
                guard let field = fields.first(where: { $0.name == member.name }) else {
                    return ["\(path).\(member.name) is not documented"]
                }
                return field.schema.differences(in: member.value, at: "\(path).\(member.name)")
            }
    }

    private func other(_ value: JSON, _ expected: String, _ path: String) -> String {
        "\(path) is \(value.typeName), not \(expected)"
    }
}

extension JSON {
    fileprivate var typeName: String {
        if isString { return "a string" }
        if isNumber { return "a number" }
        if isObject { return "an object" }
        if isArray { return "an array" }
        return bool == nil ? "null" : "a boolean"
    }
}
