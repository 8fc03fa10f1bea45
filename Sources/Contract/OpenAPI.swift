internal import HTTP
internal import JSON

/// The declarations as an OpenAPI 3.1 document.
package struct OpenAPI {
    private let endpoints: [Endpoint]
    private let version: String

    /// - Parameter version: of the program.
    package init(_ endpoints: [Endpoint], version: String) {
        self.endpoints = endpoints
        self.version = version
    }

    /// - Parameter server: the base URL at which it is served.
    package func document(server: String) -> [UInt8] {
        JSONWriter.write { writer in
            writer.object {
                $0.member("openapi", "3.1.0")
                $0.member("info") { info in
                    info.member("title", "medusa-sandbox")
                    info.member("version", version)
                    info.member("summary", "A local stand-in for FlexShopper's lease-to-own API, Medusa v3")
                    info.member("description", Self.description)
                    info.member("license") {
                        $0.member("name", "MIT")
                        $0.member("identifier", "MIT")
                    }
                }
                $0.member("servers", array: [(server, "The sandbox"), (Self.vendor, "The vendor's own sandbox")]) {
                    $0.object { [server = $1] in
                        $0.member("url", server.0)
                        $0.member("description", server.1)
                    }
                }
                $0.member("tags", array: Endpoint.Section.allCases) { writer, section in
                    writer.object {
                        $0.member("name", section.rawValue)
                        $0.member("description", section.meaning)
                    }
                }
                $0.member("paths") { paths in
                    for path in self.paths {
                        paths.member(path.name) { item in
                            for operation in path.operations {
                                item.member(operation.method.rawValue.lowercased()) { $0.members(of: operation) }
                            }
                        }
                    }
                }
                $0.member("components", components)
            }
        }
    }

    private static let vendor = "https://apis.sandbox.flexshopper.com"

    private static let description = """
        Generated from the declarations by which the sandbox routes, validates and answers. `x-fidelity` says how far an operation is \
        known: `documented` (a page of the vendor prints it), `inferred` (part of it is concluded), `own` (the sandbox's); \
        `x-source` names the page. Numbers and booleans may also be given as strings, as the vendor's validation converts them; \
        members that are not declared pass, unless the sandbox is set to `strict`.
        """

    /// One spelling of an endpoint.
    fileprivate struct Operation {
        let endpoint: Endpoint
        let method: Method
        let source: Endpoint.Source
        /// Which alias it is, from 1; 0 for the endpoint's own spelling.
        let alias: Int

        var id: String { endpoint.operation + (alias == 0 ? "" : alias == 1 ? "Alias" : "Alias\(alias)") }
    }

    private struct Path {
        let name: String
        var operations: [Operation]
    }

    /// Every path, in the order in which it is first declared.
    private var paths: [Path] {
        var paths: [Path] = []
        for endpoint in endpoints {
            let own = (method: endpoint.method, path: endpoint.path, source: endpoint.source)
            let spellings = [own] + endpoint.aliases.map { (method: $0.method, path: $0.path, source: $0.source) }
            for (alias, spelling) in spellings.enumerated() {
                let operation = Operation(
                    endpoint: endpoint, method: spelling.method, source: spelling.source, alias: alias)
                if let place = paths.firstIndex(where: { $0.name == spelling.path }) {
                    paths[place].operations.append(operation)
                } else {
                    paths.append(Path(name: spelling.path, operations: [operation]))
                }
            }
        }
        return paths
    }

    private func components(to writer: inout JSONWriter) {
        writer.member("schemas") { writer in
            for component in Component.all(of: endpoints) {
                writer.member(component.name) { $0.schemaMembers(of: component.fields, .openAPI) }
            }
        }
        writer.member("headers") {
            $0.member("Warnings") {
                $0.member(
                    "description",
                    "How many things are odd about the request; absent where nothing is. The log has a sentence for each"
                )
                $0.member("schema") { $0.members(of: .integer(1...10_000), .openAPI) }
            }
        }
        writer.member("securitySchemes") {
            for scheme in Endpoint.SecurityScheme.allCases {
                $0.member(scheme.rawValue) { [scheme] in
                    $0.member("type", "apiKey")
                    $0.member("in", "header")
                    $0.member("name", scheme.field)
                    $0.member("description", scheme.meaning)
                }
            }
        }
    }
}

/// An object that has a name.
private struct Component {
    let name: String
    let fields: [Field]

    /// Every one that the endpoints' bodies hold, in alphabetical order.
    static func all(of endpoints: [Endpoint]) -> [Component] {
        var found: [String: [Field]] = [:]
        for endpoint in endpoints {
            collect(.object(endpoint.body), &found)
            for outcome in endpoint.outcomes + endpoint.sharedOutcomes { collect(outcome.body, &found) }
        }
        return found.sorted { $0.key < $1.key }.map { Component(name: $0.key, fields: $0.value) }
    }

    private static func collect(_ schema: Schema, _ found: inout [String: [Field]]) {
        if case .named(let name, let fields) = schema { found[name] = fields }
        for child in schema.children { collect(child, &found) }
    }
}

extension Endpoint {
    /// The two ways of naming who calls (B.2, B.3).
    fileprivate enum SecurityScheme: String, CaseIterable {
        case apiKey, customerToken

        var field: String {
            switch self {
            case .apiKey: "Authorization"
            case .customerToken: "customer-token"
            }
        }

        var meaning: String {
            switch self {
            case .apiKey: "The merchant's API key, bare: without `Bearer`. Here any key opens its own sandbox"
            case .customerToken:
                "The token of Create User, Create Authorization Token, Login Customer or Account Lookup"
            }
        }
    }

    fileprivate var securitySchemes: [SecurityScheme] {
        switch security {
        case .none: []
        case .apiKey: [.apiKey]
        case .customerToken: [.apiKey, .customerToken]
        }
    }
}

extension JSONWriter {
    fileprivate mutating func members(of operation: OpenAPI.Operation) {
        let endpoint = operation.endpoint
        member("operationId", operation.id)
        member("summary", operation.alias == 0 ? endpoint.title : "\(endpoint.title), in another spelling")
        member("tags", array: [endpoint.section.rawValue]) { $0.value($1) }
        if operation.alias > 0 { member("deprecated", true) }
        member("x-source", operation.source.page)
        member("x-fidelity", operation.source.fidelity)
        member("security", array: endpoint.securitySchemes.isEmpty ? [] : [endpoint.securitySchemes]) {
            writer, schemes in
            writer.object { for scheme in schemes { $0.member(scheme.rawValue, array: [String]()) { $0.value($1) } } }
        }
        let parameters =
            endpoint.pathParameters.map { ("path", endpoint.pathField($0)) } + endpoint.query.map { ("query", $0) }
            + endpoint.documentedHeaders.map { ("header", $0) }
        if !parameters.isEmpty {
            member("parameters", array: parameters) { writer, parameter in
                let (place, field) = parameter
                writer.object {
                    $0.member("name", field.name)
                    $0.member("in", place)
                    $0.member("description", field.meaning)
                    if field.isRequired { $0.member("required", true) }
                    $0.member("schema") { $0.members(of: field.schema, .openAPI) }
                }
            }
        }
        requestBody(of: endpoint)
        member("responses") { responses in
            let outcomes = endpoint.outcomes + endpoint.sharedOutcomes
            var statuses: [Status] = []
            for outcome in outcomes where !statuses.contains(outcome.status) { statuses.append(outcome.status) }
            for status in statuses.sorted(by: { $0.rawValue < $1.rawValue }) {
                responses.member(String(status.rawValue)) {
                    $0.response(outcomes.filter { $0.status == status }, mayWarn: endpoint.section != .control)
                }
            }
        }
    }

    private mutating func requestBody(of endpoint: Endpoint) {
        guard !endpoint.body.isEmpty || endpoint.content == .database else { return }
        member("requestBody") { body in
            if endpoint.content == .database || endpoint.body.contains(where: \.isRequired)
                || !endpoint.exactlyOneOf.isEmpty
            {
                body.member("required", true)
            }
            body.member("content") { content in
                switch endpoint.content {
                case .json:
                    content.member("application/json") { media in
                        media.member("schema") { schema in
                            schema.schemaMembers(
                                of: endpoint.body, endpoint.section == .control ? .openAPIClosed : .openAPI)
                            if !endpoint.exactlyOneOf.isEmpty {
                                schema.exactlyOne(of: endpoint.exactlyOneOf)
                            }
                        }
                        if let request = endpoint.request { media.example(request) }
                    }
                case .database:
                    content.member("application/octet-stream") { media in
                        media.member("schema") { $0.members(of: .database, .openAPI) }
                    }
                }
            }
        }
    }

    /// By a condition, which generators of clients leave aside: of `oneOf` they would make a type each.
    private mutating func exactlyOne(of names: [String]) {
        precondition(names.count == 2, "a condition speaks of two names")
        func required(_ name: String, _ writer: inout JSONWriter) {
            writer.member("required", array: [name]) { $0.value($1) }
        }
        member("if") { required(names[0], &$0) }
        member("then") { $0.member("not") { required(names[1], &$0) } }
        member("else") { required(names[1], &$0) }
    }

    /// All outcomes of one status.
    ///
    /// - Parameter mayWarn: whether the endpoint looks for oddities.
    private mutating func response(_ outcomes: [Endpoint.Outcome], mayWarn: Bool) {
        let meanings = outcomes.map { outcome in
            let code = outcome.codes.first { !$0.isEmpty }.map { "`\($0)`: " } ?? ""
            return code + outcome.meaning
        }
        member("description", meanings.joined(separator: ". "))
        if mayWarn, outcomes[0].status.rawValue < 500 {
            member("headers") { $0.member("x-sandbox-warnings") { $0.member("$ref", "#/components/headers/Warnings") } }
        }
        let bodies = outcomes.map(\.body)
        member("content") { content in
            if case .database = bodies[0] {
                content.member("application/octet-stream") { media in
                    media.member("schema") { $0.members(of: .database, .openAPI) }
                }
                return
            }
            content.member("application/json") { media in
                media.member("schema") { schema in
                    let names = bodies.compactMap(\.componentName)
                    guard names.count == bodies.count else { return schema.members(of: bodies[0], .openAPI) }
                    var distinct: [String] = []
                    for name in names where !distinct.contains(name) { distinct.append(name) }
                    guard distinct.count > 1 else { return schema.members(of: bodies[0], .openAPI) }
                    schema.member("anyOf", array: distinct) { writer, name in
                        writer.object { $0.member("$ref", "#/components/schemas/\(name)") }
                    }
                }
                let printed = outcomes.filter { $0.sample != nil }
                guard !printed.isEmpty else { return }
                media.member("examples") { examples in
                    for (place, outcome) in printed.enumerated() {
                        guard let sample = outcome.sample else { continue }
                        let code = outcome.codes.first.flatMap { $0.isEmpty ? nil : $0 }
                        examples.member(code ?? (place == 0 ? "printed" : "printed\(place + 1)")) {
                            $0.member("summary", sample.source)
                            $0.key("value")
                            $0.raw(sample.body.source)
                        }
                    }
                }
            }
        }
    }

    private mutating func example(_ sample: Sample) {
        member("examples") {
            $0.member("printed") {
                $0.member("summary", sample.source)
                $0.key("value")
                $0.raw(sample.body.source)
            }
        }
    }
}

extension Schema {
    fileprivate var componentName: String? {
        switch self {
        case .named(let name, _): name
        default: nil
        }
    }
}

extension Endpoint {
    /// What a name in the path means.
    func pathField(_ name: String) -> Field {
        let isControl = section == .control
        let meaning =
            switch name {
            case "userId": isControl ? "User id, e-mail or a scenario's name" : "User id"
            case "leaseId": isControl ? "Lease id, transaction id or a scenario's name" : "Lease id"
            case "transactionId": "The transaction id that the lease was created with"
            case "agreementId": "Agreement id"
            case "routingNumber": "Nine digits"
            case "faultId": "The fault's number"
            case "name": "The snapshot's name"
            default: preconditionFailure("{\(name)} has no meaning")
            }
        let schema: Schema = name == "routingNumber" ? .digits(9) : .string(maximum: 256)
        return Field(name: name, schema: schema, isRequired: true, meaning: meaning)
    }
}
