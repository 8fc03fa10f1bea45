internal import Contract
internal import Glibc
internal import HTTP
internal import Medusa
internal import MedusaAPI
internal import Sandbox

/// Standard error, a line a request. Lines are gathered and written once a turn of the loop; a reader that does not read
/// loses lines and never blocks the server.
///
/// A path is shown without its query, and without segments that could be somebody: an e-mail, a long number. Nothing in a line can turn
/// a terminal or look like another line, whatever somebody has sent.
///
/// Calls on other threads report too.
final class Log {
    private let lock = Lock()
    let logsRequests: Bool
    private var pending: [UInt8] = []
    private var dropped = 0
    /// For what no sandbox has looked through.
    private var secrets = Secrets()

    /// In bytes; what is longer is cut.
    private static let longestLine = 2000

    init(logsRequests: Bool) { self.logsRequests = logsRequests }

    /// - Parameter path: without its secrets.
    func request(_ method: String, _ path: String, _ status: Status, took: Duration) {
        guard logsRequests else { return }
        let microseconds = took.components.attoseconds / 1_000_000_000_000 + took.components.seconds * 1_000_000
        lock.with { line(method, masked(path), "\(status.rawValue) \(microseconds)µs") }
    }

    /// What was odd about a request. Names are the caller's own, and could be anybody's data where they look like no name.
    ///
    /// - Parameter shown: takes secrets out of a sentence.
    func oddities(_ oddities: [Oddity], _ shown: (String) -> String) {
        guard logsRequests else { return }
        for oddity in oddities.prefix(10) {
            let isName = oddity.path.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || "._-[]0123456789".utf8.contains(byte)
            }
            let sentence =
                isName && oddity.path.utf8.count <= 100 && !oddity.path.hasLongNumber
                ? shown(oddity.sentence) : "a name that is not documented"
            lock.with { line("warning:", sentence) }
        }
    }

    /// Why a request was refused, or a connection ended, before anybody looked at what was asked.
    func ended(_ sentence: String) { if logsRequests { lock.with { line(sentence) } } }

    /// Sentences about something that somebody should look at, a line each.
    func report(_ sentences: String) {
        lock.with {
            for sentence in sentences.split(separator: "\n", omittingEmptySubsequences: false) {
                line(secrets.sentence(String(sentence), nil))
            }
        }
    }

    private func line(_ words: String...) {
        Clock.machineTime().append(to: &pending)
        let start = pending.count
        for word in words {
            pending.append(UInt8(ascii: " "))
            // Nobody's text is longer than a line, whatever it becomes when it is shown.
            pending.append(contentsOf: String(word.prefix(Self.longestLine)).printable.utf8)
        }
        if pending.count - start > Self.longestLine {
            let length = pending.count - start
            pending.removeLast(length - Self.longestLine)
            // Not within a character.
            while let last = pending.last, last & 0xC0 == 0x80 { pending.removeLast() }
            if let last = pending.last, last >= 0xC0 { pending.removeLast() }
            pending.append(contentsOf: "… (\(length) bytes)".utf8)
        }
        pending.append(UInt8(ascii: "\n"))
    }

    private func masked(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "@") && $0 != UInt8(ascii: "%")
        }
        guard isPlain, path.utf8.count <= 200, !path.hasLongNumber else {
            return path.split(separator: "/", omittingEmptySubsequences: false).prefix(10).map { segment in
                let isSafe = segment.utf8.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "-")
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                }
                return isSafe && segment.utf8.count <= 64 && !String(segment).hasLongNumber ? String(segment) : "***"
            }.joined(separator: "/")
        }
        return path
    }

    func flush() { lock.with(write) }

    private func write() {
        guard !pending.isEmpty else { return }
        if dropped > 0 {
            pending.insert(contentsOf: "(\(dropped) lines lost: nobody read them)\n".utf8, at: 0)
        }
        var written = 0
        while written < pending.count {
            // PIPE_BUF: a pipe that is ready takes as much at once.
            let piece = pending[written..<min(written + 4096, pending.count)]
            var place = [pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)]
            guard unsafe poll(&place, 1, 0) == 1 else {
                dropped += pending[written...].count { $0 == UInt8(ascii: "\n") }
                pending.removeAll(keepingCapacity: true)
                return
            }
            let count = unsafe piece.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            written += count
        }
        dropped = 0
        pending.removeAll(keepingCapacity: true)
    }
}

extension String {
    /// Nine digits in a row, as an SSN, a phone or an account number has.
    fileprivate var hasLongNumber: Bool {
        var run = 0
        for byte in utf8 {
            run = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? run + 1 : 0
            if run >= 9 { return true }
        }
        return false
    }
}
