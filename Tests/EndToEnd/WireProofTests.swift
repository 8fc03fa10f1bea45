import Foundation
import Support
import Testing

/// Long proofs of the edge, each with a short form here; `make wire` runs them at length.
@Suite struct `Whatever comes over the wire` {
    private static func count(_ variable: String, _ short: Int) -> Int {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } ?? short
    }

    // MARK: Heads and framings

    /// RFC 9112's grammar and its near misses: each request is answered once, or the connection is closed; a plain client is served
    /// meanwhile.
    @Test func `random heads and framings are answered once, or closed at once`() async throws {
        let total = Self.count("MEDUSA_WIRE_REQUESTS", 3000)
        let server = try Server("--quiet")
        let isDone = Flag()
        async let plain = Self.plainClient(of: server, until: isDone)
        let seed: UInt64 = 20_261_125
        let tally = await withTaskGroup(of: Tally.self) { group in
            for part in 0..<2 {
                group.addTask { Self.send(total / 2, seed: seed + UInt64(part), to: server) }
            }
            return await group.reduce(into: Tally()) { $0.add($1) }
        }
        isDone.set()
        let latencies = try await plain.sorted()
        print(
            "wire: \(tally.sent) requests, seed \(seed): \(tally.answered) answered, \(tally.closed) closed, by status "
                + tally.statuses.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
                + "; slowest end \(tally.slowest)"
                + "; a plain client meanwhile: \(latencies.count) requests, p99 \(latencies[latencies.count * 99 / 100])"
        )
        #expect(tally.sent >= total - 1)
        #expect(tally.problems.isEmpty, "\(tally.problems.prefix(5).joined(separator: "\n"))")
        #expect(try server.call("GET", "/v3/users").status == 200)
        #expect(server.stop().code == 0)
    }

    private struct Tally: Sendable {
        var sent = 0, answered = 0, closed = 0
        var statuses: [Int: Int] = [:]
        var problems: [String] = []
        var slowest = Duration.zero

        mutating func add(_ other: Tally) {
            sent += other.sent
            answered += other.answered
            closed += other.closed
            statuses.merge(other.statuses, uniquingKeysWith: +)
            problems += other.problems
            slowest = max(slowest, other.slowest)
        }
    }

    private static func send(_ count: Int, seed: UInt64, to server: Server) -> Tally {
        var random = Chance(seed: seed)
        var tally = Tally()
        for _ in 0..<count {
            let request = RandomRequest(&random)
            let cut = random.bits() % 4 == 0 ? Int(random.bits() % UInt64(max(1, request.bytes.count))) : 0
            tally.sent += 1
            do {
                try send(request, cutAt: cut, to: server, &tally)
            } catch {
                tally.problems.append("\(request) → \(error)")
            }
            if tally.problems.count > 10 { break }
        }
        return tally
    }

    /// In two pieces at times, as a network may cut it.
    private static func send(_ request: RandomRequest, cutAt cut: Int, to server: Server, _ tally: inout Tally) throws {
        let start = ContinuousClock.now
        // Far below the server's own deadlines, which would hide a fault.
        let connection = try Connection(port: server.port, patienceSeconds: 20)
        if cut > 0 { try connection.send(Array(request.bytes[..<cut])) }
        try connection.send(Array(request.bytes[cut...]))
        connection.finish()
        let text = try connection.everything()
        tally.slowest = max(tally.slowest, ContinuousClock.now - start)
        let (answers, rest) = try Connection.answers(in: text)
        let final = answers.filter { $0.status != 100 }
        if final.isEmpty { tally.closed += 1 } else { tally.answered += 1 }
        for answer in final { tally.statuses[answer.status, default: 0] += 1 }
        let failures = final.filter { $0.status >= 500 && $0.status != 501 && $0.status != 505 }
        if !rest.isEmpty || final.count > request.most || !failures.isEmpty {
            tally.problems.append("\(request) → \(final.map(\.status)) \(rest.prefix(80).debugDescription)")
        }
    }

    private static func plainClient(of server: Server, until isDone: Flag) throws -> [Duration] {
        let connection = try server.connect()
        var latencies: [Duration] = []
        repeat {
            let start = ContinuousClock.now
            try connection.send(Server.request("GET", "/v3/user-exists?email=a@b.co", key: "plain"))
            let answer = try connection.response()
            guard answer?.status == 200 else {
                throw Server.Failed(
                    description:
                        "the plain client is not served: \(answer.map { $0.head + $0.body } ?? "closed"); the server "
                        + (server.process.isRunning ? "runs" : "ended: \(server.stop())"))
            }
            latencies.append(ContinuousClock.now - start)
        } while !isDone.isSet
        return latencies
    }

    // MARK: Connections that end

    @Test func `connections that end at any moment of a request are let go of`() throws {
        let total = Self.count("MEDUSA_WIRE_CONNECTIONS", 1000)
        let server = try Server("--quiet")
        _ = try server.call("GET", "/v3/users")
        let before = try server.descriptors()
        var random = Chance(seed: 5)
        let body = #"{"firstName":"J","lastName":"D","email":"a@b.co"}"#
        let requests = [
            Server.request("POST", "/v3/users", body), Server.request("GET", "/_sandbox/requests"),
            "POST /v3/users HTTP/1.1\r\nHost: h\r\nAuthorization: k\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
            "GET /_sandbox/requests HTTP/1.1\r\nHost: h\r\nAuthorization: k\r\nAccept: text/event-stream\r\n\r\n",
        ]
        for number in 0..<total {
            let request = Array(requests[Int(random.bits() % 4)].utf8)
            let connection = try server.connect()
            try connection.send(Array(request[..<Int(random.bits() % UInt64(request.count + 1))]))
            if number % 3 == 0 { connection.finish() }
            if number % 5 == 0 { connection.abort() }
        }
        let start = ContinuousClock.now
        // The server's own sweep, which would hide a fault, comes after thirty seconds.
        while try server.descriptors() > before, ContinuousClock.now - start < .seconds(20) {
            _ = try server.call("GET", "/v3/users")
        }
        print(
            "wire: \(total) connections ended at random; the last descriptor was let go of after \(ContinuousClock.now - start)"
        )
        #expect(try server.descriptors() <= before)
    }

    @Test func `above the bound of connections, the longest idle one makes room`() throws {
        let server = try Server("--quiet")
        let idle = try (0..<4200).map { _ in try server.connect() }
        #expect(try server.call("GET", "/v3/users").status == 200)
        try idle[0].waitForEnd()
        try idle[4199].send(Server.request("GET", "/v3/users"))
        #expect(try idle[4199].response()?.status == 200, "the newest ones stay")
    }

    /// Takes a minute, for the server gives up on a client that reads nothing for half of one.
    @Test(.enabled(if: count("MEDUSA_WIRE_READER", 0) > 0))
    func `a slow reader is served to the end`() throws {
        let server = try Server("--quiet")
        _ = try server.call("PATCH", "/_sandbox/settings", #"{"journalBytes":67108864}"#)
        let connection = try server.connect()
        let body = #"{"firstName":"\#(String(repeating: "x", count: 60_000))"}"#
        for _ in 0..<600 {
            try connection.send(Server.request("POST", "/v3/users", body))
            #expect(try connection.response()?.status == 400)
        }
        let reader = try server.connect()
        try reader.send(Server.request("GET", "/_sandbox/requests?limit=1000"))
        let start = ContinuousClock.now
        var read = 0
        while ContinuousClock.now - start < .seconds(50) {
            read += try reader.piece(of: 300_000, everyMilliseconds: 500)
        }
        let rest = try reader.response()
        print("wire: an answer of \(rest?.body.utf8.count ?? 0) bytes, \(read) of them read in 50 s")
        #expect(rest?.body.hasSuffix("}") == true)
    }

    // MARK: Stopping

    @Test func `a stop under load ends with exit code 0`() async throws {
        let total = Self.count("MEDUSA_WIRE_STOPS", 8)
        var codes: [Int32: Int] = [:]
        var stopped = 0
        while stopped < total {
            try await withThrowingTaskGroup(of: Int32.self) { group in
                for number in stopped..<min(stopped + 8, total) {
                    group.addTask { try Self.stopUnderLoad(number) }
                }
                for try await code in group { codes[code, default: 0] += 1 }
            }
            stopped += 8
        }
        print("wire: \(total) stops under load, by exit code: \(codes)")
        #expect(codes == [0: total])
    }

    /// Delayed answers, a waiting verification, a stream, a dripping body, an endless upload and new requests at once.
    private static func stopUnderLoad(_ number: Int) throws -> Int32 {
        let server = try Server("--quiet")
        var random = Chance(seed: UInt64(number))
        _ = try server.call("POST", "/_sandbox/faults", #"{"operations":["getUsers"],"delay":"PT9S"}"#)
        _ = try server.call(
            "POST", "/_sandbox/faults", #"{"operations":["getUser"],"drip":{"bytes":1,"every":"PT1S"}}"#)
        let verify = #"{"requests":[{"operation":"createLease"}],"within":"PT60S"}"#
        var busy: [Connection] = []
        for request in [
            Server.request("GET", "/v3/users"), Server.request("GET", "/v3/users"),
            Server.request("GET", "/v3/users/me"),
            Server.request("POST", "/_sandbox/verify", verify),
            "GET /_sandbox/requests HTTP/1.1\r\nHost: h\r\nAuthorization: k\r\nAccept: text/event-stream\r\n\r\n",
        ] where random.bits() % 4 > 0 {
            let connection = try server.connect()
            try connection.send(request)
            busy.append(connection)
        }
        if number % 4 == 0 {
            let endless = try server.connect()
            try endless.send(
                "POST /v3/users HTTP/1.1\r\nHost: h\r\nAuthorization: k\r\nContent-Length: 1000000\r\n\r\nabc")
            busy.append(endless)
        }
        for _ in 0..<Int(random.bits() % 30) {
            let connection = try server.connect()
            try connection.send(Server.request("GET", "/v3/user-exists?email=a@b.co"))
            busy.append(connection)
        }
        return withExtendedLifetime(busy) { server.stop().code }
    }
}

/// Set by one thread, read by another.
final class Flag: @unchecked Sendable {
    private let lock = NSLock()
    private var value = false

    var isSet: Bool { lock.withLock { value } }
    func set() { lock.withLock { value = true } }
}

/// A request out of RFC 9112's grammar, mostly; with a part of it changed, at times.
struct RandomRequest: CustomStringConvertible {
    let bytes: [UInt8]
    /// How many answers there may be at most.
    let most: Int

    init(_ random: inout Chance) {
        let count = random.bits() % 8 == 0 ? 2 + Int(random.bits() % 3) : 1
        var all: [UInt8] = []
        for _ in 0..<count { all += Self.one(&random) }
        if random.bits() % 5 == 0 { Self.spoil(&all, &random) }
        bytes = all
        // What was spoilt may be one more request than was meant: a line end in the middle is all it takes.
        most = count + 1
    }

    var description: String { String(decoding: bytes.prefix(400), as: UTF8.self).debugDescription }

    private static let methods = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get", "CONNECT", "TRACE", "M-SEARCH", "", "G T",
        "G\u{0}T",
    ]
    private static let targets = [
        "/", "/v3/users", "/v3/users?a=b&c", "//v3/users", "/v3/%zz", "/v3/%ff", "*", "http://h/v3/users",
        "https://x.y/", "http://",
        "v3", "/a b", "/é", "/\u{1}", "/_sandbox/clock", "/?", "/#f", "h:80", "/" + String(repeating: "a", count: 9000),
        "/_sandbox/requests?limit=1e-9223372036854775808", "/sdk/js?authKey=k",
    ]
    private static let versions = [
        "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.9", "HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/1.1 ",
        "HTTP/11", "",
    ]
    private static let ends = ["\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r", "\r\r\n", "\u{B}\n"]
    /// The good ones first.
    private static let fields = [
        "Authorization: k", "Authorization:k ", "Authorization: Bearer k", "Cookie: a=b; c=d",
        "X: " + String(repeating: "y", count: 5000),
        "X:", "Content-Type: application/json", "Expect: 100-continue", "Connection: close",
        "Connection: keep-alive, Upgrade",
        "Upgrade: h2c", "Origin: null", "Origin: https://evil.com", "Accept-Encoding: gzip",
        "customer-token: eyJ.eyJ.x",
        "Content-Encoding: gzip", "Range: bytes=0-", "Authorization: \u{e9}",
        "Content-Length: 0", "Transfer-Encoding:", "Expect: x", "Host: evil.com", "Host: h", "Authorization: k\u{0}z",
        "Authorization : k", ":x", " folded", "\tfolded", "no colon", "X-\u{7F}: y", "X: \u{1B}[2J",
    ]
    private static let good = 18

    private static func one(_ random: inout Chance) -> [UInt8] {
        func rarely(_ random: inout Chance) -> Bool { random.bits() % 12 == 0 }
        let end = rarely(&random) ? random.pick(ends) : "\r\n"
        let method = rarely(&random) ? random.pick(methods) : random.pick(Array(methods[..<7]))
        let target = rarely(&random) ? random.pick(targets) : random.pick(Array(targets[..<3]))
        let version = rarely(&random) ? random.pick(versions) : "HTTP/1.1"
        var lines = ["\(method)\(rarely(&random) ? random.pick([" ", "  ", "\t", ""]) : " ")\(target) \(version)"]
        if !rarely(&random) { lines.append("Host: localhost") }
        for _ in 0..<Int(random.bits() % 5) {
            lines.append(random.pick(rarely(&random) ? fields : Array(fields[..<good])))
        }
        let (framing, body) = self.body(&random)
        lines += framing
        return Array((lines.joined(separator: end) + end + end + body).utf8)
    }

    private static func body(_ random: inout Chance) -> (framing: [String], body: String) {
        let text = random.pick(["{}", #"{"firstName":"J"}"#, "", "x", String(repeating: "z", count: 3000)])
        let size = text.utf8.count
        let chunks = "\(String(size, radix: 16))\r\n\(text)\r\n0\r\n\r\n"
        switch random.bits() % 20 {
        case 0, 9, 10, 11: return (["Content-Length: \(size)"], text)
        case 1: return (["Content-Length: \(size + 5)"], text)
        case 2: return (["Content-Length: \(max(0, size - 1))"], text)
        case 3, 12: return (["Transfer-Encoding: chunked"], size > 0 ? chunks : "0\r\n\r\n")
        case 4:
            return (
                [
                    "Transfer-Encoding: \(random.pick(["gzip, chunked", "identity", "chunked, chunked", "\"chunked\"", "xchunked", "chunked;a=b", "CHUNKED"]))"
                ], chunks
            )
        case 5: return (["Content-Length: \(size)", "Transfer-Encoding: chunked"], chunks)
        case 6:
            return (
                [
                    "Content-Length: \(random.pick(["+2", "-2", "0x2", "2,2", " 2 ", "2 2", "9223372036854775808", "18446744073709551616", ""]))"
                ], text
            )
        case 7: return (["Content-Length: 2", "Content-Length: 2"], "{}")
        case 8:
            return (
                ["Transfer-Encoding: chunked"],
                random.pick([
                    "zz\r\n", "2\r\n{}x", "ffffffffffffffff\r\n", "2;a=\"\r\n\"\r\n{}\r\n0\r\n\r\n",
                    "0\r\nA: b\r\n\r\n", "0\r\n\u{0}\r\n\r\n", "2\n{}\n0\n\n", "-2\r\n{}\r\n",
                ])
            )
        default: return ([], "")
        }
    }

    private static func spoil(_ bytes: inout [UInt8], _ random: inout Chance) {
        guard !bytes.isEmpty else { return }
        let place = Int(random.bits() % UInt64(bytes.count))
        switch random.bits() % 5 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.bits())
        case 1: bytes.insert(UInt8(truncatingIfNeeded: random.bits()), at: place)
        case 2: bytes.remove(at: place)
        case 3: bytes.removeSubrange(place...)
        default: bytes.insert(contentsOf: bytes[place...].prefix(40), at: place)
        }
    }
}
