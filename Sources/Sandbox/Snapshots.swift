internal import FoundationEssentials
internal import Glibc

/// The saved states of one sandbox, by name: each a whole database, as a file of its own or in memory.
package final class Snapshots {
    package enum Home {
        case memory(Budget)
        /// A folder that need not exist yet.
        case directory(String)
    }

    /// The bytes that all sandboxes of a server together keep in memory.
    package final class Budget {
        fileprivate var used = 0

        package init() {}
    }

    /// Why one cannot be kept or found.
    package enum Failure: Error, Hashable {
        case notFound
        case tooMany
        case tooLarge
        /// The folder cannot be written to, or read.
        case inaccessible(String)
    }

    private let home: Home
    private var kept: [String: [UInt8]] = [:]
    /// The files that this program has written or looked at, as they were then: nobody need look at them again.
    private var known: [String: Version] = [:]

    /// Which version of a file it is.
    private struct Version: Equatable {
        let inode: UInt
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    /// A saved state.
    package struct Found {
        package let image: [UInt8]
        /// Whether it is as this program wrote it, or found it good before.
        package let isKnown: Bool
    }

    package static let limit = 100
    /// In bytes; of all snapshots that are kept in memory.
    package static let memoryLimit = 512 << 20
    /// In bytes; of one snapshot.
    package static let sizeLimit = 128 << 20

    package init(_ home: Home) { self.home = home }

    /// A name that is safe as a file's: letters, digits, dots, dashes and underscores, not a dot first.
    package static func isName(_ name: String) -> Bool {
        (1...100).contains(name.utf8.count) && name.utf8.first != UInt8(ascii: ".")
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || "0123456789._-".utf8.contains(byte)
            }
    }

    /// In alphabetical order, with their sizes in bytes.
    package func all() -> [(name: String, size: Int)] {
        switch home {
        case .memory: kept.map { ($0.key, $0.value.count) }.sorted { $0.0 < $1.0 }
        case .directory(let folder):
            ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().compactMap { file in
                guard file.hasSuffix(Self.suffix), let size = Self.version(of: "\(folder)/\(file)")?.size else {
                    return nil
                }
                return (String(file.dropLast(Self.suffix.count)), size)
            }
        }
    }

    package func save(_ name: String, _ image: [UInt8]) throws(Failure) {
        let others = all().filter { $0.name != name }
        guard others.count < Self.limit else { throw .tooMany }
        guard image.count <= Self.sizeLimit else { throw .tooLarge }
        switch home {
        case .memory(let budget):
            let growth = image.count - (kept[name]?.count ?? 0)
            guard budget.used + growth <= Self.memoryLimit else { throw .tooLarge }
            budget.used += growth
            kept[name] = image
        case .directory(let folder):
            try write(image, name, folder)
            foundGood(name)
        }
    }

    package func find(_ name: String) throws(Failure) -> Found {
        switch home {
        case .memory:
            guard let image = kept[name] else { throw .notFound }
            return Found(image: image, isKnown: true)
        case .directory(let folder):
            let path = "\(folder)/\(name)\(Self.suffix)"
            let isKnown = known[name] != nil && known[name] == Self.version(of: path)
            return Found(image: try Self.bytes(of: path), isKnown: isKnown)
        }
    }

    /// Remembers that a state was found good.
    package func foundGood(_ name: String) {
        guard case .directory(let folder) = home else { return }
        known[name] = Self.version(of: "\(folder)/\(name)\(Self.suffix)")
    }

    package func remove(_ name: String) throws(Failure) {
        switch home {
        case .memory(let budget):
            guard let removed = kept.removeValue(forKey: name) else { throw .notFound }
            budget.used -= removed.count
        case .directory(let folder):
            guard unsafe unlink("\(folder)/\(name)\(Self.suffix)") == 0 else {
                throw errno == ENOENT ? .notFound : .inaccessible(folder)
            }
        }
    }

    // MARK: Files

    private static let suffix = ".sqlite"

    private static func version(of file: String) -> Version? {
        var status = stat()
        guard unsafe stat(file, &status) == 0 else { return nil }
        return Version(
            inode: UInt(status.st_ino), size: Int(status.st_size), seconds: Int(status.st_mtim.tv_sec),
            nanoseconds: Int(status.st_mtim.tv_nsec))
    }

    private func write(_ image: [UInt8], _ name: String, _ folder: String) throws(Failure) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .inaccessible(folder)
        }
        try Self.write(image, to: "\(folder)/\(name)\(Self.suffix)")
    }

    /// Whoever looks finds the old file or the new one, whole.
    package static func write(_ image: [UInt8], to path: String) throws(Failure) {
        let temporary = "\(path).new"
        let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .inaccessible(path) }
        var rest = image[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        let isClosed = close(file) == 0
        guard rest.isEmpty, isClosed, unsafe rename(temporary, path) == 0 else {
            unsafe unlink(temporary)
            throw .inaccessible(path)
        }
    }

    /// A file that may be a snapshot.
    package static func bytes(of path: String) throws(Failure) -> [UInt8] {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw errno == ENOENT ? .notFound : .inaccessible(path) }
        defer { close(file) }
        guard let size = Self.version(of: path)?.size, size <= Self.sizeLimit else { throw .tooLarge }
        var isWhole = true
        let image = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = unsafe Glibc.read(file, buffer.baseAddress?.advanced(by: count), size - count)
                guard got > 0 else { break }
                count += got
            }
            isWhole = count == size
        }
        guard isWhole else { throw .inaccessible(path) }
        return image
    }
}
