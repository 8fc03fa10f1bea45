internal import Contract
internal import FoundationEssentials
internal import Glibc
internal import HTTPServer
internal import Sandbox
internal import Scenarios

/// Swaps scenario files in when what is at their paths changes.
///
/// That need not be the file: an editor puts a new one in the old one's place, a symbolic link on the way to it is turned elsewhere, a
/// folder is swapped as a whole, as Kubernetes does with a ConfigMap. So inotify watches every folder that the system passes through
/// on its way to a file, and tells of the one name in it that the way leads through.
final class ScenarioWatch {
    private let descriptor: Int32
    private let sources: [ScenarioSource]
    private let repertoire: Repertoire
    private let log: Log
    /// What is watched, by inotify's number of its folder.
    private var watched: [Int32: Set<Way.Place>] = [:]
    /// What was read last at each path, good or broken. What is the same as before changes nothing.
    private var read: [String: [UInt8]] = [:]
    /// Plays a story on another thread, and then goes on on this one.
    var work: Sandboxes.Work = Sandboxes.doAtOnce

    private static let wanted = UInt32(
        IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ONLYDIR)

    /// To be made before the files are read for the first time, so that no change is missed.
    init(_ sources: [ScenarioSource], _ repertoire: Repertoire, _ log: Log) throws {
        self.sources = sources
        self.repertoire = repertoire
        self.log = log
        descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        watchWays()
        for path in sources.compactMap(\.path) {
            guard let last = Way(to: path).places.last, watched.values.contains(where: { $0.contains(last) }) else {
                throw Sandboxes.Failure(
                    description: "the folder of \(path.printable) cannot be watched; leave --watch out")
            }
            read[path] = try? ScenarioSource.bytes(of: path)
        }
    }

    deinit { close(descriptor) }

    var watch: HTTPServer.Watch { HTTPServer.Watch(descriptor) { [unowned self] in swapChanged() } }

    private func swapChanged() {
        let before = sources.map { $0.path.map { Way(to: $0).places } ?? [] }
        guard let changed = changedPlaces() else { return swap(sources) }
        guard !changed.isEmpty else { return }
        watchWays()
        swap(
            zip(sources, before).filter { source, before in
                let now = source.path.map { Way(to: $0).places } ?? []
                return !changed.isDisjoint(with: before + now)
            }.map(\.0))
    }

    private func swap(_ sources: [ScenarioSource]) {
        for source in sources {
            // One that is gone for the moment may come back.
            guard let path = source.path, let bytes = try? ScenarioSource.bytes(of: path), bytes != read[path] else {
                continue
            }
            read[path] = bytes
            var scenario = Result<Scenario, any Error>.failure(Sandboxes.Failure(description: ""))
            work {
                scenario = Result {
                    let scenario = try source.read(bytes)
                    try scenario.rehearse()
                    return scenario
                }
            } _: { [self] in
                // Of two changes that follow each other the later one counts.
                if read[path] == bytes { swap(path, scenario) }
            }
        }
        log.flush()
    }

    private func swap(_ path: String, _ scenario: Result<Scenario, any Error>) {
        do {
            try repertoire.swap(rehearsed: try scenario.get())
            log.report("scenario \(path): swapped in")
        } catch {
            log.report("scenario \(path): broken, the last good one stays\n\(error)")
        }
        log.flush()
    }

    /// Watches the ways as they are now. One may change while it is looked at; then it is looked at again.
    private func watchWays() {
        var ways = sources.compactMap(\.path).map { Way(to: $0) }
        for _ in 0..<Self.mostLooks {
            var current: [Int32: Set<Way.Place>] = [:]
            for place in ways.flatMap(\.places) {
                let watch = unsafe inotify_add_watch(descriptor, place.folder, Self.wanted)
                // Above the user's folders there may be some that nobody else may list; what is swapped there is not seen.
                if watch >= 0 { current[watch, default: []].insert(place) }
            }
            for watch in watched.keys where current[watch] == nil { inotify_rm_watch(descriptor, watch) }
            watched = current
            let now = sources.compactMap(\.path).map { Way(to: $0) }
            if now == ways { return }
            ways = now
        }
    }

    private static let mostLooks = 10

    /// Where something has happened on one of the ways; `nil` when it was too much to be told.
    ///
    /// inotify(7): records of a fixed head and a name that is filled up with null bytes.
    private func changedPlaces() -> Set<Way.Place>? {
        var changed: Set<Way.Place> = []
        var isTooMuch = false
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return isTooMuch ? nil : changed }
            var start = 0
            let head = MemoryLayout<inotify_event>.size
            while start + head <= count {
                let (watch, kind, length) = unsafe buffer.withUnsafeBytes { bytes in
                    unsafe (
                        bytes.loadUnaligned(fromByteOffset: start, as: Int32.self),
                        bytes.loadUnaligned(fromByteOffset: start + 4, as: UInt32.self),
                        Int(bytes.loadUnaligned(fromByteOffset: start + 12, as: UInt32.self))
                    )
                }
                let bytes = buffer[(start + head)..<min(count, start + head + length)].prefix { $0 != 0 }
                let name = String(decoding: bytes, as: UTF8.self)
                if kind & UInt32(IN_Q_OVERFLOW) != 0 { isTooMuch = true }
                for place in watched[watch] ?? [] where place.name == name {
                    // One that has just been made is written now, and told of again when it is closed.
                    if kind & UInt32(IN_CREATE) == 0 || !place.isPlainFile { changed.insert(place) }
                }
                start += head + length
            }
        }
    }
}

/// How the system comes to a file: each name that it looks up, and in which folder. Symbolic links are followed as it follows them.
struct Way: Hashable {
    struct Place: Hashable {
        let folder: String
        let name: String

        fileprivate var path: String { folder == "/" ? "/\(name)" : "\(folder)/\(name)" }

        /// Whether it is a file that has this name only; a hard link is whole at once.
        fileprivate var isPlainFile: Bool {
            var found = stat()
            return unsafe lstat(path, &found) == 0 && found.st_mode & S_IFMT == S_IFREG && found.st_nlink == 1
        }

        /// What it is a link to.
        fileprivate var target: String? {
            var text = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = unsafe readlink(path, &text, text.count)
            return count > 0 ? String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
        }
    }

    private(set) var places: [Place] = []

    /// As many as the system follows.
    private static let mostLinks = 40

    init(to path: String) {
        var links = 0
        var folder: [Substring] = []
        var rest = Self.names(path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)")
        while let name = rest.popLast() {
            if name == ".." {
                _ = folder.popLast()
                continue
            }
            let place = Place(folder: "/" + folder.joined(separator: "/"), name: String(name))
            places.append(place)
            guard let target = place.target else {
                folder.append(name)
                continue
            }
            links += 1
            guard links <= Self.mostLinks else { return }
            if target.hasPrefix("/") { folder = [] }
            rest += Self.names(target)
        }
    }

    /// The last one first.
    private static func names(_ path: String) -> [Substring] {
        path.split(separator: "/").filter { $0 != "." }.reversed()
    }
}
