internal import Contract
internal import HTTP
package import JSON
internal import Medusa
internal import MedusaAPI
package import MedusaStore
internal import Sandbox

/// An entry of the journal, as people and programs ask for it.
package struct RecordedRequest {
    package let entry: Journal.Entry
    private let read: Read

    package init(_ entry: Journal.Entry) {
        self.entry = entry
        read = Read(entry)
    }

    package var path: String { read.path }
    package var requestBody: JSON? { read.requestBody }
    package var responseBody: JSON? { read.responseBody }
    package var notes: JSON? { read.notes }
    /// As patterns compare them.
    var pathSubject: Wildcard.Subject { read.pathSubject }
    var operationSubject: Wildcard.Subject { read.operationSubject }
    /// The parameters of the query.
    var query: [NamedValue] { read.query }

    /// What is read when it is first asked for, and then known: many patterns look at one request.
    private final class Read {
        private let entry: Journal.Entry

        init(_ entry: Journal.Entry) { self.entry = entry }

        private(set) lazy var path = String(entry.target.prefix { $0 != "?" })
        private(set) lazy var pathSubject = Wildcard.Subject(path)
        private(set) lazy var operationSubject = Wildcard.Subject(entry.operation)
        private(set) lazy var requestBody = try? JSON(entry.requestBody)
        private(set) lazy var responseBody = try? JSON(entry.responseBody)
        private(set) lazy var notes = try? JSON(entry.notes)
        private(set) lazy var query = Target(entry.target)?.query ?? []
        private(set) lazy var fields = RecordedRequest.fields(entry.requestFields)
    }
    package var warnings: [String] { notes?["warnings"]?.elements.compactMap(\.string) ?? [] }
    package var caller: String { notes?["caller"]?.string ?? "integration" }
    /// `POST /v3/leases`
    package var line: String { "\(entry.method) \(entry.target)" }

    package struct HeaderField: Hashable, Sendable {
        package let name: String
        package let value: String
    }

    package var requestFields: [HeaderField] { read.fields }

    /// The values of a field of its header.
    func headerValues(_ name: String) -> [String] {
        let name = name.lowercased()
        return requestFields.filter { $0.name.lowercased() == name }.map(\.value)
    }

    package var responseFields: [HeaderField] { Self.fields(entry.responseFields) }

    fileprivate static func fields(_ text: [UInt8]) -> [HeaderField] {
        text.split(separator: UInt8(ascii: "\n")).compactMap { line in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            return HeaderField(
                name: String(decoding: line[..<colon], as: UTF8.self),
                value: String(decoding: line[(colon + 1)...].drop { $0 == UInt8(ascii: " ") }, as: UTF8.self))
        }
    }

    /// The code of an error envelope, or the gateway's sentence; `nil` for a success.
    package var refusal: (code: String?, message: String)? {
        guard entry.status >= 400, let body = responseBody else { return nil }
        guard let error = body["error"] else { return body["message"]?.string.map { (nil, $0) } }
        return (error["code"].flatMap { $0.string ?? $0.numberText } ?? "", error["message"]?.string ?? "")
    }

    /// Whether the caller did not get what it asked for: a refusal, or an answer that a fault has spoiled.
    package var hasFailed: Bool {
        let definition = notes?["fault"]?["definition"]
        return entry.status >= 400
            || ["status", "foreign", "connection", "content"].contains { definition?[$0] != nil }
    }

    // MARK: As a document

    package func members(to writer: inout JSONWriter) {
        writer.member("id", Int(entry.id))
        writer.member("at", entry.at)
        writer.member("tookMicroseconds", Int(entry.tookMicroseconds))
        writer.member("world", Int(entry.world))
        writer.member("method", entry.method)
        writer.member("target", entry.target)
        writer.member("operation", ifPresent: entry.operation.isEmpty ? nil : entry.operation)
        writer.member("status", entry.status)
        writer.member("caller", caller)
        writer.member("request") { Self.members(requestFields, entry.requestBody, to: &$0) }
        writer.member("response") { Self.members(responseFields, entry.responseBody, to: &$0) }
        writer.member("warnings", array: warnings) { $0.value($1) }
        for name in ["before", "after", "fault", "decidedBy", "violation", "tokenProblem"] {
            guard let value = notes?[name] else { continue }
            writer.key(name)
            writer.raw(value.source)
        }
    }

    /// How many levels a body may have that is shown as JSON; a deeper one is shown as text.
    private static let mostLevels = 48

    private static func members(_ fields: [HeaderField], _ body: [UInt8], to writer: inout JSONWriter) {
        writer.member("fields", array: fields) { writer, field in
            writer.object {
                $0.member("name", field.name)
                $0.member("value", field.value)
            }
        }
        guard !body.isEmpty else { return }
        // What is nearly as deep as a reader goes would be too deep for it in here.
        if let json = try? JSON(body), json.depth <= mostLevels {
            writer.key("body")
            writer.raw(json.source)
        } else {
            writer.member("text", String(decoding: body, as: UTF8.self))
        }
    }
}
