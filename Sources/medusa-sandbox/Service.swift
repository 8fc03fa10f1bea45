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
    }

    func answer(_ request: Request) -> Answer {
        let start = ContinuousClock.now
        if let rejection = misdirection(of: request.fields, request.target) {
            var head = RequestHead()
            (head.method, head.target, head.fields) = (request.method, request.target.path, request.fields)
            return Answer(answer(rejection, head))
        }
        let reply =
            if Control.owns(request.target) {
                turned(request)
            } else if Plugin.owns(request.target) {
                plugin.answer(request)
            } else if request.target.isWholeServer, request.method == .options {
                Gateway.Reply(response: Response(.noContent, fields: [Gateway.allow(Method.allCases)]))
            } else {
                gateway.answer(request)
            }
        if log.logsRequests {
            let sandbox = reply.trace?.sandbox ?? gateway.openedSandbox(of: request.fields)
            log.request(
                request.method.rawValue, gateway.shownPath(request.target, in: sandbox), reply.response.status,
                took: ContinuousClock.now - start)
            log.oddities(reply.oddities) { gateway.shown($0, in: sandbox) }
        }
        if let other = reply.alsoUnsettled { _ = batch(of: other) }
        return Answer(reply.response, after: reply.unsettled.map(batch))
    }

    /// Clients name the same host again and again.
    private func misdirection(of fields: Fields, _ target: Target) -> Rejection? {
        guard let host = fields["host"], host != admittedHost else { return nil }
        if let rejection = gateway.access.rejection(of: fields, target) { return rejection }
        if target.authority == nil { admittedHost = host }
        return nil
    }

    /// What turns a sandbox finds everything before it done, and may put another database in its place.
    private func turned(_ request: Request) -> Gateway.Reply {
        settle()
        return control.answer(request, version: MedusaSandbox.version)
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
        guard let sandbox = reply.unsettled else { return reply.response }
        let batch = batch(of: sandbox)
        settle()
        return batch.failure ?? reply.response
    }

    func settle() {
        for (sandbox, batch) in unsettled {
            do throws(SQLiteError) {
                try sandbox.store.settle()
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
