internal import HTTP
internal import JSON
internal import Medusa

/// One operation of the document: its parameters, its body and its answers.
extension JSONWriter {
    mutating func members(of operation: OpenAPI.Operation) {
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
            member("headers") {
                $0.member("x-sandbox-warnings") { $0.member("$ref", "#/components/headers/Warnings") }
                $0.member("x-sandbox-request-id") { $0.member("$ref", "#/components/headers/RequestId") }
            }
        }
        let bodies = outcomes.map(\.body)
        member("content") { content in
            if case .database = bodies[0] {
                content.member("application/octet-stream") { media in
                    media.member("schema") { $0.members(of: .database, .openAPI) }
                }
                return
            }
            for type in outcomes.flatMap(\.otherTypes) {
                content.member(type) { media in media.member("schema") { $0.members(of: .text(), .openAPI) } }
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
    package func pathField(_ name: String) -> Field {
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
            case "requestId": "What `x-sandbox-request-id` of an answer says, or `latest`"
            default: preconditionFailure("{\(name)} has no meaning")
            }
        let schema: Schema = name == "routingNumber" ? .digits(Bank.routingDigits) : .string(maximum: 256)
        return Field(name: name, schema: schema, isRequired: true, meaning: meaning)
    }
}
