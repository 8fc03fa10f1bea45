internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import SQLite
internal import Sandbox

/// How a request and its answer come into the journal, before the answer leaves.
extension Gateway {
    /// The header field that names the entry of the journal.
    package static let requestIdField = "x-sandbox-request-id"

    /// What ids of requests that belong to no sandbox begin with.
    package static let strayPrefix = "stray-"

    /// Records an answer in the sandbox that the request met, else among the strays; the answer gets the entry's id.
    ///
    /// The entry is part of the transaction that the request has written in, so the reply waits for its commit.
    func record(_ request: Request, _ reply: inout Reply, since start: ContinuousClock.Instant) {
        if reply.response.status.rawValue >= 400 { hideSecrets(in: &reply.response, of: reply.trace?.sandbox) }
        guard recording.isOn, let trace = reply.trace,
            let found = trace.sandbox.map({ .here($0) }) ?? strays()
        else { return }
        let sandbox: Sandbox
        switch found {
        case .here(let here): sandbox = here
        case .away(let absence):
            // Nothing was done for a request that belongs to no sandbox, so it can be answered later as well.
            reply = Reply(awaiting: absence)
            return
        }
        let took = ContinuousClock.now - start
        do {
            let entry = entry(request, reply.response, trace, sandbox, took)
            let id = try sandbox.store.journal.nextId
            let settings = sandbox.settings
            try sandbox.store.record(
                entry, Journal.Bounds(entries: settings.journalEntries, bytes: settings.journalBytes))
            let prefix = trace.sandbox == nil ? Self.strayPrefix : ""
            reply.response.fields.append(NamedValue(Self.requestIdField, "\(prefix)\(id)"))
            // A misused token closes another sandbox besides; that one is settled too.
            if let earlier = reply.unsettled, earlier !== sandbox { reply.alsoUnsettled = earlier }
            reply.unsettled = sandbox
        } catch {
            // An answer that cannot be recorded is not given: whoever counts must be able to rely on it.
            reply.response = failed(error)
            reply.unsettled = trace.sandbox
        }
    }

    private func entry(
        _ request: Request, _ response: Response, _ trace: Trace, _ sandbox: Sandbox, _ took: Duration
    ) -> Journal.Entry {
        let arrived = Clock.machineTime()
        let now = sandbox.clock.isMachineTime ? arrived : sandbox.now
        var entry = Journal.Entry(
            at: now, arrived: arrived,
            tookMicroseconds: took.components.seconds * 1_000_000
                + took.components.attoseconds / 1_000_000_000_000,
            status: response.status.rawValue, method: request.method.rawValue, operation: trace.operation,
            target: "", requestFields: [], requestBody: [], responseFields: [], responseBody: [],
            notes: trace.notes(at: now, isRead: trace.isRead && response.status.rawValue < 300))
        if recording.showsSecrets {
            keep(request, response, trace, in: &entry)
        } else {
            mask(request, response, trace, sandbox.seenSecrets, in: &entry)
        }
        entry.warnings = trace.oddities.count
        entry.customer = trace.customerRow
        entry.lease = trace.leaseRow
        return entry
    }

    /// Everything as it came.
    private func keep(_ request: Request, _ response: Response, _ trace: Trace, in entry: inout Journal.Entry) {
        let target = request.target
        entry.target = target.queryText.isEmpty ? target.path : "\(target.path)?\(target.queryText)"
        entry.requestFields = Secrets.open(request.fields.lines)
        entry.requestBody = Self.kept(trace.payload?.document ?? request.body)
        entry.responseFields = Secrets.open(response.fields)
        entry.responseBody = Self.kept(response.body)
    }

    /// Everything without its secrets. The body first: what it says to be a secret is one in the header too.
    private func mask(
        _ request: Request, _ response: Response, _ trace: Trace, _ seen: SeenSecrets, in entry: inout Journal.Entry
    ) {
        let payload = trace.payload ?? (request.body.isEmpty ? nil : try? JSON(request.body))
        if !request.target.query.isEmpty { secrets.learn(request.target.query, seen) }
        entry.requestFields = secrets.header(request.fields.lines, of: .request, seen)
        entry.requestBody = Self.kept(
            payload.map { secrets.body($0, seen, learns: true) } ?? Secrets.placeholder(request.body))
        // What the body has taught may stand in the header.
        entry.requestFields = secrets.header(request.fields.lines, of: .request, seen)
        entry.target = secrets.target(request.target, seen, isRouted: !trace.operation.isEmpty)
        entry.responseFields = secrets.header(response.fields, of: .response, seen)
        entry.responseBody = Self.kept(
            secrets.answer(
                response.body, seen, isSuspect: trace.mayHoldSecrets || trace.fault != nil, keeping: Self.longestBody))
        if entry.notes.count > 2 { entry.notes = secrets.notes(entry.notes, seen) }
    }

    /// A body as long as the journal keeps one.
    private static func kept(_ body: [UInt8]) -> [UInt8] {
        guard body.count > longestBody else { return body }
        return Array(body[..<longestBody]) + Array("… (\(body.count) bytes)".utf8)
    }

    /// In bytes; a contract has thirty thousand.
    private static let longestBody = 64 << 10
}

/// Whether there is a journal, and what stands in it.
package struct Recording: Sendable {
    package var isOn: Bool
    /// Whether SSNs, account numbers, passwords and tokens stand there as they came.
    package var showsSecrets: Bool

    package init(isOn: Bool = true, showsSecrets: Bool = false) {
        self.isOn = isOn
        self.showsSecrets = showsSecrets
    }
}
