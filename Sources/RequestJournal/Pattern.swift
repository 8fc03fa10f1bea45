package import Contract
internal import HTTP
internal import JSON
package import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// What somebody looks for in the journal. What is not said fits everything.
package struct Pattern {
    private let method: String?
    private let operation: Wildcard?
    private let route: String?
    private let path: Wildcard?
    private let statuses: [String]
    private let warnings: Bool?
    private let caller: String?
    private let since: Timestamp?
    private let until: Timestamp?
    private let header: [Condition]
    private let query: [Condition]
    private let body: [Condition]
    private let answer: [Condition]

    // MARK: As a document

    private static let methodKey = Key.optional(
        "method", .oneOf(Method.allCases.map(\.rawValue)), "The method")
    private static let operationKey = Key.optional(
        "operation", .string(maximum: 200), "The name of the endpoint, as in OpenAPI; * stands for anything")
    private static let routeKey = Key.optional(
        "route", .string(maximum: 200), "The path of the endpoint with its braces: /v3/leases/{leaseId}/sign")
    private static let pathKey = Key.optional(
        "path", .string(maximum: 500), "The path as it was sent; * stands for anything")
    private static let statusKey = Key.optional(
        "status", .alternatives(.integer(100...599), .string(maximum: 100)),
        "The status: 400, or \"4xx\", or \"402,410\"")
    private static let warningsKey = Key.optional("warnings", .boolean, "Whether something was odd about it")
    private static let callerKey = Key.optional(
        "caller", .oneOf("integration", "modal"), "Who asked: the integration itself, or the Payment Plugin's modal")
    private static let sinceKey = Key.optional(
        "since", .moment, "At this moment of the sandbox or later: a date, or how far from now it is (-PT5M)")
    private static let untilKey = Key.optional(
        "until", .lastMoment, "At this moment or earlier; a date without a time includes that day")
    private static let conditions = Kind<Given>.dictionary(of: Condition.schema)
    private static let headerKey = Key.optional(
        "header", conditions, "Fields of the header, by name, and what they are: a value with *, a list, {above, below}"
    )
    private static let queryKey = Key.optional("query", conditions, "Parameters of the query, likewise")
    private static let bodyKey = Key.optional(
        "body", conditions, "Members of the body, by path (items.sku), likewise; an array stands for its elements")
    private static let answerKey = Key.optional("answer", conditions, "Members of the answer's body, likewise")

    package static let fields = Contract.fields(
        methodKey, operationKey, routeKey, pathKey, statusKey, warningsKey, callerKey, sinceKey, untilKey, headerKey,
        queryKey, bodyKey, answerKey)

    /// Those that have no members of their own, and can be parameters of a query.
    package static let plainFields = Contract.fields(
        methodKey, operationKey, routeKey, pathKey, statusKey, warningsKey, callerKey, sinceKey, untilKey)

    /// The names of those that have: `body.email=…` in a query.
    package static let deepNames = Contract.fields(headerKey, queryKey, bodyKey, answerKey).map(\.name)

    /// - Parameters:
    ///   - values: a document that has been validated.
    ///   - present: what relative moments count from.
    package init(reading values: Values, present: Timestamp) throws(Violation) {
        method = values[Self.methodKey]
        operation = values[Self.operationKey].map(Wildcard.init)
        route = values[Self.routeKey]
        path = values[Self.pathKey].map(Wildcard.init)
        let status = values[Self.statusKey].flatMap { $0.string ?? $0.json?.numberText }
        statuses = status?.split(separator: ",").map { String($0.filter { $0 != " " }).lowercased() } ?? []
        warnings = values[Self.warningsKey]
        caller = values[Self.callerKey]
        since = try values.moment(Self.sinceKey, from: present)
        until = try values.moment(Self.untilKey, from: present)
        header = try Self.conditions(values[Self.headerKey], "header")
        query = try Self.conditions(values[Self.queryKey], "query")
        body = try Self.conditions(values[Self.bodyKey], "body")
        answer = try Self.conditions(values[Self.answerKey], "answer")
        guard statuses.allSatisfy(Self.isStatus) else {
            throw Violation("status", "must look like 400, 4xx or 402,410", at: values.given(Self.statusKey)?.json)
        }
        let operations = Routes.operations
        if let operation, !operations.contains(where: operation.accepts) {
            throw Violation(
                "operation", "is not known here\(didYouMean(nearest(to: operation.description, among: operations)))",
                at: values.given(Self.operationKey)?.json)
        }
        let paths = Routes.endpoints.flatMap { $0.spellings.map(\.path) }
        if let route, !paths.contains(route) {
            throw Violation(
                "route", "is not known here\(didYouMean(nearest(to: route, among: paths)))",
                at: values.given(Self.routeKey)?.json)
        }
    }

    private static func conditions(_ given: Given?, _ parent: String) throws(Violation) -> [Condition] {
        var conditions: [Condition] = []
        for member in given?.json?.members ?? [] {
            conditions.append(try Condition(member.name, reading: member.value, in: parent))
        }
        return conditions
    }

    private static func isStatus(_ text: String) -> Bool {
        text.utf8.count == 3
            && text.utf8.allSatisfy { ("0"..."9").contains(UnicodeScalar($0)) || $0 == UInt8(ascii: "x") }
    }

    // MARK: Looking

    /// Where a request is not what was looked for.
    package struct Difference: Hashable, Sendable {
        package let field: String
        package let expected: String
        package let found: String

        package var sentence: String { "\(field) is \(found), not \(expected)" }
    }

    package func fits(_ request: RecordedRequest) -> Bool { mismatches(in: request, upTo: 1) == 0 }

    /// How many differences there are. It costs much less than to say which.
    ///
    /// - Parameter most: how many are enough.
    func mismatches(in request: RecordedRequest, upTo most: Int = .max) -> Int {
        var count = 0
        visitMismatches(in: request) { _ in
            count += 1
            return count < most
        }
        return count
    }

    package func differences(in request: RecordedRequest) -> [Difference] {
        var found: [Difference] = []
        visitMismatches(in: request) { mismatch in
            found.append(difference(mismatch, request))
            return true
        }
        return found
    }

    /// In what a request differs; what that says takes longer to make.
    private enum Mismatch {
        case method, operation, route, path, status, warnings, caller, since, until
        case condition(Condition, of: String, values: [String])
    }

    /// Visits each mismatch, until the visitor has seen enough.
    private func visitMismatches(in request: RecordedRequest, _ visit: (Mismatch) -> Bool) {
        let entry = request.entry
        if let method, entry.method != method, !visit(.method) { return }
        if let operation, operation.description != entry.operation, !operation.accepts(request.operationSubject),
            !visit(.operation)
        {
            return
        }
        if let route, request.route != route, !visit(.route) { return }
        if let path, !path.accepts(request.pathSubject), !visit(.path) { return }
        if !statuses.isEmpty {
            let status = String(entry.status)
            let fits = statuses.contains { isStatus(status, $0) }
            if !fits, !visit(.status) { return }
        }
        if let warnings, warnings != (entry.warnings > 0), !visit(.warnings) { return }
        if let caller, request.caller != caller, !visit(.caller) { return }
        if let since, entry.at < since, !visit(.since) { return }
        if let until, entry.at > until, !visit(.until) { return }
        func visitAll(_ conditions: [Condition], _ parent: String, _ values: (Condition) -> [String]) -> Bool {
            for condition in conditions {
                let values = values(condition)
                guard
                    values.contains(where: condition.accepts)
                        || visit(.condition(condition, of: parent, values: values))
                else { return false }
            }
            return true
        }
        _ =
            visitAll(header, "header") { request.headerValues($0.name) }
            && visitAll(query, "query") { condition in
                request.query.filter { $0.name == condition.name }.map(\.value)
            } && visitAll(body, "body") { request.requestBody.map($0.values) ?? [] }
            && visitAll(answer, "answer") { request.responseBody.map($0.values) ?? [] }
    }

    private func difference(_ mismatch: Mismatch, _ request: RecordedRequest) -> Difference {
        let entry = request.entry
        func difference(_ field: String, _ expected: String?, _ found: String) -> Difference {
            Difference(field: field, expected: expected ?? "", found: found.isEmpty ? "nothing" : found)
        }
        return switch mismatch {
        case .method: difference("method", method, entry.method)
        case .operation: difference("operation", operation?.description, entry.operation)
        case .route: difference("route", route, request.route)
        case .path: difference("path", path?.description, request.path)
        case .status: difference("status", statuses.joined(separator: ","), String(entry.status))
        case .warnings: difference("warnings", warnings.map { String($0) }, String(entry.warnings > 0))
        case .caller: difference("caller", caller, request.caller)
        case .since: difference("time", since.map { "since \($0.iso8601)" }, entry.at.iso8601)
        case .until: difference("time", until.map { "until \($0.iso8601)" }, entry.at.iso8601)
        case .condition(let condition, let parent, let values):
            difference(
                "\(parent).\(condition.name)", condition.expectation,
                values.isEmpty ? "absent" : values.map { "\"\($0)\"" }.joined(separator: ", "))
        }
    }

    /// The one operation that everything has that fits, in lower case; `nil` where there is no such one.
    var onlyOperation: String? {
        operation.flatMap { $0.description.contains("*") ? nil : $0.description.lowercased() }
    }

    private func isStatus(_ status: String, _ pattern: String) -> Bool {
        zip(status.utf8, pattern.utf8).allSatisfy { $0 == $1 || $1 == UInt8(ascii: "x") }
    }

    /// What is looked for, in words.
    package var sentence: String {
        var words = [
            operation?.description ?? [method, route ?? path?.description].compactMap(\.self).joined(separator: " ")
        ]
        if operation != nil, let place = route ?? path?.description { words.append("at \(place)") }
        if words == [""] { words = ["any request"] }
        if !statuses.isEmpty { words.append("answered \(statuses.joined(separator: " or "))") }
        if let warnings { words.append(warnings ? "with warnings" : "without warnings") }
        if let caller { words.append("by the \(caller)") }
        if let since { words.append("since \(since.iso8601)") }
        if let until { words.append("until \(until.iso8601)") }
        for (name, conditions) in [("header", header), ("query", query), ("body", body), ("answer", answer)] {
            words += conditions.map { "with \(name).\($0.name) \($0.expectation)" }
        }
        return words.joined(separator: " ")
    }
}

extension RecordedRequest {
    /// The path of the endpoint, with its braces; empty where the request met none.
    package var route: String { endpoint?.path ?? "" }

    package var endpoint: Endpoint? { Routes.byOperation[entry.operation] }
}
