internal import Glibc

/// A database as few bytes: what it has in common with one that has the schema and nothing else is left out. An image of a fresh
/// sandbox has 130 kB, and packed a few hundred bytes.
///
/// The packed form is a run of pairs: how many bytes are as in the empty database, how many are not, and these. Both counts are
/// numbers of seven bits a byte, the lowest first.
package enum PackedImage {
    package static func pack(_ image: [UInt8], over empty: [UInt8]) -> [UInt8] {
        var packed: [UInt8] = []
        append(image.count, to: &packed)
        var place = 0
        while place < image.count {
            let same = place
            place = endOfCommon(image, empty, from: place)
            append(place - same, to: &packed)
            let own = place
            place = endOfOwn(image, empty, from: place)
            append(place - own, to: &packed)
            packed.append(contentsOf: image[own..<place])
        }
        return packed
    }

    /// In bytes; as large as the file in which they lie.
    package static let sizeLimit = SpillFile.sizeLimit

    /// `nil` for what `pack` has not made, and for what would be larger than the limit: no memory is asked for that a few bent bytes
    /// name.
    package static func unpack(
        _ packed: [UInt8], over empty: [UInt8], limit: Int = sizeLimit
    ) -> [UInt8]? {
        var rest = packed[...]
        guard let size = number(&rest), size <= limit else { return nil }
        var image: [UInt8] = []
        image.reserveCapacity(size)
        while image.count < size {
            guard let same = number(&rest), same <= size - image.count else { return nil }
            let shared = min(image.count + same, empty.count)
            let zeros = image.count + same - max(shared, image.count)
            if image.count < shared { image.append(contentsOf: empty[image.count..<shared]) }
            image.append(contentsOf: repeatElement(0, count: zeros))
            guard let own = number(&rest), own <= rest.count, own <= size - image.count else { return nil }
            image.append(contentsOf: rest.prefix(own))
            rest = rest.dropFirst(own)
        }
        return image
    }

    /// Beyond its end the empty database counts as zeros.
    private static func common(_ empty: [UInt8], _ place: Int) -> UInt8 { place < empty.count ? empty[place] : 0 }

    private static func endOfCommon(_ image: [UInt8], _ empty: [UInt8], from start: Int) -> Int {
        var place = start
        while place + block <= min(image.count, empty.count), hasSameBlock(image, empty, at: place) { place += block }
        while place < image.count, image[place] == common(empty, place) { place += 1 }
        return place
    }

    /// In bytes: what is compared at once.
    private static let block = 512

    private static func hasSameBlock(_ image: [UInt8], _ empty: [UInt8], at place: Int) -> Bool {
        unsafe image.withUnsafeBytes { own in
            unsafe empty.withUnsafeBytes { common in
                guard let own = own.baseAddress, let common = common.baseAddress else { return false }
                return unsafe memcmp(own + place, common + place, block) == 0
            }
        }
    }

    /// A few common bytes among others cost less than another pair.
    private static func endOfOwn(_ image: [UInt8], _ empty: [UInt8], from start: Int) -> Int {
        var place = start
        var run = 0
        while place < image.count {
            run = image[place] == common(empty, place) ? run + 1 : 0
            place += 1
            if run == 8 { return place - 8 }
        }
        return place - run
    }

    private static func append(_ number: Int, to packed: inout [UInt8]) {
        var rest = UInt64(number)
        while rest >= 0x80 {
            packed.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        packed.append(UInt8(rest))
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> Int? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.popFirst(), shift < 63 {
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int(exactly: number) }
            shift += 7
        }
        return nil
    }
}
