internal import CMicroHTTPD
internal import Glibc

/// SIGTERM and SIGINT, and what a command has to hear of, as something to read: no handler interrupts anything.
package final class Signals {
    package let descriptor: Int32

    /// Blocks the signals for every other purpose, for the whole program.
    ///
    /// - Parameter forCommand: whether those of a command are there too: SIGCHLD, SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2.
    package init(forCommand: Bool) { descriptor = shim_signals(forCommand ? 1 : 0) }

    deinit { close(descriptor) }

    package struct Arrived {
        package let signal: Int32
        /// Whether every process of the terminal got it, as with Ctrl-C.
        package let isFromTerminal: Bool
    }

    /// The next signal that has arrived; `nil` when there is none left.
    package func next() -> Arrived? {
        var isFromTerminal: Int32 = 0
        let signal = unsafe shim_next_signal(descriptor, &isFromTerminal)
        return signal == 0 ? nil : Arrived(signal: signal, isFromTerminal: isFromTerminal != 0)
    }
}
