internal import FoundationEssentials
internal import Glibc

/// The saved states of one sandbox, by name: each a whole database, as a file of its own or on the shelf in memory.
package final class Snapshots {
    enum Home {
        case memory(Shelf)
        /// The folder of all sandboxes' snapshots, and the name of this one's in it. Neither need exist yet.
        case directory(String, String)
    }

    /// Why one cannot be kept or found.
    package enum Failure: Error, Hashable {
        case notFound
        case tooMany
        case tooLarge
        /// It cannot be written or read: the place, and what is the matter.
        case inaccessible(String, OwnFile.Problem)
    }

    private let home: Home
    private var kept: [String: Shelf.Item] = [:]
    /// The files that this program has written or looked at, as they were then: nobody need look at them again.
    private var known: [String: OwnFile.Status] = [:]

    /// A saved state.
    package struct Found {
        package let image: [UInt8]
        /// Whether it is as this program wrote it, or found it good before.
        package let isKnown: Bool
    }

    package static let limit = 100
    /// In bytes; of all snapshots of a server that are in memory at once.
    package static let memoryLimit = 512 << 20
    /// In bytes; of one snapshot.
    package static let sizeLimit = 128 << 20

    init(_ home: Home) { self.home = home }

    /// Whether there is nothing that would be lost with it.
    var isEmpty: Bool { kept.isEmpty }

    deinit {
        guard case .memory(let shelf) = home else { return }
        for item in kept.values { shelf.remove(item) }
    }

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
        case .memory(let shelf):
            kept.filter { shelf.has($0.value) }.map { ($0.key, $0.value.size) }.sorted { $0.0 < $1.0 }
        case .directory(let folder, let own):
            ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(own)")) ?? []).sorted().compactMap {
                file in
                guard file.hasSuffix(Self.suffix), let status = OwnFile.status(of: "\(folder)/\(own)/\(file)"),
                    status.form == .file
                else { return nil }
                return (String(file.dropLast(Self.suffix.count)), status.size)
            }
        }
    }

    package func save(_ name: String, _ image: [UInt8]) throws(Failure) {
        let others = all().filter { $0.name != name }
        guard others.count < Self.limit else { throw .tooMany }
        guard image.count <= Self.sizeLimit else { throw .tooLarge }
        do throws(OwnFile.Problem) {
            switch home {
            case .memory(let shelf):
                let item = try shelf.add(image)
                if let before = kept.updateValue(item, forKey: name) { shelf.remove(before) }
            case .directory(let folder, let own):
                try OwnFile.makeOwnFolder(folder)
                try OwnFile.makeOwnFolder("\(folder)/\(own)")
                try OwnFile.write(image, to: path(name, folder, own))
                foundGood(name)
            }
        } catch {
            throw .inaccessible(place, error)
        }
    }

    package func find(_ name: String) throws(Failure) -> Found {
        do throws(OwnFile.Problem) {
            switch home {
            case .memory(let shelf):
                guard let item = kept[name], shelf.has(item) else { throw .missing }
                return Found(image: try shelf.image(item), isKnown: true)
            case .directory(let folder, let own):
                guard OwnFile.status(of: folder)?.form != .link, OwnFile.status(of: "\(folder)/\(own)")?.form != .link
                else { throw .link }
                let path = path(name, folder, own)
                let isKnown = known[name] != nil && known[name] == OwnFile.status(of: path)
                return Found(image: try OwnFile.bytes(of: path, upTo: Self.sizeLimit), isKnown: isKnown)
            }
        } catch {
            switch error {
            case .missing: throw .notFound
            case .tooLarge: throw .tooLarge
            case .link, .notAFile, .notAFolder, .full, .inaccessible: throw .inaccessible(place, error)
            }
        }
    }

    /// Remembers that a state was found good.
    package func foundGood(_ name: String) {
        guard case .directory(let folder, let own) = home else { return }
        known[name] = OwnFile.status(of: path(name, folder, own))
    }

    package func remove(_ name: String) throws(Failure) {
        switch home {
        case .memory(let shelf):
            guard let removed = kept.removeValue(forKey: name), shelf.has(removed) else { throw .notFound }
            shelf.remove(removed)
        case .directory(let folder, let own):
            guard unsafe unlink(path(name, folder, own)) == 0 else {
                let problem = OwnFile.Problem.current()
                throw problem == .missing ? .notFound : .inaccessible(place, problem)
            }
        }
    }

    // MARK: Files

    /// Of the files' names.
    static let suffix = ".sqlite"

    private func path(_ name: String, _ folder: String, _ own: String) -> String {
        "\(folder)/\(own)/\(name)\(Self.suffix)"
    }

    private var place: String {
        switch home {
        case .memory: "the temporary file, for which memory has no room,"
        case .directory(let folder, let own): "\(folder)/\(own)"
        }
    }
}
