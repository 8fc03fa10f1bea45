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

    init(_ gateway: Gateway, _ log: Log) {
        self.gateway = gateway
        control = Control(gateway)
        plugin = Plugin(gateway)
        self.log = log
    }

    func answer(_ request: Request) -> Answer {
        let start = ContinuousClock.now
        let reply =
            if Control.owns(request.target) {
                turned(request)
            } else if Plugin.owns(request.target) {
                plugin.answer(request)
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

    /// What turns a sandbox finds everything before it done, and may put another database in its place.
    private func turned(_ request: Request) -> Gateway.Reply {
        settle()
        return control.answer(request, version: MedusaSandbox.version)
    }

    func bodyLimit(_ method: Method, target: String) -> Int? { Control.bodyLimit(method, target: target) }

    private func batch(of sandbox: Sandbox) -> Batch {
        if let found = unsettled.first(where: { $0.sandbox === sandbox }) { return found.batch }
        let batch = Batch()
        unsettled.append((sandbox, batch))
        return batch
    }

    func answer(_ rejection: Rejection, method: Method?, target: String, fields: Fields) -> Response {
        let response: Response =
            switch rejection {
            case .malformed: .gateway(.badRequest, "Bad request")
            case .unknownMethod: .gateway(.notFound, "no Route matched with those values")
            case .contentTooLarge: .gateway(.contentTooLarge, "Request size limit exceeded")
            }
        let reply = gateway.refuse(response, method: method, target: target, fields: fields)
        // What cannot be decoded cannot be looked through either.
        let path = Target(target).map {
            gateway.shownPath($0, in: reply.trace?.sandbox ?? gateway.openedSandbox(of: fields))
        }
        log.request(
            "-", path ?? "(a target of \(target.utf8.count) bytes that cannot be read)", response.status, took: .zero)
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
        log.flush()
    }
}
