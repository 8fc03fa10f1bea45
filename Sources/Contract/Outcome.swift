package import HTTP
package import JSON

extension Endpoint {
    /// A status that the endpoint answers with, and what comes with it.
    package struct Outcome: Sendable {
        package let status: Status
        /// The codes of its error envelope; empty for a success.
        package let codes: [String]
        package let meaning: String
        /// How to provoke a refusal here, in words.
        package let provoke: String
        /// Whether nothing but a fault provokes it: a page prints it, and nothing says when.
        package let byFault: Bool
        /// The printed body, where a page has one.
        package let sample: Sample?
        /// The types of content in which it may come instead of JSON, where the caller asks for one.
        package let otherTypes: [String]
        private let schema: @Sendable () -> Schema

        /// A success.
        ///
        /// - Parameters:
        ///   - body: made when somebody asks, for a request that is served does not.
        ///   - otherTypes: the types of content in which it may come instead.
        package init(
            _ status: Status, meaning: String, body: @autoclosure @escaping @Sendable () -> Schema,
            sample: Sample? = nil, orAs otherTypes: [String] = []
        ) {
            self.status = status
            codes = []
            self.meaning = meaning
            provoke = ""
            byFault = false
            self.sample = sample
            self.otherTypes = otherTypes
            schema = body
        }

        /// A refusal, in the error envelope.
        package init(
            _ status: Status, _ code: String, meaning: String, by provoke: String = "", byFault: Bool = false,
            sample: Sample? = nil
        ) {
            self.status = status
            codes = [code]
            self.meaning = meaning
            self.provoke = byFault ? "a fault with `status: \(status.rawValue)` and `code: \(code)`" : provoke
            self.byFault = byFault
            self.sample = sample
            otherTypes = []
            schema = { .error }
        }

        /// The same outcome with the sample that a page prints.
        package func printed(_ sample: Sample) -> Outcome {
            Outcome(status, codes, meaning: meaning, provoke: provoke, byFault: byFault, sample: sample, schema)
        }

        /// The gateway's answer, in Kong's words (B.5).
        package static func gateway(
            _ status: Status, meaning: String, by provoke: String, sample: Sample? = nil
        ) -> Outcome {
            Outcome(status, [], meaning: meaning, provoke: provoke, byFault: false, sample: sample) { .gatewayMessage }
        }

        private init(
            _ status: Status, _ codes: [String], meaning: String, provoke: String, byFault: Bool, sample: Sample?,
            _ schema: @escaping @Sendable () -> Schema
        ) {
            self.status = status
            self.codes = codes
            self.meaning = meaning
            self.provoke = provoke
            self.byFault = byFault
            self.sample = sample
            otherTypes = []
            self.schema = schema
        }

        /// What the body is.
        package var body: Schema { schema() }

        /// A bare array in an envelope; its sample, which is bare, is left out.
        var wrappingArray: Outcome {
            let bare = body
            guard case .array = bare, !isRefusal else { return self }
            return Outcome(
                status, meaning: meaning,
                body: .object([Field(name: "data", schema: bare, isRequired: true, meaning: meaning)]))
        }

        package var isRefusal: Bool { status.rawValue >= 400 }
    }

    /// What every endpoint with a key may answer before it is reached, or instead of it.
    package var sharedOutcomes: [Outcome] {
        guard security != .none else { return [] }
        return [
            .gateway(
                .unauthorized, meaning: "No API key, two of them, or one that is not admitted", by: "leave it out"),
            .gateway(.forbidden, meaning: "The sandbox is suspended", by: "misuse a token with `tokenMisuse: suspend`"),
            .gateway(
                .contentTooLarge, meaning: "The body is too large, as it came or inflated", by: "send more than 1 MiB"),
        ] + bodyOutcomes + [
            .gateway(.tooManyRequests, meaning: "Too many requests", by: "a fault with a `rateLimit`"),
            .init(.internalServerError, "", meaning: "The service failed", by: "a fault with `status: 500`"),
            .gateway(.serviceUnavailable, meaning: "Under maintenance", by: "a fault with `status: 503`"),
            .init(.serviceUnavailable, "", meaning: "The sandbox's disk is full", by: "a full disk"),
        ]
    }

    /// What may be wrong with a body. That of a GET is not looked at; what is odd about the rest may be refused all the same.
    private var bodyOutcomes: [Outcome] {
        guard method != .get else {
            return [
                .init(
                    .badRequest, "", meaning: "Something is odd about the request, and the sandbox is strict",
                    by: "the setting `strictness: strict`, and an unknown parameter")
            ]
        }
        return [
            .init(.badRequest, "", meaning: "The body is no JSON", by: "send `{`"),
            .init(
                .unsupportedMediaType, "",
                meaning: "The body is neither JSON nor a form, or in a coding that is not known",
                by: "`Content-Type: text/plain`"),
        ]
    }
}

/// A body as a page prints it.
package struct Sample: Sendable {
    private let file: [UInt8]

    /// - Parameter file: an object with `source`, the page, and `body`.
    package init(_ file: [UInt8]) { self.file = file }

    /// The page that prints it.
    package var source: String { member("source").string ?? "" }

    package var body: JSON { member("body") }

    private func member(_ name: String) -> JSON {
        guard let found = try? JSON(file)[name] else { preconditionFailure("a sample has no \(name)") }
        return found
    }
}

extension Schema {
    /// The error envelope (B.6).
    static let error = Schema.named(
        "ErrorEnvelope",
        [
            .always(
                "error",
                .object([
                    .always("statusCode", .integer(400...599), "The status once more, should a proxy change it"),
                    .always(
                        "code", .alternatives([.text(), .integer(11_503...11_506)]),
                        "Empty for validation; a number for banks and payment methods"),
                    .always("message", .text(), "A sentence"),
                    .always("data", .object([]), "Nothing, as a rule"),
                ]), "What went wrong")
        ])

    /// What the gateway says (B.5).
    static let gatewayMessage = Schema.named("GatewayMessage", [.always("message", .text(), "A sentence")])

    /// `{"data":{…}}`, the envelope of a success (B.6).
    package static func data(_ fields: [Field]) -> Schema { .object([.always("data", .object(fields), "The answer")]) }
    package static func data(_ schema: Schema) -> Schema { .object([.always("data", schema, "The answer")]) }
}

extension Field {
    /// A member that every answer has.
    package static func always(_ name: String, _ schema: Schema, _ meaning: String) -> Field {
        Field(name: name, schema: schema, isRequired: true, meaning: meaning)
    }

    /// A member that an answer may lack: absent, never `null` (G-30).
    package static func sometimes(_ name: String, _ schema: Schema, _ meaning: String) -> Field {
        Field(name: name, schema: schema, isRequired: false, meaning: meaning)
    }
}
