internal import CMicroHTTPD
internal import Glibc

// C's way in: each finds the server or the exchange behind the pointer that it was given.

private func server(_ context: UnsafeMutableRawPointer?) -> HTTPServer {
    guard let context = unsafe context else { preconditionFailure("libmicrohttpd lost the server") }
    return unsafe Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue()
}

private func exchange(_ context: UnsafeMutableRawPointer?) -> Exchange? {
    unsafe context.map { unsafe Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue() }
}

/// What reads a socket for libmicrohttpd.
let receiveCallback: @convention(c) (UnsafeMutableRawPointer?, Int32, UnsafeMutableRawPointer, Int) -> Int = {
    context, socket, buffer, count in
    unsafe server(context).receive(from: socket, UnsafeMutableRawBufferPointer(start: buffer, count: count))
}

let connectionCallback: MHD_NotifyConnectionCallback = { context, connection, place, change in
    guard let connection = unsafe connection, let place = unsafe place else { return }
    switch change {
    case .CONNECTION_NOTIFY_STARTED:
        let opened = unsafe server(context).opened(connection)
        unsafe place.pointee = Unmanaged.passUnretained(opened).toOpaque()
    case .CONNECTION_NOTIFY_CLOSED:
        if let closing = unsafe exchange(place.pointee) { unsafe server(context).closed(closing) }
        unsafe place.pointee = nil
    @unknown default: break
    }
}

/// libmicrohttpd has read a request line. What this returns is the request's own context, and so the exchange is at hand in every later
/// call.
let targetCallback:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer? = {
        context, _, connection in
        let place = unsafe shim_connection_context(connection)
        guard let begun = unsafe exchange(place), unsafe server(context).begin(begun) else { return nil }
        return unsafe place
    }

let handleCallback: MHD_AccessHandlerCallback = { context, _, _, _, _, piece, count, request in
    guard let count = unsafe count, let request = unsafe request, let found = unsafe exchange(request.pointee) else {
        return .NO
    }
    let size = unsafe count.pointee
    unsafe count.pointee = 0
    let server = unsafe server(context)
    guard size > 0, let piece = unsafe piece else {
        return unsafe server.handle(found, UnsafeBufferPointer(start: nil, count: 0))
    }
    return unsafe piece.withMemoryRebound(to: UInt8.self, capacity: size) { bytes in
        unsafe server.handle(found, UnsafeBufferPointer(start: bytes, count: size))
    }
}

let completedCallback: MHD_RequestCompletedCallback = { context, _, request, _ in
    if let request = unsafe request, let done = unsafe exchange(request.pointee) {
        unsafe server(context).completed(done)
    }
}
