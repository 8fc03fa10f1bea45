internal import Glibc

/// Standard input, output and error: whoever starts the program may have closed them. Then the next file that is opened would
/// get their number, and what is said would be written into it.
enum StandardDescriptors {
    /// Opens those that are closed on `/dev/null`.
    static func open() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is the closed one. It is inherited, as the others are.
            _ = unsafe Glibc.open("/dev/null", O_RDWR)
        }
    }
}
