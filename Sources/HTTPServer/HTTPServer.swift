internal import CMicroHTTPD
internal import CSocket
internal import Glibc
internal import HTTP

/// libmicrohttpd behind one small face: one thread, one epoll loop, no locks.
///
/// A turn of the loop serves everything that is ready, and what becomes ready meanwhile, then settles: what was written is committed, and only then do the
/// answers that wait for it leave. So an acknowledged write is durable, and a turn's writes share one commit.
@safe package final class HTTPServer {
    let application: any Application
    let limits: Limits
    private var listening: [Int32]
    var daemon: OpaquePointer?
    var connections: [ObjectIdentifier: Exchange] = [:]
    /// By socket, for whoever knows only that.
    private var exchanges: [Exchange?] = []
    var waiting: [Exchange] = []
    /// Whether the last turn let answers go that libmicrohttpd has not written yet.
    var hasResumed = false
    private var nowSeconds = monotonicMilliseconds() / 1000
    private var lastSweepSeconds: Int64 = 0
    var isStopping = false
    /// Whether nothing may wait any more, because the server is about to end.
    private var isLastTurn = false
    /// Connections that wait on purpose, until a moment.
    private var sleeping: [Exchange] = []
    /// No earlier than this does one of them go on: monotonic milliseconds.
    private var nextWakeMilliseconds = Int64.max
    /// Connections that wait for an answer, however long it takes.
    private var patient: [Exchange] = []
    /// The watches that are kept to the end, for they bring answers.
    private var lastWatches: [Watch] = []
    private var lingering = Lingering()
    /// The request whose body may be larger than others.
    private weak var largeBody: Exchange?
    /// What the bodies take that are on their way, in bytes.
    private var bodyBytes = 0
    /// Counts what connections begin.
    private var turns: UInt64 = 0
    private var watches: [Watch] = []
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 << 10, alignment: 16)

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
        listening = listener.descriptors
    }

    deinit { unsafe scratch.deallocate() }

    /// Serves until `stop` is called, finishes the requests in progress, and returns.
    ///
    /// - Parameters:
    ///   - watches: what else the loop waits for; handled between two turns, on the same thread.
    ///   - workers: whose work answers wait for.
    ///   - ready: called once, when connections are accepted; false stops at once.
    package func run(watching watches: [Watch] = [], workers: Workers? = nil, ready: () -> Bool) {
        lastWatches = workers.map { [$0.watch] } ?? []
        self.watches = watches + lastWatches
        start()
        if !ready() { isStopping = true }
        while !isStopping { turn() }
        finish()
    }

    /// To be called on the loop's own thread, from a watch.
    package func stop() { isStopping = true }

    private func start() {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        // The library's own limit is never reached: what makes room is not gone at once.
        unsafe daemon = shim_start_daemon(
            UInt32(mostConnections + 1024), UInt32(limits.idleSeconds), limits.connectionMemory,
            handleCallback, context, connectionCallback, targetCallback, completedCallback)
        guard unsafe daemon != nil else { preconditionFailure("libmicrohttpd does not start: errno \(errno)") }
    }

    /// Each connection needs a descriptor, and the open databases need some too.
    private lazy var mostConnections: Int = {
        var files = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0 else { return 512 }
        files.rlim_cur = min(files.rlim_max, 65_536)
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        return min(limits.connections, max(64, Int(files.rlim_cur) - 1024))
    }()

    // MARK: The loop

    private func turn() {
        var ready = [pollfd(fd: unsafe shim_epoll_descriptor(daemon), events: Int16(POLLIN), revents: 0)]
        for watch in watches { ready.append(pollfd(fd: watch.descriptor, events: Int16(POLLIN), revents: 0)) }
        let first = ready.count
        for socket in listening { ready.append(pollfd(fd: socket, events: Int16(POLLIN), revents: 0)) }
        let firstLingering = ready.count
        if !lingering.isEmpty { ready += lingering.waited }
        let count = unsafe poll(&ready, nfds_t(ready.count), timeoutMilliseconds())
        if count == 0, !hasResumed, application.hasMore { application.doSome() }
        nowSeconds = monotonicMilliseconds() / 1000
        for place in ready[first..<firstLingering] where place.revents != 0 { accept(from: place.fd) }
        serve()
        sweep()
        lingering.drain(at: monotonicMilliseconds())
        for (watch, place) in zip(watches, ready.dropFirst()) where place.revents != 0 { watch.becameReadable() }
    }

    /// Until libmicrohttpd's own next deadline, or that of a connection that waits on purpose; at most a second while a
    /// connection's age is to be watched.
    private func timeoutMilliseconds() -> Int32 {
        if hasResumed || application.hasMore { return 0 }
        var longest: Int64 = connections.isEmpty && lingering.isEmpty ? -1 : 1000
        if nextWakeMilliseconds < .max {
            longest = min(1000, max(0, nextWakeMilliseconds - monotonicMilliseconds()))
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
            runLibrary()
        } while waiting.count > count && waiting.count < Self.mostPerCommit
        application.settle()
        hasResumed = !waiting.isEmpty
        for exchange in waiting { resume(exchange) }
        waiting.removeAll(keepingCapacity: true)
    }

    private func runLibrary() {
        unsafe receive_set_hook(receiveCallback, unsafe Unmanaged.passUnretained(self).toOpaque())
        unsafe MHD_run(daemon)
        receive_set_hook(nil, nil)
    }

    /// Reads a socket for libmicrohttpd.
    func receive(from socket: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let exchange = exchange(at: socket) else {
            guard let start = buffer.baseAddress else { return Inflow.nothingYet }
            let count = unsafe receive_plainly(socket, start, buffer.count)
            return count >= 0 ? count : errno == EAGAIN ? Inflow.nothingYet : Inflow.broken
        }
        let wasInside = exchange.inflow.isInsideHead
        let count = unsafe exchange.inflow.receive(into: buffer, from: socket, scratch)
        if !wasInside, exchange.inflow.isInsideHead, !exchange.isInProgress { exchange.sinceSeconds = nowSeconds }
        return count
    }

    private func exchange(at socket: Int32) -> Exchange? {
        exchanges.indices.contains(Int(socket)) ? exchanges[Int(socket)] : nil
    }

    /// Lets the connections go on whose time has come; all of them when the server stops.
    private func wake() {
        let now = monotonicMilliseconds()
        guard nextWakeMilliseconds <= now || isStopping else { return }
        nextWakeMilliseconds = .max
        sleeping.removeAll { exchange in
            guard isStopping || exchange.wakesAtMilliseconds <= now else {
                nextWakeMilliseconds = min(nextWakeMilliseconds, exchange.wakesAtMilliseconds)
                return false
            }
            resume(exchange)
            return true
        }
    }

    /// Lets a connection go on for which there is something now.
    func wake(_ exchange: Exchange) {
        if let place = sleeping.firstIndex(where: { $0 === exchange }) {
            sleeping.remove(at: place)
        } else if let place = patient.firstIndex(where: { $0 === exchange }) {
            patient.remove(at: place)
        } else {
            return
        }
        hasResumed = true
        resume(exchange)
    }

    private func resume(_ exchange: Exchange) {
        exchange.isSuspended = false
        unsafe MHD_resume_connection(exchange.connection)
    }

    func suspend(_ exchange: Exchange) {
        exchange.isSuspended = true
        unsafe MHD_suspend_connection(exchange.connection)
    }

    /// Suspends a connection for a while; no thread waits.
    ///
    /// - Returns: false in the last turn, in which nobody may wait.
    func sleep(_ exchange: Exchange, until milliseconds: Int64) -> Bool {
        guard !isLastTurn else { return false }
        exchange.wakesAtMilliseconds = milliseconds
        exchange.isSlowOnPurpose = true
        sleeping.append(exchange)
        nextWakeMilliseconds = min(nextWakeMilliseconds, milliseconds)
        suspend(exchange)
        return true
    }

    /// Suspends a connection until somebody wakes it.
    ///
    /// - Returns: false in the last turn, in which nobody may wait.
    func sleep(_ exchange: Exchange) -> Bool {
        guard !isLastTurn else { return false }
        exchange.isSlowOnPurpose = true
        patient.append(exchange)
        suspend(exchange)
        return true
    }

    /// Whether an answer may wait for others and the commit.
    var mayWait: Bool { !isLastTurn }

    /// libmicrohttpd's timeout counts inactivity only: whoever sends a byte now and then would live for ever.
    private func sweep() {
        guard nowSeconds > lastSweepSeconds else { return }
        lastSweepSeconds = nowSeconds
        for exchange in connections.values where !exchange.isSlowOnPurpose && !exchange.isSuspended {
            switch exchange.phase {
            case .idle:
                let allowed = limits.requestSeconds + (exchange.inflow.isInsideHead ? 0 : limits.idleSeconds)
                if nowSeconds - exchange.sinceSeconds > allowed { exchange.cut(.tooSlow) }
            case .begun, .collecting, .draining:
                if nowSeconds - exchange.sinceSeconds > limits.requestSeconds { exchange.cut(.tooSlow) }
            case .answered: watch(exchange)
            case .waiting, .pending: break
            }
        }
    }

    /// Whoever reads is served to the end.
    private func watch(_ exchange: Exchange) {
        let acknowledged = Int64(socket_acknowledged(exchange.socket))
        if acknowledged != exchange.acknowledged {
            exchange.acknowledged = acknowledged
            exchange.sinceSeconds = nowSeconds
        } else if nowSeconds - exchange.sinceSeconds > limits.requestSeconds {
            exchange.cut(.readerTooSlow)
        }
    }

    /// No new connections; those with a request in progress get their answer, up to a deadline.
    private func finish() {
        watches = lastWatches
        for socket in listening { close(socket) }
        listening = []
        let deadlineSeconds = nowSeconds + limits.drainSeconds
        while nowSeconds < deadlineSeconds, connections.values.contains(where: \.isInProgress) { turn() }
        // A connection that is suspended when the library stops would abort the program. So nothing is suspended from here on, and
        // whatever was goes on.
        isLastTurn = true
        for exchange in patient { resume(exchange) }
        patient = []
        serve()
        serve()
        lingering.end()
        unsafe MHD_stop_daemon(daemon)
        unsafe daemon = nil
        application.settle()
    }

    // MARK: Connections

    /// How many connections are taken in one turn from one socket.
    private static let mostAccepted = 64

    private func accept(from listener: Int32) {
        for _ in 0..<Self.mostAccepted {
            if connections.count >= mostConnections { makeRoom() }
            var address = sockaddr_storage()
            var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let isAdded = unsafe withUnsafeMutablePointer(to: &address) { address in
                unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    let socket = unsafe shim_accept(listener, address, &size)
                    guard socket >= 0 else { return false }
                    guard connections.count < mostConnections + 512 else {
                        close(socket)
                        application.ended(1, .noRoom)
                        return true
                    }
                    // It closes the socket where it cannot take it.
                    _ = unsafe MHD_add_connection(daemon, socket, address, size)
                    return true
                }
            }
            if !isAdded {
                // Without descriptors for a newcomer, somebody has to go.
                if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) { makeRoom() }
                return
            }
        }
    }

    /// Ends the connections that have waited longest for their clients, some at a time, for looking for them costs.
    private func makeRoom() {
        var idle = connections.values.filter { $0.waitsForClient && $0.ending == nil }
        let most = min(idle.count, max(1, mostConnections / 64))
        idle.sort { $0.turn < $1.turn }
        for exchange in idle.prefix(most) { exchange.cut(.madeRoom) }
        if most > 0 { runLibrary() }
    }

    func opened(_ connection: OpaquePointer) -> Exchange {
        let socket = unsafe shim_connection_socket(connection)
        let exchange = unsafe Exchange(connection, socket: socket, nowSeconds: nowSeconds)
        connections[ObjectIdentifier(exchange)] = exchange
        stamp(exchange)
        while exchanges.count <= Int(socket) { exchanges.append(nil) }
        exchanges[Int(socket)] = exchange
        return exchange
    }

    func closed(_ exchange: Exchange) {
        connections[ObjectIdentifier(exchange)] = nil
        exchanges[Int(exchange.socket)] = nil
        drop(bodyOf: exchange)
        if let reason = exchange.ending ?? (exchange.inflow.isCut ? .clientLeft : nil) { application.ended(1, reason) }
        if exchange.lingers, !exchange.inflow.isFinished, !isLastTurn {
            lingering.add(exchange.socket, at: monotonicMilliseconds())
        }
    }

    private func stamp(_ exchange: Exchange) {
        turns &+= 1
        exchange.turn = turns
    }

    func begin(_ exchange: Exchange) -> Bool {
        stamp(exchange)
        return exchange.begin(nowSeconds: nowSeconds)
    }

    func completed(_ exchange: Exchange) {
        if largeBody === exchange { largeBody = nil }
        drop(bodyOf: exchange)
        exchange.end(nowSeconds: nowSeconds)
        stamp(exchange)
        // The library does not know that its client has closed its side meanwhile.
        if exchange.inflow.completed() { shutdown(exchange.socket, Int32(SHUT_RDWR)) }
    }

    // MARK: Bodies

    private func drop(bodyOf exchange: Exchange) {
        bodyBytes -= exchange.body.count
        exchange.body.removeAll(keepingCapacity: true)
    }

    /// Keeps a piece of a body.
    ///
    /// - Returns: false where the body is too large.
    func keep(_ piece: UnsafeBufferPointer<UInt8>, of exchange: Exchange) -> Bool {
        let size = exchange.body.count + piece.count
        guard size <= exchange.bodyLimit, mayGrow(exchange, to: size) else {
            drop(bodyOf: exchange)
            exchange.body = []
            return false
        }
        unsafe exchange.body.append(contentsOf: piece)
        bodyBytes += piece.count
        if bodyBytes > max(limits.bodies, 2 * limits.body), largeBody == nil { makeRoomForBodies(but: exchange) }
        return true
    }

    /// Bodies above the ordinary limit, where there may be some, come one at a time.
    func mayGrow(_ exchange: Exchange, to size: Int) -> Bool {
        guard size > limits.body, largeBody !== exchange else { return true }
        guard largeBody == nil else { return false }
        largeBody = exchange
        return true
    }

    private func makeRoomForBodies(but newest: Exchange) {
        let oldest = connections.values.filter {
            if case .collecting = $0.phase { $0 !== newest && $0.ending == nil && !$0.body.isEmpty } else { false }
        }.min { $0.turn < $1.turn }
        guard let oldest else { return }
        drop(bodyOf: oldest)
        oldest.body = []
        oldest.cut(.bodyMadeRoom)
    }
}

func monotonicMilliseconds() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}
