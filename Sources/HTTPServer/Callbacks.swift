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

/// The target as it was sent: the one that the handler is given is decoded already. What this returns is the request's
/// own context, and so the exchange is at hand in every later call.
let targetCallback:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer? = {
        context, target, connection in
        let place = unsafe shim_connection_context(connection)
        guard let begun = unsafe exchange(place), let target = unsafe target else { return nil }
        unsafe server(context).begin(begun, target: target)
        return unsafe place
    }

let handleCallback: MHD_AccessHandlerCallback = { context, _, _, method, version, piece, count, request in
    guard let method = unsafe method, let count = unsafe count, let request = unsafe request,
        let found = unsafe exchange(request.pointee)
    else { return .NO }
    let size = unsafe count.pointee
    unsafe count.pointee = 0
    let server = unsafe server(context)
    guard size > 0, let piece = unsafe piece else {
        if case .begun = found.phase, let version = unsafe version { unsafe found.expectVersion(at: version) }
        return unsafe server.handle(found, method: String(cString: method), UnsafeBufferPointer(start: nil, count: 0))
    }
    return unsafe piece.withMemoryRebound(to: UInt8.self, capacity: size) { bytes in
        unsafe server.handle(found, method: "", UnsafeBufferPointer(start: bytes, count: size))
    }
}

let completedCallback: MHD_RequestCompletedCallback = { context, _, request, _ in
    if let request = unsafe request, let done = unsafe exchange(request.pointee) {
        unsafe server(context).completed(done)
    }
}
