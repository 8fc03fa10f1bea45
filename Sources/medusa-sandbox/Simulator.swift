internal import Contract
internal import FoundationEssentials
internal import Glibc
internal import HTTPServer
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import RequestJournal
internal import Sandbox
internal import Scenarios

/// The whole, put together from its flags.
struct Simulator {
    let url: String
    let server: HTTPServer
    /// The key of the first scenario, or the first that is admitted.
    let firstKey: String?
    /// The auth key of the Payment Plugin that opens its sandbox, where a setting names one.
    let firstAuthKey: String?
    private let sandboxes: Sandboxes
    private let workers: Workers
    private let log: Log
    private let watch: ScenarioWatch?
    private let readyFile: String?
    /// The lock on the directory, and what fills new sandboxes.
    private let keptAlive: (DataDirectory?, Repertoire)

    /// - Parameters:
    ///   - isEphemeral: whether everything is kept in memory where no directory is named.
    ///   - logsRequests: whether standard error gets a line a request.
    init(_ options: ServeOptions, port: UInt16, isEphemeral: Bool, logsRequests: Bool) throws {
        let isInMemory = options.ephemeral || isEphemeral && options.dataDirectory == nil
        let usual = isInMemory || options.dataDirectory != nil ? nil : try ServeOptions.defaultDirectory()
        // Whatever becomes of the start, it is known where it has looked.
        if let remark = usual?.remark { say("medusa-sandbox: \(remark)", on: STDERR_FILENO) }
        let directory =
            isInMemory ? nil : try (options.dataDirectory ?? usual?.path).map { try DataDirectory(path: $0) }
        let listener = try Listener(host: options.host, port: options.port ?? port)
        let urlHost = options.host.contains(":") ? "[\(options.host)]" : options.host
        url = "http://\(urlHost):\(listener.port)"

        let log = Log(logsRequests: logsRequests)
        for oddity in directory?.oddities ?? [] { log.report(oddity) }
        let sandboxes = Sandboxes(
            home: directory.map { .directory($0.path) } ?? .memory, seed: options.seed,
            allowedKeys: Set(options.apiKeys), requestFields: Routes.ruledFields,
            room: .init(
                limit: directory == nil ? options.sandboxLimit : FileLimit.raised.databases(options.sandboxLimit),
                eviction: options.evict))
        sandboxes.report = { log.report($0) }
        let sources = try options.scenarios.map { try ScenarioSource($0) }
        let repertoire = Repertoire(sandboxes)
        watch = options.watch ? try ScenarioWatch(sources, repertoire, log) : nil
        try repertoire.stage(try sources.map { try $0.read() })
        for key in options.apiKeys { _ = try sandboxes.sandbox(for: key) }
        firstKey = options.apiKeys.first ?? repertoire.firstKey
        firstAuthKey = try firstKey.flatMap { try sandboxes.sandbox(for: $0).settings.authKey }

        var limits = Limits()
        limits.body = options.bodyLimit
        let recording = Recording(isOn: !options.isWithoutJournal, showsSecrets: options.showsSecrets)
        let access = Access(
            isLoopback: listener.isLoopback, allowedHosts: options.allowedHosts, allowedOrigins: options.allowedOrigins)
        let gateway = Gateway(sandboxes, access: access, recording: recording, bodyLimit: options.bodyLimit) {
            log.report($0)
        }
        if !listener.isLoopback {
            log.report(
                "warning: listening on \(options.host), which other machines reach: whoever does can use every sandbox whose API key "
                    + "they know or make up; close the door with --api-key, or listen on 127.0.0.1")
        }
        let service = Service(gateway, log)
        workers = service.workers
        // From now on nobody is to wait for others.
        let work: Sandboxes.Work = { [workers] run, then in workers.run(run, then: then) }
        sandboxes.work = work
        sandboxes.elsewhere = { [unowned service] sandbox, run, then in service.perform(in: [sandbox], run, then) }
        watch?.work = work
        server = HTTPServer(listener, service, limits)
        readyFile = options.readyFile
        self.log = log
        self.sandboxes = sandboxes
        keptAlive = (directory, repertoire)
    }

    /// What was done in each sandbox that was asked for anything, by its key; to be called when the server has stopped.
    func reports() throws -> [(key: String, report: RunReport)] {
        var reports: [(key: String, report: RunReport)] = []
        try sandboxes.visit { sandbox in
            let report = try RunReport(sandbox.store.journal)
            if report.requests > 0 { reports.append((sandbox.name, report)) }
        }
        log.flush()
        return reports
    }

    /// Serves until the server is stopped.
    ///
    /// - Parameters:
    ///   - watches: what else the loop waits for.
    ///   - ready: called once requests are served.
    func run(watching watches: [HTTPServer.Watch], ready: () throws -> Void) throws {
        var failure: (any Error)?
        server.run(watching: watches + (watch.map { [$0.watch] } ?? []), workers: workers) {
            do {
                // A command must not begin before everything is in its place.
                try announce()
                try ready()
            } catch {
                failure = error
            }
            return failure == nil
        }
        workers.finish()
        log.flush()
        withExtendedLifetime(keptAlive) {}
        if let failure { throw failure }
    }

    /// Whoever waits for the file finds it whole.
    private func announce() throws {
        guard let readyFile else { return }
        do throws(OwnFile.Problem) {
            try OutputFile.write("\(url)\n", to: readyFile)
        } catch {
            throw Sandboxes.Failure(
                description: "cannot write the ready file \(readyFile.printable); "
                    + "name one in a folder that exists and is writable")
        }
    }
}

/// Writes a line at once: a plain `print` to a pipe would be held back.
func say(_ line: String, on descriptor: Int32 = STDOUT_FILENO) {
    var rest = Array("\(line)\n".utf8)[...]
    while !rest.isEmpty {
        let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}
