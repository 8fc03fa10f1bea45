import ControlAPI
import Foundation
import JSON
import Support
import Testing

/// Whatever the documents name is in the OpenAPI document, which is derived from the declarations. The facts are in
/// Tests/Fixtures/facts.txt, written from the pages.
@Suite struct `The documented API` {
    private static let facts = try? Facts()
    private static let document = try? OpenAPIDocument()

    private func loaded() throws -> (facts: Facts, document: OpenAPIDocument) {
        (try #require(Self.facts), try #require(Self.document))
    }

    @Test func `has every documented route`() throws {
        let (facts, document) = try loaded()
        for route in facts.routes { #expect(document.operation(route) != nil, "\(route)") }
    }

    @Test func `has every documented field of a request, with its type and its flag`() throws {
        let (facts, document) = try loaded()
        for fact in facts.fields {
            let found = document.field(fact.path, of: fact.route, in: fact.place)
            #expect(found != nil, "\(fact.route) has no \(fact.place) \(fact.path)")
            guard let found else { continue }
            #expect(document.types(of: found.schema).contains(fact.type), "\(fact.route) \(fact.path)")
            if let isRequired = fact.isRequired {
                #expect(found.isRequired == isRequired, "\(fact.route) \(fact.path)")
            }
        }
    }

    @Test func `has every documented member of an answer, with its type`() throws {
        let (facts, document) = try loaded()
        for fact in facts.members {
            let found = document.member(fact.path, of: fact.route)
            #expect(found != nil, "\(fact.route) answers no \(fact.path)")
            if let found { #expect(document.types(of: found).contains(fact.type), "\(fact.route) \(fact.path)") }
        }
    }

    @Test func `has every documented value`() throws {
        let (facts, document) = try loaded()
        for fact in facts.fields + facts.members where !fact.values.isEmpty {
            let schema =
                fact.place == "answer"
                ? document.member(fact.path, of: fact.route)
                : document.field(fact.path, of: fact.route, in: fact.place)?.schema
            let known = schema.map(document.values) ?? []
            for value in fact.values { #expect(known.contains(value), "\(fact.route) \(fact.path): \(value)") }
        }
    }

    @Test func `has every documented status, and every code of the error table`() throws {
        let (facts, document) = try loaded()
        for fact in facts.statuses {
            #expect(document.response(fact.name, of: fact.route) != nil, "\(fact.route) has no \(fact.name)")
        }
        for fact in facts.codes {
            let parts = fact.name.split(separator: "/").map(String.init)
            let description = document.response(parts[0], of: fact.route)?["description"]?.string ?? ""
            #expect(description.contains("`\(parts[1])`"), "\(fact.route) has no \(fact.name)")
        }
    }

    @Test func `has every printed sample as an example`() throws {
        let (facts, document) = try loaded()
        for fact in facts.samples {
            let printed = try Fixture(fact.name).body.source
            let examples = document.examples(of: fact.route).map { compact($0) }
            #expect(examples.contains(compact(try JSON(printed))), "\(fact.route) \(fact.name)")
        }
    }

    private func compact(_ json: JSON) -> String {
        String(decoding: json.source, as: UTF8.self).filter { !$0.isWhitespace }
    }
}

/// The document as whoever reads it sees it.
private struct OpenAPIDocument {
    private let root: JSON

    init() throws { root = try JSON(Control.openAPI(version: "0")) }

    func operation(_ route: String) -> JSON? {
        let parts = route.split(separator: " ").map(String.init)
        return root["paths"]?[parts[1]]?[parts[0].lowercased()]
    }

    private func resolved(_ schema: JSON) -> JSON {
        guard let reference = schema["$ref"]?.string, let name = reference.split(separator: "/").last,
            let found = root["components"]?["schemas"]?[String(name)]
        else { return schema }
        return resolved(found)
    }

    /// The schema itself, or what it may be.
    private func alternatives(_ schema: JSON) -> [JSON] {
        let schema = resolved(schema)
        return schema["anyOf"].map { $0.elements.flatMap(alternatives) } ?? [schema]
    }

    func field(_ path: String, of route: String, in place: String) -> (schema: JSON, isRequired: Bool)? {
        guard let operation = operation(route) else { return nil }
        guard place == "body" else {
            let parameters = operation["parameters"]?.elements ?? []
            let found = parameters.first { $0["in"]?.string == place && $0["name"]?.string == path }
            guard let found, let schema = found["schema"] else { return nil }
            return (schema, found["required"]?.bool == true)
        }
        return operation["requestBody"]?["content"]?["application/json"]?["schema"].flatMap { find(path, in: $0) }
    }

    func member(_ path: String, of route: String) -> JSON? {
        let body = response("200", of: route) ?? response("201", of: route)
        return body?["content"]?["application/json"]?["schema"].flatMap { find(path, in: $0)?.schema }
    }

    /// Follows `items[].cost` down.
    private func find(_ path: String, in schema: JSON) -> (schema: JSON, isRequired: Bool)? {
        var present = schema
        var isRequired = false
        for step in path.split(separator: ".") {
            var name = step[...]
            let isArray = name.hasSuffix("[]")
            if isArray { name = name.dropLast(2) }
            if !name.isEmpty {
                let owner = alternatives(present).first { $0["properties"]?[String(name)] != nil }
                guard let owner, let next = owner["properties"]?[String(name)] else { return nil }
                isRequired = owner["required"]?.elements.contains { $0.string == String(name) } == true
                present = next
            }
            if isArray {
                guard let next = alternatives(present).compactMap({ $0["items"] }).first else { return nil }
                present = next
            }
        }
        return (present, isRequired)
    }

    func response(_ status: String, of route: String) -> JSON? { operation(route)?["responses"]?[status] }

    /// The documents' names of what a schema allows.
    func types(of schema: JSON) -> Set<String> {
        let all = alternatives(schema)
        var types = Set(all.compactMap { $0["type"]?.string })
        if types.contains("integer") { types.insert("number") }
        if all.contains(where: { $0["format"]?.string?.hasPrefix("date") == true }) { types.insert("date") }
        if all.count > 1 { types.insert("alternatives") }
        if types.isEmpty { types.insert("any") }
        return types
    }

    func values(of schema: JSON) -> [String] {
        alternatives(schema).flatMap { one in
            (one["enum"]?.elements ?? one["examples"]?.elements ?? []).compactMap(\.string)
        }
    }

    /// Of the request and of every answer.
    func examples(of route: String) -> [JSON] {
        guard let operation = operation(route) else { return [] }
        let bodies =
            [operation["requestBody"]].compactMap(\.self) + (operation["responses"]?.members.map(\.value) ?? [])
        return bodies.flatMap { body in
            (body["content"]?["application/json"]?["examples"]?.members ?? []).compactMap { $0.value["value"] }
        }
    }
}
