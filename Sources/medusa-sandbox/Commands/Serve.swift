internal import ArgumentParser
internal import Glibc
internal import HTTPServer

/// `medusa-sandbox serve`: serves until it is told to stop.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the API until SIGTERM or SIGINT.")

    static let defaultPort: UInt16 = 6338

    @OptionGroup var options: ServeOptions

    func run() throws {
        try explained {
            let simulator = try Simulator(
                options, port: Self.defaultPort, isEphemeral: false, logsRequests: !options.quiet)
            let signals = Signals(forCommand: false)
            let stop = HTTPServer.Watch(signals.descriptor) {
                if signals.next() != nil { simulator.server.stop() }
            }
            try simulator.run(watching: [stop]) { say("medusa-sandbox listening on \(simulator.url)") }
        }
    }
}

/// Runs a command's work: what goes wrong is a sentence on standard error, and an exit code.
func explained(_ work: () throws -> Void) throws {
    do {
        try work()
    } catch let code as ExitCode {
        throw code
    } catch {
        say("medusa-sandbox: \(error)", on: STDERR_FILENO)
        throw ExitCode.failure
    }
}
