package import HTTP

/// What the server serves. Everything here is called on the one thread that runs the loop.
package protocol Application: AnyObject {
    /// Answers one complete request.
    func answer(_ request: Request) -> Answer

    /// Answers what is refused before anybody looks at what it asks for. The answer leaves at once.
    ///
    /// - Parameter head: as far as it was read.
    func answer(_ rejection: Rejection, _ head: RequestHead) -> Response

    /// Whether the body of a request will be looked at; one that will not is read and dropped.
    func wantsBody(_ head: RequestHead, _ target: Target) -> Bool

    /// The largest body that a request may have, in bytes, where it is not the same for all; `nil` for the ordinary limit.
    func bodyLimit(_ head: RequestHead, _ target: Target) -> Int?

    /// Connections that ended without an answer.
    func ended(_ count: Int, _ reason: Ending)

    /// Makes durable what the answers of this turn of the loop have written. It is called in each turn, once all that was
    /// ready has been served; only then do the answers that carry a `Batch` leave.
    func settle()

    /// Whether something is left to do that can wait until nothing else is ready.
    var hasMore: Bool { get }

    /// Does a little of it, a millisecond or so. It is called while nothing else is ready.
    func doSome()
}

extension Application {
    package var hasMore: Bool { false }
    package func doSome() {}
}

/// Why a connection ended in the middle of a request, or before one.
package enum Ending: String, CaseIterable, Sendable {
    case clientLeft = "the client left in the middle of a request"
    case tooSlow = "a request took longer to come than the server waits"
    case readerTooSlow = "the client did not read its answer"
    case madeRoom = "the longest idle connection made room for a new one"
    case bodyMadeRoom = "the longest waiting body made room for another"
    case noRoom = "all connections are busy, and there was no room for a new one"
}

/// What becomes of a request.
package enum Answer {
    /// - after: what must be durable before the answer may leave; `nil` lets it leave at once.
    case ready(Response, after: Batch?)
    /// It comes later. The connection waits, and nobody else does.
    case pending(PendingAnswer)
}

/// An answer that is not there yet: another thread works on it, or something must happen first. It belongs to the thread that runs the
/// loop, which is the one that must give it.
package final class PendingAnswer {
    let lastWord: () -> Response
    private(set) var given: (response: Response, batch: Batch?)?
    /// When it is too late for what is waited for, and what is to be done then.
    private(set) var end: (milliseconds: Int64, timeIsOver: () -> Void)?
    /// The server's: looks at the answer again.
    var changed: (() -> Void)?
    /// Who has promised this answer to somebody.
    private var heir: PendingAnswer?

    /// - Parameter lastWord: the answer where the server ends before there is one.
    package init(lastWord: @escaping () -> Response) { self.lastWord = lastWord }

    /// Gives the answer; the first one counts.
    package func give(_ response: Response, after batch: Batch? = nil) {
        if let heir { return heir.give(response, after: batch) }
        guard given == nil else { return }
        given = (response, batch)
        end = nil
        changed?()
    }

    /// Says that the answer depends on what is still to happen.
    ///
    /// - Parameters:
    ///   - milliseconds: of the machine's time: how long the client waits for it.
    ///   - timeIsOver: called then; the answer is to be given soon.
    package func waits(milliseconds: Int64, _ timeIsOver: @escaping () -> Void) {
        if let heir { return heir.waits(milliseconds: milliseconds, timeIsOver) }
        end = (monotonicMilliseconds() + milliseconds, timeIsOver)
        changed?()
    }

    /// Lets another one be given whatever this one is given.
    package func pass(to heir: PendingAnswer) {
        self.heir = heir
        if let end { heir.waits(milliseconds: end.milliseconds - monotonicMilliseconds(), end.timeIsOver) }
        if let given { heir.give(given.response, after: given.batch) }
    }

    /// Says once that the time is over, if it is.
    ///
    /// - Parameter isOver: whether nobody may wait for anything any more.
    func checkTime(isOver: Bool) {
        guard let end, isOver || monotonicMilliseconds() >= end.milliseconds else { return }
        self.end = nil
        end.timeIsOver()
    }
}

/// The writes of one turn of the loop to one database.
package final class Batch {
    /// Set when the commit failed: what every answer of the batch becomes, for nothing of it is true.
    package var failure: Response?

    package init() {}
}

/// The bounds of what a client can make the server hold.
package struct Limits: Sendable {
    /// The largest body, in bytes.
    package var body = 1 << 20
    /// All bodies that are on their way together, in bytes; above it, the one that has waited longest makes room.
    package var bodies = 64 << 20
    /// A larger body is read to its end, kept nowhere, up to this many bytes, so that the client hears the answer.
    package var drain = 64 << 20
    /// Above it, the longest idle connection makes room for a new one.
    package var connections = 4096
    /// What libmicrohttpd keeps for one connection, in bytes: it gets heads of some fifty, and writes the header of the answer.
    package var connectionMemory = 16 << 10
    package var idleSeconds: Int64 = 60
    /// From the first byte of a request to its last; and how long a client may read nothing of its answer.
    package var requestSeconds: Int64 = 30
    /// How long a stop waits for requests in progress.
    package var drainSeconds: Int64 = 5

    package init() {}
}
