package import HTTP

/// Reads a body in chunked coding (RFC 9112, section 7.1) strictly, and writes it again in the plainest form: no extensions, no trailer.
package struct ChunkedReader {
    private enum Place {
        case size
        case data(Int)
        case dataEnd
        case trailer
    }

    private var place = Place.size
    private var trailerBytes = 0

    package init() {}

    /// In bytes, extensions included.
    private static let longestSizeLine = 1024
    private static let longestTrailer = 8 << 10

    /// Whether the last chunk and the trailer have been read.
    package private(set) var isComplete = false

    /// - Returns: behind the last byte that was understood. What follows an incomplete line must be brought again, with more.
    package mutating func read(_ bytes: [UInt8], from start: Int, into output: inout [UInt8]) throws(Rejection) -> Int {
        var next = start
        while !isComplete {
            if case .data(let left) = place {
                let count = min(left, bytes.count - next)
                guard count > 0 else { return next }
                output.append(contentsOf: "\(String(count, radix: 16))\r\n".utf8)
                output.append(contentsOf: bytes[next..<next + count])
                output.append(contentsOf: "\r\n".utf8)
                next += count
                place = count == left ? .dataEnd : .data(left - count)
                continue
            }
            guard let end = bytes[next...].firstIndex(of: UInt8(ascii: "\n")) else {
                guard bytes.count - next <= Self.longestSizeLine else { throw .malformed(.invalidChunk) }
                return next
            }
            let hasReturn = end > next && bytes[end - 1] == UInt8(ascii: "\r")
            try understand(bytes[next..<(hasReturn ? end - 1 : end)], &output)
            next = end + 1
        }
        return next
    }

    private mutating func understand(_ line: ArraySlice<UInt8>, _ output: inout [UInt8]) throws(Rejection) {
        guard line.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }) else {
            throw .malformed(.invalidChunk)
        }
        switch place {
        case .size:
            let size = try size(line)
            place = size > 0 ? .data(size) : .trailer
        case .dataEnd:
            guard line.isEmpty else { throw .malformed(.invalidChunk) }
            place = .size
        case .trailer:
            trailerBytes += line.count
            guard trailerBytes <= Self.longestTrailer else { throw .fieldsTooLarge }
            guard !line.isEmpty else {
                output.append(contentsOf: "0\r\n\r\n".utf8)
                isComplete = true
                return
            }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
                !line[..<colon].contains(where: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") })
            else { throw .malformed(.invalidChunk) }
        case .data: break
        }
    }

    /// Hexadecimal, and perhaps extensions behind it, which nobody needs. Fifteen digits that count are more than any machine has bytes.
    private func size(_ line: ArraySlice<UInt8>) throws(Rejection) -> Int {
        guard line.count <= Self.longestSizeLine else { throw .malformed(.invalidChunk) }
        let digits = line.prefix { $0.hexadecimal != nil }
        let rest = line[digits.endIndex...].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let counting = digits.drop { $0 == UInt8(ascii: "0") }
        guard !digits.isEmpty, counting.count <= 15, rest.isEmpty || rest.first == UInt8(ascii: ";") else {
            throw .malformed(.invalidChunk)
        }
        return counting.reduce(0) { $0 << 4 | Int($1.hexadecimal ?? 0) }
    }
}
