/// Bodies in content codings, made by hand: zlib is what is tested.
package enum Deflated {
    /// DEFLATE (RFC 1951) without compression.
    package static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var deflated: [UInt8] = []
        var rest = bytes[...]
        repeat {
            let piece = rest.prefix(65_535)
            rest = rest.dropFirst(piece.count)
            let count = UInt16(piece.count)
            deflated += [
                rest.isEmpty ? 1 : 0, UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8(~count >> 8),
            ]
            deflated += piece
        } while !rest.isEmpty
        return deflated
    }

    /// So many times 258 zeros, in 13 bits each: a literal, then copies of what is there, with the fixed codes.
    package static func zeros(_ count: Int) -> [UInt8] {
        var (bytes, buffer, bits): ([UInt8], UInt32, UInt32) = ([], 0, 0)
        func put(_ value: UInt32, _ length: UInt32) {
            buffer |= value << bits
            bits += length
            while bits >= 8 {
                bytes.append(UInt8(buffer & 255))
                buffer >>= 8
                bits -= 8
            }
        }
        put(0b011, 3)
        // Codes stand with their first bit first: 0 is 00110000, 285 (a length of 258) is 11000101, the distance 1 is 00000.
        put(0b0000_1100, 8)
        for _ in 0..<count {
            put(0b1010_0011, 8)
            put(0, 5)
        }
        put(0, 7)
        put(0, 8)
        return bytes
    }

    package static func gzip(_ bytes: [UInt8], deflated: [UInt8]? = nil) -> [UInt8] {
        let trailer = littleEndian(crc32(bytes)) + littleEndian(UInt32(bytes.count))
        return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF] + (deflated ?? stored(bytes)) + trailer
    }

    package static func zlib(_ bytes: [UInt8]) -> [UInt8] {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return [0x78, 0x01] + stored(bytes) + littleEndian(high << 16 | low).reversed()
    }

    private static func littleEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(value >> (8 * $0) & 255) }
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var crc = UInt32.max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }
}
