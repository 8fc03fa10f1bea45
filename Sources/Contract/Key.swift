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
