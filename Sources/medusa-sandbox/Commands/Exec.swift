internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import HTTPServer

/// `medusa-sandbox exec -- COMMAND…`: a server for as long as a command runs.
struct Exec: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Run a command with a server of its own, and return its exit code.",
        discussion: """
            Starts on a free port, in memory unless --data-dir is given, exports MEDUSA_BASE_URL, MEDUSA_API_KEY and \
            MEDUSA_AUTH_KEY, runs the command, and stops when it ends.
            """)

    @OptionGroup var options: ServeOptions

    @Flag(help: "Log requests on standard error, which the command shares.")
    var log = false

    @Argument(parsing: .postTerminator, help: "The command to run, after --.")
    var command: [String] = []

    func validate() throws {
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
            throw ExitCode(exitCode(ending ?? 0))
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
