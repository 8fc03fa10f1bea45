internal import CMicroHTTPD
internal import Glibc
internal import HTTP

/// One connection's place, used by its requests one after the other, so that a request costs no allocation of its own.
@safe final class Exchange {
    enum Phase {
        /// Between two requests.
        case idle
        /// The target has arrived; the fields are complete at the handler's first call.
        case begun
        case collecting
        /// The body is read and dropped, so that the client hears why.
        case draining(Rejection)
        /// Suspended until the batch is durable.
        case waiting(Response, Batch?)
        case answered
    }

    let connection: OpaquePointer
    var phase = Phase.idle
    var target = ""
    /// Where the target's text ends in the library's buffer, for `hasWholeTarget`.
    private var targetEnd = 0
    /// Whether the target ends where the version begins. It arrives as a C string: a null byte would cut it, and the rest
    /// would be ignored.
    private var hasWholeTarget = false
    /// HTTP/1.0 knew no `Host`.
    private var needsHost = true
    var method: Method?
    var fields = Fields()
    var body: [UInt8] = []
    var drained = 0
    /// Whether no further request can come: the answer then ends the connection. The library would not notice by itself,
    /// because the end may have come in the same event as the request, and would keep the connection until it times out.
    var isLast = false
    /// When a connection that waits on purpose goes on: monotonic milliseconds.
    var wakesAtMilliseconds: Int64 = 0
    /// When an answer that may come later has to: monotonic milliseconds.
    var patienceEndsAtMilliseconds: Int64 = 0
    /// Whether the answer is slow because it was told to be, and not because of the client.
    var isSlowOnPurpose = false
    /// The largest body of the present request, in bytes.
    var bodyLimit = 0
    /// When the present request, or the present idleness, began: monotonic seconds.
    var sinceSeconds: Int64

    init(_ connection: OpaquePointer, nowSeconds: Int64) {
        unsafe self.connection = connection
        sinceSeconds = nowSeconds
    }

    func begin(target text: UnsafePointer<CChar>, nowSeconds: Int64) {
        target = unsafe String(cString: text)
        targetEnd = unsafe Int(bitPattern: text) + strlen(text)
        phase = .begun
        method = nil
        fields.removeAll()
        drained = 0
        isLast = false
        sinceSeconds = nowSeconds
    }

    func end(nowSeconds: Int64) {
        phase = .idle
        isSlowOnPurpose = false
        sinceSeconds = nowSeconds
        if body.capacity > 1 << 16 { body = [] } else { body.removeAll(keepingCapacity: true) }
    }

    /// Collects the request fields.
    func readFields() {
        unsafe MHD_get_connection_values_n(
            connection, .HEADER_KIND,
            { context, _, name, nameCount, value, valueCount in
                guard let context = unsafe context, let name = unsafe name else { return .NO }
                let exchange = unsafe Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
                exchange.fields.add(
                    unsafe text(name, nameCount), unsafe value.map { unsafe text($0, valueCount) } ?? "")
                return .YES
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Whether the client has closed its side of the connection, as `nc -N` does after a request.
    var hasClientFinished: Bool {
        var byte: UInt8 = 0
        let socket = unsafe shim_connection_socket(connection)
        return unsafe recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 0
    }

    /// - Parameter version: the request line's last part, where the library keeps it.
    func expectVersion(at version: UnsafePointer<CChar>) {
        hasWholeTarget = Int(bitPattern: version) == targetEnd + 1
        needsHost = unsafe strcmp(version, "HTTP/1.0") != 0
    }

    /// Whether the request line and the fields are well formed, where the library is lax (RFC 9112, sections 3.2 and 6.3).
    var hasValidFraming: Bool {
        let lengths = fields.count(of: "content-length")
        let isChunked = fields.count(of: "transfer-encoding") > 0
        let hosts = fields.count(of: "host")
        return hasWholeTarget && (hosts == 1 || hosts == 0 && !needsHost) && lengths <= 1
            && !(lengths == 1 && isChunked)
    }

    /// In bytes; `nil` when it is chunked.
    var bodyLength: Int? {
        if let length = fields["content-length"] { return Int(length) ?? 0 }
        return fields.count(of: "transfer-encoding") > 0 ? nil : 0
    }
}

/// A field's bytes need not be UTF-8; what is not becomes U+FFFD.
private func text(_ start: UnsafePointer<CChar>, _ count: Int) -> String {
    unsafe start.withMemoryRebound(to: UInt8.self, capacity: count) { bytes in
        unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
}
