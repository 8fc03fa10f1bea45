internal import FoundationEssentials
internal import Glibc
internal import Sandbox

/// A file that the command line names for what the program has to say: the ready file, a report.
enum OutputFile {
    /// Whoever looks finds it whole, and only the owner can read it. What is no ordinary file (a terminal, a pipe, `/dev/stdout`)
    /// is written to as it is.
    static func write(_ text: String, to path: String) throws(OwnFile.Problem) {
        guard isDevice(path) else { return try OwnFile.write(Array(text.utf8), to: path) }
        let file = unsafe open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard file >= 0 else { throw .inaccessible }
        defer { close(file) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw .inaccessible }
            rest = rest.dropFirst(count)
        }
    }

    private static func isDevice(_ path: String) -> Bool {
        switch OwnFile.status(of: path)?.form {
        case .other: true
        // Where standard output is a file, `/dev/stdout` leads to one; the link must not be replaced.
        case .link: path.hasPrefix("/dev/") || path.hasPrefix("/proc/")
        case .file, .folder, nil: false
        }
    }
}
