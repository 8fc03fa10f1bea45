package import HTTP

/// An endpoint as data: the one declaration that routing and validation follow, and OpenAPI, docs and coverage after them.
package struct Endpoint: Sendable {
    /// Who must be named in the request (B.2, B.3).
    package enum Security: Sendable {
        /// Nobody.
        case none
        /// The merchant's key in `Authorization`.
        case apiKey
        /// The key, and the customer's token in `customer-token`.
        case customerToken
    }

    /// The documents' sections.
    package enum Section: String, Sendable {
        case customer = "Customer"
        case decision = "Decision"
        case lease = "Lease"
        case paymentMethods = "Payment Methods"
        case settings = "Settings"
        /// What turns the sandbox itself, under `/_sandbox`.
        case control = "Control"
    }

    /// What the body is.
    package enum Content: Sendable {
        case json
        /// An SQLite database, as it is.
        case database
    }

    /// A status that the endpoint answers with, and the codes of its error envelope.
    package struct Outcome: Sendable {
        package let status: Status
        package let codes: [String]
        package let meaning: String

        package init(_ status: Status, _ codes: String..., meaning: String) {
            self.status = status
            self.codes = codes
            self.meaning = meaning
        }
    }

    package let title: String
    /// The title as one word, `createLease`: how faults and OpenAPI name it.
    package let operation: String
    package let section: Section
    /// The page or decision that it is taken from.
    package let source: String
    package let method: Method
    package let path: String
    /// Other spellings that are served too (decisions.md 4).
    package let aliases: [String]
    package let security: Security
    /// Whether it may change something; a GET can, where the documents have one that creates.
    package let writes: Bool
    package let content: Content
    package let query: [Field]
    package let body: [Field]
    /// Members of the body of which exactly one must be there.
    package let exactlyOneOf: [String]
    package let outcomes: [Outcome]

    package init(
        _ method: Method, _ path: String, aliases: [String] = [], title: String, section: Section, source: String,
        security: Security, writes: Bool? = nil, content: Content = .json, query: [Field] = [], body: [Field] = [],
        exactlyOneOf: [String] = [], outcomes: [Outcome]
    ) {
        self.title = title
        self.section = section
        self.source = source
        self.method = method
        self.path = path
        self.aliases = aliases
        self.security = security
        self.writes = writes ?? (method != .get)
        self.content = content
        operation = Self.operation(title)
        self.query = query
        self.body = body
        self.exactlyOneOf = exactlyOneOf
        self.outcomes = outcomes
    }

    private static func operation(_ title: String) -> String {
        let words = title.split(separator: " ")
        let rest = words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
        return (words.first?.lowercased() ?? "") + rest.joined()
    }
}
