internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import HTTPServer
internal import MedusaAPI
internal import Sandbox

/// `medusa-sandbox serve`: composes the server, and runs it until it is told to stop.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve the API until SIGTERM or SIGINT.")

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port: UInt16 = 6338

    @Option(
        name: .customLong("data-dir"),
        help: "Where the databases live (default: $XDG_STATE_HOME/medusa-sandbox).")
    var dataDirectory: String?

    @Flag(help: "Keep everything in memory, and forget it at the end.")
    var ephemeral = false

    @Option(
        name: .customLong("api-key"), parsing: .singleValue,
        help: "An API key to admit; repeatable. Without any, each key opens its own sandbox.")
    var apiKeys: [String] = []

    @Option(help: "What identifiers and tokens derive from: the same seed and requests give the same identifiers.")
    var seed: UInt64 = 1

    @Option(name: .customLong("ready-file"), help: "A file that gets the URL once requests are served.")
    var readyFile: String?

    @Option(name: .customLong("body-limit"), help: "The largest request body, in bytes.")
    var bodyLimit = 1 << 20

    @Flag(help: "Do not log requests.")
    var quiet = false

    func validate() throws {
        if ephemeral, dataDirectory != nil {
            throw ValidationError("--ephemeral and --data-dir exclude each other; leave one out")
        }
        guard (1...(1 << 30)).contains(bodyLimit) else {
            throw ValidationError("--body-limit takes 1 to \(1 << 30) bytes")
        }
        for key in apiKeys where key.isEmpty || key.utf8.count > Sandboxes.longestKey {
            throw ValidationError("--api-key takes 1 to \(Sandboxes.longestKey) bytes")
        }
    }

    func run() throws {
        do {
            try serve()
        } catch {
            say("medusa-sandbox: \(error)", on: STDERR_FILENO)
            throw ExitCode.failure
        }
    }

    private func serve() throws {
        let directory = ephemeral ? nil : try DataDirectory(path: dataDirectory ?? Self.defaultDirectory())
        let listener = try Listener(host: host, port: port)
        let urlHost = host.contains(":") ? "[\(host)]" : host
        let url = "http://\(urlHost):\(listener.port)"

        let sandboxes = Sandboxes(
            home: directory.map { .directory($0.path) } ?? .memory, seed: seed, allowedKeys: Set(apiKeys))
        for key in apiKeys { _ = try sandboxes.sandbox(for: key) }
        let log = Log(logsRequests: !quiet)
        let gateway = Gateway(sandboxes, allowsAnyOrigin: listener.isLoopback) { log.report($0) }
        var limits = Limits()
        limits.body = bodyLimit
        let server = HTTPServer(listener, Service(gateway, log), limits)
        var readyFailure: (any Error)?
        server.run {
            say("medusa-sandbox listening on \(url)", on: STDOUT_FILENO)
            do { try announce(url) } catch { readyFailure = error }
            return readyFailure == nil
        }
        log.flush()
        withExtendedLifetime(directory) {}
        if let readyFailure { throw readyFailure }
    }

    /// Whoever waits for the file finds it whole.
    private func announce(_ url: String) throws {
        guard let readyFile else { return }
        do {
            try Data("\(url)\n".utf8).write(to: URL(filePath: readyFile), options: .atomic)
        } catch {
            throw Sandboxes.Failure(
                description:
                    "cannot write the ready file \(readyFile); name one in a folder that exists and is writable")
        }
    }

    /// The XDG Base Directory Specification's place for state.
    private static func defaultDirectory() -> String {
        let environment = ProcessInfo.processInfo.environment
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/medusa-sandbox" }
        return "\(environment["HOME"] ?? "/tmp")/.local/state/medusa-sandbox"
    }
}

/// Writes a line at once: a plain `print` to a pipe would be held back.
private func say(_ line: String, on descriptor: Int32) {
    let bytes = Array("\(line)\n".utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
}
