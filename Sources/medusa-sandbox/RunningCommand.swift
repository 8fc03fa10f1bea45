internal import ArgumentParser
internal import CProcess
internal import Contract
internal import FoundationEssentials
internal import Glibc
internal import HTTPServer

/// The command of `exec`. It does not outlive this program, whatever ends that.
struct RunningCommand {
    private var companion: companion
    /// Whether somebody wants it to end.
    private var isToldToEnd = false

    /// How long the rest of its group has to end behind it, where it was told to.
    private static let patience = Duration.seconds(5)

    /// - Parameter variables: what its environment has besides this program's own.
    /// - Throws: 127 for a command that is not there, and 126 for one that cannot be run, as shells exit.
    init(_ command: [String], _ variables: [String: String]) throws {
        let environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }.map { "\($0)=\($1)" }
        var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
        var values = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer { _ = unsafe (arguments + values).map { unsafe free($0) } }
        companion = unsafe companion_start(&arguments, &values)
        guard companion.failure == 0 else {
            let reason = unsafe String(cString: strerror(companion.failure))
            say("medusa-sandbox: cannot run \(command[0].printable): \(reason)", on: STDERR_FILENO)
            throw ExitCode(companion.failure == ENOENT ? 127 : 126)
        }
    }

    var hasEnded: Bool { unsafe withUnsafePointer(to: companion) { unsafe companion_has_ended($0) != 0 } }

    /// Passes a signal on that has come for it.
    mutating func pass(_ arrived: Signals.Arrived) {
        isToldToEnd = isToldToEnd || [SIGTERM, SIGINT, SIGHUP, SIGQUIT].contains(arrived.signal)
        // From the terminal it got it as well, where it is in the group that the terminal means.
        if arrived.isFromTerminal, companion.has_group == 0 { return }
        unsafe withUnsafePointer(to: companion) { unsafe companion_signal($0, arrived.signal) }
    }

    /// What has become of it, as waitpid(2) has it.
    mutating func end() -> Int32 {
        // What it leaves in the background by itself is its own business, as with a shell. What was told to end ends.
        if !isToldToEnd { unsafe companion_release(&companion) }
        let status = unsafe companion_take_status(&companion)
        guard isToldToEnd else { return status }
        let deadline = ContinuousClock.now + Self.patience
        while unsafe companion_has_rest(&companion) != 0 {
            if ContinuousClock.now >= deadline {
                unsafe companion_signal(&companion, SIGKILL)
                break
            }
            usleep(10_000)
        }
        unsafe companion_release(&companion)
        return status
    }
}
