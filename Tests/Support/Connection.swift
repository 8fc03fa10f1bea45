internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

/// A TCP connection that sends exactly the bytes it is given, and reads answers as they come.
@safe package final class Connection {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private let patienceSeconds: Int

    package struct Failure: Error {
        let what: String
    }

    package struct Response {
        package let status: Int
        package let head: String
        package let body: String

        package init(status: Int, head: String, body: String) {
            self.status = status
            self.head = head
            self.body = body
        }

        package func field(_ name: String) -> String? {
            for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix("\(name.lowercased()):") {
                return line.drop { $0 != ":" }.dropFirst().trimmingCharacters(in: .whitespaces)
            }
            return nil
        }
    }

    /// - Parameter patienceSeconds: how long an answer may take.
    package init(port: Int, patienceSeconds: Int = 60) throws {
        self.patienceSeconds = patienceSeconds
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // A server that hangs must fail the test, not stop it.
        var patience = timeval(tv_sec: patienceSeconds, tv_usec: 0)
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(descriptor, $0, size) }
        }
        guard result == 0 else { throw Failure(what: "connect: \(errno)") }
    }

    deinit { close(descriptor) }

    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Gives up quietly when the server has closed: what it answered is still to be read.
    package func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes[sent...].withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Closes this side; answers can still be read.
    package func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Ends with a reset, when it is let go of.
    package func abort() {
        var now = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }

    /// Whether there was more; false at the end of the stream.
    private func receive() throws -> Bool {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(descriptor, &piece, piece.count, 0)
        if count < 0, errno == EAGAIN { throw Failure(what: "no answer within \(patienceSeconds) s") }
        guard count > 0 else { return false }
        buffer += piece[..<count]
        return true
    }

    /// Whether something has arrived, or the server has closed.
    package var hasSomething: Bool {
        var place = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&place, 1, 0) > 0
    }

    /// The place of a connection on which something has arrived; waits until there is one.
    package static func firstToHear(_ connections: [Connection]) throws -> Int {
        var waiting = connections.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        guard unsafe poll(&waiting, nfds_t(waiting.count), 60_000) > 0,
            let first = waiting.firstIndex(where: { $0.revents != 0 })
        else { throw Failure(what: "no answer within 60 s") }
        return first
    }

    /// The next answer; `nil` when the server closed before it was whole.
    package func response(toHead isHead: Bool = false) throws -> Response? {
        var end = headEnd
        while end == nil {
            guard try receive() else { return nil }
            end = headEnd
        }
        guard let end else { return nil }
        let head = String(decoding: buffer[..<end], as: UTF8.self)
        let status = Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0
        var response = Response(status: status, head: head, body: "")
        let hasNone = isHead || status == 204 || status == 100
        let length = hasNone ? 0 : response.field("content-length").flatMap { Int($0) } ?? 0
        while buffer.count < end + 4 + length { guard try receive() else { return nil } }
        response = Response(
            status: status, head: head, body: String(decoding: buffer[(end + 4)..<(end + 4 + length)], as: UTF8.self))
        buffer.removeFirst(end + 4 + length)
        return response
    }

    private var headEnd: Int? {
        let mark = Array("\r\n\r\n".utf8)
        guard buffer.count >= 4 else { return nil }
        return (0...(buffer.count - 4)).first { buffer[$0] == mark[0] && Array(buffer[$0..<$0 + 4]) == mark }
    }

    /// Reads as a slow network does: so many bytes at most, after a while, and keeps them.
    ///
    /// - Returns: how many came.
    package func piece(of count: Int, everyMilliseconds pace: Int32) throws -> Int {
        _ = poll(nil, 0, pace)
        var piece = [UInt8](repeating: 0, count: count)
        let got = unsafe recv(descriptor, &piece, count, 0)
        guard got > 0 else { throw Failure(what: "the answer was cut") }
        buffer += piece[..<got]
        return got
    }

    /// The first bytes that come.
    package func some() throws -> String {
        while buffer.isEmpty { guard try receive() else { break } }
        return String(decoding: buffer, as: UTF8.self)
    }

    /// What comes until a text has come, with it.
    package func text(through end: String) throws -> String {
        while true {
            let text = String(decoding: buffer, as: UTF8.self)
            if let range = text.range(of: end) {
                let taken = String(text[..<range.upperBound])
                buffer.removeFirst(taken.utf8.count)
                return taken
            }
            guard try receive() else { throw Failure(what: "the stream ended: \(text)") }
        }
    }

    /// What comes until the server closes, as it is.
    package func everything() throws -> String {
        while try receive() {}
        return String(decoding: buffer, as: UTF8.self)
    }

    /// Waits until the server closes; what it still sent is dropped.
    package func waitForEnd() throws { while try receive() {} }
}
