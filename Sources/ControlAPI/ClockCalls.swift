internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// The sandbox's time. What falls due on the way happens inside the call, in order, and is returned as a list.
enum ClockCalls {
    static let all = [
        ControlRoute(endpoint: get, answer: .read(answer)), ControlRoute(endpoint: set, answer: .write(save)),
        ControlRoute(endpoint: advance, answer: .write(move)),
    ]

    private static let backwards = Endpoint.Outcome(
        .conflict, "TimeGoesForward", meaning: "Something has happened later than that already")

    static let get = Endpoint.control(
        .get, "clock", "Get Clock",
        outcomes: [
            .init(
                .ok, meaning: "What it shows, and when the next thing falls due",
                body: .data(
                    .named("Clock", shown + [.sometimes("nextEvent", .timestamp, "When the next thing falls due")])))
        ])
    static let set = Endpoint.control(
        .put, "clock", "Set Clock", body: Clock.fields,
        outcomes: [.init(.ok, meaning: "What it shows, and what fell due on the way", body: .data(moved)), backwards])

    static let by = Key.optional("by", .duration, "How far: P31D, PT2H")
    static let to = Key.optional("to", .dateTime, "Up to which moment")
    static let toNextEvent = Key.optional("toNextEvent", .onlyTrue, "Up to when the next thing falls due")
    static let advance = Endpoint.control(
        .post, "clock/advance", "Advance Clock", body: fields(by, to, toNextEvent),
        outcomes: [
            .init(.ok, meaning: "What it shows, and what fell due on the way", body: .data(moved)), backwards,
            .init(.conflict, "NoEvent", meaning: "Nothing is to come"),
        ])

    static let shown: [Field] = [
        .always("mode", .oneOf(["real", "frozen"]), "Whether it goes by itself"),
        .always("now", .timestamp, "What it shows"),
        .sometimes("offset", .text(), "How far a real one is from the machine's"),
    ]

    private static let moved = Schema.named(
        "MovedClock",
        shown + [
            .always("count", .count, "How many things fell due"),
            .always("events", .array(of: .named("Event", event), counts: 0...listed), "What fell due, in order"),
        ])

    private static let event: [Field] = [
        .always("at", .timestamp, "When"),
        .always(
            "event", .oneOf(["reviewResolved", "delivered", "paymentDue", "leaseExpired", "tokenExpired"]), "What"),
        .sometimes("status", .text(), "What a review came to"),
        .sometimes("spendingLimit", .number(), "In dollars"),
        .sometimes("number", .count, "Which payment"),
        .sometimes("amount", .number(), "In dollars"),
        .sometimes("outcome", .oneOf(["collected", "declined"]), "Of a payment"),
        .always("userId", .text(), "The customer"),
        .sometimes("transactionId", .text(), "The transaction"),
    ]

    private static func answer(_ call: ControlCall) throws -> Response {
        let next = try call.sandbox.nextEvent(after: call.now)
        return .data {
            $0.clockMembers(call.sandbox.clock)
            if let next { $0.member("nextEvent", next) }
        }
    }

    private static func save(_ call: ControlCall) throws -> Response {
        let clock = try Clock(reading: try call.body(), present: call.now)
        let events = try go(to: clock.now, call)
        try call.sandbox.set(clock)
        return try answer(call, events)
    }

    private static func move(_ call: ControlCall) throws -> Response {
        let body = try call.body()
        let ways = [body[by] != nil, body[to] != nil, body[toNextEvent] != nil]
        guard ways.count(where: { $0 }) == 1 else {
            throw Violation("value", "must contain exactly one of [by, to, toNextEvent]")
        }
        let moment = try after(try body.span(by, from: call.now), call) ?? body[to] ?? nextEvent(call)
        if moment > call.now, let complaint = call.sandbox.clock.complaint(about: moment) {
            throw Violation("value", complaint)
        }
        return try answer(call, try go(to: moment, call))
    }

    private static func after(_ span: CalendarSpan?, _ call: ControlCall) -> Timestamp? { span.map { call.now + $0 } }

    private static func nextEvent(_ call: ControlCall) throws -> Timestamp {
        guard let next = try call.sandbox.nextEvent(after: call.now) else {
            throw ControlRefusal(.conflict, "NoEvent", "Nothing is to come: no lease waits, no payment is scheduled")
        }
        return next
    }

    /// Forwards everything falls due; backwards is possible as long as nothing has happened later.
    private static func go(to moment: Timestamp, _ call: ControlCall) throws -> [Event] {
        guard moment < call.now else { return try call.sandbox.advance(to: moment) }
        // What a clock that goes by itself has passed has happened too, though nobody asked.
        let passed = try call.sandbox.events(after: moment, through: call.now).last?.at
        let latest = max(try call.sandbox.store.lastHappened(), passed ?? moment)
        guard moment >= latest else {
            throw ControlRefusal(
                .conflict, "TimeGoesForward",
                "The clock cannot stand before \(latest.iso8601), when the last thing happened; "
                    + "reset the sandbox, or restore an earlier snapshot")
        }
        try call.sandbox.set(call.sandbox.clock.moved(to: moment))
        return []
    }

    private static func answer(_ call: ControlCall, _ events: [Event]) throws -> Response {
        let sandbox = call.sandbox
        let rows = Set(events.compactMap(\.transaction))
        var references: [Int64: String] = [:]
        for row in rows { references[row] = try sandbox.store.transactions.transaction(row)?.reference }
        return .data {
            $0.clockMembers(sandbox.clock)
            $0.member("count", events.count)
            $0.member("events", array: events.prefix(listed)) { writer, event in
                writer.object { $0.members(of: event, in: sandbox, references) }
            }
        }
    }

    /// More than these are counted and not listed.
    private static let listed = 200_000
}

extension JSONWriter {
    mutating func clockMembers(_ clock: Clock) {
        let now = clock.now
        switch clock {
        case .real(let offset):
            member("mode", "real")
            member("now", now)
            member("offset", CalendarSpan(rest: offset).description)
        case .frozen:
            member("mode", "frozen")
            member("now", now)
        }
    }

    fileprivate mutating func members(of event: Event, in sandbox: Sandbox, _ references: [Int64: String]) {
        member("at", event.at)
        switch event.happening {
        case .reviewResolved(let resolution):
            member("event", "reviewResolved")
            member("status", resolution.status.rawValue)
            member("spendingLimit", resolution.spendingLimit)
        case .delivered: member("event", "delivered")
        case .paymentDue(let number, let amount, let isCollected):
            member("event", "paymentDue")
            member("number", number)
            member("amount", amount)
            member("outcome", isCollected ? "collected" : "declined")
        case .leaseExpired: member("event", "leaseExpired")
        case .tokenExpired: member("event", "tokenExpired")
        }
        member("userId", sandbox.identifiers.identifier(.user, event.customer))
        if let row = event.transaction { member("transactionId", references[row] ?? "") }
    }
}
