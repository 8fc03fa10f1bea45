package import Contract
package import JSON
internal import Medusa

/// What the values at a path of a document must be: a pattern, one of several, or a range. Rules of scenarios have them, and whoever
/// looks for requests.
package struct Condition: Sendable {
    /// `items.sku`
    package let name: String
    let path: [String]
    private let accepted: [Wildcard]
    private let above: Decimal?
    private let below: Decimal?

    private static let aboveKey = Key.optional("above", .number, "More than this number")
    private static let belowKey = Key.optional("below", .number, "Less than this number")
    private static let scalars: [Schema] = [.string(), .number(), .boolean()]

    /// The form of what stands behind a path.
    package static let schema = Schema.alternatives([
        .object(Contract.fields(aboveKey, belowKey)), .array(of: .alternatives(scalars), counts: 1...100),
        .alternatives(scalars),
    ])

    /// - Parameters:
    ///   - document: a value that has the form.
    ///   - parent: what it stands in, for the message.
    package init(_ name: String, reading document: JSON, in parent: String) throws(Violation) {
        self.name = name
        path = name.split(separator: ".").map(String.init)
        let range = Values.object(document)
        above = document.isObject ? range[Self.aboveKey] : nil
        below = document.isObject ? range[Self.belowKey] : nil
        accepted = (document.isArray ? document.elements : [document]).compactMap(\.scalarText).map(Wildcard.init)
        if document.isObject, above == nil, below == nil {
            throw Violation("\(parent).\(name)", "must have \"above\" or \"below\"", at: document)
        }
    }

    /// The texts at the path; an array stands for each of its elements.
    package func values(in json: JSON) -> [String] {
        var reached = [json]
        for name in path {
            reached = reached.flatMap { $0.isArray ? $0.elements : [$0] }.compactMap { $0[name] }
        }
        return reached.flatMap { $0.isArray ? $0.elements : [$0] }.compactMap(\.scalarText)
    }

    package func accepts(_ text: String) -> Bool {
        guard above == nil, below == nil else {
            guard let number = Decimal(text) else { return false }
            return above.map { number > $0 } ?? true && below.map { number < $0 } ?? true
        }
        let subject = Wildcard.Subject(text)
        return accepted.contains { $0.accepts(subject) }
    }

    /// What would be right, in words.
    package var expectation: String {
        let range = [above.map { "above \($0)" }, below.map { "below \($0)" }].compactMap(\.self)
        return range.isEmpty ? accepted.map { "\"\($0)\"" }.joined(separator: " or ") : range.joined(separator: " and ")
    }

    func text(of customer: User) -> String? {
        switch path {
        case ["email"]: customer.email
        case ["firstName"]: customer.firstName
        case ["lastName"]: customer.lastName
        default: nil
        }
    }
}

extension JSON {
    /// A scalar as text: what a pattern is compared with.
    package var scalarText: String? { string ?? numberText ?? bool.map { $0 ? "true" : "false" } }
}
