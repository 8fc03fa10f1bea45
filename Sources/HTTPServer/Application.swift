package import HTTP

/// What the server serves. Everything here is called on the one thread that runs the loop.
package protocol Application: AnyObject {
    /// Answers one complete request.
    func answer(_ request: Request) -> Answer

    /// Answers what never became a request: the gateway's own words for it. The answer leaves at once.
    ///
    /// - Parameters:
    ///   - method: `nil` for one that RFC 9110 does not name.
    ///   - target: as it was sent.
    func answer(_ rejection: Rejection, method: Method?, target: String, fields: Fields) -> Response

    /// The largest body that a request may have, in bytes, where it is not the same for all; `nil` for the ordinary limit.
    func bodyLimit(_ method: Method, target: String) -> Int?

    /// Makes durable what the answers of this turn of the loop have written. It is called in each turn, once all that was
    /// ready has been served; only then do the answers that carry a `Batch` leave.
    func settle()
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

/// Why the server itself refuses a request.
package enum Rejection: Hashable, Sendable {
    /// Not a well-formed request: two lengths, no host, a target that does not decode.
    case malformed
    /// A method that RFC 9110 does not name.
    case unknownMethod
    case contentTooLarge
}

/// The bounds of what a client can make the server hold.
package struct Limits: Sendable {
    /// The largest body, in bytes.
    package var body = 1 << 20
    /// A larger body is read to its end, kept nowhere, up to this many bytes, so that the client hears the answer.
    package var drain = 64 << 20
    package var connections = 4096
    /// What one connection's request line and fields may take, in bytes.
    package var connectionMemory = 32 << 10
    package var idleSeconds: Int64 = 60
    /// From the first byte of a request to its last.
    package var requestSeconds: Int64 = 30
    /// How long a stop waits for requests in progress.
    package var drainSeconds: Int64 = 5

    package init() {}
}
