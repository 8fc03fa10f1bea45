internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import RequestJournal
internal import Sandbox

/// What happened: the journal, entry by entry.
enum RequestCalls {
    static let all = [
        ControlRoute(endpoint: list, answer: .read(answer)), ControlRoute(endpoint: get, answer: .read(find)),
        ControlRoute(endpoint: forget, answer: .write(clear)),
    ]

    private static let after = Key.optional("after", .integer(0...1 << 53), "Only those with a larger id")
    private static let limit = Key.optional("limit", .integer(1...1000), "At most so many; 100 where nothing is said")
    private static let latest = Key.optional(
        "latest", .boolean, "The latest ones, instead of the first; still oldest first")
    private static let everything = Key.optional(
        "all", .boolean, "Also those from before the latest reset, restore or scenario")
    private static let strays = Key.optional(
        "strays", .boolean, "Instead, those that belong to no sandbox: without a key, or with one that is not admitted")

    static let list = Endpoint.control(
        .get, "requests", "Get Requests",
        query: Pattern.plainFields + fields(after, limit, latest, everything, strays),
        outcomes: [
            .init(
                .ok, meaning: "Those that fit, oldest first; with `Accept: text/event-stream` as they come",
                body: .data([
                    .always("requests", .array(of: request, counts: Schema.anyCount), "Requests"),
                    .always("found", .count, "How many fit, listed or not"),
                    .sometimes("next", .count, "`after` for the next page, where there is one"),
                    .always("evicted", .count, "Entries that would have been looked at, and had to make room"),
                ]), orAs: ["text/event-stream"])
        ])
    static let get = Endpoint.control(
        .get, "requests/{requestId}", "Get Request",
        outcomes: [.init(.ok, meaning: "The request", body: .data(request)), notFound])
    static let forget = Endpoint.control(
        .delete, "requests", "Forget Requests",
        outcomes: [.init(.ok, meaning: "The journal is empty; ids go on", body: .data([]))])

    static let notFound = Endpoint.Outcome(
        .notFound, "RequestNotFound", meaning: "There is no such entry, or it had to make room")

    private static let message = Schema.named(
        "RecordedMessage",
        [
            .always(
                "fields",
                .array(
                    of: .object([.always("name", .text(), "Name"), .always("value", .text(), "Value")]),
                    counts: Schema.anyCount), "The header"),
            .sometimes("body", .any, "The body, where it is JSON"),
            .sometimes("text", .text(), "The body, where it is not"),
        ])

    static let request = Schema.named(
        "RecordedRequest",
        [
            .always("id", .count, "What `x-sandbox-request-id` says"),
            .always("at", .timestamp, "The sandbox's time"),
            .always("tookMicroseconds", .count, "How long the answer took"),
            .always("world", .count, "1, and one more for each reset, restore and scenario"),
            .always("method", .text(), "The method"),
            .always("target", .text(), "Path and query"),
            .sometimes("operation", .text(), "The endpoint, where it met one"),
            .always("status", .integer(100...599), "The status of the answer"),
            .always("caller", .text(), "`integration`, or `modal`"),
            .always("request", message, "What was sent"),
            .always("response", message, "What was answered"),
            .always("warnings", .array(of: .text(), counts: Schema.anyCount), "What was odd"),
            .sometimes("before", .object([]), "What it found: customer and lease"),
            .sometimes("after", .object([]), "What it left"),
            .sometimes("fault", .object([]), "What struck it"),
            .sometimes("decidedBy", .array(of: .object([]), counts: Schema.anyCount), "Rules and test values"),
            .sometimes("violation", .object([]), "The field that was wrong"),
            .sometimes(
                "tokenProblem", .oneOf(["missing", "expired", "ofAnotherKey", "notOurs"]),
                "Why its customer token let nobody in"),
        ])

    // MARK: Listing

    private static func answer(_ call: ControlCall) throws -> Response {
        let (pattern, query) = try read(call)
        let sandbox = try source(call, query)
        if call.request.fields["accept"]?.contains("text/event-stream") == true {
            return try stream(call, pattern, query, sandbox)
        }
        let journal = sandbox.store.journal
        let extent = try journal.extent
        let isWhole = query[everything] == true
        let first = Int64(query[after] ?? 0)
        let most = query[limit] ?? 100
        var page: [RecordedRequest] = []
        var found = 0
        try journal.visit(from: first + 1, sinceWorld: isWhole ? 0 : extent.world) { entry in
            let request = RecordedRequest(entry)
            guard pattern.fits(request) else { return true }
            found += 1
            if query[latest] == true, page.count == most { page.removeFirst() }
            if page.count < most { page.append(request) }
            return true
        }
        let evicted = extent.evicted(after: first, inAllWorlds: isWhole)
        return .data {
            $0.member("requests", array: page) { writer, request in writer.object { request.members(to: &$0) } }
            $0.member("found", found)
            if found > page.count, query[latest] != true, let last = page.last { $0.member("next", Int(last.entry.id)) }
            $0.member("evicted", Int(evicted))
        }
    }

    /// The parameters, of which those of a pattern's members have a dot: `body.email=x*`.
    private static func read(_ call: ControlCall) throws -> (Pattern, Values) {
        let deep = call.request.target.query.filter { pair in
            Pattern.deepNames.contains { pair.name.hasPrefix("\($0).") }
        }
        let declared = call.endpoint.query
        for pair in call.request.target.query where !deep.contains(pair) {
            guard !declared.contains(where: { $0.name == pair.name }) else { continue }
            let names = declared.map(\.name) + Pattern.deepNames.map { "\($0).…" }
            throw Violation(pair.name, "is not known here\(didYouMean(nearest(to: pair.name, among: names)))")
        }
        let query = try call.endpoint.validate(query: call.request.target.query, body: nil).query
        // The same document as a verification has, so that one reading serves both.
        let document = JSONWriter.write { writer in
            writer.object { members in
                for field in Pattern.plainFields {
                    if let value = call.request.target.query.last(where: { $0.name == field.name })?.value {
                        members.member(field.name, value)
                    }
                }
                for name in Pattern.deepNames {
                    let own = deep.filter { $0.name.hasPrefix("\(name).") }
                    guard !own.isEmpty else { continue }
                    members.member(name) {
                        for (place, pair) in own.enumerated() {
                            guard !own.prefix(place).contains(where: { $0.name == pair.name }) else { continue }
                            // One that comes again is a list, and a condition may be one: any of them fits.
                            let values = own.filter { $0.name == pair.name }.map(\.value)
                            $0.escapedKey(String(pair.name.dropFirst(name.count + 1)))
                            if values.count == 1 { $0.value(pair.value) } else { $0.array(values) { $0.value($1) } }
                        }
                    }
                }
            }
        }
        return (try Pattern(reading: .object(try JSON(document)), present: call.now), query)
    }

    /// Whether a call is about requests that belong to no sandbox.
    static func concernsStrays(_ request: Request) -> Bool {
        request.target.query.contains { $0.name == strays.field.name }
            || request.target.segments.last?.hasPrefix(Gateway.strayPrefix) == true
    }

    private static func source(_ call: ControlCall, _ query: Values) throws -> Sandbox {
        guard query[strays] == true else { return call.sandbox }
        guard let sandbox = call.strays else {
            throw ControlRefusal(
                .notFound, "RequestNotFound", "There is no room for requests that belong to no sandbox")
        }
        return sandbox
    }

    // MARK: One

    private static func find(_ call: ControlCall) throws -> Response {
        let request = try call.recordedRequest()
        return .data { request.members(to: &$0) }
    }

    private static func clear(_ call: ControlCall) throws -> Response {
        try call.sandbox.store.journal.removeAll()
        return .data { _ in }
    }

    // MARK: As they come

    private static func stream(
        _ call: ControlCall, _ pattern: Pattern, _ query: Values, _ sandbox: Sandbox
    ) throws -> Response {
        let newest = try sandbox.store.journal.extent.newestId
        let resumed = call.request.fields["last-event-id"].flatMap(Int64.init)
        let start = query[after].map(Int64.init) ?? resumed ?? newest
        var response = Response(
            .ok,
            fields: [NamedValue("Content-Type", "text/event-stream"), NamedValue("Cache-Control", "no-store")])
        response.live = RequestStream(of: sandbox, pattern, after: start, call.onlookers)
        return response
    }
}

extension ControlCall {
    /// The entry that the path names: by its id, with the strays' prefix, or `latest`.
    func recordedRequest() throws -> RecordedRequest {
        let id = parameter("requestId")
        let isStray = id.hasPrefix(Gateway.strayPrefix)
        let digits = isStray ? String(id.dropFirst(Gateway.strayPrefix.count)) : id
        guard gateway.recording.isOn else {
            throw missing("The server was started with --no-journal: nothing is recorded")
        }
        let unknown =
            "There is no request \(id) here: name one by the x-sandbox-request-id of its answer, with the same API key"
        guard let journal = (isStray ? strays : sandbox)?.store.journal else { throw missing(unknown) }
        let extent = try journal.extent
        guard let number = digits == "latest" ? extent.newestId : Int64(digits) else { throw missing(unknown) }
        if let entry = try journal.find(number) { return RecordedRequest(entry) }
        throw missing(
            (1..<extent.oldestId).contains(number)
                ? "Request \(id) had to make room for later ones: raise journalEntries or journalBytes" : unknown)
    }

    private func missing(_ sentence: String) -> ControlRefusal {
        ControlRefusal(.notFound, "RequestNotFound", sentence)
    }
}
