internal import ArgumentParser
internal import Contract
internal import FoundationEssentials
internal import Glibc
internal import HTTPServer
internal import JSON
internal import RequestJournal
internal import Sandbox

/// `medusa-sandbox exec -- COMMAND…`: a server for as long as a command runs.
struct Exec: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Run a command with a server of its own, and return its exit code.",
        discussion: """
            Starts on a free port, in memory unless --data-dir is given, exports MEDUSA_BASE_URL, MEDUSA_API_KEY and \
            MEDUSA_AUTH_KEY, runs the command, and stops when it ends. Then it says what the command has done: what was odd, what was \
            against the documented order, and what is left out.
            """)

    @OptionGroup var options: ServeOptions

    @Flag(help: "Log requests on standard error, which the command shares.")
    var log = false

    @OptionGroup var failing: FailOptions

    @Option(help: "A file that gets the whole report: its ending is .txt, .json, .xml (JUnit) or .html.")
    var report: String?

    @Flag(name: .customLong("no-report"), help: "Do not say on standard error what the command has done.")
    var isWithoutReport = false

    @Argument(parsing: .postTerminator, help: "The command to run, after --.")
    var command: [String] = []

    func validate() throws {
        if let report, !["txt", "json", "xml", "html"].contains(where: { report.hasSuffix(".\($0)") }) {
            throw ValidationError("--report takes a file that ends in .txt, .json, .xml or .html")
        }
        if options.isWithoutJournal, report != nil || !failing.reasons.isEmpty {
            throw ValidationError("--no-journal leaves nothing to report; leave it out, or --report and --fail-on")
        }
        if command.isEmpty {
            throw ValidationError("exec needs a command after --, as in: medusa-sandbox exec -- npm test")
        }
    }

    func run() throws {
        try explained {
            let simulator = try Simulator(
                options, port: 0, isEphemeral: true, logsRequests: log && !options.quiet)
            let signals = Signals(includingChildren: true)
            var child: pid_t = 0
            var ending: Int32?
            let watch = HTTPServer.Watch(signals.descriptor) {
                while let arrived = signals.next() {
                    if arrived.signal == SIGCHLD {
                        var status: Int32 = 0
                        if unsafe waitpid(child, &status, WNOHANG) == child { ending = status }
                    } else if !arrived.isFromTerminal {
                        // From the terminal the command got it as well.
                        kill(child, arrived.signal)
                    }
                }
                if ending != nil { simulator.server.stop() }
            }
            let key = simulator.firstKey ?? "exec"
            try simulator.run(watching: [watch]) {
                child = try spawn(
                    command,
                    [
                        "MEDUSA_BASE_URL": simulator.url, "MEDUSA_API_KEY": key,
                        // By default an auth key opens the sandbox of the API key of the same name.
                        "MEDUSA_AUTH_KEY": simulator.firstAuthKey ?? key,
                    ])
            }
            let code = exitCode(ending ?? 0)
            let isFailure = try conclude(try simulator.reports())
            throw ExitCode(code == 0 && isFailure ? 1 : code)
        }
    }

    /// Says what was done, and keeps it where that is asked for.
    ///
    /// - Returns: whether it is a failure.
    private func conclude(_ reports: [(key: String, report: RunReport)]) throws -> Bool {
        if !isWithoutReport, !options.isWithoutJournal {
            for (key, report) in reports {
                say("medusa-sandbox: \(reports.count > 1 ? "\(key): " : "")\(report.summary)", on: STDERR_FILENO)
            }
        }
        if let file = report {
            for (key, report) in reports { try write(report, to: reports.count > 1 ? own(file, key) : file) }
        }
        return reports.contains { $0.report.fails(on: failing.reasons) }
            || reports.isEmpty && failing.reasons.contains(.uncovered)
    }

    /// Of several sandboxes, each has a file of its own: `report.KEY.html`.
    private func own(_ file: String, _ key: String) -> String {
        let ending = file.split(separator: ".").last ?? ""
        let name = String(key.map { $0.isLetter || $0.isNumber || "-_".contains($0) ? $0 : "-" }.prefix(64))
        // Two keys may differ only in what a file's name cannot have, or far behind.
        let own = name == key ? name : "\(name)-\(Sandboxes.fingerprint(of: key, length: 8))"
        return "\(file.dropLast(ending.count))\(own).\(ending)"
    }

    private func write(_ report: RunReport, to file: String) throws {
        let text =
            if file.hasSuffix(".json") {
                indented(JSONWriter.write { $0.object { report.members(to: &$0) } }) + "\n"
            } else if file.hasSuffix(".xml") {
                report.junit + "\n"
            } else {
                file.hasSuffix(".html") ? report.html : report.text + "\n"
            }
        do throws(OwnFile.Problem) {
            try OutputFile.write(text, to: file)
        } catch {
            throw Sandboxes.Failure(
                description:
                    "cannot write the report \(file.printable); name one in a folder that exists and is writable")
        }
    }

    /// As a shell has it: 128 and the signal's number for a command that a signal ended.
    private func exitCode(_ status: Int32) -> Int32 {
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }
}

/// Why a command does not run. Shells exit with 127 for one that is not there, and 126 for one that cannot be run.
private func spawn(_ command: [String], _ variables: [String: String]) throws -> pid_t {
    let environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }.map { "\($0)=\($1)" }
    var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
    var values = unsafe environment.map { unsafe strdup($0) } + [nil]
    defer { _ = unsafe (arguments + values).map { unsafe free($0) } }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // What this program blocks or ignores is its own business.
    var none = sigset_t()
    unsafe sigemptyset(&none)
    var ignored = sigset_t()
    unsafe sigemptyset(&ignored)
    unsafe sigaddset(&ignored, SIGPIPE)
    unsafe sigaddset(&ignored, SIGXFSZ)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &ignored)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var child: pid_t = 0
    let failure = unsafe posix_spawnp(&child, command[0], nil, &attributes, &arguments, &values)
    guard failure == 0 else {
        let reason = unsafe String(cString: strerror(failure))
        say("medusa-sandbox: cannot run \(command[0]): \(reason)", on: STDERR_FILENO)
        throw ExitCode(failure == ENOENT ? 127 : 126)
    }
    return child
}
