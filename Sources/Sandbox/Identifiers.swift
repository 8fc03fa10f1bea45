/// Public identifiers, derived from row numbers by a keyed permutation: they look random, need no index, are the same for
/// the same seed, and one of another sandbox, or of another kind, does not decode.
package struct Identifiers: Sendable {
    package enum Kind: UInt64, Sendable {
        case user = 1
        case prequalification, paymentMethod, agreement, payment, checkout
    }

    private let seed: UInt64

    package init(seed: UInt64) { self.seed = seed }

    package init(secret: [UInt8]) { self.init(seed: secret.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }) }

    /// Chance, but the seed's: a number from 0 to 1, the same for the same place in the same stream.
    package func chance(_ stream: Int64, _ place: Int64) -> Double {
        let mixed = mix(mix(seed ^ 0xD4 ^ mix(UInt64(bitPattern: stream))) ^ UInt64(bitPattern: place))
        return Double(mixed >> 11) / 9_007_199_254_740_992
    }

    /// 24 hexadecimal digits, as the documents' Mongo ids are (B.12): the permuted row number and a check on it.
    package func identifier(_ kind: Kind, _ row: Int64) -> String {
        let permuted = mix(UInt64(bitPattern: row) ^ key(kind))
        var text: [UInt8] = []
        text.reserveCapacity(24)
        append(permuted, 16, to: &text)
        append(check(permuted, kind), 8, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// The row behind an identifier; `nil` when it was not made here.
    package func row(_ kind: Kind, _ identifier: String) -> Int64? {
        let digits = identifier.utf8
        guard digits.count == 24, let permuted = UInt64(identifier.prefix(16), radix: 16),
            let check = UInt64(identifier.suffix(8), radix: 16), check == self.check(permuted, kind),
            self.identifier(kind, Int64(bitPattern: unmix(permuted) ^ key(kind))) == identifier
        else { return nil }
        return Int64(bitPattern: unmix(permuted) ^ key(kind))
    }

    /// A UUID that looks like version 1, as the sample's applicationId does.
    package func uuid(_ row: Int64) -> String {
        let first = mix(UInt64(bitPattern: row) ^ mix(seed ^ 0xA1))
        let second = mix(first ^ seed)
        // Version 1 in the third group, variant 10 in the fourth (RFC 9562, section 4).
        let variant = second >> 48 & 0x3FFF | 0x8000
        var text: [UInt8] = []
        text.reserveCapacity(36)
        append(first >> 32, 8, to: &text)
        for (number, width) in [(first >> 16, 4), (first & 0xFFF | 0x1000, 4), (variant, 4), (second, 12)] {
            text.append(UInt8(ascii: "-"))
            append(number, width, to: &text)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Seven digits (B.12). Distinct for the first nine million leases: 7,000,003 shares no factor with nine million.
    package func leaseNumber(_ row: Int64) -> String {
        let offset = mix(seed ^ 0xB2) % 9_000_000
        return String(1_000_000 + (UInt64(bitPattern: row) &* 7_000_003 &+ offset) % 9_000_000)
    }

    /// Twelve capital hexadecimal digits, as the sample's referenceId.
    package func reference(_ row: Int64) -> String {
        var text: [UInt8] = []
        append(mix(UInt64(bitPattern: row) ^ mix(seed ^ 0xC3)), 12, to: &text)
        return String(decoding: text, as: UTF8.self).uppercased()
    }

    /// A UUID of chance, but the seed's: one-time keys, which nothing refers to later.
    package func oneTimeKey(_ number: Int64) -> String { uuid(number ^ Int64.min) }

    /// Ten digits, as the samples of verification questions and their choices have them.
    package func digits(_ questionnaire: Int64, _ place: Int) -> String {
        let mixed = mix(mix(seed ^ 0xE5 ^ mix(UInt64(bitPattern: questionnaire))) ^ UInt64(place))
        return String(1_000_000_000 + mixed % 9_000_000_000)
    }

    /// Six letters and digits, none of which looks like another: a passcode.
    package func passcode(_ row: Int64) -> String {
        var rest = mix(UInt64(bitPattern: row) ^ mix(seed ^ 0xF6))
        let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        return String(
            (0..<6).map { _ in
                defer { rest >>= 5 }
                return alphabet[Int(rest & 31)]
            })
    }

    private func key(_ kind: Kind) -> UInt64 { mix(seed ^ kind.rawValue) }

    private func check(_ permuted: UInt64, _ kind: Kind) -> UInt64 { mix(permuted ^ ~key(kind)) & 0xFFFF_FFFF }
}

/// The finalizer of SplitMix64: a permutation of 64 bits in which every bit depends on every other.
private func mix(_ number: UInt64) -> UInt64 {
    var mixed = number &+ 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
}

/// The inverse of `mix`: the inverse factors, modulo 2⁶⁴, in reverse order.
private func unmix(_ number: UInt64) -> UInt64 {
    var mixed = number
    mixed = (mixed ^ (mixed >> 31) ^ (mixed >> 62)) &* 0x3196_42B2_D24D_8EC3
    mixed = (mixed ^ (mixed >> 27) ^ (mixed >> 54)) &* 0x96DE_1B17_3F11_9089
    mixed = mixed ^ (mixed >> 30) ^ (mixed >> 60)
    return mixed &- 0x9E37_79B9_7F4A_7C15
}

/// The lowest digits of a number, hexadecimal.
private func append(_ number: UInt64, _ width: Int, to text: inout [UInt8]) {
    var shift = UInt64(width * 4)
    while shift > 0 {
        shift -= 4
        let digit = UInt8(truncatingIfNeeded: number >> shift & 15)
        text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
    }
}
