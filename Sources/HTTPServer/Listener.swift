internal import Glibc

/// A listening socket, made here because libmicrohttpd would listen on every interface.
package struct Listener: ~Copyable {
    let descriptor: Int32
    /// The real one, also when 0 was asked for.
    package let port: UInt16
    /// Whether only this machine can reach it.
    package let isLoopback: Bool

    /// Why it cannot listen, in one sentence with the remedy.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package init(host: String, port: UInt16) throws(Failure) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard code == 0, let address = unsafe list else {
            throw Failure(description: "\(host) is not an address of this machine; try --host 127.0.0.1")
        }
        defer { unsafe freeaddrinfo(address) }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = unsafe Glibc.socket(address.pointee.ai_family, kind, 0)
        guard socket >= 0 else { throw Self.failure(host, port) }
        var on: Int32 = 1
        unsafe setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard unsafe bind(socket, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0,
            listen(socket, 1024) == 0
        else {
            let failure = Self.failure(host, port)
            close(socket)
            throw failure
        }
        descriptor = socket
        (self.port, isLoopback) = Self.name(of: socket)
    }

    private static func failure(_ host: String, _ port: UInt16) -> Failure {
        switch errno {
        case EADDRINUSE:
            Failure(
                description:
                    "port \(port) on \(host) is in use; stop what listens there, or use --port 0 for a free one")
        case EACCES:
            Failure(description: "port \(port) needs more rights than this user has; use --port 6338 or any above 1023")
        case EADDRNOTAVAIL:
            Failure(description: "\(host) is not an address of this machine; try --host 127.0.0.1")
        case let code:
            Failure(description: "cannot listen on \(host) port \(port): \(unsafe String(cString: strerror(code)))")
        }
    }

    private static func name(of socket: Int32) -> (port: UInt16, isLoopback: Bool) {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &storage) { storage in
            _ = unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(socket, $0, &size)
            }
            if unsafe storage.pointee.ss_family == sa_family_t(AF_INET6) {
                return unsafe storage.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    let bytes = unsafe withUnsafeBytes(of: $0.pointee.sin6_addr) { unsafe Array($0) }
                    return unsafe (
                        UInt16(bigEndian: $0.pointee.sin6_port), bytes == Array(repeating: 0, count: 15) + [1]
                    )
                }
            }
            return unsafe storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                unsafe (
                    UInt16(bigEndian: $0.pointee.sin_port),
                    UInt32(bigEndian: $0.pointee.sin_addr.s_addr) >> 24 == 127
                )
            }
        }
    }
}
