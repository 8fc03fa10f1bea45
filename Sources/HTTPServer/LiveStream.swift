internal import CMicroHTTPD
internal import HTTP

/// A live body on its way to one client.
final class LiveStream {
    let body: any LiveBody
    let exchange: Exchange
    let server: HTTPServer
    /// What libmicrohttpd's buffer had no room for.
    var rest: ArraySlice<UInt8> = []

    init(_ body: any LiveBody, _ exchange: Exchange, server: HTTPServer) {
        self.body = body
        self.exchange = exchange
        self.server = server
    }
}

let liveCallback: MHD_ContentReaderCallback = { context, _, buffer, size in
    guard let context = unsafe context, let buffer = unsafe buffer else { return shim_end_with_error }
    let stream = unsafe Unmanaged<LiveStream>.fromOpaque(context).takeUnretainedValue()
    return unsafe buffer.withMemoryRebound(to: UInt8.self, capacity: size) { start in
        unsafe stream.server.piece(of: stream, into: UnsafeMutableBufferPointer(start: start, count: size))
    }
}

let liveDoneCallback: MHD_ContentReaderFreeCallback = { context in
    if let context = unsafe context { unsafe Unmanaged<LiveStream>.fromOpaque(context).release() }
}
