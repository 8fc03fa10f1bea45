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
        members that are not declared pass, unless the sandbox is set to `strict`. A body is read as JSON with the type `application/json`, \
        one that ends in `+json`, or none; `application/x-www-form-urlencoded` is taken too, its fields being strings; \
        `Content-Encoding` may be gzip or deflate. Where no member is required, a body may be absent, `[]` or `null`. That of a GET is \
        not looked at.
        """

    /// One spelling of an endpoint.
    struct Operation {
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
            $0.member("RequestId") {
                $0.member(
                    "description",
                    "The answer's entry in the journal: `GET /_sandbox/explain/{requestId}` says why it is as it is")
                $0.member("schema") { $0.members(of: .text(), .openAPI) }
            }
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
    enum SecurityScheme: String, CaseIterable {
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

    var securitySchemes: [SecurityScheme] {
        switch security {
        case .none: []
        case .apiKey: [.apiKey]
        case .customerToken: [.apiKey, .customerToken]
        }
    }
}
