internal import FoundationEssentials
internal import Glibc

/// Files that this program keeps for itself: nobody else can read them, whatever the umask says, and no symbolic link leads to
/// them. Nothing here waits for a file that is none, as opening a FIFO would.
package enum OwnFile {
    /// Why a path cannot be used, in the words that follow it.
    package enum Problem: Error, Hashable, CustomStringConvertible {
        case missing
        case link
        case notAFile
        case notAFolder
        case tooLarge
        case full
        case inaccessible

        package var description: String {
            switch self {
            case .missing: "is not there"
            case .link: "is a symbolic link, which is not followed; move it away"
            case .notAFile: "is not an ordinary file; move it away"
            case .notAFolder: "is not a folder; move it away"
            case .tooLarge: "is too large"
            case .full: "cannot be written, because the disk or the file-size limit is full; make room"
            case .inaccessible: "cannot be opened; check its permissions"
            }
        }

        /// From `errno`, after a call that was told to follow no link.
        static func current(_ number: Int32 = errno) -> Problem {
            switch number {
            case ENOENT, ENOTDIR: .missing
            case ELOOP: .link
            case EISDIR, ENXIO: .notAFile
            case ENOSPC, EDQUOT, EFBIG: .full
            default: .inaccessible
            }
        }
    }

    /// What is known of a file without opening it.
    package struct Status: Equatable, Sendable {
        package enum Form: Sendable { case file, folder, link, other }

        package let form: Form
        package let size: Int
        let permissions: UInt32
        let inode: UInt
        let seconds: Int
        let nanoseconds: Int
    }

    /// `nil` where there is nothing. A link is a link, and not what it names.
    package static func status(of path: String) -> Status? {
        var found = stat()
        guard unsafe lstat(path, &found) == 0 else { return nil }
        return status(found)
    }

    private static func status(_ found: stat) -> Status {
        let form: Status.Form =
            switch found.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        return Status(
            form: form, size: Int(found.st_size), permissions: found.st_mode & 0o7777, inode: UInt(found.st_ino),
            seconds: Int(found.st_mtim.tv_sec), nanoseconds: Int(found.st_mtim.tv_nsec))
    }

    // MARK: Opening

    /// An open ordinary file that only its owner can read; the caller closes it.
    ///
    /// - Parameter flags: of open(2), besides those that keep it from waiting, from following and from being inherited.
    package static func open(_ path: String, _ flags: Int32) throws(Problem) -> Int32 {
        let file = unsafe Glibc.open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0o600)
        guard file >= 0 else { throw .current() }
        var found = stat()
        guard unsafe fstat(file, &found) == 0, found.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw .notAFile
        }
        // Made under an odd umask, or by an earlier version. Where it is somebody else's, they decide.
        let wanted = found.st_mode & 0o700 | (flags & O_CREAT != 0 ? 0o600 : 0)
        if found.st_mode & 0o777 != wanted { fchmod(file, wanted) }
        return file
    }

    /// Makes a file if there is none, and takes everybody else's right to read it away.
    package static func prepare(_ path: String) throws(Problem) { close(try open(path, O_RDWR | O_CREAT)) }

    /// Takes everybody else's right to read a file away, where it is one.
    static func tighten(_ path: String) {
        if let file = try? open(path, O_RDONLY) { close(file) }
    }

    // MARK: Whole files

    /// The bytes of a file that has at most so many.
    package static func bytes(of path: String, upTo limit: Int) throws(Problem) -> [UInt8] {
        let file = try open(path, O_RDONLY)
        defer { close(file) }
        return try bytes(in: file, upTo: limit)
    }

    /// The bytes of a file that somebody names on a command line: it may be behind a link, and stays as it is.
    package static func foreignBytes(of path: String, upTo limit: Int) throws(Problem) -> [UInt8] {
        let file = unsafe Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard file >= 0 else { throw .current() }
        defer { close(file) }
        return try bytes(in: file, upTo: limit)
    }

    private static func bytes(in file: Int32, upTo limit: Int) throws(Problem) -> [UInt8] {
        var found = stat()
        guard unsafe fstat(file, &found) == 0, found.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        let size = Int(found.st_size)
        guard size <= limit else { throw .tooLarge }
        var isWhole = true
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = unsafe Glibc.read(file, buffer.baseAddress?.advanced(by: count), size - count)
                guard got > 0 else { break }
                count += got
            }
            isWhole = count == size
        }
        guard isWhole else { throw .inaccessible }
        return bytes
    }

    /// Whoever looks finds the old file or the new one, whole. A link in its place is replaced, not followed.
    package static func write(_ bytes: [UInt8], to path: String) throws(Problem) {
        let (file, temporary) = try makeTemporary(path)
        do {
            try append(bytes, to: file)
        } catch {
            close(file)
            unsafe unlink(temporary)
            throw error
        }
        guard close(file) == 0, unsafe rename(temporary, path) == 0 else {
            let problem = Problem.current()
            unsafe unlink(temporary)
            throw problem
        }
    }

    /// Gives a file another name, and takes the place of what has that; where there is none, of that none is left either.
    static func move(_ path: String, to target: String) throws(Problem) {
        guard unsafe rename(path, target) != 0 else { return }
        let problem = Problem.current()
        guard problem == .missing else { throw problem }
        unsafe unlink(target)
    }

    /// Removes what a program that was ended while it wrote has left of the files whose names end so. Nobody else may be writing.
    static func removeTemporaries(of ending: String, in folder: String) {
        let letters = 6
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            let isTemporary =
                name.dropLast(letters).hasSuffix("\(ending).")
                && name.suffix(letters).utf8.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                }
            if isTemporary, status(of: "\(folder)/\(name)")?.form == .file { unsafe unlink("\(folder)/\(name)") }
        }
    }

    /// mkstemp(3): a name that nobody has, for the owner alone, and no link followed.
    static func makeTemporary(_ stem: String) throws(Problem) -> (file: Int32, path: String) {
        var name = Array("\(stem).XXXXXX".utf8CString)
        let file = unsafe mkstemp(&name)
        guard file >= 0 else { throw .current() }
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        // The umask may have taken even the owner's rights.
        fchmod(file, 0o600)
        return (file, String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    static func append(_ bytes: some Collection<UInt8>, to file: Int32) throws(Problem) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw .current() }
            rest = rest.dropFirst(count)
        }
    }

    // MARK: Folders

    /// Makes a folder and those above it, each for its owner alone. One that is there stays as it is.
    package static func makeFolder(_ path: String) throws(Problem) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/\(part)"
            if unsafe mkdir(made, 0o700) == 0 {
                // The umask may have taken even the owner's rights.
                unsafe chmod(made, 0o700)
            } else if errno != EEXIST {
                // What is there need not be ours to make: "/" on a read-only system is not.
                guard isFolder(made) else { throw .current() }
            }
        }
        guard isFolder(path.isEmpty ? "." : path) else { throw .notAFolder }
    }

    /// Whether there is a folder, also behind a link.
    package static func isFolder(_ path: String) -> Bool {
        var found = stat()
        return unsafe stat(path, &found) == 0 && found.st_mode & S_IFMT == S_IFDIR
    }

    /// Makes a folder of ours inside another; a link is not taken for one.
    package static func makeOwnFolder(_ path: String) throws(Problem) {
        if unsafe mkdir(path, 0o700) == 0 {
            unsafe chmod(path, 0o700)
            return
        }
        let problem = Problem.current()
        switch status(of: path)?.form {
        case .folder: return
        case .link: throw .link
        case .file, .other: throw .notAFolder
        case nil: throw problem
        }
    }
}
