internal import HTTP
internal import JSON
internal import Medusa

/// The declarations of one section as a page for people, in Markdown.
package struct Reference {
    private let section: Endpoint.Section
    private let endpoints: [Endpoint]

    /// - Parameter endpoints: of all sections.
    package init(_ section: Endpoint.Section, of endpoints: [Endpoint]) {
        self.section = section
        self.endpoints = endpoints.filter { $0.section.rawValue == section.rawValue }
    }

    /// `payment-methods.md`
    package var file: String {
        section.rawValue.lowercased().split(separator: " ").joined(separator: "-") + ".md"
    }

    package var title: String { section.rawValue }

    package var markdown: String {
        let head = """
            # \(section.rawValue)

            \(section.meaning). This page is written by `make docs` from the declarations in `Sources`, and a test compares the two.
            """
        return ([head] + endpoints.map(\.page)).joined(separator: "\n\n") + "\n"
    }

    /// What is the same everywhere.
    package static func index(_ pages: [Reference], shared endpoint: Endpoint) -> String {
        let links = pages.map { page in
            "- [\(page.title)](\(page.file)): " + page.endpoints.map(\.title).joined(separator: ", ")
        }
        return """
            # Endpoints

            A page a section, in the order of the documents: what an endpoint takes, what it answers, and what it refuses. Refusals stand in
            order of precedence: where several hold, the first one is the answer. [Refusals.md](../Refusals.md) has the order across all
            of them. This page is written by `make docs`.

            \(links.joined(separator: "\n"))

            Besides its own, every endpoint with a key may answer:

            \(Endpoint.table(of: endpoint.sharedOutcomes))

            """
    }
}

extension Endpoint {
    fileprivate var page: String {
        var parts = ["## \(title)", "`\(method.rawValue) \(path)`"]
        parts[1] += aliases.map { "  \nalso `\($0.method.rawValue) \($0.path)` (\($0.source.page))" }.joined()
        parts.append("\(needs) \(source.fidelity.capitalizedFirst): \(source.page). Operation `\(operation)`.")
        let parameters =
            pathParameters.flatMap { pathField($0).rows("path") }
            + documentedHeaders.flatMap { $0.rows("header") } + query.flatMap { $0.rows("query") }
            + body.flatMap { $0.rows("body") }
        if !parameters.isEmpty {
            parts.append(
                "| in | name | type | required | meaning |\n|---|---|---|---|---|\n"
                    + parameters.joined(separator: "\n"))
        }
        if !exactlyOneOf.isEmpty { parts.append("Exactly one of \(exactlyOneOf.quoted) must be there.") }
        for outcome in outcomes where !outcome.isRefusal {
            parts.append("**\(outcome.status.rawValue)**: \(outcome.meaning)")
            let rows = outcome.body.rows
            if !rows.isEmpty {
                parts.append("| member | type | | meaning |\n|---|---|---|---|\n" + rows.joined(separator: "\n"))
            }
            if let sample = outcome.sample {
                let text = String(decoding: sample.body.source, as: UTF8.self)
                parts.append("As \(sample.source) prints it:\n\n```json\n\(text)\n```")
            }
        }
        let refusals = outcomes.filter(\.isRefusal)
        if !refusals.isEmpty { parts.append(Self.table(of: refusals)) }
        return parts.joined(separator: "\n\n")
    }

    private var needs: String {
        switch security {
        case .none: "Takes no key."
        case .apiKey: "Takes the key."
        case .customerToken: "Takes the key and the customer's token."
        }
    }

    fileprivate static func table(of refusals: [Outcome]) -> String {
        "| status | code | when | how to provoke it |\n|---|---|---|---|\n"
            + refusals.map { outcome in
                let code = outcome.codes.first.map { $0.isEmpty ? "`\"\"`" : "`\($0)`" } ?? "`{\"message\": …}`"
                return "| \(outcome.status.rawValue) | \(code) | \(outcome.meaning) | \(outcome.provoke) |"
            }.joined(separator: "\n")
    }
}

extension Field {
    /// A row for the field, and one for each below it.
    fileprivate func rows(_ place: String, path: String = "") -> [String] {
        let name = join(path, self.name)
        let needed = isRequired ? "yes" : isRecommended ? "recommended" : "no"
        let former = formerName.map { "; formerly `\($0)`" } ?? ""
        return ["| \(place) | `\(name)` | \(schema.words) | \(needed) | \(meaning)\(former) |"]
            + schema.fields.flatMap { $0.rows(place, path: schema.isArray ? "\(name)[]" : name) }
    }

    fileprivate func answerRows(path: String) -> [String] {
        let name = join(path, self.name)
        return ["| `\(name)` | \(schema.words) | \(isRequired ? "always" : "sometimes") | \(meaning) |"]
            + schema.fields.flatMap { $0.answerRows(path: schema.isArray ? "\(name)[]" : name) }
    }
}

extension Schema {
    /// The members of an answer's body.
    fileprivate var rows: [String] { fields.flatMap { $0.answerRows(path: isArray ? "[]" : "") } }

    fileprivate var isArray: Bool {
        switch self {
        case .array: true
        default: false
        }
    }

    /// The type, with what is allowed.
    fileprivate var words: String {
        switch self {
        case .oneOf(let values): "one of \(values.quoted)"
        case .documented(let values): "string: \(values.quoted)"
        case .number(let range?): "number, \(range.lowerBound) to \(range.upperBound)"
        case .cents(let maximum): "number, 0.01 to \(maximum)"
        case .integer(let range) where range.upperBound < 1 << 53: "integer, \(range.lowerBound) to \(range.upperBound)"
        case .integer: "integer"
        case .string(let length?, _): "string of \(length)"
        case .digits(let counts):
            counts.count == 1 ? "\(counts.lowerBound) digits" : "\(counts.lowerBound) digits or more"
        case .text(.date): "date"
        case .text(.dateTime): "date and time"
        case .text(.base64): "base64"
        case .email: "e-mail"
        case .ipAddress: "IP address"
        case .database: "SQLite file"
        case .expected(let inner, _): inner.words
        case .number, .string, .text, .phone, .boolean, .date, .object, .named, .array, .dictionary, .duration, .moment,
            .alternatives, .any:
            typeName
        }
    }
}

extension [String] {
    fileprivate var quoted: String { map { "`\($0)`" }.joined(separator: ", ") }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
