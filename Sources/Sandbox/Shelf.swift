/// Where the snapshots of sandboxes in memory are kept, for all of a server's together. When memory has no room for another, the
/// longest unused make it: they are read from the temporary file again when somebody asks for them, or gone where there is none.
final class Shelf {
    /// A place on the shelf.
    struct Item: Hashable {
        fileprivate let number: Int
        let size: Int
    }

    private enum Image {
        case inMemory([UInt8])
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

    func has(_ item: Item) -> Bool { kept[item.number] != nil }

    func add(_ image: [UInt8]) throws(OwnFile.Problem) -> Item {
        uses += 1
        let item = Item(number: uses, size: image.count)
        guard image.count <= limit else { throw .tooLarge }
        try makeRoom(for: image.count)
        kept[item.number] = Kept(image: .inMemory(image), lastUse: uses)
        used += image.count
        return item
    }

    func image(_ item: Item) throws(OwnFile.Problem) -> [UInt8] {
        uses += 1
        kept[item.number]?.lastUse = uses
        switch kept[item.number]?.image {
        case .inMemory(let image): return image
        case .spilled(let slot):
            guard let spill else { throw .missing }
            return try spill.read(slot)
        case nil: throw .missing
        }
    }

    func remove(_ item: Item) {
        switch kept.removeValue(forKey: item.number)?.image {
        case .inMemory(let image): used -= image.count
        case .spilled(let slot): spill?.release(slot)
        case nil: break
        }
    }

    private func makeRoom(for size: Int) throws(OwnFile.Problem) {
        while used + size > limit {
            var oldest: (number: Int, lastUse: Int, image: [UInt8])?
            for (number, one) in kept {
                if case .inMemory(let image) = one.image, one.lastUse < oldest?.lastUse ?? .max {
                    oldest = (number, one.lastUse, image)
                }
            }
            guard let oldest else { return }
            if let spill {
                kept[oldest.number]?.image = .spilled(try spill.write(oldest.image))
            } else {
                kept[oldest.number] = nil
                dropped()
            }
            used -= oldest.image.count
        }
    }
}
