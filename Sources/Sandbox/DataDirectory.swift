internal import FoundationEssentials
internal import Glibc

/// The folder of the databases, held for one server at a time.
package final class DataDirectory {
    package let path: String
    private let lock: Int32

    /// Makes the folder if there is none, and looks at what is in it.
    package init(path: String) throws(Sandboxes.Failure) {
        self.path = path
        let files = FileManager.default
        do {
            // Names and e-mails are in there: the owner's own business.
            try files.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Sandboxes.Failure(
                description:
                    "the data directory \(path) cannot be made; name another with --data-dir, or use --ephemeral")
        }
        let descriptor = unsafe open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Sandboxes.Failure(
                description: "the data directory \(path) is not writable; "
                    + "check its permissions, name another with --data-dir, or use --ephemeral")
        }
        lock = descriptor
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Sandboxes.Failure(
                description: "the data directory \(path) is in use by another medusa-sandbox; "
                    + "stop that one, name another with --data-dir, or use --ephemeral")
        }
        for name in (try? files.contentsOfDirectory(atPath: path)) ?? [] where name.hasSuffix(".sqlite") {
            guard Self.isDatabase("\(path)/\(name)") else {
                throw Sandboxes.Failure(
                    description: "\(path)/\(name) is damaged or not a database; "
                        + "move it away, or name another data directory with --data-dir")
            }
        }
    }

    deinit { close(lock) }

    /// Whether a file begins as SQLite's do (sqlite.org/fileformat2.html), or has nothing in it yet. Damage further inside
    /// shows when its sandbox is opened.
    private static func isDatabase(_ file: String) -> Bool {
        let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var head = [UInt8](repeating: 0, count: 16)
        let count = unsafe read(descriptor, &head, 16)
        return count == 0 || head.elementsEqual("SQLite format 3\0".utf8)
    }
}
