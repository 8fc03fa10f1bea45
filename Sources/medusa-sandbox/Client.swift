internal import Glibc
internal import Sandbox

/// One request over a socket to a server of our own, for the commands that turn a running sandbox. HTTP/1.1 over TCP, and no more:
/// the server is on this machine.
struct Client {
    let url: String

    struct Answer {
        let status: Int
        let body: [UInt8]
    }

    func send(_ method: String, _ target: String, key: String, type: String?, body: [UInt8]) throws -> Answer {
        let (host, port) = try address()
        let socket = try connected(host, port)
        defer { close(socket) }
        // Whatever answers there need not be a sandbox.
        var patience = timeval(tv_sec: 120, tv_usec: 0)
        unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var head = "\(method) \(target) HTTP/1.1\r\nHost: \(host):\(port)\r\nConnection: close\r\n"
        head += "Authorization: \(key)\r\nContent-Length: \(body.count)\r\n"
        if let type { head += "Content-Type: \(type)\r\n" }
        try write(Array("\(head)\r\n".utf8) + body, to: socket)
        return try answer(from: socket)
    }

    /// Reads a stream of events until the server ends it.
    ///
    /// - Parameter event: called with the data of each.
    func follow(_ target: String, key: String, event: ([UInt8]) -> Void) throws {
        let (host, port) = try address()
        let socket = try connected(host, port)
        defer { close(socket) }
        // In HTTP/1.0, which knows no chunks, the end of the connection is the end of the body.
        let head =
            "GET \(target) HTTP/1.0\r\nHost: \(host):\(port)\r\nAuthorization: \(key)\r\nAccept: text/event-stream\r\n\r\n"
        try write(Array(head.utf8), to: socket)
        var pending: [UInt8] = []
        var isStream = false
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe recv(socket, &piece, piece.count, 0)
            guard count > 0 else { break }
            pending += piece[..<count]
            while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = pending[..<end].filter { $0 != UInt8(ascii: "\r") }
                pending.removeSubrange(...end)
                if line.starts(with: "HTTP/1.".utf8), line.dropFirst(8).starts(with: " 200".utf8) { isStream = true }
                if isStream, line.starts(with: "data: ".utf8) { event(Array(line.dropFirst("data: ".utf8.count))) }
            }
        }
        guard isStream else {
            throw failure("the server at \(url) has no such stream: \(String(decoding: pending, as: UTF8.self))")
        }
    }

    private func failure(_ sentence: String) -> Sandboxes.Failure { Sandboxes.Failure(description: sentence) }

    private func address() throws -> (host: String, port: String) {
        let scheme = "http://"
        guard url.hasPrefix(scheme) else {
            throw failure("\(url) is no URL of a sandbox; it looks like http://127.0.0.1:6338")
        }
        let authority = url.dropFirst(scheme.count).prefix { $0 != "/" }
        guard let colon = authority.lastIndex(of: ":"), authority.last != "]" else { return (String(authority), "80") }
        return (String(authority[..<colon]), String(authority[authority.index(after: colon)...]))
    }

    private func connected(_ host: String, _ port: String) throws -> Int32 {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        guard unsafe getaddrinfo(name, port, &hints, &list) == 0 else {
            throw failure("\(host) is not known; name the server with --url")
        }
        defer { unsafe freeaddrinfo(list) }
        var next = unsafe list
        while let address = unsafe next {
            let socket = unsafe Glibc.socket(address.pointee.ai_family, Int32(SOCK_STREAM.rawValue), 0)
            if unsafe socket >= 0 && connect(socket, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 {
                return socket
            }
            close(socket)
            unsafe next = address.pointee.ai_next
        }
        throw failure("nothing answers at \(url); start one with medusa-sandbox serve, or name another with --url")
    }

    private func write(_ bytes: [UInt8], to socket: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw failure("the connection to \(url) broke off") }
            rest = rest.dropFirst(count)
        }
    }

    /// The server closes behind the answer, so its end is the end.
    private func answer(from socket: Int32) throws -> Answer {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe recv(socket, &piece, piece.count, 0)
            guard count > 0 else { break }
            bytes += piece[..<count]
        }
        let separator = Array("\r\n\r\n".utf8)
        var place = 0
        while place + 4 <= bytes.count, !bytes[place..<place + 4].elementsEqual(separator) { place += 1 }
        let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self).split(separator: " ")
        guard place + 4 <= bytes.count, line.count >= 2, line[0].hasPrefix("HTTP/1."), let status = Int(line[1]) else {
            throw failure("what answers at \(url) is no medusa-sandbox; name another with --url")
        }
        return Answer(status: status, body: Array(bytes[(place + 4)...]))
    }
}
