internal import CMicroHTTPD
internal import CSocket
internal import Glibc
internal import HTTP

/// A connection's bytes on their way in.
///
/// libmicrohttpd, in the versions that are about, takes requests that RFC 9112 forbids, answers others twice or not at all, copies each
/// cookie and each parameter into a pool that soon is full, and misses a client that closes its side in the middle of a request. So the
/// bytes are read here first, strictly and once (`recv` is ours, see CSocket). What the library gets is the plainest request with the same
/// body: enough for its framing, its keep-alive and its `100 Continue`. What the request says is in `heads`, in the same order.
struct Inflow: ~Copyable {
    /// A head, or what there is of one, and why it is refused.
    struct Received {
        let head: RequestHead
        let rejection: Rejection?
    }

    /// What comes next.
    private enum Place {
        case head
        /// So many bytes of a body.
        case body(Int)
        case chunks(ChunkedReader)
        /// Nothing that counts: what was wrong leaves no place from which one could go on.
        case nowhere
    }

    private var place = Place.head
    private var reader = RequestHeadReader()
    /// What has come and is not understood yet.
    private var raw: [UInt8] = []
    private var rawStart = 0
    /// What libmicrohttpd is still to get.
    private var pending: [UInt8] = []
    private var pendingStart = 0
    private var heads: [Received] = []
    /// Requests that libmicrohttpd has got, or is to get, and has not completed.
    private var outstanding = 0

    /// What is wrong with the body of the last request.
    private(set) var flaw: Rejection?
    /// Whether the client has closed its side.
    private(set) var isFinished = false
    /// Whether the client went away in the middle of a request.
    private(set) var isCut = false
    /// Whether something was wrong, so that what the client still sends is read and dropped.
    var isRefused: Bool { if case .nowhere = place { true } else { false } }

    /// Whether a head has begun, and is not complete.
    var isInsideHead: Bool { if case .head = place { reader.isInside } else { false } }

    private var isInsideBody: Bool {
        switch place {
        case .body, .chunks: true
        case .head, .nowhere: false
        }
    }

    /// The head of the request that libmicrohttpd begins with.
    mutating func nextHead() -> Received? { heads.isEmpty ? nil : heads.removeFirst() }

    /// Whether nothing has come behind the present request.
    var isAtEnd: Bool { heads.isEmpty && raw.isEmpty && pending.isEmpty }

    /// What is wrong with the body of the present request, once nothing comes behind it.
    var presentFlaw: Rejection? { heads.isEmpty ? flaw : nil }

    /// - Returns: whether nothing is left to do for a client that has closed its side.
    mutating func completed() -> Bool {
        outstanding -= 1
        return isFinished && outstanding <= 0
    }

    // MARK: For libmicrohttpd

    static let nothingYet = -1
    static let broken = -2

    /// What `recv` gives.
    ///
    /// libmicrohttpd takes a short answer for the sign that the socket is empty, and waits for the next event. So there is one only if
    /// the socket is.
    mutating func receive(
        into buffer: UnsafeMutableRawBufferPointer, from socket: Int32, _ scratch: UnsafeMutableRawBufferPointer
    ) -> Int {
        var filled = 0
        var isDrained = false
        // Whoever sends faster than we drop is dropped: nothing that comes after a refusal counts.
        var rounds = 0
        while true {
            filled += unsafe handOut(UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            guard filled < buffer.count else { return filled }
            if understand() { continue }
            rounds += 1
            if isDrained && !isInsideHead && !isInsideBody || isRefused && rounds > 64 {
                return filled > 0 ? filled : Self.nothingYet
            }
            let got = unsafe read(socket, UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]), scratch)
            switch got {
            case .nothing: return filled > 0 ? filled : Self.nothingYet
            case .failure: return filled > 0 ? filled : Self.broken
            case .end: return finish(socket, filled)
            case .bytes(let isAll): isDrained = isAll
            case .straight(let count, let isAll):
                filled += count
                isDrained = isAll
            }
        }
    }

    private enum Got {
        case nothing, failure, end
        /// Into `raw`.
        case bytes(isAll: Bool)
        /// Into libmicrohttpd's own buffer.
        case straight(Int, isAll: Bool)
    }

    /// What the socket has: the body of a request goes straight through.
    private mutating func read(
        _ socket: Int32, _ buffer: UnsafeMutableRawBufferPointer, _ scratch: UnsafeMutableRawBufferPointer
    ) -> Got {
        if case .body(let left) = place, buffer.count >= 1024 {
            let wanted = min(left, buffer.count)
            let count = unsafe received(socket, UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
            guard count > 0 else { return count == 0 ? .end : count == Self.nothingYet ? .nothing : .failure }
            place = count == left ? .head : .body(left - count)
            return .straight(count, isAll: count < wanted)
        }
        let count = unsafe received(socket, scratch)
        guard count > 0 else { return count == 0 ? .end : count == Self.nothingYet ? .nothing : .failure }
        if rawStart > 0 {
            raw.removeSubrange(..<rawStart)
            rawStart = 0
        }
        if !isRefused { unsafe raw.append(contentsOf: scratch[..<count]) }
        return .bytes(isAll: count < scratch.count)
    }

    private func received(_ socket: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let start = buffer.baseAddress else { return Self.nothingYet }
        while true {
            let count = unsafe receive_plainly(socket, start, buffer.count)
            if count >= 0 { return count }
            if errno == EINTR { continue }
            return errno == EAGAIN ? Self.nothingYet : Self.broken
        }
    }

    /// The client has closed its side. One that still waits for an answer gets it: libmicrohttpd, which would close, hears of it later.
    private mutating func finish(_ socket: Int32, _ filled: Int) -> Int {
        isFinished = true
        isCut = isInsideHead || isInsideBody
        guard filled == 0 else {
            // The rest will never come, and nothing else would tell the library.
            if isInsideBody { shutdown(socket, Int32(SHUT_RD)) }
            return filled
        }
        return outstanding > 0 && !isInsideBody ? Self.nothingYet : 0
    }

    private mutating func handOut(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(pending.count - pendingStart, buffer.count)
        if count > 0 {
            unsafe buffer.copyBytes(from: pending[pendingStart..<pendingStart + count])
            pendingStart += count
            if pendingStart == pending.count {
                pendingStart = 0
                if pending.capacity > 4096 { pending = [] } else { pending.removeAll(keepingCapacity: true) }
            }
        }
        guard pending.isEmpty, case .body(let left) = place, rawStart < raw.count else { return count }
        let more = min(left, raw.count - rawStart, buffer.count - count)
        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyBytes(
            from: raw[rawStart..<rawStart + more])
        place = more == left ? .head : .body(left - more)
        advance(to: rawStart + more)
        return count + more
    }

    private mutating func advance(to place: Int) {
        rawStart = place
        guard rawStart == raw.count else { return }
        rawStart = 0
        if raw.capacity > 4096 { raw = [] } else { raw.removeAll(keepingCapacity: true) }
    }

    // MARK: Understanding

    /// - Returns: whether there is more to hand out.
    private mutating func understand() -> Bool {
        guard rawStart < raw.count else { return false }
        switch place {
        case .head: return understandHead()
        case .body: return true
        case .chunks(var chunks):
            do throws(Rejection) {
                let end = try chunks.read(raw, from: rawStart, into: &pending)
                place = chunks.isComplete ? .head : .chunks(chunks)
                advance(to: end)
            } catch {
                flaw = error
                pending.append(contentsOf: "0\r\n\r\n".utf8)
                giveUp()
            }
            return !pending.isEmpty
        case .nowhere:
            advance(to: raw.count)
            return false
        }
    }

    private mutating func understandHead() -> Bool {
        do throws(Rejection) {
            guard let end = try reader.read(raw, from: rawStart, to: raw.count) else { return false }
            let head = reader.head
            append(plain: head)
            heads.append(Received(head: head, rejection: nil))
            switch head.framing {
            case .none: break
            case .length(let count): place = .body(count)
            case .chunked: place = .chunks(ChunkedReader())
            }
            advance(to: end)
            reader.begin()
        } catch {
            let head = reader.head
            // The request line itself may be what is wrong.
            let isHead = raw[rawStart...].drop { $0 == 0x0D || $0 == 0x0A }.starts(with: "HEAD ".utf8)
            pending.append(contentsOf: isHead ? Self.headOnly : Self.plainest)
            heads.append(Received(head: head, rejection: error))
            giveUp()
        }
        outstanding += 1
        return true
    }

    private mutating func giveUp() {
        place = .nowhere
        advance(to: raw.count)
    }

    private static let plainest = Array("GET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
    private static let headOnly = Array("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n".utf8)

    /// As much of a head as libmicrohttpd needs. The method counts for HEAD only, whose answer has no body.
    private mutating func append(plain head: RequestHead) {
        let isHead = head.method == .head
        if head.framing == .none, head.version == .http11, !head.endsConnection {
            pending.append(contentsOf: isHead ? Self.headOnly : Self.plainest)
            return
        }
        pending.append(contentsOf: isHead ? "HEAD / HTTP/1.".utf8 : "GET / HTTP/1.".utf8)
        switch head.version {
        case .http11: pending.append(contentsOf: head.endsConnection ? "1\r\nConnection: close".utf8 : "1".utf8)
        case .http10: pending.append(contentsOf: head.endsConnection ? "0".utf8 : "0\r\nConnection: keep-alive".utf8)
        }
        pending.append(contentsOf: "\r\nHost: h\r\n".utf8)
        switch head.framing {
        case .none: break
        case .length(let count): pending.append(contentsOf: "Content-Length: \(count)\r\n".utf8)
        case .chunked: pending.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8)
        }
        if head.expectsContinue, head.framing != .none {
            pending.append(contentsOf: "Expect: 100-continue\r\n".utf8)
        }
        pending.append(contentsOf: "\r\n".utf8)
    }
}
