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

/// An answer, which may have to wait for a commit.
package struct Answer {
    package let response: Response
    package let batch: Batch?

    /// - Parameter batch: what must be durable before the answer may leave; `nil` lets it leave at once.
    package init(_ response: Response, after batch: Batch? = nil) {
        self.response = response
        self.batch = batch
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
