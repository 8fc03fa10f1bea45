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

    /// The documents' sections, in their order; behind them those of the older spaces, and ours.
    package enum Section: String, CaseIterable, Sendable {
        case customer = "Customer"
        case decision = "Decision"
        case lease = "Lease"
        case paymentMethods = "Payment Methods"
        case waterfall = "Waterfall"
        case checkout = "Checkout"
        case settings = "Settings"
        /// What turns the sandbox itself, under `/_sandbox`.
        case control = "Control"

        /// One sentence for people.
        package var meaning: String {
            switch self {
            case .customer: "Who the customer is, and what they pay with"
            case .decision: "Whether the customer may spend, and how much"
            case .lease: "From the lease to the last payment"
            case .paymentMethods: "Whether a bank account is good"
            case .waterfall:
                "The routes of the waterfall guide and of the older documentation, for whoever knows the customer already"
            case .checkout: "The redirect-style checkout of the older documentation"
            case .settings: "What the vendor has set for the merchant"
            case .control: "What turns the sandbox itself; the vendor has none of it"
            }
        }
    }

    /// Where an endpoint is known from, and how well.
    package enum Source: Sendable {
        /// A page prints its method, path and bodies.
        case documented(String)
        /// A page or a real client shows that it exists, and part of it is our conclusion.
        case inferred(String)
        /// The sandbox's own.
        case own

        package var fidelity: String {
            switch self {
            case .documented: "documented"
            case .inferred: "inferred"
            case .own: "own"
            }
        }

        package var page: String {
            switch self {
            case .documented(let page), .inferred(let page): page
            case .own: "medusa-sandbox"
            }
        }
    }

    /// Another spelling that is served too (decisions.md 4).
    package struct Alias: Sendable {
        package let method: Method
        package let path: String
        package let source: Source

        package init(_ method: Method, _ path: String, source: Source) {
            (self.method, self.path, self.source) = (method, path, source)
        }
    }

    /// What the body is.
    package enum Content: Sendable {
        case json
        /// An SQLite database, as it is.
        case database
    }

    package let title: String
    /// The title as one word, `createLease`: how faults and OpenAPI name it.
    package let operation: String
    package let section: Section
    package let source: Source
    package let method: Method
    package let path: String
    package let aliases: [Alias]
    package let security: Security
    /// Whether it may change something; a GET can, where the documents have one that creates.
    package let writes: Bool
    package let content: Content
    /// The fields of the header that it reads or that the documents name, but for the key, the token and `Content-Type`.
    package let headers: [Field]
    package let query: [Field]
    package let body: [Field]
    /// Members of the body of which exactly one must be there.
    package let exactlyOneOf: [String]
    /// The documented request, where a page prints one.
    package let request: Sample?
    /// In order of precedence, but that success comes first: where several refusals hold, the first one is the answer.
    package private(set) var outcomes: [Outcome]

    /// Every method and path that it is served at, its own first.
    package var spellings: [(method: Method, path: String)] { [(method, path)] + aliases.map { ($0.method, $0.path) } }

    /// The same call where a sandbox is set to answer lists in an envelope (decisions.md 1).
    package var wrappingArrays: Endpoint {
        var wrapping = self
        wrapping.outcomes = outcomes.map(\.wrappingArray)
        return wrapping
    }

    /// The names in the braces of the path.
    package var pathParameters: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    /// The fields of the header, with the one that every call with a token may carry (A.0).
    package var documentedHeaders: [Field] {
        switch security {
        case .customerToken: headers + [Self.versionOverride]
        case .apiKey, .none: headers
        }
    }

    private static let versionOverride = Field(
        name: "x-version-override", schema: .text(), isRequired: false, meaning: "Without a documented meaning; ignored"
    )

    package init(
        _ method: Method, _ path: String, aliases: [Alias] = [], title: String, section: Section, source: Source,
        security: Security, writes: Bool? = nil, content: Content = .json, headers: [Field] = [], query: [Field] = [],
        body: [Field] = [], exactlyOneOf: [String] = [], request: Sample? = nil, outcomes: [Outcome]
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
        self.headers = headers
        self.query = query
        self.body = body
        self.exactlyOneOf = exactlyOneOf
        self.request = request
        self.outcomes = outcomes
    }

    private static func operation(_ title: String) -> String {
        let words = title.split(separator: " ")
        let rest = words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
        return (words.first?.lowercased() ?? "") + rest.joined()
    }
}
