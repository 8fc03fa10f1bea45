internal import CMicroHTTPD
internal import Glibc
internal import HTTP

/// One connection's place, used by its requests one after the other, so that a request costs no allocation of its own.
@safe final class Exchange {
    enum Phase {
        /// Between two requests.
        case idle
        /// libmicrohttpd has begun with a request.
        case begun
        case collecting
        /// The body is read and dropped, so that the client hears the answer; why, unless it is only that nobody looks at it.
        case draining(Rejection?)
        /// Suspended until the batch is durable.
        case waiting(Response, Batch?)
        /// Suspended until somebody gives the answer.
        case pending(PendingAnswer)
        case answered
    }

    let connection: OpaquePointer
    let socket: Int32
    var inflow = Inflow()
    var phase = Phase.idle
    var head = RequestHead()
    /// Why the present request was refused by its head alone.
    var rejection: Rejection?
    var target: Target?
    var body: [UInt8] = []
    var drained = 0
    /// Whether no further request can come: the answer then ends the connection.
    var isLast = false
    /// Whether the connection ends although the client may still be sending.
    var lingers = false
    /// When a connection that waits on purpose goes on: monotonic milliseconds.
    var wakesAtMilliseconds: Int64 = 0
    /// Whether the answer is slow because it was told to be, and not because of the client.
    var isSlowOnPurpose = false
    var isSuspended = false
    /// The largest body of the present request, in bytes.
    var bodyLimit = 0
    /// When the present request, or the present idleness, began, or when the client last read something of its answer: monotonic
    /// seconds.
    var sinceSeconds: Int64
    /// The place in the order in which connections began to wait, or requests to come; finer than any clock.
    var turn: UInt64 = 0
    /// What the client had acknowledged when that was last asked, in bytes.
    var acknowledged: Int64 = 0
    /// Why the server has ended it.
    var ending: Ending?

    init(_ connection: OpaquePointer, socket: Int32, nowSeconds: Int64) {
        unsafe self.connection = connection
        self.socket = socket
        sinceSeconds = nowSeconds
    }

    /// - Returns: false when libmicrohttpd asks for a request that it was not given.
    func begin(nowSeconds: Int64) -> Bool {
        guard let received = inflow.nextHead() else { return false }
        head = received.head
        rejection = received.rejection
        target = nil
        phase = .begun
        drained = 0
        isLast = received.rejection != nil
        lingers = isLast
        sinceSeconds = nowSeconds
        return true
    }

    func end(nowSeconds: Int64) {
        phase = .idle
        isSlowOnPurpose = false
        sinceSeconds = nowSeconds
        if body.capacity > 1 << 16 { body = [] } else { body.removeAll(keepingCapacity: true) }
    }

    /// Whether the client has closed its side of the connection behind the present request, as `nc -N` does.
    var hasClientFinished: Bool {
        guard inflow.isAtEnd else { return false }
        if inflow.isFinished { return true }
        var byte: UInt8 = 0
        return unsafe recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 0
    }

    /// In bytes; `nil` when it is chunked.
    var bodyLength: Int? {
        switch head.framing {
        case .none: 0
        case .length(let length): length
        case .chunked: nil
        }
    }

    /// Whether a client is owed an answer.
    var isInProgress: Bool { if case .idle = phase { false } else { true } }

    /// Whether it waits for its client, and can make room: between two requests, or in the middle of one.
    var waitsForClient: Bool {
        switch phase {
        case .idle, .begun, .collecting, .draining: true
        case .waiting, .pending, .answered: false
        }
    }

    /// Ends the connection: libmicrohttpd hears of it as of a client that went away.
    func cut(_ reason: Ending) {
        guard ending == nil else { return }
        ending = reason
        shutdown(socket, Int32(SHUT_RDWR))
    }
}
