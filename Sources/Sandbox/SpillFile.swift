internal import FoundationEssentials
internal import Glibc

/// One temporary file for what memory has no room for. It has no name, so nobody else finds it, and it is gone with the program
/// however that ends. It is made when it is first written to.
///
/// Calls on several threads use it; each reads and writes its own pieces.
final class SpillFile {
    /// A piece of the file.
    struct Slot {
        fileprivate let offset: Int
        fileprivate let rank: Int
        let size: Int
    }

    private var file: Int32 = -1
    private var end = 0
    /// Slots that are free again, by rank: a slot of rank *n* has 2ⁿ bytes.
    private var free: [[Int]] = Array(repeating: [], count: Int.bitWidth)
    private let limit: Int
    private let folders: [String]

    /// The smallest slot has 512 bytes.
    private static let lowestRank = 9

    /// In bytes; of the whole file.
    static let sizeLimit = 8 << 30

    /// - Parameter folders: where the file may be, the best first.
    init(folders: [String] = temporaryFolders(), limit: Int = sizeLimit) {
        self.folders = folders
        self.limit = limit
    }

    deinit { if file >= 0 { close(file) } }

    /// Where SQLite puts its temporary files too (sqlite.org/tempfiles.html#tempdir). `/tmp` is often memory, and so the last.
    static func temporaryFolders() -> [String] {
        let named = ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (named.map { [$0] } ?? []) + ["/var/tmp", "/tmp"]
    }

    /// The folders, for a sentence.
    var place: String { folders.joined(separator: ", ") }

    private let lock = Lock()

    func write(_ bytes: [UInt8]) throws(OwnFile.Problem) -> Slot {
        let slot: Slot = try lock.with { () throws(OwnFile.Problem) in
            try make()
            return try self.slot(of: bytes.count)
        }
        do throws(OwnFile.Problem) {
            try put(bytes, at: slot.offset)
        } catch {
            release(slot)
            throw error
        }
        return slot
    }

    func read(_ slot: Slot) throws(OwnFile.Problem) -> [UInt8] {
        var isWhole = true
        let (size, start) = (slot.size, slot.offset)
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = unsafe pread(file, buffer.baseAddress?.advanced(by: count), size - count, start + count)
                guard got > 0 else { break }
                count += got
            }
            isWhole = count == size
        }
        guard isWhole else { throw .inaccessible }
        return bytes
    }

    func release(_ slot: Slot) { lock.with { free[slot.rank].append(slot.offset) } }

    private func slot(of size: Int) throws(OwnFile.Problem) -> Slot {
        var rank = Self.lowestRank
        while 1 << rank < size { rank += 1 }
        if let offset = free[rank].popLast() { return Slot(offset: offset, rank: rank, size: size) }
        guard end + 1 << rank <= limit else { throw .full }
        defer { end += 1 << rank }
        return Slot(offset: end, rank: rank, size: size)
    }

    private func put(_ bytes: [UInt8], at offset: Int) throws(OwnFile.Problem) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes[done...].withUnsafeBytes {
                unsafe pwrite(file, $0.baseAddress, $0.count, offset + done)
            }
            guard count > 0 else { throw .current() }
            done += count
        }
    }

    private func make() throws(OwnFile.Problem) {
        guard file < 0 else { return }
        var problem = OwnFile.Problem.missing
        for folder in folders {
            do throws(OwnFile.Problem) {
                let made = try OwnFile.makeTemporary("\(folder)/medusa-sandbox")
                unsafe unlink(made.path)
                file = made.file
                return
            } catch {
                problem = error
            }
        }
        throw problem
    }
}
