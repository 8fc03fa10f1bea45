internal import Contract
internal import FoundationEssentials
internal import Glibc

/// The folder of the databases, held for one server at a time.
package final class DataDirectory {
    package let path: String
    /// What was found in the folder that is no database, a sentence each: it harms no sandbox but its own.
    package let oddities: [String]
    private let lock: Int32

    /// Makes the folder if there is none, and looks at what is in it.
    package init(path: String) throws(Sandboxes.Failure) {
        self.path = path
        do throws(OwnFile.Problem) {
            // Names and e-mails are in there: the owner's own business.
            try OwnFile.makeFolder(path)
        } catch {
            throw Sandboxes.Failure(
                description:
                    "the data directory \(path.printable) cannot be made; name another with --data-dir, or use --ephemeral"
            )
        }
        lock = try Self.lock(path)
        OwnFile.removeTemporaries(of: AuthKeys.fileName, in: path)
        oddities = Self.lookThrough(path)
    }

    deinit { close(lock) }

    private static func lock(_ path: String) throws(Sandboxes.Failure) -> Int32 {
        let descriptor: Int32
        do throws(OwnFile.Problem) {
            descriptor = try OwnFile.open("\(path)/lock", O_RDWR | O_CREAT)
        } catch {
            switch error {
            case .link, .notAFile, .notAFolder:
                throw Sandboxes.Failure(
                    description: "\(path.printable)/lock \(error), or name another data directory with --data-dir")
            case .missing, .tooLarge, .full, .inaccessible:
                throw Sandboxes.Failure(
                    description: "the data directory \(path.printable) is not writable; "
                        + "check its permissions and its disk, name another with --data-dir, or use --ephemeral")
            }
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Sandboxes.Failure(
                description: "the data directory \(path.printable) is in use by another medusa-sandbox; "
                    + "stop that one, name another with --data-dir, or use --ephemeral")
        }
        return descriptor
    }

    // MARK: What is in it

    /// How many odd entries are named one by one.
    private static let mostOddities = 20

    /// Looks at every entry, opens none that could make anybody wait, and takes away from others what an earlier version, or a
    /// copy, let them read.
    private static func lookThrough(_ path: String) -> [String] {
        var odd: [String] = []
        for name in ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() {
            let entry = "\(path)/\(name)"
            if name.hasSuffix(".sqlite") {
                if let problem = problem(ofDatabase: entry) { odd.append("\(entry.printable) \(problem)") }
            } else if name.hasSuffix(".sqlite-wal") || name.hasSuffix(".sqlite-shm") {
                OwnFile.tighten(entry)
            }
        }
        tidySnapshots("\(path)/snapshots")
        guard odd.count > mostOddities else { return odd }
        return odd.prefix(mostOddities) + [
            "\(odd.count - mostOddities) more entries of \(path.printable) are no databases"
        ]
    }

    private static func problem(ofDatabase file: String) -> String? {
        do throws(OwnFile.Problem) {
            let descriptor = try OwnFile.open(file, O_RDONLY)
            defer { close(descriptor) }
            return isDatabase(descriptor)
                ? nil : "is damaged or not a database: its sandbox answers 503 until it is moved away"
        } catch {
            // A name that is no UTF-8, or gone meanwhile: no sandbox has it.
            return error == .missing ? nil : "\(error); until then its sandbox answers 503"
        }
    }

    /// Whether a file begins as SQLite's do (sqlite.org/fileformat2.html), or has nothing in it yet. Damage further inside
    /// shows when its sandbox is opened.
    private static func isDatabase(_ descriptor: Int32) -> Bool {
        var head = [UInt8](repeating: 0, count: 16)
        let count = unsafe read(descriptor, &head, 16)
        return count == 0 || head.elementsEqual("SQLite format 3\0".utf8)
    }

    private static func tidySnapshots(_ folder: String) {
        let files = FileManager.default
        guard OwnFile.status(of: folder)?.form == .folder else { return }
        for own in (try? files.contentsOfDirectory(atPath: folder)) ?? [] {
            guard OwnFile.status(of: "\(folder)/\(own)")?.form == .folder else { continue }
            OwnFile.removeTemporaries(of: Snapshots.suffix, in: "\(folder)/\(own)")
            for file in (try? files.contentsOfDirectory(atPath: "\(folder)/\(own)")) ?? [] {
                OwnFile.tighten("\(folder)/\(own)/\(file)")
            }
        }
    }
}
