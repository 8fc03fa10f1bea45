package import JSON
internal import Medusa

/// The declaration as JSON Schema (draft 2020-12), for editors and for OpenAPI.
extension JSONWriter {
    /// The members of the schema of an object with these fields.
    ///
    /// - Parameter isClosed: whether other members are wrong.
    package mutating func schemaMembers(of fields: [Field], isClosed: Bool) {
        member("type", "object")
        member("properties") { properties in
            for field in fields {
                properties.key(field.name)
                properties.object {
                    $0.member("description", field.meaning)
                    $0.members(of: field.schema, isClosed: isClosed)
                }
            }
        }
        let required = fields.filter(\.isRequired)
        if !required.isEmpty { member("required", array: required) { $0.value($1.name) } }
        if isClosed { member("additionalProperties", false) }
    }

    private mutating func member(_ name: String, _ schema: Schema, isClosed: Bool) {
        member(name) { $0.members(of: schema, isClosed: isClosed) }
    }

    private mutating func members(of schema: Schema, isClosed: Bool) {
        switch schema {
        case .string(let length, let maximum):
            member("type", "string")
            member("minLength", length ?? 1)
            member("maxLength", length ?? maximum)
        case .email:
            member("type", "string")
            member("format", "email")
        case .phone: member("type", "string")
        case .oneOf(let values): member("enum", array: values) { $0.value($1) }
        case .documented(let values):
            member("type", "string")
            member("examples", array: values) { $0.value($1) }
        case .number(let range):
            member("type", "number")
            if let range {
                key("minimum")
                raw("\(range.lowerBound)".utf8)
                key("maximum")
                raw("\(range.upperBound)".utf8)
            }
        case .integer(let range):
            member("type", "integer")
            member("minimum", range.lowerBound)
            member("maximum", range.upperBound)
        case .boolean(let only):
            member("type", "boolean")
            if let only { member("const", only) }
        case .date: member("type", "string")
        case .duration(let isSigned):
            member("type", "string")
            member("pattern", isSigned ? "^-?P" : "^P")
        case .moment: member("type", "string")
        case .object(let fields):
            if fields.isEmpty { member("type", "object") } else { schemaMembers(of: fields, isClosed: isClosed) }
        case .dictionary(let element):
            member("type", "object")
            member("additionalProperties", element, isClosed: isClosed)
        case .array(let element, let counts):
            member("type", "array")
            member("items", element, isClosed: isClosed)
            member("minItems", counts.lowerBound)
            member("maxItems", counts.upperBound)
        case .alternatives(let schemas):
            member("anyOf", array: schemas) { writer, schema in
                writer.object { $0.members(of: schema, isClosed: isClosed) }
            }
        case .any: break
        }
    }
}
