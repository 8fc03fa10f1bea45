internal import CZlib

/// A content coding that a body may have (RFC 9110, section 8.4.1), by zlib.
package enum ContentCoding: Sendable {
    case gzip
    /// zlib's format, or what it holds: some clients leave the format away.
    case deflate

    /// What stands in `Content-Encoding`, in lower case; `nil` for a coding that is not known.
    package init?(_ name: String) {
        switch name {
        case "gzip", "x-gzip": self = .gzip
        case "deflate": self = .deflate
        default: return nil
        }
    }

    package enum Failure: Error {
        case broken
        /// It goes on behind the limit; not more than the limit has been inflated.
        case tooLarge
    }

    /// - Parameters:
    ///   - bytes: as they came.
    ///   - limit: the most that may come out, in bytes.
    package func inflate(_ bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
        var inflated: [UInt8] = []
        // A body can be made of fifty thousand files, so nothing here is made anew for each.
        var buffers = Inflation.Buffers(bytes)
        repeat {
            let stream = try Inflation(windowBits(of: bytes[buffers.taken...]))
            try stream.run(&buffers, into: &inflated, limit: limit)
            // Files of gzip may follow each other; what else stands behind one is passed over, as Node's zlib does.
        } while self == .gzip && bytes[buffers.taken...].starts(with: [0x1F, 0x8B])
        return inflated
    }

    /// zlib's code for the format: 16 more for gzip, negative for none.
    private func windowBits(of bytes: ArraySlice<UInt8>) -> Int32 {
        switch self {
        case .gzip: return 15 + 16
        case .deflate:
            guard bytes.count >= 2 else { return 15 }
            let (first, second) = (UInt16(bytes[bytes.startIndex]), UInt16(bytes[bytes.startIndex + 1]))
            return first & 15 == 8 && (first << 8 | second) % 31 == 0 ? 15 : -15
        }
    }
}

/// zlib's `z_stream`.
@safe private final class Inflation {
    private var stream: UnsafeMutablePointer<z_stream>

    init(_ windowBits: Int32) throws(ContentCoding.Failure) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        guard unsafe shim_inflate_init(stream, windowBits) == Z_OK else {
            unsafe stream.deallocate()
            throw .broken
        }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// What zlib reads from, and writes to.
    struct Buffers {
        fileprivate var input: [UInt8]
        /// How much of the input has been read.
        fileprivate(set) var taken = 0
        fileprivate var piece: [UInt8]

        init(_ input: [UInt8]) {
            self.input = input
            piece = [UInt8](repeating: 0, count: min(1 << 16, max(1024, input.count * 4)))
        }
    }

    /// Inflates up to the end of one stream.
    func run(_ buffers: inout Buffers, into output: inout [UInt8], limit: Int) throws(ContentCoding.Failure) {
        while true {
            let taken = buffers.taken
            let (status, used, made) = unsafe buffers.input.withUnsafeMutableBufferPointer { from in
                unsafe buffers.piece.withUnsafeMutableBufferPointer { to in
                    let available = from.count - taken
                    unsafe stream.pointee.next_in = from.baseAddress.map { unsafe $0 + taken }
                    unsafe stream.pointee.avail_in = UInt32(clamping: available)
                    unsafe stream.pointee.next_out = to.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(clamping: to.count)
                    let status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
                    return unsafe (
                        status, available - Int(stream.pointee.avail_in), to.count - Int(stream.pointee.avail_out)
                    )
                }
            }
            buffers.taken += used
            guard output.count + made <= limit else { throw .tooLarge }
            output.append(contentsOf: buffers.piece[..<made])
            switch status {
            case Z_STREAM_END: return
            // Nothing more comes of it: it was cut short.
            case Z_OK where used > 0 || made > 0: continue
            default: throw .broken
            }
        }
    }
}
