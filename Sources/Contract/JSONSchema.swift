package import JSON
internal import Medusa

/// How declarations are written as JSON Schema (draft 2020-12).
package enum SchemaStyle: Sendable {
    /// On its own, for editors of files: what is not declared is wrong.
    case file
    /// Inside OpenAPI: what is not declared passes, and an object that has a name stands among the components.
    case openAPI
    /// Inside OpenAPI, for the bodies of the control API: what is not declared is wrong there.
    case openAPIClosed

    fileprivate var isOpenAPI: Bool { self != .file }
    fileprivate var isClosed: Bool { self != .openAPI }
}

extension JSONWriter {
    /// The members of the schema of an object with these fields.
    package mutating func schemaMembers(of fields: [Field], _ style: SchemaStyle) {
        member("type", "object")
        member("properties") { properties in
            for field in fields {
                properties.key(field.name)
                properties.object {
                    $0.member("description", field.description)
                    $0.members(of: field.schema, style)
                }
            }
        }
        let required = fields.filter(\.isRequired)
        if !required.isEmpty { member("required", array: required) { $0.value($1.name) } }
        if style.isClosed { member("additionalProperties", false) }
    }

    private mutating func member(_ name: String, _ schema: Schema, _ style: SchemaStyle) {
        member(name) { $0.members(of: schema, style) }
    }

    mutating func members(of schema: Schema, _ style: SchemaStyle) {
        switch schema {
        case .string(let length, let maximum):
            member("type", "string")
            member("minLength", length ?? 1)
            member("maxLength", length ?? maximum)
        case .text(let text):
            member("type", "string")
            switch text {
            case .plain: break
            case .base64: member("contentEncoding", "base64")
            case .date, .dateTime: member("format", text.rawValue)
            }
        case .digits(let counts):
            member("type", "string")
            // Not in the pattern: some engines do not count so far.
            member("minLength", counts.lowerBound)
            member("maxLength", counts.upperBound)
            member("pattern", "^[0-9]+$")
        case .email:
            member("type", "string")
            member("format", "email")
        case .ipAddress:
            // `ipv4` or `ipv6`, and a network behind it; no one format says that.
            member("type", "string")
            member("minLength", 2)
            member("maxLength", IPAddress.longest)
        case .phone:
            member("type", "string")
            member("pattern", Schema.phonePattern)
        case .oneOf(let values):
            if style.isOpenAPI { member("type", "string") }
            member("enum", array: values) { $0.value($1) }
        case .documented(let values):
            member("type", "string")
            if style.isOpenAPI {
                member("minLength", 1)
                member("maxLength", Schema.longestString)
            }
            member("examples", array: values) { $0.value($1) }
        case .number(let range):
            member("type", "number")
            if let range {
                key("minimum")
                raw("\(range.lowerBound)".utf8)
                key("maximum")
                raw("\(range.upperBound)".utf8)
            }
        case .cents(let maximum):
            member("type", "number")
            key("minimum")
            raw("0.01".utf8)
            key("maximum")
            raw("\(maximum)".utf8)
        case .integer(let range):
            member("type", "integer")
            member("minimum", range.lowerBound)
            member("maximum", range.upperBound)
        case .boolean(let only):
            member("type", "boolean")
            guard let only else { return }
            if style.isOpenAPI {
                // Not `const`, of which OpenAPI Generator makes a text.
                member("not") { $0.member("const", !only) }
            } else {
                member("const", only)
            }
        case .date(let hasTime, _):
            member("type", "string")
            if style.isOpenAPI { member("format", (hasTime ? Schema.Text.dateTime : .date).rawValue) }
        case .duration(let isSigned):
            member("type", "string")
            member("pattern", isSigned ? "^-?P" : "^P")
        case .moment: member("type", "string")
        case .expected(let inner, _): members(of: inner, style)
        case .named(let name, let fields):
            if style.isOpenAPI {
                member("$ref", "#/components/schemas/\(name)")
            } else {
                schemaMembers(of: fields, style)
            }
        case .object(let fields):
            guard fields.isEmpty else { return schemaMembers(of: fields, style) }
            member("type", "object")
            // What generators ask for, to know that anything may be in it.
            if style.isOpenAPI { member("additionalProperties", true) }
        case .dictionary(let element):
            member("type", "object")
            member("additionalProperties", element, style)
        case .array(let element, let counts):
            member("type", "array")
            member("items", element, style)
            if counts != Schema.anyCount {
                member("minItems", counts.lowerBound)
                member("maxItems", counts.upperBound)
            }
        case .alternatives(let schemas):
            member("anyOf", array: schemas) { writer, schema in writer.object { $0.members(of: schema, style) } }
        case .any: break
        case .database:
            member("type", "string")
            member("format", "binary")
        }
    }
}

extension Schema {
    /// What `isPhone` says, as a pattern.
    fileprivate static let phonePattern = "^[-+(). ]*([0-9][-+(). ]*){10,15}$"
}

extension Field {
    /// The meaning, with the spelling of older pages.
    fileprivate var description: String { formerName.map { "\(meaning). Older pages write `\($0)`" } ?? meaning }
}
