internal import Glibc
internal import HTTPServer
internal import Sandbox
internal import Scenarios

/// Swaps scenario files in when they change: inotify tells of their folders, for editors put a new file in the old one's place.
final class ScenarioWatch {
    private let descriptor: Int32
    private let sources: [ScenarioSource]
    private let repertoire: Repertoire
    private let log: Log
    private var folders: [Int32: String] = [:]

    init(_ sources: [ScenarioSource], _ repertoire: Repertoire, _ log: Log) throws {
        self.sources = sources
        self.repertoire = repertoire
        self.log = log
        descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        for folder in Set(sources.compactMap(\.path).map(Self.folder)) {
            let watch = unsafe inotify_add_watch(descriptor, folder, UInt32(IN_CLOSE_WRITE | IN_MOVED_TO))
            guard watch >= 0 else {
                throw Sandboxes.Failure(description: "the folder \(folder) cannot be watched; leave --watch out")
            }
            folders[watch] = folder
        }
    }

    deinit { close(descriptor) }

    var watch: HTTPServer.Watch { HTTPServer.Watch(descriptor) { [unowned self] in swapChanged() } }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    private func swapChanged() {
        let changed = changedFiles()
        for source in sources {
            guard let path = source.path, changed.contains("\(Self.folder(of: path))/\(Self.file(of: path))") else {
                continue
            }
            do {
                try repertoire.swap(try source.read())
                log.report("scenario \(path): swapped in")
            } catch {
                log.report("scenario \(path): broken, the last good one stays\n\(error)")
            }
        }
        log.flush()
    }

    private static func file(of path: String) -> Substring {
        path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
    }

    /// inotify(7): records of a fixed head and a name that is filled up with null bytes.
    private func changedFiles() -> Set<String> {
        var changed: Set<String> = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return changed }
            var place = 0
            let head = MemoryLayout<inotify_event>.size
            while place + head <= count {
                let (watch, length) = unsafe buffer.withUnsafeBytes { bytes in
                    unsafe (
                        bytes.loadUnaligned(fromByteOffset: place, as: Int32.self),
                        Int(bytes.loadUnaligned(fromByteOffset: place + 12, as: UInt32.self))
                    )
                }
                let name = buffer[(place + head)..<min(count, place + head + length)].prefix { $0 != 0 }
                if let folder = folders[watch] { changed.insert("\(folder)/\(String(decoding: name, as: UTF8.self))") }
                place += head + length
            }
        }
    }
}
