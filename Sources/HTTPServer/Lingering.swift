internal import CMicroHTTPD
internal import Glibc

/// Connections that were answered and ended while the client may still be sending. Closed at once, the kernel would answer what still
/// comes with a reset, and the client might lose the answer (RFC 9112, section 9.6). So they are read to their end, for a second at most.
struct Lingering {
    private struct Connection {
        let descriptor: Int32
        let untilMilliseconds: Int64
        var left: Int
    }

    private var connections: [Connection] = []

    private static let most = 64
    private static let longestMilliseconds: Int64 = 1000
    /// In bytes.
    private static let mostBytes = 4 << 20

    var isEmpty: Bool { connections.isEmpty }

    /// To be called before the socket is closed.
    mutating func add(_ socket: Int32, at now: Int64) {
        guard connections.count < Self.most else { return }
        let descriptor = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        guard descriptor >= 0 else { return }
        shutdown(descriptor, Int32(SHUT_WR))
        connections.append(
            Connection(descriptor: descriptor, untilMilliseconds: now + Self.longestMilliseconds, left: Self.mostBytes))
    }

    /// What to wait for.
    var waited: [pollfd] { connections.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) } }

    /// Reads what has come, and lets go of those that are done.
    mutating func drain(at now: Int64) {
        guard !connections.isEmpty else { return }
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        var kept: [Connection] = []
        for var connection in connections {
            var count = 1
            while count > 0, connection.left > 0 {
                count = unsafe recv(connection.descriptor, &piece, piece.count, Int32(MSG_DONTWAIT))
                connection.left -= max(count, 0)
            }
            if count < 0, errno == EAGAIN, now < connection.untilMilliseconds {
                kept.append(connection)
            } else {
                Glibc.close(connection.descriptor)
            }
        }
        connections = kept
    }

    mutating func end() {
        for connection in connections { Glibc.close(connection.descriptor) }
        connections = []
    }
}
