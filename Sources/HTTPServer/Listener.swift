internal import CMicroHTTPD
internal import Glibc

/// Listening sockets, made here because libmicrohttpd would listen on every interface.
package struct Listener: ~Copyable {
    /// One for each address of the host.
    let descriptors: [Int32]
    /// The real one, also when 0 was asked for.
    package let port: UInt16
    /// Whether only this machine can reach it.
    package let isLoopback: Bool

    /// Why it cannot listen, in one sentence with the remedy.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// - Parameters:
    ///   - host: an address, or a name; a name's addresses are all listened on, so that clients of IPv4 and of IPv6 find the server.
    ///   - port: the same at each address; 0 for a free one.
    package init(host: String, port: UInt16) throws(Failure) {
        var made = Self.listen(host, port)
        // Another program may have the first address's free port at the second one.
        for _ in 0..<16 where port == 0 {
            guard case .failure(let code, _) = made, code == EADDRINUSE else { break }
            made = Self.listen(host, port)
        }
        switch made {
        case .failure(let code, let failedPort): throw Self.failure(code, host, failedPort)
        case .success(let sockets):
            descriptors = sockets
            self.port = sockets.first.map { Self.name(of: $0).port } ?? port
            isLoopback = sockets.allSatisfy { Self.name(of: $0).isLoopback }
        }
    }

    private enum Made {
        case success([Int32])
        /// With the `errno` that says why.
        case failure(Int32, port: UInt16)
    }

    private static func listen(_ host: String, _ wanted: UInt16) -> Made {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(wanted), &hints, &list) == 0, let first = unsafe list else {
            return .failure(EADDRNOTAVAIL, port: wanted)
        }
        defer { unsafe freeaddrinfo(first) }
        var sockets: [Int32] = []
        var port = wanted
        var code: Int32 = EADDRNOTAVAIL
        var next = unsafe list
        while let address = unsafe next {
            let socket = unsafe bound(address.pointee, port)
            if socket >= 0 {
                sockets.append(socket)
                port = name(of: socket).port
            } else {
                code = errno
                // Of a name's addresses, this machine need not have each: no IPv6, say.
                guard unsafe [EADDRNOTAVAIL, EAFNOSUPPORT].contains(code) || isRepeated(address, since: first) else {
                    for socket in sockets { close(socket) }
                    return .failure(code, port: port)
                }
            }
            unsafe next = address.pointee.ai_next
        }
        return sockets.isEmpty ? .failure(code, port: port) : .success(sockets)
    }

    /// - Returns: a listening socket; -1 with `errno` when it cannot listen.
    private static func bound(_ address: addrinfo, _ port: UInt16) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = unsafe Glibc.socket(address.ai_family, kind, 0)
        guard socket >= 0 else { return -1 }
        var on: Int32 = 1
        unsafe setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        // The same place in both families' structures.
        unsafe address.ai_addr.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
            unsafe $0.pointee.sin_port = port.bigEndian
        }
        guard unsafe bind(socket, address.ai_addr, address.ai_addrlen) == 0, Glibc.listen(socket, 1024) == 0 else {
            let code = errno
            close(socket)
            errno = code
            return -1
        }
        return socket
    }

    /// Whether a name's list has had the same address before, as it may with two lines in /etc/hosts.
    private static func isRepeated(
        _ address: UnsafeMutablePointer<addrinfo>, since first: UnsafeMutablePointer<addrinfo>
    ) -> Bool {
        var next: UnsafeMutablePointer<addrinfo>? = unsafe first
        while let earlier = unsafe next, unsafe earlier != address {
            if unsafe earlier.pointee.ai_addrlen == address.pointee.ai_addrlen,
                unsafe memcmp(earlier.pointee.ai_addr, address.pointee.ai_addr, Int(address.pointee.ai_addrlen)) == 0
            {
                return true
            }
            unsafe next = earlier.pointee.ai_next
        }
        return false
    }

    private static func failure(_ code: Int32, _ host: String, _ port: UInt16) -> Failure {
        switch code {
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
