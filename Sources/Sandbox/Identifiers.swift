/// Public identifiers, derived from row numbers by a keyed permutation: they look random, need no index, are the same for
/// the same seed, and one of another sandbox, or of another kind, does not decode.
package struct Identifiers: Sendable {
    package enum Kind: UInt64, Sendable {
        case user = 1
        case prequalification, paymentMethod, agreement, payment
    }

    private let seed: UInt64

    package init(seed: UInt64) { self.seed = seed }

    /// 24 hexadecimal digits, as the documents' Mongo ids are (B.12): the permuted row number and a check on it.
    package func identifier(_ kind: Kind, _ row: Int64) -> String {
        let permuted = mix(UInt64(bitPattern: row) ^ key(kind))
        return hexadecimal([(permuted, 16), (check(permuted, kind), 8)])
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
        return [
            hexadecimal([(first >> 32, 8)]), hexadecimal([(first >> 16, 4)]), "1" + hexadecimal([(first, 3)]),
            ["8", "9", "a", "b"][Int(second >> 62)] + hexadecimal([(second >> 48, 3)]),
            hexadecimal([(second, 12)]),
        ].joined(separator: "-")
    }

    /// Seven digits (B.12). Distinct for the first nine million leases: 7,000,003 shares no factor with nine million.
    package func leaseNumber(_ row: Int64) -> String {
        let offset = mix(seed ^ 0xB2) % 9_000_000
        return String(1_000_000 + (UInt64(bitPattern: row) &* 7_000_003 &+ offset) % 9_000_000)
    }

    /// Twelve capital hexadecimal digits, as the sample's referenceId.
    package func reference(_ row: Int64) -> String {
        hexadecimal([(mix(UInt64(bitPattern: row) ^ mix(seed ^ 0xC3)), 12)]).uppercased()
    }

    /// A UUID of chance, but the seed's: one-time keys, which nothing refers to later.
    package func oneTimeKey(_ number: Int64) -> String { uuid(number ^ Int64.min) }

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

private let digits = Array("0123456789abcdef".utf8)

/// The low digits of each number, one after the other.
private func hexadecimal(_ parts: [(number: UInt64, width: Int)]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(24)
    for part in parts {
        for place in stride(from: part.width - 1, through: 0, by: -1) {
            text.append(digits[Int(part.number >> UInt64(place * 4) & 15)])
        }
    }
    return String(decoding: text, as: UTF8.self)
}
