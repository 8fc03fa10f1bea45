/// Where the snapshots of sandboxes in memory are kept, for all of a server's together. When memory has no room for another, the
/// longest unused make it: they are read from the temporary file again when somebody asks for them, or gone where there is none.
///
/// Calls on several threads use it, each for its own sandbox.
final class Shelf {
    /// A place on the shelf.
    struct Item: Hashable {
        fileprivate let number: Int
        let size: Int
    }

    private enum Image {
        case inMemory([UInt8])
        /// On its way into the temporary file.
        case leaving([UInt8])
        case spilled(SpillFile.Slot)
    }

    private struct Kept {
        var image: Image
        var lastUse: Int
    }

    private var kept: [Int: Kept] = [:]
    private var uses = 0
    private var used = 0
    private let limit: Int
    private let spill: SpillFile?
    /// Called for each image that is gone for good.
    var dropped: () -> Void = {}

    /// - Parameters:
    ///   - limit: the bytes that all images in memory may have together.
    ///   - spill: where the others go; `nil` lets them go for good.
    init(limit: Int = Snapshots.memoryLimit, spill: SpillFile?) {
        self.limit = limit
        self.spill = spill
    }

    private let lock = Lock()

    func has(_ item: Item) -> Bool { lock.with { kept[item.number] != nil } }

    func add(_ image: [UInt8]) throws(OwnFile.Problem) -> Item {
        guard image.count <= limit else { throw .tooLarge }
        try makeRoom(for: image.count)
        return lock.with {
            uses += 1
            kept[uses] = Kept(image: .inMemory(image), lastUse: uses)
            used += image.count
            return Item(number: uses, size: image.count)
        }
    }

    func image(_ item: Item) throws(OwnFile.Problem) -> [UInt8] {
        let found = lock.with {
            uses += 1
            kept[item.number]?.lastUse = uses
            return kept[item.number]?.image
        }
        switch found {
        case .inMemory(let image), .leaving(let image): return image
        case .spilled(let slot):
            guard let spill else { throw .missing }
            return try spill.read(slot)
        case nil: throw .missing
        }
    }

    func remove(_ item: Item) {
        lock.with {
            switch kept.removeValue(forKey: item.number)?.image {
            case .inMemory(let image), .leaving(let image): used -= image.count
            case .spilled(let slot): spill?.release(slot)
            case nil: break
            }
        }
    }

    private func makeRoom(for size: Int) throws(OwnFile.Problem) {
        while let (number, image) = lock.with({ longestUnused(besides: size) }) {
            guard let spill else {
                dropped()
                continue
            }
            do throws(OwnFile.Problem) {
                let slot = try spill.write(image)
                lock.with {
                    // Somebody may have removed it meanwhile.
                    guard kept[number] != nil else { return spill.release(slot) }
                    kept[number]?.image = .spilled(slot)
                    used -= image.count
                }
            } catch {
                lock.with { if kept[number] != nil { kept[number]?.image = .inMemory(image) } }
                throw error
            }
        }
    }

    /// Takes out what has to make room, where there is not enough: from now on it is leaving, or gone.
    private func longestUnused(besides size: Int) -> (number: Int, image: [UInt8])? {
        guard used + size > limit else { return nil }
        var oldest: (number: Int, lastUse: Int, image: [UInt8])?
        for (number, one) in kept {
            if case .inMemory(let image) = one.image, one.lastUse < oldest?.lastUse ?? .max {
                oldest = (number, one.lastUse, image)
            }
        }
        guard let oldest else { return nil }
        if spill == nil {
            kept[oldest.number] = nil
            used -= oldest.image.count
        } else {
            kept[oldest.number]?.image = .leaving(oldest.image)
        }
        return (oldest.number, oldest.image)
    }
}
