package import HTTP
package import JSON
internal import Medusa

/// Something in a request that is odd, and not wrong: the documents do not have it, and the answer does not depend on it
/// (decisions.md 19).
package struct Oddity: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// A member or parameter that the declaration does not name.
        case unknown(nearest: String?)
        /// A value beside those that the documents name.
        case undocumented(allowed: [String])
        /// The spelling of older pages.
        case formerName(now: String)
        /// A field of the header that the documents would have.
        case missing
        /// A value that is taken, and is not what the documents have.
        case unexpected(Expectation)
        /// An e-mail that looks like a test value and is none.
        case notATestValue(nearest: String)
        /// The gateway's field with another value than it has for the key.
        case otherConsumer(String)
        /// A number that is not what others in the request come to.
        case contradictory(what: String)
        /// `Bearer` before the key, which the documents send bare.
        case scheme
    }

    /// `items[0].condition`
    package let path: String
    package let kind: Kind

    /// How many unknown names of a request are looked for.
    static let most = 100

    package init(_ path: String, _ kind: Kind) {
        self.path = path
        self.kind = kind
    }

    /// A sentence for people. It repeats the names of a request, and none of its values.
    package var sentence: String {
        let path = path.printable
        return switch kind {
        case .unknown(let nearest): "\"\(path)\" is not documented\(didYouMean(nearest))"
        case .undocumented(let allowed): "\"\(path)\" has a value beside \(allowed.joined(separator: ", "))"
        case .formerName(let name): "\"\(path)\" is the spelling of older pages; it is \"\(name)\" now"
        case .unexpected(let expectation): "\"\(path)\" is taken as it is, and \(expectation.complaint)"
        case .notATestValue(let nearest):
            "\"\(path)\" looks like a test value and is none; did you mean \(nearest) before the @?"
        case .otherConsumer(let consumer):
            "the field \(path) is not \(consumer.printable), which is what the gateway makes of the key; leave it out"
        case .missing: "the field \(path) is missing from the header, where the documents have it"
        case .contradictory(let what): "\"\(path)\" is not what \(what)"
        case .scheme: "the key is sent with a scheme, where the documents send it bare"
        }
    }

    /// What Joi would say (B.6).
    package var violation: Violation {
        switch kind {
        case .unknown, .formerName, .scheme: Violation(path, "is not allowed")
        case .unexpected(let expectation): Violation(path, expectation.complaint)
        case .notATestValue(let nearest): Violation(path, "must have \(nearest) before the @, or nothing like it")
        case .otherConsumer(let consumer): Violation(path, "must be [\(consumer)]")
        case .undocumented(let allowed):
            Violation(path, "must be one of [\(allowed.joined(separator: ", "))]", allowed: allowed)
        case .missing: Violation(path, "is required")
        case .contradictory(let what): Violation(path, "must be what \(what)")
        }
    }
}

extension Endpoint {
    /// What is odd about a request: header, query, body, each in documented order and unknown names last.
    ///
    /// - Parameter consumer: what the gateway makes of the key, and puts where a caller may have put something else (B.4).
    package func oddities(
        headers given: Fields, query pairs: [NamedValue], body json: JSON?, consumer: String? = nil
    ) -> [Oddity] {
        var found: [Oddity] = []
        if security != .none, given["authorization"]?.hasScheme == true {
            found.append(Oddity("authorization", .scheme))
        }
        if let consumer, let other = given["x-consumer-custom-id"], other != consumer {
            found.append(Oddity("x-consumer-custom-id", .otherConsumer(consumer)))
        }
        for field in headers where field.isRecommended && given[field.name] == nil {
            found.append(Oddity(field.name, .missing))
        }
        query.collectOddities(in: .query(pairs), "", &found)
        for pair in pairs.prefix(Oddity.most) where !query.contains(where: { $0.name == pair.name }) {
            found.append(Oddity(pair.name, .unknown(nearest: nearest(to: pair.name, among: query.map(\.name)))))
        }
        if let json, json.isObject {
            body.collectOddities(in: .object(json), "", &found)
            found += body.unknownMembers(of: json, atMost: Oddity.most).map {
                Oddity($0.path, .unknown(nearest: $0.nearest))
            }
        }
        return found
    }
}

extension [Field] {
    /// Former names and undocumented values, at any depth.
    fileprivate func collectOddities(in values: Values, _ path: String, _ found: inout [Oddity]) {
        for field in self {
            if let former = field.formerName, values.find(former) != nil {
                found.append(Oddity(join(path, former), .formerName(now: field.name)))
            }
            guard field.schema.isDeep, let given = values.find(field) else { continue }
            field.schema.collectOddities(in: given, join(path, field.name), &found)
        }
    }
}

extension Schema {
    fileprivate func collectOddities(in given: Given, _ path: String, _ found: inout [Oddity]) {
        switch self {
        case .documented(let allowed):
            if let text = given.string, !allowed.contains(text) {
                found.append(Oddity(path, .undocumented(allowed: allowed)))
            }
        case .expected(let inner, let expectation):
            inner.collectOddities(in: given, path, &found)
            if !expectation.isMet(by: given) { found.append(Oddity(path, .unexpected(expectation))) }
        case .email:
            if let email = given.string, let nearest = Persona.nearMiss(ofEmail: email) {
                found.append(Oddity(path, .notATestValue(nearest: nearest)))
            }
        case .object(let fields), .named(_, let fields):
            guard let json = given.json, json.isObject else { return }
            fields.collectOddities(in: .object(json), path, &found)
        case .array(let element, _):
            guard element.isDeep, let elements = given.json?.elements else { return }
            for (index, value) in elements.enumerated() {
                element.collectOddities(in: .json(value), "\(path)[\(index)]", &found)
            }
        case .dictionary(let element):
            for member in given.json?.members ?? [] {
                element.collectOddities(in: .json(member.value), join(path, member.name), &found)
            }
        case .alternatives(let schemas):
            schemas.first { $0.hasType(of: given) }?.collectOddities(in: given, path, &found)
        case .string, .text, .digits, .ipAddress, .phone, .oneOf, .number, .cents, .integer, .boolean, .date, .duration,
            .moment, .any, .database:
            return
        }
    }

    /// Whether an oddity can be inside a value.
    var isDeep: Bool {
        switch self {
        case .documented, .object, .named, .array, .dictionary, .alternatives, .expected, .email: true
        case .string, .text, .digits, .ipAddress, .phone, .oneOf, .number, .cents, .integer, .boolean, .date, .duration,
            .moment, .any, .database:
            false
        }
    }
}

extension String {
    /// Whether a key begins with `Bearer `.
    package var hasScheme: Bool {
        // Most begin with another letter, and need no copy in lower case.
        guard let first = utf8.first, first | 0x20 == UInt8(ascii: "b") else { return false }
        return lowercased().hasPrefix("bearer ")
    }
}
