/// The secrets that a sandbox was sent lately, by their names, so that they are known again wherever else they stand: a password in
/// a path, an account number in a note. They are in memory only, and the oldest are forgotten.
package final class SeenSecrets {
    /// How many are known at once.
    package static let capacity = 1024
    /// In bytes. What is shorter cannot be told from an ordinary word; of what is longer, the beginning is known.
    private static let lengths = 6...256
    /// From this length on a secret is found within other text, by any four of its first seven bytes; a shorter one only as a whole.
    private static let searchable = 7

    private var values: [[UInt8]] = []
    private var known: Set<[UInt8]> = []
    /// The one that is forgotten next, once there are as many as can be.
    private var oldest = 0
    /// Where four bytes begin a secret, or stand one, two or three bytes behind its beginning.
    private var places: [UInt32: [Place]] = [:]
    /// A bit for the hash of each key of `places`: most places of a text are done with by one look.
    private var filter: [UInt64] = []
    private static let filterBits: UInt32 = 17

    private struct Place {
        let value: Int
        let offset: Int
    }

    /// Changes with everything that is learnt.
    package private(set) var version = 0

    package init() {}

    package var isEmpty: Bool { values.isEmpty }

    /// - Parameter bytes: a secret, as it was sent; one that is very short or says nothing (`000000`) is not kept.
    package func remember(_ bytes: some Collection<UInt8>) {
        guard bytes.count >= Self.lengths.lowerBound else { return }
        let value = Array(bytes.prefix(Self.lengths.upperBound))
        guard !known.contains(value), Set(value.prefix(32)).count >= 3 else { return }
        version += 1
        known.insert(value)
        if values.count < Self.capacity {
            values.append(value)
            index(values.count - 1)
        } else {
            known.remove(values[oldest])
            forget(oldest)
            values[oldest] = value
            index(oldest)
            oldest = (oldest + 1) % Self.capacity
            // Bits cannot be taken back one by one, and one too many costs a look only: once a round is often enough, for a body can have
            // tens of thousands of secrets.
            if oldest == 0 { refilter() }
        }
    }

    private func index(_ number: Int) {
        let value = values[number]
        guard value.count >= Self.searchable else { return }
        if filter.isEmpty { filter = [UInt64](repeating: 0, count: 1 << (Self.filterBits - 6)) }
        for offset in 0..<4 {
            let word = Self.word(value, offset)
            places[word, default: []].append(Place(value: number, offset: offset))
            mark(word)
        }
    }

    private func mark(_ word: UInt32) {
        let bit = Self.bit(word)
        filter[bit >> 6] |= 1 << UInt64(bit & 63)
    }

    private func forget(_ number: Int) {
        let value = values[number]
        guard value.count >= Self.searchable else { return }
        for offset in 0..<4 {
            let word = Self.word(value, offset)
            // The oldest one stands first.
            guard let place = places[word]?.firstIndex(where: { $0.value == number }) else { continue }
            places[word]?.remove(at: place)
            if places[word]?.isEmpty == true { places[word] = nil }
        }
    }

    private func refilter() {
        for place in filter.indices { filter[place] = 0 }
        for word in places.keys { mark(word) }
    }

    private static func word(_ bytes: [UInt8], _ place: Int) -> UInt32 {
        UInt32(bytes[place]) << 24 | UInt32(bytes[place + 1]) << 16 | UInt32(bytes[place + 2]) << 8
            | UInt32(bytes[place + 3])
    }

    private static func bit(_ word: UInt32) -> Int { Int((word &* 0x9E37_79B1) >> (32 - filterBits)) }

    // MARK: Looking

    /// Whether a secret stands somewhere in a text, or is all of it.
    package func isIn(_ text: [UInt8], _ range: Range<Int>) -> Bool {
        guard !values.isEmpty, range.count >= Self.lengths.lowerBound else { return false }
        if range.count < Self.searchable { return known.contains(Array(text[range])) }
        var found = false
        visit(text, range) { _ in
            found = true
            return false
        }
        return found
    }

    /// Where secrets stand in a text, in their order.
    package func ranges(in text: [UInt8]) -> [Range<Int>] {
        guard !values.isEmpty else { return [] }
        var found: [Range<Int>] = []
        visit(text, text.indices) { range in
            found.append(range)
            return true
        }
        return found
    }

    /// Every fourth place is enough: one of any four places in a row is looked at.
    private func visit(_ text: [UInt8], _ range: Range<Int>, _ body: (Range<Int>) -> Bool) {
        guard !filter.isEmpty else { return }
        var place = range.lowerBound
        while place + 4 <= range.upperBound {
            let word = Self.word(text, place)
            let bit = Self.bit(word)
            if filter[bit >> 6] & 1 << UInt64(bit & 63) != 0 {
                for candidate in places[word] ?? [] {
                    let value = values[candidate.value]
                    let start = place - candidate.offset
                    guard start >= range.lowerBound, start + value.count <= range.upperBound,
                        text[start..<start + value.count].elementsEqual(value)
                    else { continue }
                    guard body(start..<start + value.count) else { return }
                }
            }
            place += 4
        }
    }
}
