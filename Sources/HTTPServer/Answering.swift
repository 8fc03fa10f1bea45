internal import CMicroHTTPD
internal import Glibc
internal import HTTP

/// One request: what libmicrohttpd calls, and what it is given.
extension HTTPServer {
    /// libmicrohttpd calls this when the fields are complete, for each piece of the body, at its end, and after a
    /// suspended connection was resumed.
    func handle(_ exchange: Exchange, _ piece: UnsafeBufferPointer<UInt8>) -> MHD_Result {
        switch exchange.phase {
        case .idle, .answered:
            return .NO
        case .begun:
            return start(exchange)
        case .collecting:
            guard exchange.ending == nil else { return .NO }
            guard !piece.isEmpty else { return answer(exchange) }
            guard unsafe keep(piece, of: exchange) else {
                exchange.phase = .draining(.contentTooLarge)
                return drain(exchange, .contentTooLarge, piece.count)
            }
            return .YES
        case .draining(let rejection):
            return drain(exchange, rejection, piece.count)
        case .waiting(let response, let batch):
            return send(batch?.failure ?? response, exchange)
        case .pending(let pending):
            return take(pending, exchange)
        }
    }

    private func start(_ exchange: Exchange) -> MHD_Result {
        guard let rejection = rejection(of: exchange) else {
            exchange.body.reserveCapacity(min(exchange.bodyLength ?? 0, 64 << 10))
            // An answer from this first call would cost the connection: the library closes it then, even without a body.
            exchange.phase = .collecting
            return .YES
        }
        // A client that waits for 100 Continue, or has too much to send, is told at once.
        if case .some(let rejection) = rejection,
            exchange.head.expectsContinue || exchange.bodyLength ?? 0 > limits.drain
        {
            exchange.lingers = true
            exchange.isLast = true
            return reject(exchange, rejection)
        }
        exchange.phase = .draining(rejection)
        return .YES
    }

    /// In bytes: what is kept until the request is whole, whoever sends it.
    private static let smallBody = 4096

    /// Why the body of a request is not kept: it is refused, or nobody looks at it; `nil` where it is kept.
    private func rejection(of exchange: Exchange) -> Rejection?? {
        if let rejection = exchange.rejection { return .some(rejection) }
        guard exchange.head.method != nil else { return .some(.unknownMethod) }
        let target: Target
        do throws(Rejection) {
            target = try Target(parsing: exchange.head.target)
        } catch {
            return .some(error)
        }
        exchange.target = target
        guard exchange.head.framing != .none else { return nil }
        // A small one is not worth a second look at who sends it.
        guard exchange.bodyLength.map({ $0 <= Self.smallBody }) == true || application.wantsBody(exchange.head, target)
        else { return .some(nil) }
        exchange.bodyLimit = application.bodyLimit(exchange.head, target) ?? limits.body
        let size = exchange.bodyLength ?? 0
        return size <= exchange.bodyLimit && mayGrow(exchange, to: size) ? nil : .some(.contentTooLarge)
    }

    private func drain(_ exchange: Exchange, _ rejection: Rejection?, _ count: Int) -> MHD_Result {
        guard count > 0 else {
            guard let rejection else { return answer(exchange) }
            return reject(exchange, rejection)
        }
        exchange.drained += count
        return exchange.drained <= limits.drain ? .YES : .NO
    }

    private func reject(_ exchange: Exchange, _ rejection: Rejection) -> MHD_Result {
        if exchange.inflow.presentFlaw != nil {
            // Behind a body that cannot be read nothing can, whatever else the request is refused for.
            exchange.isLast = true
            exchange.lingers = true
        }
        exchange.isLast = exchange.isLast || exchange.hasClientFinished
        return send(application.answer(rejection, exchange.head), exchange)
    }

    private func answer(_ exchange: Exchange) -> MHD_Result {
        if let flaw = exchange.inflow.presentFlaw {
            exchange.isLast = true
            exchange.lingers = true
            return reject(exchange, flaw)
        }
        guard let method = exchange.head.method, let target = exchange.target else {
            return reject(exchange, .malformed(.requestLine))
        }
        exchange.isLast = exchange.hasClientFinished
        let answer = application.answer(
            Request(method: method, target: target, fields: exchange.head.fields, body: exchange.body))
        switch answer {
        case .ready(let response, let batch):
            return finish(response, batch, exchange)
        case .pending(let pending):
            return take(pending, exchange)
        }
    }

    /// Answers, once what the answer speaks of is durable and its time has come.
    private func finish(_ response: Response, _ batch: Batch?, _ exchange: Exchange) -> MHD_Result {
        let delay = response.delivery?.delayMilliseconds ?? 0
        guard mayWait, batch != nil || delay > 0 else {
            if batch != nil { application.settle() }
            return send(batch?.failure ?? response, exchange)
        }
        exchange.phase = .waiting(response, batch)
        if delay > 0 {
            _ = sleep(exchange, until: monotonicMilliseconds() + delay)
        } else {
            waiting.append(exchange)
            suspend(exchange)
        }
        return .YES
    }

    /// Takes an answer that is given, or waits for it.
    private func take(_ pending: PendingAnswer, _ exchange: Exchange) -> MHD_Result {
        pending.changed = nil
        if mayWait { pending.checkTime(isOver: isStopping) }
        if let (response, batch) = pending.given { return finish(response, batch, exchange) }
        guard mayWait else { return finish(pending.lastWord(), nil, exchange) }
        exchange.phase = .pending(pending)
        pending.changed = { [unowned self, unowned exchange] in wake(exchange) }
        return (pending.end.map { sleep(exchange, until: $0.milliseconds) } ?? sleep(exchange)) ? .YES : .NO
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

    /// In bytes: a larger answer is not copied whole, which would keep everybody waiting, but as the client reads it.
    private static let largeBody = 1 << 20

    private func made(_ response: Response, _ exchange: Exchange) -> OpaquePointer? {
        if let live = response.live {
            exchange.isSlowOnPurpose = true
            let stream = LiveStream(live, exchange, server: self)
            return unsafe MHD_create_response_from_callback(
                shim_unknown_size, 65_536, liveCallback, Unmanaged.passRetained(stream).toOpaque(), liveDoneCallback)
        }
        let isSlow = response.delivery.map { $0.ending == .duringAnswer || $0.drip != nil } ?? false
        if isSlow || response.body.count > Self.largeBody, response.status.rawValue != 205 {
            exchange.isSlowOnPurpose = isSlow
            let parts = PiecemealBody(response.body, response.delivery ?? Delivery(), exchange, server: self)
            return unsafe MHD_create_response_from_callback(
                UInt64(response.body.count), 65_536, pieceCallback, Unmanaged.passRetained(parts).toOpaque(),
                piecesDoneCallback)
        }
        // RFC 9110, section 15.3.6: the library knows 204 and 304 for such, and not this one.
        let content = response.status.rawValue == 205 ? [] : response.body
        return unsafe content.withUnsafeBytes { body in
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
            let exchange = stream.exchange
            stream.body.wake = { [unowned self, weak exchange] in
                if let exchange { wake(exchange) }
            }
            return sleep(exchange, until: monotonicMilliseconds() + stream.body.quietMilliseconds)
                ? 0 : shim_end_of_stream
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
                return sleep(body.exchange, until: body.nextAtMilliseconds) ? 0 : shim_end_with_error
            }
            body.nextAtMilliseconds = now + drip.everyMilliseconds
            count = min(count, drip.bytes)
        }
        _ = unsafe buffer.update(fromContentsOf: body.bytes[position..<position + count])
        return count
    }
}
