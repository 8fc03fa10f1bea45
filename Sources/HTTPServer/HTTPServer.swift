internal import CMicroHTTPD
internal import Glibc
internal import HTTP

/// libmicrohttpd behind one small face: one thread, one epoll loop, no locks.
///
/// A turn of the loop serves everything that is ready, and what becomes ready meanwhile, then settles: what was written is committed, and only then do the
/// answers that wait for it leave. So an acknowledged write is durable, and a turn's writes share one commit.
@safe package final class HTTPServer {
    private let application: any Application
    private let limits: Limits
    private let listenSocket: Int32
    private var daemon: OpaquePointer?
    private var connections: [ObjectIdentifier: Exchange] = [:]
    private var waiting: [Exchange] = []
    /// Whether the last turn let answers go that libmicrohttpd has not written yet.
    private var hasResumed = false
    private var nowSeconds = monotonicMilliseconds() / 1000
    private var lastSweepSeconds: Int64 = 0
    private var isStopping = false
    /// Connections that wait on purpose.
    private var sleeping: [Exchange] = []
    /// The request whose body may be larger than others.
    private weak var largeBody: Exchange?
    private var watches: [Watch] = []

    /// A descriptor that the loop looks at besides its own.
    package struct Watch {
        package let descriptor: Int32
        package let becameReadable: () -> Void

        package init(_ descriptor: Int32, becameReadable: @escaping () -> Void) {
            self.descriptor = descriptor
            self.becameReadable = becameReadable
        }
    }

    package init(_ listener: consuming Listener, _ application: any Application, _ limits: Limits) {
        self.application = application
        self.limits = limits
        listenSocket = listener.descriptor
    }

    /// Serves until `stop` is called, finishes the requests in progress, and returns.
    ///
    /// - Parameters:
    ///   - watches: what else the loop waits for; handled between two turns, on the same thread.
    ///   - ready: called once, when connections are accepted; false stops at once.
    package func run(watching watches: [Watch] = [], ready: () -> Bool) {
        self.watches = watches
        start()
        if !ready() { isStopping = true }
        while !isStopping { turn() }
        finish()
    }

    /// To be called on the loop's own thread, from a watch.
    package func stop() { isStopping = true }

    private func start() {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe daemon = shim_start_daemon(
            listenSocket, UInt32(allowedConnections()), UInt32(limits.idleSeconds), limits.connectionMemory,
            handleCallback, context, connectionCallback, targetCallback, completedCallback)
        guard unsafe daemon != nil else { preconditionFailure("libmicrohttpd does not start: errno \(errno)") }
    }

    /// Each connection needs a descriptor, and the open databases need some too.
    private func allowedConnections() -> Int {
        var files = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0 else { return 512 }
        files.rlim_cur = min(files.rlim_max, 65_536)
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        return min(limits.connections, max(64, Int(files.rlim_cur) - 1024))
    }

    // MARK: The loop

    private func turn() {
        var ready = [pollfd(fd: unsafe shim_epoll_descriptor(daemon), events: Int16(POLLIN), revents: 0)]
        for watch in watches { ready.append(pollfd(fd: watch.descriptor, events: Int16(POLLIN), revents: 0)) }
        unsafe poll(&ready, nfds_t(ready.count), timeoutMilliseconds())
        nowSeconds = monotonicMilliseconds() / 1000
        serve()
        sweep()
        for (watch, place) in zip(watches, ready.dropFirst()) where place.revents != 0 { watch.becameReadable() }
    }

    /// Until libmicrohttpd's own next deadline, or that of a connection that waits on purpose; at most a second while a
    /// connection's age is to be watched.
    private func timeoutMilliseconds() -> Int32 {
        if hasResumed { return 0 }
        var longest: Int64 = connections.isEmpty ? -1 : 1000
        if let next = sleeping.map(\.wakesAtMilliseconds).min() {
            longest = min(1000, max(0, next - monotonicMilliseconds()))
        }
        var wanted: UInt64 = 0
        guard unsafe MHD_get_timeout(daemon, &wanted) == .YES else { return Int32(clamping: longest) }
        return longest < 0 ? Int32(clamping: wanted) : min(Int32(clamping: longest), Int32(clamping: wanted))
    }

    /// How many answers at most wait for others before the commit.
    private static let mostPerCommit = 64

    private func serve() {
        wake()
        // What has become ready meanwhile shares the commit.
        var count = 0
        repeat {
            count = waiting.count
            unsafe MHD_run(daemon)
        } while waiting.count > count && waiting.count < Self.mostPerCommit
        application.settle()
        hasResumed = !waiting.isEmpty
        for exchange in waiting { unsafe MHD_resume_connection(exchange.connection) }
        waiting.removeAll(keepingCapacity: true)
    }

    /// Lets the connections go on whose time has come; all of them when the server stops.
    private func wake() {
        guard !sleeping.isEmpty else { return }
        let now = monotonicMilliseconds()
        sleeping.removeAll { exchange in
            guard isStopping || exchange.wakesAtMilliseconds <= now else { return false }
            unsafe MHD_resume_connection(exchange.connection)
            return true
        }
    }

    /// Suspends a connection for a while; no thread waits.
    func sleep(_ exchange: Exchange, until milliseconds: Int64) {
        exchange.wakesAtMilliseconds = milliseconds
        exchange.isSlowOnPurpose = true
        sleeping.append(exchange)
        unsafe MHD_suspend_connection(exchange.connection)
    }

    /// libmicrohttpd's timeout counts inactivity only: whoever sends a byte now and then would live for ever.
    private func sweep() {
        guard nowSeconds > lastSweepSeconds else { return }
        lastSweepSeconds = nowSeconds
        for exchange in connections.values where !exchange.isSlowOnPurpose {
            let allowed =
                if case .idle = exchange.phase { limits.idleSeconds + limits.requestSeconds } else {
                    limits.requestSeconds
                }
            if nowSeconds - exchange.sinceSeconds > allowed {
                shutdown(unsafe shim_connection_socket(exchange.connection), Int32(SHUT_RDWR))
            }
        }
    }

    /// No new connections; those with a request in progress get their answer, up to a deadline.
    private func finish() {
        watches = []
        let socket = unsafe MHD_quiesce_daemon(daemon)
        if socket >= 0 { close(socket) }
        let deadlineSeconds = nowSeconds + limits.drainSeconds
        while nowSeconds < deadlineSeconds, connections.values.contains(where: \.isInProgress) { turn() }
        // A suspended connection would abort the program here.
        serve()
        unsafe MHD_stop_daemon(daemon)
        unsafe daemon = nil
        application.settle()
    }

    // MARK: One request

    func opened(_ connection: OpaquePointer) -> Exchange {
        let exchange = unsafe Exchange(connection, nowSeconds: nowSeconds)
        connections[ObjectIdentifier(exchange)] = exchange
        return exchange
    }

    func closed(_ exchange: Exchange) { connections[ObjectIdentifier(exchange)] = nil }

    func begin(_ exchange: Exchange, target: UnsafePointer<CChar>) {
        unsafe exchange.begin(target: target, nowSeconds: nowSeconds)
    }

    func completed(_ exchange: Exchange) {
        if largeBody === exchange { largeBody = nil }
        exchange.end(nowSeconds: nowSeconds)
    }

    /// libmicrohttpd calls this when the fields are complete, for each piece of the body, at its end, and after a
    /// suspended connection was resumed.
    func handle(_ exchange: Exchange, method: String, _ piece: UnsafeBufferPointer<UInt8>) -> MHD_Result {
        switch exchange.phase {
        case .idle, .answered:
            return .NO
        case .begun:
            exchange.method = Method(rawValue: method)
            exchange.readFields()
            return begin(exchange)
        case .collecting:
            guard !piece.isEmpty else { return answer(exchange) }
            let size = exchange.body.count + piece.count
            guard size <= exchange.bodyLimit, mayGrow(exchange, to: size) else {
                exchange.body = []
                exchange.phase = .draining(.contentTooLarge)
                return drain(exchange, .contentTooLarge, piece.count)
            }
            unsafe exchange.body.append(contentsOf: piece)
            return .YES
        case .draining(let rejection):
            return drain(exchange, rejection, piece.count)
        case .waiting(let response, let batch):
            if batch?.failure == nil, let later = response.later { return look(later, exchange) }
            return send(batch?.failure ?? response, exchange)
        }
    }

    /// Bodies above the ordinary limit, where there may be some, come one at a time.
    private func mayGrow(_ exchange: Exchange, to size: Int) -> Bool {
        guard size > limits.body, largeBody !== exchange else { return true }
        guard largeBody == nil else { return false }
        largeBody = exchange
        return true
    }

    private func begin(_ exchange: Exchange) -> MHD_Result {
        let length = exchange.bodyLength
        if let rejection = rejection(of: exchange, length) {
            // A client that waits for 100 Continue, or has too much to send, is told at once.
            let waits = exchange.fields["expect"] != nil
            guard !waits, length ?? 0 <= limits.drain else { return reject(exchange, rejection) }
            exchange.phase = .draining(rejection)
            return .YES
        }
        exchange.body.reserveCapacity(length ?? 0)
        // An answer from this first call would cost the connection: the library closes it then, even without a body.
        exchange.phase = .collecting
        return .YES
    }

    private func rejection(of exchange: Exchange, _ length: Int?) -> Rejection? {
        guard exchange.hasValidFraming else { return .malformed }
        guard let method = exchange.method else { return .unknownMethod }
        exchange.bodyLimit = application.bodyLimit(method, target: exchange.target) ?? limits.body
        let size = length ?? 0
        return size <= exchange.bodyLimit && mayGrow(exchange, to: size) ? nil : .contentTooLarge
    }

    private func drain(_ exchange: Exchange, _ rejection: Rejection, _ count: Int) -> MHD_Result {
        guard count > 0 else { return reject(exchange, rejection) }
        exchange.drained += count
        return exchange.drained <= limits.drain ? .YES : .NO
    }

    private func reject(_ exchange: Exchange, _ rejection: Rejection) -> MHD_Result {
        let answer = application.answer(
            rejection, method: exchange.method, target: exchange.target, fields: exchange.fields)
        return send(answer, exchange)
    }

    private func answer(_ exchange: Exchange) -> MHD_Result {
        guard let method = exchange.method, let target = Target(exchange.target) else {
            return reject(exchange, .malformed)
        }
        exchange.isLast = exchange.hasClientFinished
        let answer = application.answer(
            Request(method: method, target: target, fields: exchange.fields, body: exchange.body))
        let delay = answer.response.delivery?.delayMilliseconds ?? 0
        if answer.response.later == nil || exchange.isLast, exchange.isLast || answer.batch == nil && delay == 0 {
            // A suspended connection whose client has closed its side is dropped when it is resumed: settle now.
            if answer.batch != nil { application.settle() }
            let answered = answer.response.later?.response(isOver: true) ?? answer.response
            return send(answer.batch?.failure ?? answered, exchange)
        }
        exchange.phase = .waiting(answer.response, answer.batch)
        if let later = answer.response.later, !exchange.isLast {
            exchange.patienceEndsAtMilliseconds = monotonicMilliseconds() + later.patienceMilliseconds
            sleep(exchange, until: monotonicMilliseconds() + Self.lookMilliseconds)
        } else if delay > 0 {
            sleep(exchange, until: monotonicMilliseconds() + delay)
        } else {
            waiting.append(exchange)
            unsafe MHD_suspend_connection(exchange.connection)
        }
        return .YES
    }

    /// How often whatever comes later is looked for.
    private static let lookMilliseconds: Int64 = 10

    /// Looks whether an answer that may come later is there.
    private func look(_ later: Later, _ exchange: Exchange) -> MHD_Result {
        // What this turn has done so far counts only once it is kept.
        application.settle()
        let now = monotonicMilliseconds()
        let isOver = isStopping || now >= exchange.patienceEndsAtMilliseconds
        if let response = later.response(isOver: isOver) { return send(response, exchange) }
        sleep(exchange, until: min(now + Self.lookMilliseconds, exchange.patienceEndsAtMilliseconds))
        return .YES
    }

    private func send(_ response: Response, _ exchange: Exchange) -> MHD_Result {
        exchange.phase = .answered
        if let delivery = response.delivery, delivery.ending == .beforeAnswer { return .NO }
        guard let made = unsafe made(response, exchange) else { return .NO }
        defer { unsafe MHD_destroy_response(made) }
        for field in response.fields { unsafe MHD_add_response_header(made, field.name, field.value) }
        if isStopping || exchange.isLast { unsafe MHD_add_response_header(made, "Connection", "close") }
        return unsafe MHD_queue_response(exchange.connection, UInt32(response.status.rawValue), made)
    }

    private func made(_ response: Response, _ exchange: Exchange) -> OpaquePointer? {
        if let live = response.live {
            exchange.isSlowOnPurpose = true
            let stream = LiveStream(live, exchange, server: self)
            return unsafe MHD_create_response_from_callback(
                shim_unknown_size, 65_536, liveCallback, Unmanaged.passRetained(stream).toOpaque(), liveDoneCallback)
        }
        if let delivery = response.delivery, delivery.ending == .duringAnswer || delivery.drip != nil {
            exchange.isSlowOnPurpose = true
            let parts = PiecemealBody(response.body, delivery, exchange, server: self)
            return unsafe MHD_create_response_from_callback(
                UInt64(response.body.count), 65_536, pieceCallback, Unmanaged.passRetained(parts).toOpaque(),
                piecesDoneCallback)
        }
        return unsafe response.body.withUnsafeBytes { body in
            unsafe MHD_create_response_from_buffer(
                body.count, UnsafeMutableRawPointer(mutating: body.baseAddress), .RESPMEM_MUST_COPY)
        }
    }

    /// The next bytes of a live body, into libmicrohttpd's buffer.
    ///
    /// - Returns: how many; 0 while there are none, and the code that ends the body.
    func piece(of stream: LiveStream, into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        if stream.rest.isEmpty {
            guard !isStopping, let next = stream.body.next() else { return shim_end_of_stream }
            stream.rest = next[...]
        }
        guard !stream.rest.isEmpty else {
            sleep(stream.exchange, until: monotonicMilliseconds() + Self.lookMilliseconds)
            return 0
        }
        let count = min(stream.rest.count, buffer.count)
        _ = unsafe buffer.update(fromContentsOf: stream.rest.prefix(count))
        stream.rest = stream.rest.dropFirst(count)
        return count
    }

    /// The next bytes of a body that comes in pieces, into libmicrohttpd's buffer.
    ///
    /// - Returns: how many; 0 while it is to wait, and the error code that closes the connection.
    func piece(
        of body: PiecemealBody, at position: Int, into buffer: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        let cut = body.delivery.ending == .duringAnswer ? body.bytes.count / 2 : body.bytes.count
        guard position < cut else { return shim_end_with_error }
        var count = min(cut - position, buffer.count)
        if let drip = body.delivery.drip, !isStopping {
            let now = monotonicMilliseconds()
            guard position == 0 || now >= body.nextAtMilliseconds else {
                sleep(body.exchange, until: body.nextAtMilliseconds)
                return 0
            }
            body.nextAtMilliseconds = now + drip.everyMilliseconds
            count = min(count, drip.bytes)
        }
        _ = unsafe buffer.update(fromContentsOf: body.bytes[position..<position + count])
        return count
    }
}

extension Exchange {
    /// Whether a client is owed an answer.
    fileprivate var isInProgress: Bool {
        if case .idle = phase { false } else { true }
    }
}

private func monotonicMilliseconds() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}
