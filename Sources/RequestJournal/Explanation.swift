internal import Contract
internal import HTTP
package import JSON
internal import Medusa
package import MedusaAPI
internal import MedusaStore
package import Sandbox

/// Why a request was answered as it was, and what would have worked.
package struct Explanation {
    private let request: RecordedRequest
    private let sandbox: Sandbox
    private let correction: Correction
    private let endpoint: Endpoint?

    /// - Parameters:
    ///   - url: of the server, for the curls.
    ///   - key: the caller's own API key.
    package init(
        of request: RecordedRequest, in sandbox: Sandbox, _ gateway: Gateway, url: String, key: String
    ) throws {
        self.request = request
        self.sandbox = sandbox
        endpoint = request.endpoint
        correction = try Correction(of: request, in: sandbox, gateway, url: url, key: key)
    }

    // MARK: Why

    /// The declared refusal that it is, with its place among the others.
    private var outcome: (place: Int, all: [Endpoint.Outcome])? {
        guard request.entry.status >= 400, let endpoint else { return nil }
        let all = endpoint.precedence
        let code = request.refusal?.code
        let fitting = all.indices.filter { index in
            all[index].status.rawValue == request.entry.status
                && (code.map { all[index].codes.contains($0) } ?? all[index].codes.isEmpty)
        }
        // Of several 400s without a code, a wrong field is the validation's; what the body could not be read for has its own words.
        let message = request.refusal?.message ?? ""
        let place =
            fitting.first {
                all[$0].meaning.contains("no JSON") == message.contains("JSON format") && isValidation(all[$0])
            }
            ?? fitting.last
        return place.map { ($0, all) }
    }

    private func isValidation(_ outcome: Endpoint.Outcome) -> Bool {
        guard outcome.codes == [""], outcome.status == .badRequest else { return true }
        let message = request.refusal?.message ?? ""
        let isOfState = message.hasPrefix("The ")
        return isOfState == (outcome.meaning.contains("not signed") || outcome.meaning.contains("not finalized"))
    }

    /// One sentence.
    private var reason: String {
        if let fault = request.notes?["fault"]?["id"]?.numberText {
            return "the fault \(fault) of the sandbox struck it"
        }
        guard let refusal = request.refusal else {
            return request.warnings.isEmpty
                ? "it was as it should be" : "it was answered, but something about it is odd"
        }
        switch request.notes?["tokenProblem"]?.string {
        case "missing": return "there is no customer-token in the header"
        case "expired": return "the customer token has expired"
        case "ofAnotherKey":
            return "the customer token was minted for another API key; production may suspend both accounts"
        case "notOurs": return "the customer token is malformed, or was not minted here"
        default: break
        }
        if let violation = request.notes?["violation"]?["message"]?.string { return violation }
        guard let outcome else { return refusal.message }
        let meaning = outcome.all[outcome.place].meaning
        return refusal.code == nil || refusal.message == meaning ? refusal.message : "\(refusal.message) (\(meaning))"
    }

    private var field: Field? {
        guard let path = request.notes?["violation"]?["path"]?.string, let endpoint else { return nil }
        return endpoint.query.first { $0.name == path } ?? Specimen.field(at: Draft.parts(of: path), of: endpoint.body)
    }

    /// The settings that have a say in a refusal, with what they are now.
    private var settings: [String] {
        let names: [String] =
            switch (request.entry.status, request.refusal?.code ?? "") {
            case (400, "LeaseAmountNotSatisfied"): ["minimumOrder"]
            case (400, "ExceedSpendingLimit"): ["spendingLimit"]
            case (410, _): ["leaseLifetime"]
            case (401, "InvalidCredentials") where request.notes?["tokenProblem"]?.string == "expired":
                ["tokenLifetime"]
            case (409, "UserAlreadyExists") where request.entry.operation != "createUser": ["uniqueSSN"]
            case (403, _): ["tokenMisuse"]
            case (400, "") where request.entry.warnings > 0 && field == nil: ["strictness"]
            default: []
            }
        let document = try? JSON(JSONWriter.write { $0.object(sandbox.settings.members) })
        return names.map { name in
            "the setting \(name), which is \(document?[name].map { String(decoding: $0.source, as: UTF8.self) } ?? "") now"
        }
    }

    /// Rules, test values, faults and settings, in words.
    private var deciders: [String] {
        let noted = (request.notes?["decidedBy"]?.elements ?? []).map { decider in
            let outcome = decider["outcome"]?.string ?? ""
            if let rule = decider["rule"]?.numberText { return "rule \(rule) of the scenario: \(outcome)" }
            return "\(decider["testValue"]?.string ?? ""): \(decider["meaning"]?.string ?? outcome)"
        }
        let fault = request.notes?["fault"].map { fault in
            "fault \(fault["id"]?.numberText ?? ""): \(fault["definition"].map { String(decoding: $0.source, as: UTF8.self) } ?? "")"
        }
        return noted + [fault, decision].compactMap(\.self) + settings
    }

    /// Where a refusal follows from an earlier decision: the test value that made it, if it was one.
    private var decision: String? {
        guard request.entry.status == 400, request.refusal?.code == "InvalidCustomer",
            request.entry.world == (try? sandbox.store.journal.extent.world),
            let user = request.entry.customer.flatMap({ try? sandbox.store.users.user($0) }),
            let persona = Persona.find(email: user.email)
        else { return nil }
        return "\(persona.trigger.text): \(persona.meaning)"
    }

    private var moves: [String] {
        request.notes?["before"]?["lease"]?["moves"]?.elements.compactMap(\.string) ?? []
    }

    // MARK: As a document

    package func members(to writer: inout JSONWriter) {
        writer.member("id", Int(request.entry.id))
        writer.member("request", request.line)
        writer.member("status", request.entry.status)
        writer.member("code", ifPresent: request.refusal?.code)
        writer.member("reason", reason)
        if let outcome {
            writer.member("precedence") {
                $0.member("place", outcome.place + 1)
                $0.member("order", array: outcome.all.map(\.line)) { $0.value($1) }
            }
        }
        if let path = request.notes?["violation"]?["path"]?.string {
            writer.member("field") {
                $0.member("path", path)
                if let field {
                    $0.member("meaning", field.meaning)
                    $0.member("expected", field.schema.words)
                }
            }
        }
        writer.member("warnings", array: request.warnings) { $0.value($1) }
        for name in ["before", "after"] {
            guard let state = request.notes?[name] else { continue }
            writer.key(name)
            writer.raw(state.source)
        }
        writer.member("moves", array: moves) { $0.value($1) }
        writer.member("decidedBy", array: deciders) { $0.value($1) }
        if let endpoint {
            writer.member("page", endpoint.source.page)
            writer.member("operation", endpoint.operation)
        }
        writer.member("repeat", correction.repetition)
        guard request.hasFailed else { return }
        writer.member("changes", array: correction.changes) { $0.value($1) }
        writer.member("corrected", ifPresent: correction.script)
        writer.member("obstacle", ifPresent: correction.obstacle)
    }
}

extension Endpoint.Outcome {
    /// `409 CustomerAlreadyApplied: An application is …`
    fileprivate var line: String {
        let code = codes.first.map { $0.isEmpty ? " \"\"" : " \($0)" } ?? ""
        return "\(status.rawValue)\(code): \(meaning)"
    }
}

extension Schema {
    /// What is expected, in a few words.
    var words: String {
        switch self {
        case .string(let length, _): length.map { "text of \($0) characters" } ?? "text"
        case .text: "text"
        case .digits(let counts):
            counts.count == 1 ? "\(counts.lowerBound) digits" : "\(counts.lowerBound) digits or more"
        case .email: "an e-mail"
        case .ipAddress: "an IP address"
        case .phone: "a phone number of 10 to 15 digits"
        case .oneOf(let values): "one of \(values.joined(separator: ", "))"
        case .documented(let values): "text, such as \(values.joined(separator: ", "))"
        case .number(let range): range.map { "a number from \($0.lowerBound) to \($0.upperBound)" } ?? "a number"
        case .cents(let maximum): "a number of at least 0.01, and at most \(maximum)"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .boolean(let only): only.map { "\($0)" } ?? "true or false"
        case .date(let hasTime, _): hasTime ? "a date with a time" : "a date"
        case .object(let fields), .named(_, let fields):
            fields.isEmpty
                ? "an object" : "an object with \(fields.filter(\.isRequired).map(\.name).joined(separator: ", "))"
        case .array(let element, let counts):
            "an array of at least \(counts.lowerBound), each \(element.words)"
        case .dictionary: "an object"
        case .duration: "a duration of ISO 8601"
        case .moment: "a date, or a duration of ISO 8601"
        case .expected(let inner, _): inner.words
        case .alternatives(let schemas): schemas.map(\.words).joined(separator: ", or ")
        case .any, .database: "anything"
        }
    }
}
