internal import ArgumentParser
internal import Contract
internal import FoundationEssentials
internal import Glibc
internal import HTTPServer
internal import JSON
internal import MedusaStore
internal import RequestJournal
internal import SQLite
internal import Sandbox

/// `medusa-sandbox exec -- COMMAND…`: a server for as long as a command runs.
struct Exec: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Run a command with a server of its own, and return its exit code.",
        discussion: """
            Starts on a free port, in memory unless --data-dir is given, exports MEDUSA_BASE_URL, MEDUSA_API_KEY and \
            MEDUSA_AUTH_KEY, runs the command, and stops when it ends. The command never outlives it: signals are passed on, and \
            however this program ends, the command ends with it. NO_PROXY names the server, so that no proxy is asked for it. Then it says what the command has done: what was odd, what was \
            against the documented order, and what is left out.
            """)

    @OptionGroup var options: ServeOptions

    @Flag(help: "Log requests on standard error, which the command shares.")
    var log = false

    @OptionGroup var failing: FailOptions

    @Option(
        parsing: .singleValue,
        help: "A file that gets the whole report: its ending is .txt, .json, .xml (JUnit) or .html; repeatable.")
    var report: [String] = []

    @Flag(name: .customLong("no-report"), help: "Do not say on standard error what the command has done.")
    var isWithoutReport = false

    @Argument(parsing: .postTerminator, help: "The command to run, after --.")
    var command: [String] = []

    func validate() throws {
        for file in report where !["txt", "json", "xml", "html"].contains(where: { file.hasSuffix(".\($0)") }) {
            throw ValidationError("--report takes a file that ends in .txt, .json, .xml or .html")
        }
        if options.isWithoutJournal, !report.isEmpty || !failing.reasons.isEmpty {
            throw ValidationError("--no-journal leaves nothing to report; leave it out, or --report and --fail-on")
        }
        if let ready = options.readyFile, report.contains(where: { ReportFiles.areSame($0, ready) }) {
            throw ValidationError("--report and --ready-file name the same file; one would overwrite the other")
        }
        for (index, file) in report.enumerated()
        where report.prefix(index).contains(where: { ReportFiles.areSame($0, file) }) {
            throw ValidationError("--report names \(file.printable) twice; one report would overwrite the other")
        }
        if command.isEmpty {
            throw ValidationError("exec needs a command after --, as in: medusa-sandbox exec -- npm test")
        }
    }

    func run() throws {
        try explained {
            let simulator = try Simulator(
                options, port: 0, isEphemeral: true, logsRequests: log && !options.quiet)
            let signals = Signals(forCommand: true)
            var running: RunningCommand?
            let watch = HTTPServer.Watch(signals.descriptor) {
                while let arrived = signals.next() {
                    if arrived.signal == SIGCHLD { continue }
                    running?.pass(arrived)
                }
                if running?.hasEnded != false { simulator.server.stop() }
            }
            let key = simulator.firstKey ?? "exec"
            try simulator.run(watching: [watch]) {
                running = try RunningCommand(
                    command,
                    [
                        "MEDUSA_BASE_URL": simulator.url, "MEDUSA_API_KEY": key,
                        // By default an auth key opens the sandbox of the API key of the same name.
                        "MEDUSA_AUTH_KEY": simulator.firstAuthKey ?? key,
                    ].merging(ProxyExceptions.variables(for: simulator.url)) { own, _ in own })
            }
            let ending = running?.end() ?? 0
            let code = exitCode(ending)
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
        if reports.isEmpty, !isWithoutReport, !options.isWithoutJournal {
            say("medusa-sandbox: the command has sent no request.", on: STDERR_FILENO)
        }
        for file in report {
            // Whoever collects the file finds it, also where there is nothing to tell.
            guard !reports.isEmpty else {
                try write(try RunReport(try Store(.memory).journal), to: file)
                continue
            }
            let files = reports.count > 1 ? ReportFiles(file, keys: reports.map(\.key)).paths : [file]
            for (path, (_, report)) in zip(files, reports) { try write(report, to: path) }
        }
        return reports.contains { $0.report.fails(on: failing.reasons) }
            || reports.isEmpty && failing.reasons.contains(.uncovered)
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
