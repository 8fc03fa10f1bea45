internal import ControlAPI
internal import HTTP
internal import HTTPServer
internal import MedusaAPI
internal import MedusaStore
internal import PaymentPlugin
internal import SQLite
internal import Sandbox

/// Between the server on one side, the gateway and the control API on the other: keeps the batches of a turn of the loop, and the log.
final class Service: Application {
    private let gateway: Gateway
    private let control: Control
    private let plugin: Plugin
    private let log: Log
    /// What takes long is done by them.
    let workers = Workers()
    private var unsettled: [(sandbox: Sandbox, batch: Batch)] = []
    /// The host that was last found to be one of the server's.
    private var admittedHost: String?
    /// Connections that ended without an answer since the last turn.
    private var endings: [Ending: Int] = [:]

    private static let mostUnsettled = 64

    init(_ gateway: Gateway, _ log: Log) {
        self.gateway = gateway
        control = Control(gateway)
        plugin = Plugin(gateway)
        self.log = log
        control.start = { [unowned self] sandbox, run, then in perform(in: [sandbox], run, then) }
    }

    func answer(_ request: Request) -> Answer { answer(request, since: .now) }

    private func answer(_ request: Request, since start: ContinuousClock.Instant) -> Answer {
        if let rejection = misdirection(of: request.fields, request.target) {
            var head = RequestHead()
            (head.method, head.target, head.fields) = (request.method, request.target.path, request.fields)
            return .ready(answer(rejection, head), after: nil)
        }
        let reply =
            if Control.owns(request.target) {
                control.answer(request, version: MedusaSandbox.version)
            } else if Plugin.owns(request.target) {
                plugin.answer(request)
            } else if request.target.isWholeServer, request.method == .options {
                Gateway.Reply(response: Response(.noContent, fields: [Gateway.allow(Method.allCases)]))
            } else {
                gateway.answer(request)
            }
        switch reply.deferral {
        case .absence(let absence): return .pending(answered(later: request, since: start, absence))
        case .work(let work): return .pending(answered(by: work, request, since: start))
        case nil: break
        }
        note(request, reply, since: start)
        if let other = reply.alsoUnsettled { _ = batch(of: other) }
        return .ready(reply.response, after: reply.unsettled.map(batch))
    }

    private func note(_ request: Request, _ reply: Gateway.Reply, since start: ContinuousClock.Instant) {
        guard log.logsRequests else { return }
        let sandbox = reply.trace?.sandbox ?? gateway.openedSandbox(of: request.fields)
        log.request(
            request.method.rawValue, gateway.shownPath(request.target, in: sandbox), reply.response.status,
            took: ContinuousClock.now - start)
        log.oddities(reply.oddities) { gateway.shown($0, in: sandbox) }
    }

    // MARK: Later

    private static var ending: Response {
        .gateway(.serviceUnavailable, "The server ends, and this was not done; start it again, and ask again")
    }

    /// The answer to a request whose sandbox is away.
    private func answered(
        later request: Request, since start: ContinuousClock.Instant, _ absence: Absence
    ) -> PendingAnswer {
        let pending = PendingAnswer { Self.ending }
        absence.whenBack { [unowned self] in
            switch answer(request, since: start) {
            case .ready(let response, let batch): pending.give(response, after: batch)
            case .pending(let next): next.pass(to: pending)
            }
        }
        return pending
    }

    /// The answer to a long call.
    private func answered(
        by work: Gateway.Work, _ request: Request, since start: ContinuousClock.Instant
    ) -> PendingAnswer {
        let pending = PendingAnswer { Self.ending }
        let fields = work.fields
        // It knows nothing of the sandbox, which may have to make room for others while something is awaited in it.
        let give = { [unowned self] (response: Response) in
            var reply = Gateway.Reply(response: response)
            reply.response.fields += fields
            note(request, reply, since: start)
            pending.give(reply.response)
        }
        var response = Response(.ok)
        perform(in: work.sandboxes) {
            response = work.run()
        } _: {
            guard let wait = work.wait() else { return give(work.conclude(response)) }
            wait.whenAnswered = give
            pending.waits(milliseconds: wait.patienceMilliseconds) { wait.timeIsOver() }
        }
        return pending
    }

    /// Does something with sandboxes on another thread, and then goes on on this one. The sandboxes are away meanwhile.
    func perform(in sandboxes: [Sandbox], _ run: @escaping () -> Void, _ then: @escaping () -> Void) {
        if let absence = sandboxes.lazy.compactMap(\.absence).first {
            absence.whenBack { [unowned self] in perform(in: sandboxes, run, then) }
            return
        }
        // It finds everything before it done, and may put another database in its place.
        settle()
        for sandbox in sandboxes { sandbox.leave() }
        workers.run(run) {
            let others = sandboxes.dropFirst()
            for other in others { other.comeBack {} }
            sandboxes.first?.comeBack { [unowned self] in
                then()
                sandboxes.first.map(tidy)
            }
        }
    }

    /// What another world has left to do, before anybody else comes: in a later commit it would be the loop's.
    private func tidy(_ sandbox: Sandbox) {
        guard sandbox.absence == nil, sandbox.store.checkpointIsDue else { return }
        perform(in: [sandbox]) {
            // Where there is no room, the next commit says so.
            try? sandbox.store.checkpoint()
        } _: {
        }
    }

    var hasMore: Bool { control.hasMore }

    func doSome() { control.doSome() }

    /// Clients name the same host again and again.
    private func misdirection(of fields: Fields, _ target: Target) -> Rejection? {
        guard let host = fields["host"], host != admittedHost else { return nil }
        if let rejection = gateway.access.rejection(of: fields, target) { return rejection }
        if target.authority == nil { admittedHost = host }
        return nil
    }

    func wantsBody(_ head: RequestHead, _ target: Target) -> Bool {
        guard misdirection(of: head.fields, target) == nil, head.method != .options else { return false }
        if Control.owns(target) { return gateway.hasKey(head.fields) }
        return Plugin.owns(target) ? plugin.wantsBody(head, target) : gateway.wantsBody(head, target)
    }

    func bodyLimit(_ head: RequestHead, _ target: Target) -> Int? { Control.bodyLimit(head, target) }

    func ended(_ count: Int, _ reason: Ending) { endings[reason, default: 0] += count }

    /// One line a turn for each reason, for thousands may end at once.
    private func logEndings() {
        guard !endings.isEmpty else { return }
        for reason in Ending.allCases {
            guard let count = endings[reason] else { continue }
            log.ended(
                count == 1 ? "a connection ended: \(reason.rawValue)" : "\(count) connections ended: \(reason.rawValue)"
            )
        }
        endings.removeAll()
    }

    private func batch(of sandbox: Sandbox) -> Batch {
        if let found = unsettled.first(where: { $0.sandbox === sandbox }) { return found.batch }
        // None of these can make room before its commit.
        if unsettled.count >= Self.mostUnsettled { settle() }
        let batch = Batch()
        unsettled.append((sandbox, batch))
        return batch
    }

    func answer(_ rejection: Rejection, _ head: RequestHead) -> Response {
        let isOwn = Target(head.target).map { Control.owns($0) || Plugin.isDemo($0) } ?? false
        let reply = gateway.refuse(rejection, head, to: isOwn ? .own : .everyone)
        // What cannot be decoded cannot be looked through either.
        let path = Target(head.target).map {
            gateway.shownPath($0, in: reply.trace?.sandbox ?? gateway.openedSandbox(of: head.fields))
        }
        log.request(
            head.method?.rawValue ?? "-", path ?? "(a target of \(head.target.utf8.count) bytes that cannot be read)",
            rejection.status, took: .zero)
        log.ended("refused: \(rejection.message)")
        // While the sandbox is away, it is answered without a record.
        guard let sandbox = reply.unsettled else {
            return reply.deferral == nil ? reply.response : .gateway(rejection.status, rejection.message)
        }
        let batch = batch(of: sandbox)
        settle()
        return batch.failure ?? reply.response
    }

    func settle() {
        for (sandbox, batch) in unsettled {
            do throws(SQLiteError) {
                try sandbox.store.settle()
                if let follower = sandbox.follower {
                    let fresh = sandbox.store.journal.takeFresh()
                    if !fresh.isEmpty { follower.news(fresh) }
                }
            } catch {
                batch.failure = gateway.unsaved(error)
                // What it was told in this turn is not true either.
                try? sandbox.reload()
            }
        }
        unsettled.removeAll(keepingCapacity: true)
        logEndings()
        log.flush()
    }
}
