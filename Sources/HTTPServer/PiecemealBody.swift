internal import CMicroHTTPD
internal import HTTP

/// A body on its way in pieces.
final class PiecemealBody {
    let bytes: [UInt8]
    let delivery: Delivery
    let exchange: Exchange
    let server: HTTPServer
    var nextAtMilliseconds: Int64 = 0

    init(_ bytes: [UInt8], _ delivery: Delivery, _ exchange: Exchange, server: HTTPServer) {
        self.bytes = bytes
        self.delivery = delivery
        self.exchange = exchange
        self.server = server
    }
}

let pieceCallback: MHD_ContentReaderCallback = { context, position, buffer, size in
    guard let context = unsafe context, let buffer = unsafe buffer else { return shim_end_with_error }
    let body = unsafe Unmanaged<PiecemealBody>.fromOpaque(context).takeUnretainedValue()
    return unsafe buffer.withMemoryRebound(to: UInt8.self, capacity: size) { start in
        unsafe body.server.piece(
            of: body, at: Int(position), into: UnsafeMutableBufferPointer(start: start, count: size))
    }
}

let piecesDoneCallback: MHD_ContentReaderFreeCallback = { context in
    if let context = unsafe context { unsafe Unmanaged<PiecemealBody>.fromOpaque(context).release() }
}
