package import Contract
package import HTTP
internal import JSON
package import Medusa

/// A fault as data: which requests it strikes, and what becomes of their answers.
package struct Fault: Sendable {
    /// How many a sandbox may have.
    package static let mostFaults = 100
    static let longestDelayMilliseconds: Int64 = 600_000
    /// What the header of an answer has room for.
    private static let mostFields = 50
    private static let longestFields = 8 << 10
    /// They say where an answer ends: what they say must be true, or a client waits for ever.
    private static let framingFields: Set<String> = ["content-length", "transfer-encoding", "connection", "trailer"]
    /// Of a body in JSON: what lists the faults has a few more, and a reader takes 64.
    private static let mostLevels = 48

    // Which requests.
    private let operations: Set<String>
    private let keys: Set<String>
    private let skip: Int64
    private let times: Int64
    private let from: Timestamp?
    private let until: Timestamp?
    private let probability: Decimal?

    // What becomes of them.
    package let reply: Reply?
    package let delay: Delay?
    package let ending: Delivery.Ending
    package let content: Content?
    package let drip: Delivery.Drip?
    package let rateLimit: RateLimit?
    /// Whether the request is carried out although its answer fails.
    package let isCarriedOut: Bool

    /// An answer in place of the real one.
    package enum Reply: Sendable {
        /// - Parameters:
        ///   - code: of the error envelope; the documented one when `nil`.
        ///   - body: instead of an envelope.
        case status(Status, code: String?, message: String?, body: [UInt8]?, fields: [NamedValue])
        /// What the vendor answers to an address outside the USA: not JSON (B.5).
        case foreign
    }

    package enum Content: String, Sendable, CaseIterable {
        /// The end of the body is missing.
        case truncated
        /// The body is no JSON.
        case malformed
    }

    /// In milliseconds.
    package enum Delay: Hashable, Sendable {
        case fixed(Int64)
        /// Anything between two lengths is as likely.
        case between(Int64, Int64)
        /// As networks are: half of them below the median, one in a hundred above the other.
        case logNormal(median: Int64, p99: Int64)
    }

    package struct RateLimit: Hashable, Sendable {
        package let limit: Int
        package let window: Window

        package enum Window: String, Sendable, CaseIterable {
            case second, minute, hour, day

            package var span: Timestamp.Span {
                switch self {
                case .second: .seconds(1)
                case .minute: .seconds(60)
                case .hour: .hours(1)
                case .day: .days(1)
                }
            }
        }
    }

    /// Whether a client that it strikes gets another answer than the API's own, or none that it can read.
    package var spoils: Bool { reply != nil || ending != .whole || content != nil || rateLimit != nil }

    /// What it does, in a few words.
    package var effect: String {
        var words: [String] = []
        switch reply {
        case .status(let status, _, _, _, _): words.append("answers \(status.rawValue)")
        case .foreign: words.append("answers 403 as to an address outside the USA")
        case nil: break
        }
        if let rateLimit { words.append("lets \(rateLimit.limit) requests pass in a \(rateLimit.window.rawValue)") }
        switch ending {
        case .whole: break
        case .beforeAnswer: words.append("closes the connection before the answer")
        case .duringAnswer: words.append("closes the connection in the middle of the answer")
        }
        switch content {
        case .truncated: words.append("cuts the body short")
        case .malformed: words.append("makes the body no JSON")
        case nil: break
        }
        if delay != nil { words.append("delays the answer") }
        if drip != nil { words.append("sends the body a few bytes at a time") }
        return words.joined(separator: ", and ")
    }

    /// Whether it is there for a request, before chance and counts are asked.
    func concerns(_ operation: String, key: String, at now: Timestamp) -> Bool {
        (operations.isEmpty || operations.contains(operation)) && (keys.isEmpty || keys.contains(key))
            && from.map { now >= $0 } ?? true && until.map { now < $0 } ?? true
    }

    /// Whether it strikes the next request that it is there for.
    ///
    /// - Parameters:
    ///   - seen: the requests that it was there for already.
    ///   - struck: those that it struck.
    ///   - chance: from 0 to 1, and the seed's.
    func strikes(seen: Int64, struck: Int64, chance: Double) -> Bool {
        guard seen >= skip, struck < times else { return false }
        guard let probability else { return true }
        return chance < Double(probability.scaled(places: 9)) / 1_000_000_000
    }
}

/// A fault as a document: in a scenario, and in `POST /_sandbox/faults`.
extension Fault {
    private static let about = Key.optional("about", .string, "One sentence for people")
    private static let keysKey = Key.optional("keys", .strings(), "Only requests with one of these API keys")
    private static let skipKey = Key.optional("skip", .integer(0...1_000_000), "Requests that pass before it begins")
    private static let timesKey = Key.optional(
        "times", .integer(1...1_000_000), "Requests that it strikes; then it is over")
    private static let fromKey = Key.optional("from", .moment, "When it begins, in the sandbox's time")
    private static let untilKey = Key.optional(
        "until", .end, "When it is over, in the sandbox's time; a date without a time includes that day")
    private static let probabilityKey = Key.optional(
        "probability", .number(.zero...Decimal(whole: 1)), "The share of requests that it strikes, decided by the seed")

    private static let status = Key.optional(
        "status", .integer(200...599), "Answer with this status, and with the documented error if there is one")
    private static let code = Key.optional("code", .string, "The error envelope's code")
    private static let message = Key.optional("message", .string, "The error envelope's message")
    private static let body = Key.optional("body", .any, "A body in place of the envelope: text as it is, else as JSON")
    private static let headers = Key.optional("headers", .dictionary(of: .string()), "Further response headers")
    private static let carriedOut = Key.optional(
        "carriedOut", .boolean, "Whether the request has its effect although its answer fails; no by default")
    private static let shortest = Key.optional("from", .duration, "The shortest")
    private static let longest = Key.optional("to", .duration, "The longest")
    private static let median = Key.optional("median", .duration, "Half of them are shorter")
    private static let p99 = Key.optional("p99", .duration, "One in a hundred is longer")
    private static let delayKey = Key.optional(
        "delay",
        .alternatives(.duration(isSigned: false), .object(Contract.fields(shortest, longest, median, p99))),
        "How long the answer waits, in the machine's time: PT2S, {from: PT0.1S, to: PT2S} or {median: PT0.2S, p99: PT2S}"
    )
    private static let connection = Key.optional(
        "connection", .oneOf("closeBefore", "closeDuring"), "Close the connection before the answer, or in its middle")
    private static let contentKey = Key.optional(
        "content", .oneOf(Content.allCases.map(\.rawValue)), "Spoil the body")
    private static let dripBytes = Key.required("bytes", .integer(1...65_536), "How many bytes at a time")
    private static let dripEvery = Key.required("every", .duration, "How often")
    private static let dripKey = Key.optional(
        "drip", .object(Contract.fields(dripBytes, dripEvery)), "Send the body a few bytes at a time")
    private static let limit = Key.required("limit", .integer(0...1_000_000), "How many requests pass")
    private static let per = Key.required("per", .oneOf(RateLimit.Window.allCases.map(\.rawValue)), "In which time")
    private static let rateLimitKey = Key.optional(
        "rateLimit", .object(Contract.fields(limit, per)), "The gateway's rate limit, with its 429 and its headers")
    private static let foreign = Key.optional(
        "foreign", .onlyTrue, "Answer as the vendor does to an address outside the USA: 403, and not JSON")

    private static func operationsKey(_ operations: [String]?) -> Key<[String]?> {
        Key.optional(
            "operations", .strings(operations.map { .oneOf($0) } ?? .string()),
            "The calls that it strikes; all when absent")
    }

    /// - Parameter operations: what the calls are named; any name will do when `nil`.
    package static func fields(operations: [String]?) -> [Field] {
        Contract.fields(
            about, operationsKey(operations), keysKey, skipKey, timesKey, fromKey, untilKey, probabilityKey, status,
            code,
            message, body, headers, carriedOut, delayKey, connection, contentKey, dripKey, rateLimitKey, foreign)
    }

    /// - Parameters:
    ///   - now: what relative moments count from.
    ///   - isKept: whether it comes from a database, for which it was right once.
    package init(reading values: Values, at now: Timestamp, isKept: Bool = false) throws(Violation) {
        func violation<Value>(_ key: Key<Value>, _ complaint: String) -> Violation {
            Violation(key.field.name, complaint, at: values.given(key)?.json ?? values.json)
        }
        operations = Set(values[Self.operationsKey(nil)] ?? [])
        keys = Set(values[Self.keysKey] ?? [])
        skip = Int64(values[Self.skipKey] ?? 0)
        times = values[Self.timesKey].map { Int64($0) } ?? Int64.max
        from = try isKept ? values[Self.fromKey]?.nearest(from: now) : values.moment(Self.fromKey, from: now)
        until = try isKept ? values[Self.untilKey]?.nearest(from: now) : values.moment(Self.untilKey, from: now)
        if !isKept, let from, let until, until <= from { throw violation(Self.untilKey, "must be later than \"from\"") }
        probability = values[Self.probabilityKey]
        delay = try Self.delay(values)
        content = values[Self.contentKey].flatMap(Content.init)
        ending =
            switch values[Self.connection] {
            case "closeBefore": .beforeAnswer
            case "closeDuring": .duringAnswer
            default: .whole
            }
        drip = try values[Self.dripKey].map { drip throws(Violation) in
            let every = try Self.milliseconds(drip[Self.dripEvery], at: drip.json)
            return Delivery.Drip(bytes: drip[Self.dripBytes], everyMilliseconds: every)
        }
        rateLimit = values[Self.rateLimitKey].map {
            RateLimit(limit: $0[Self.limit], window: RateLimit.Window(rawValue: $0[Self.per]) ?? .minute)
        }
        let fields = (values[Self.headers]?.json?.members ?? []).map { NamedValue($0.name, $0.value.string ?? "") }
        for field in fields where !field.isHeader {
            throw violation(
                Self.headers, "must be header fields of HTTP: \"\(field.name)\" is none, or breaks its line")
        }
        for field in fields where Self.framingFields.contains(field.name.lowercased()) {
            throw violation(
                Self.headers,
                "must leave \"\(field.name)\" to the server; use connection, content or drip to break an answer")
        }
        guard fields.count <= Self.mostFields,
            fields.reduce(0, { $0 + $1.name.utf8.count + $1.value.utf8.count }) <= Self.longestFields
        else {
            throw violation(
                Self.headers, "must be at most \(Self.mostFields) fields, with \(Self.longestFields) bytes together")
        }
        let replies = [
            values[Self.status] != nil, values[Self.foreign] != nil, rateLimit != nil, ending == .beforeAnswer,
        ]
        guard replies.count(where: { $0 }) <= 1 else {
            throw Violation(
                "fault", "can have only one of status, foreign, rateLimit and connection: closeBefore", at: values.json)
        }
        if !isKept, let body = values[Self.body]?.json, body.depth > Self.mostLevels {
            throw violation(Self.body, "must have at most \(Self.mostLevels) levels")
        }
        if let status = values[Self.status] {
            let body = values[Self.body].flatMap(\.json).map { $0.string.map { Array($0.utf8) } ?? $0.source }
            reply = .status(
                Status(rawValue: status), code: values[Self.code], message: values[Self.message], body: body,
                fields: fields)
        } else {
            guard values[Self.code] == nil, values[Self.message] == nil, values[Self.body] == nil, fields.isEmpty else {
                throw Violation("status", "is required beside code, message, body and headers", at: values.json)
            }
            reply = values[Self.foreign] == true ? .foreign : nil
        }
        guard reply != nil || delay != nil || ending != .whole || content != nil || drip != nil || rateLimit != nil
        else {
            throw Violation(
                "fault", "does nothing: it needs status, delay, connection, content, drip, rateLimit or foreign",
                at: values.json)
        }
        isCarriedOut =
            values[Self.carriedOut] ?? (reply == nil && ending != .beforeAnswer && rateLimit == nil)
    }

    /// A definition with its relative moments as dates.
    func dated(_ definition: JSON) -> [UInt8] {
        JSONWriter.write { writer in
            writer.object { object in
                for member in definition.members {
                    object.key(member.name)
                    switch member.name {
                    case Self.fromKey.field.name: object.value(from?.iso8601 ?? "")
                    case Self.untilKey.field.name: object.value(until?.iso8601 ?? "")
                    default: object.raw(member.value.source)
                    }
                }
            }
        }
    }

    private static func delay(_ values: Values) throws(Violation) -> Delay? {
        guard let given = values[delayKey], let json = given.json else { return nil }
        if let span = given.span { return .fixed(try milliseconds(span, at: json)) }
        let parts = Values.object(json)
        func part(_ key: Key<CalendarSpan?>) throws(Violation) -> Int64? {
            guard let span = parts[key] else { return nil }
            return try milliseconds(span, at: json)
        }
        let (low, top) = (try part(shortest), try part(longest))
        let (middle, high) = (try part(median), try part(p99))
        if let low, let top, middle == nil, high == nil {
            guard low <= top else { throw Violation("delay", "must have \"from\" below \"to\"", at: json) }
            return .between(low, top)
        }
        if let middle, let high, low == nil, top == nil {
            guard middle > 0, middle <= high else {
                throw Violation("delay", "must have \"median\" below \"p99\"", at: json)
            }
            return .logNormal(median: middle, p99: high)
        }
        throw Violation("delay", "must have either \"from\" and \"to\", or \"median\" and \"p99\"", at: json)
    }

    private static func milliseconds(_ span: CalendarSpan, at place: JSON?) throws(Violation) -> Int64 {
        guard let fixed = span.fixed, fixed.milliseconds <= Self.longestDelayMilliseconds else {
            throw Violation("delay", "must be at most ten minutes", at: place)
        }
        return fixed.milliseconds
    }
}

extension NamedValue {
    /// A field name is a token (RFC 9110, section 5.1); a value has no line breaks.
    fileprivate var isHeader: Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
            && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}
