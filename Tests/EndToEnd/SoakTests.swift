import Foundation
import Glibc
import JSON
import Support
import Testing

/// A long run of everything a sandbox is asked for, at the speed that it has: hours of a shop's life a minute, for the clock advances. What
/// grows on purpose, customers and leases, is kept as it is: each sandbox begins anew every few hundred requests, or is only looked at.
/// `make soak` runs it at length.
@Suite(.serialized) struct `A long run` {
    private static let total =
        ProcessInfo.processInfo.environment["MEDUSA_SOAK_REQUESTS"].flatMap { Int($0) } ?? 3000
    /// A short run says nothing about memory: everything is met for the first time in it.
    private static let isLong = total >= 1_000_000

    private static let sandboxes = isLong ? 8 : 2
    private static let tenths = 10

    @Test func `leaves memory, descriptors, files and every answer as they were`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try Server(dataDirectory: folder, "--quiet")
        let clients = try (0..<Self.sandboxes).map { number in
            try SoakClient(server, number: number, resets: number % 4 != 1)
        }
        // Whole ones, so that every tenth has the same mix.
        let rounds = max(1, Self.total / Self.tenths / clients.reduce(0) { $0 + $1.script.count })
        var measures: [SoakMeasure] = []
        var problems: [String] = []
        for _ in 0..<Self.tenths {
            let before = try server.processorTicks()
            let start = ContinuousClock.now
            let runs = await withTaskGroup(of: SoakClient.Run.self) { group in
                for client in clients {
                    group.addTask {
                        await withCheckedContinuation { continuation in
                            Thread.detachNewThread { continuation.resume(returning: client.play(rounds)) }
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let elapsed = ContinuousClock.now - start
            problems += runs.flatMap(\.problems)
            measures.append(
                try SoakMeasure(
                    of: server, folder, latencies: runs.flatMap(\.latencies), elapsed: elapsed, ticksBefore: before))
            if !problems.isEmpty { break }
        }
        for measure in [SoakMeasure.head] + measures.enumerated().map({ $1.row($0 + 1) }) { print("soak: \(measure)") }
        #expect(problems.isEmpty, "\(problems.prefix(5).joined(separator: "\n"))")
        #expect(server.stop().code == 0)
        guard problems.isEmpty, measures.count == Self.tenths else { return }
        let (second, last) = (measures[1], measures[9])
        let requests = measures.reduce(0) { $0 + $1.requests }
        let hours = clients.reduce(0) { $0 + $1.hoursARound } * rounds * Self.tenths
        print(
            "soak: \(requests) requests, \(hours) hours of the sandboxes' clocks; the last tenth against the second: "
                + SoakMeasure.changes(from: second, to: last))
        #expect(second.descriptors == last.descriptors)
        if Self.isLong {
            #expect(SoakMeasure.isFlat(second.resident, last.resident), "memory")
            #expect(SoakMeasure.isFlat(second.files, last.files), "files")
        }
    }
}

/// What a server takes, and how soon it answers, over a tenth of the run.
private struct SoakMeasure {
    let requests: Int
    let perSecond: Double
    let median: Double
    let p99: Double
    /// Of the server's processor time a request, in microseconds; it hardly depends on what else the machine does.
    let processor: Double
    /// In kB.
    let resident: Double
    let descriptors: Int
    /// In kB.
    let files: Double

    init(
        of server: Server, _ folder: String, latencies: [UInt32], elapsed: Duration, ticksBefore: Int
    ) throws {
        let sorted = latencies.sorted()
        requests = sorted.count
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        perSecond = Double(requests) / seconds
        median = Double(sorted[requests / 2])
        p99 = Double(sorted[requests * 99 / 100])
        processor = Double(try server.processorTicks() - ticksBefore) * 10_000 / Double(requests)
        resident = try server.residentKilobytes()
        descriptors = try server.descriptorsAtRest()
        let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        files = paths.reduce(0) { sum, path in
            let size = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)")[.size] as? Double
            return sum + (size ?? 0) / 1000
        }
    }

    static let head =
        "tenth | requests | req/s | p50 µs | p99 µs | CPU µs a request | memory MB | descriptors | files MB"

    func row(_ number: Int) -> String {
        let cells: [any CVarArg] = [
            number, requests, perSecond, median, p99, processor, resident / 1000, descriptors, files / 1000,
        ]
        return String(format: "%5d | %8d | %5.0f | %6.0f | %6.0f | %16.1f | %9.2f | %11d | %8.2f", arguments: cells)
    }

    /// Within five per cent.
    static func isFlat(_ before: Double, _ after: Double) -> Bool { abs(after / before - 1) <= 0.05 }

    static func changes(from second: SoakMeasure, to last: SoakMeasure) -> String {
        let pairs: [(String, Double, Double)] = [
            ("memory", second.resident, last.resident), ("files", second.files, last.files),
            ("descriptors", Double(second.descriptors), Double(last.descriptors)),
            ("CPU a request", second.processor, last.processor), ("p50", second.median, last.median),
            ("p99", second.p99, last.p99),
        ]
        return pairs.map { name, before, after in
            String(format: "%@ %+.1f %%", name, (after / before - 1) * 100)
                + (isFlat(before, after) ? "" : " (not flat)")
        }.joined(separator: ", ")
    }
}

extension Server {
    /// Hundredths of a second.
    fileprivate func processorTicks() throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
    }

    /// With one connection, on which it is asked until it has heard that those of the last round are closed.
    fileprivate func descriptorsAtRest() throws -> Int {
        let connection = try connect()
        var fewest = Int.max
        for _ in 0..<100 {
            try connection.send(Self.request("GET", "/_sandbox/health"))
            _ = try connection.response()
            fewest = min(fewest, try descriptors())
        }
        return fewest
    }

    fileprivate func residentKilobytes() throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { Double($0.split(separator: " ").dropFirst().first ?? "") } ?? 0
    }
}

/// One sandbox's client. It writes down a round of requests with their answers once, and then sends these bytes again and again: a sandbox
/// that begins anew gives the same ones. Unchecked: it belongs to one thread at a time.
private final class SoakClient: @unchecked Sendable {
    struct Step {
        let request: [UInt8]
        let name: String
        let status: Int
        /// `nil` where it may differ: what counts requests, or looks at how far the clock has come.
        var body: [UInt8]?
    }

    struct Run: Sendable {
        /// In microseconds.
        var latencies: [UInt32] = []
        var problems: [String] = []
    }

    private(set) var script: [Step] = []
    private(set) var hoursARound = 0
    private let server: Server
    private let key: String
    private let number: Int

    /// - Parameter resets: whether each round begins with an empty sandbox; else it stays, and its journal fills.
    init(_ server: Server, number: Int, resets: Bool) throws {
        self.server = server
        self.number = number
        key = "soak-\(number)"
        let shop = try Shop(server, key: key)
        let text =
            "about: a\nclock: {mode: frozen, now: 2026-03-02T09:00:00Z}\nseed: 3\nsettings: {tokenLifetime: P3000D, spendingLimit: 5000}\n"
        try shop.control(
            "PUT", "scenario", #"{"name":"soak","text":"\#(text.replacing("\n", with: "\\n"))"}"#)
        if !resets {
            try writeDown(shop) { try Self.journey($0, 0) }
            hoursARound = 0
            script = []
        }
        try writeDown(shop) { ask in
            if resets { _ = try ask("POST", "/_sandbox/reset", nil, nil) }
            try resets ? Self.life(ask) : Self.looks(ask)
        }
        // Once more, so that it is known what stays the same.
        let connection = try SoakConnection(port: server.port)
        for index in script.indices {
            guard connection.exchange(script[index].request) != nil, let body = script[index].body else { continue }
            if !connection.hasHeard(body) { script[index].body = nil }
        }
    }

    private typealias Ask = (_ method: String, _ path: String, _ body: String?, _ token: String?) throws -> JSON

    private func writeDown(_ shop: Shop, _ round: (Ask) throws -> Void) throws {
        try round { method, path, body, token in
            let request = Server.request(method, path, body, token: token, key: self.key)
            let answer = try shop.send(method, path, body, token: token)
            if path == "/_sandbox/clock/advance", answer.status == 200 { self.hoursARound += Self.hours(body) }
            self.script.append(
                Step(
                    request: Array(request.utf8), name: "\(method) \(path)", status: answer.status,
                    body: Array(answer.text.utf8)))
            return try JSON(Array((answer.text.isEmpty ? "null" : answer.text).utf8))
        }
    }

    private static func hours(_ body: String?) -> Int {
        guard let span = body?.split(separator: "\"").dropFirst(3).first else { return 0 }
        let count = Int(span.filter(\.isNumber)) ?? 0
        return span.hasSuffix("D") ? count * 24 : span.hasSuffix("H") ? count : 0
    }

    // MARK: What is asked

    /// From an empty sandbox to customers who pay, and what a tester does beside it.
    private static func life(_ ask: Ask) throws {
        for shopper in 0..<3 { try journey(ask, shopper) }
        _ = try ask("POST", "/_sandbox/snapshots", #"{"name":"s"}"#, nil)
        for _ in 0..<8 {
            _ = try ask("POST", "/_sandbox/clock/advance", #"{"by":"P7D"}"#, nil)
            _ = try ask("GET", "/v3/transactions", nil, nil)
        }
        _ = try ask("GET", "/_sandbox/state", nil, nil)
        _ = try ask("POST", "/_sandbox/snapshots/s/restore", nil, nil)
        let faults = try ask("POST", "/_sandbox/faults", #"{"operations":["getUsers"],"status":503,"times":1}"#, nil)
        _ = try ask("GET", "/v3/users", nil, nil)
        if let fault = faults["data"]?["id"]?.string { _ = try ask("DELETE", "/_sandbox/faults/\(fault)", nil, nil) }
        for path in ["requests?limit=20", "report", "settings", "clock", "faults", "snapshots", "messages"] {
            _ = try ask("GET", "/_sandbox/\(path)", nil, nil)
        }
        _ = try ask("POST", "/_sandbox/verify", #"{"requests":[{"operation":"createLease"}]}"#, nil)
    }

    private static func journey(_ ask: Ask, _ shopper: Int) throws {
        let name = #""firstName":"John","lastName":"Doe","email":"shopper\#(shopper)@example.com""#
        let created = try ask("POST", "/v3/users", "{\(name)}", nil)
        let token = try #require(created["data"]?["token"]?.string)
        _ = try ask("GET", "/v3/users/me", nil, nil)
        _ = try ask("POST", "/v3/users", "{\(name)}", nil)
        _ = try ask("POST", "/v3/users/me/apply", Shop.application(), token)
        _ = try ask("POST", "/v3/paymentMethods/add", Shop.card, token)
        for order in 0..<2 {
            let reference = "T\(shopper)-\(order)"
            let lease = try ask(
                "POST", "/v3/leases",
                #"{"transactionId":"\#(reference)","items":[{"brand":"b","sku":"s","description":"d","cost":120,"quantity":4}]}"#,
                token)
            let id = try #require(lease["data"]?["leaseId"]?.string)
            _ = try ask("POST", "/v3/leases/\(id)/sign", #"{"ipAddress":"127.0.0.1","signed":true}"#, token)
            _ = try ask("GET", "/v3/leases/\(id)", nil, token)
            let path = "/v3/transactions/\(reference)"
            _ = try ask("POST", "\(path)/finalize", nil, nil)
            _ = try ask("POST", "\(path)/confirm-receipt", #"{"items":[{"sku":"s","quantity":2}]}"#, nil)
            _ = try ask("POST", "\(path)/confirm-shipment", nil, nil)
            _ = try ask("POST", "\(path)/cancel", #"{"items":[{"sku":"s","quantity":1}]}"#, nil)
            _ = try ask("POST", "/_sandbox/clock/advance", #"{"by":"P8D"}"#, nil)
            _ = try ask("POST", "\(path)/return", #"{"items":[{"sku":"s","quantity":1}]}"#, nil)
            _ = try ask(
                "POST", "\(path)/refund", #"{"items":[{"lineNumber":1,"sku":"s","itemCredit":5}]}"#, nil)
            for _ in 0..<3 {
                _ = try ask("GET", path, nil, nil)
                _ = try ask("GET", "/v3/users/me", nil, token)
                _ = try ask("GET", "/v3/customers/me/agreements", nil, token)
                _ = try ask("GET", "/v3/user-exists?email=shopper\(shopper)@example.com", nil, nil)
            }
        }
    }

    /// What changes nothing but the journal, for what is there stays there; and an hour at a time goes by.
    private static func looks(_ ask: Ask) throws {
        let users = try ask("GET", "/v3/users", nil, nil)
        let user = try #require(users["data"]?["users"]?.elements.first?["userId"]?.string)
        let token = try #require(
            try ask("GET", "/v3/users/\(user)/authorize", nil, nil)["data"]?["token"]?.string)
        for round in 0..<20 {
            _ = try ask("GET", "/v3/users/me", nil, token)
            _ = try ask("GET", "/v3/transactions/T0-0", nil, nil)
            _ = try ask("GET", "/v3/transactions", nil, nil)
            _ = try ask("GET", "/v3/customers/me/agreements", nil, token)
            _ = try ask("GET", "/v3/users/me", nil, "nobody")
            _ = try ask("GET", "/v3/nothing/\(round)", nil, nil)
            _ = try ask("POST", "/v3/users", #"{"firstName":"John","locael":"en"}"#, nil)
            _ = try ask("POST", "/v3/transactions/T0-0/finalize", nil, nil)
            _ = try ask("POST", "/v3/users/me/apply", Shop.application(), token)
            _ = try ask("GET", "/_sandbox/clock", nil, nil)
        }
        _ = try ask("POST", "/_sandbox/clock/advance", #"{"by":"PT1H"}"#, nil)
        _ = try ask("GET", "/_sandbox/requests?limit=20&latest=true", nil, nil)
        _ = try ask("PATCH", "/_sandbox/settings", #"{"minimumOrder":49.95}"#, nil)
    }

    // MARK: Asking again

    /// So many rounds, each on a connection of its own.
    func play(_ rounds: Int) -> Run {
        var run = Run()
        run.latencies.reserveCapacity(rounds * script.count)
        for _ in 0..<rounds {
            guard let connection = try? SoakConnection(port: server.port) else {
                run.problems.append("\(key): no connection")
                return run
            }
            for step in script {
                let start = SoakConnection.nanoseconds()
                guard let status = connection.exchange(step.request) else {
                    run.problems.append("\(key): no answer to \(step.name)")
                    return run
                }
                run.latencies.append(UInt32(clamping: (SoakConnection.nanoseconds() - start) / 1000))
                if status == step.status, step.body.map(connection.hasHeard) ?? true { continue }
                run.problems.append(
                    "\(key), \(step.name): \(status) \(connection.heard.prefix(300)) in the place of \(step.status) "
                        + String(decoding: step.body ?? [], as: UTF8.self).prefix(300))
                return run
            }
        }
        return run
    }
}

/// A connection that costs the client as little as it can: one buffer, and nothing is looked at twice.
@safe private final class SoakConnection {
    private let descriptor: Int32
    private let buffer: UnsafeMutablePointer<CChar>
    /// Where the body of the last answer begins and ends.
    private var start = 0, whole = 0
    private static let size = 4 << 20

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        unsafe buffer = .allocate(capacity: Self.size)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let result = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Server.Failed(description: "connect: \(errno)") }
    }

    deinit {
        close(descriptor)
        unsafe buffer.deallocate()
    }

    static func nanoseconds() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// - Returns: the status; `nil` without a whole answer.
    func exchange(_ request: [UInt8]) -> Int? {
        let sent = unsafe request.withUnsafeBytes {
            unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard sent == request.count else { return nil }
        var held = 0
        whole = .max
        while held < whole {
            let count = unsafe recv(descriptor, buffer + held, Self.size - 1 - held, 0)
            guard count > 0 else { return nil }
            held += count
            unsafe buffer[held] = 0
            if whole == .max, let end = unsafe strstr(buffer, "\r\n\r\n") {
                start = unsafe end - buffer + 4
                whole = start + length
            }
        }
        return (9..<12).reduce(0) { unsafe $0 * 10 + Int(buffer[$1]) - 48 }
    }

    private var length: Int {
        let name = "Content-Length: "
        guard let found = unsafe strstr(buffer, name) else { return 0 }
        return unsafe Int(atoi(found + name.utf8.count))
    }

    /// Whether the last answer had this body.
    func hasHeard(_ body: [UInt8]) -> Bool {
        guard body.count == whole - start else { return false }
        return unsafe body.withUnsafeBytes { bytes in
            unsafe bytes.baseAddress.map { unsafe memcmp($0, buffer + start, bytes.count) == 0 } ?? true
        }
    }

    /// The body of the last answer.
    var heard: String { unsafe String(cString: buffer + start) }
}
