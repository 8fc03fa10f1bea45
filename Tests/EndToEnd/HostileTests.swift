import Contract
import Foundation
import HTTP
import JSON
import Sandbox
import Support
import Testing

/// A seeded run of right and hostile requests over everything that is declared. `MEDUSA_HOSTILE_REQUESTS` says how many (`make hostile`
/// sends 200,000), `MEDUSA_HOSTILE_SEED` which.
@Suite struct `Hostile values` {
    private static let environment = ProcessInfo.processInfo.environment

    @Test func `end no server, are answered as declared, and leave sandboxes that a restart finds as they were`() throws
    {
        let count = Self.environment["MEDUSA_HOSTILE_REQUESTS"].flatMap { Int($0) } ?? 3000
        let seed = Self.environment["MEDUSA_HOSTILE_SEED"].flatMap { UInt64($0) } ?? 12
        let run = try HostileRun(seed: seed)
        defer { run.remove() }
        let problems = try run.run(count)
        #expect(problems.isEmpty, "seed \(seed): \(problems.joined(separator: "\n\n"))")
        if Self.environment["MEDUSA_HOSTILE_REQUESTS"] != nil { print(run.summary) }
        #expect(run.successes * 4 > count, "too few were right for the state to get deep: \(run.summary)")
    }
}

/// The run: a few sandboxes, whose requests alternate, and restarts in between.
final class HostileRun {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
    private var server: Server
    private var sandboxes: [HostileSandbox]
    private var connections: [Support.Connection] = []
    private var chance: Chance
    private var problems: [String] = []
    private var statuses: [Int: Int] = [:]
    private var reached: [String: Int] = [:]
    private var sent = 0
    private var restarts = 0
    private var rightUploads = 0
    private var (lastTaken, lastRestart) = (0, 0)

    private static let keys = ["hostile-a", "hostile-b", "hostile-c"]
    /// After so many problems nobody reads on.
    private static let mostProblems = 5

    init(seed: UInt64) throws {
        chance = Chance(seed: seed)
        server = try Server(dataDirectory: directory, "--quiet", "--show-pii")
        sandboxes = Self.keys.enumerated().map { HostileSandbox(key: $1, seed: seed &* 31 &+ UInt64($0)) }
        connections = try sandboxes.map { _ in try server.connect() }
    }

    func remove() {
        server.stop(SIGKILL)
        try? FileManager.default.removeItem(atPath: directory)
    }

    var successes: Int { statuses.filter { $0.key < 300 }.values.reduce(0, +) }

    var summary: String {
        let counts = statuses.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
        return "hostile: \(sent) requests, \(restarts) restarts, \(rightUploads) own snapshots taken back; \(counts); "
            + "right answers of \(reached.count) of \(HostileSandbox.operations.count) operations, the fewest "
            + reached.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.prefix(12).map { "\($0.value) of \($0.key)" }
            .joined(separator: ", ")
            + "; none of \(HostileSandbox.operations.filter { reached[$0] == nil }.sorted())"
    }

    /// - Returns: what went wrong, with the request.
    func run(_ count: Int) throws -> [String] {
        for index in sandboxes.indices { try settle(index) }
        let pause = max(500, count / 6)
        while sent < count, problems.count < Self.mostProblems {
            let index = chance.below(sandboxes.count)
            let request = sandboxes[index].next()
            guard try exchange(request, index) != nil || sandboxes[index].hasFaults else { break }
            if sent - lastRestart >= pause {
                lastRestart = sent
                try restart()
            }
            if sent - lastTaken >= 211 {
                lastTaken = sent
                try takeBack(index)
                try follow(sandboxes[index])
            }
        }
        if problems.count < Self.mostProblems { try restart() }
        return problems
    }

    // MARK: One request

    @discardableResult
    private func exchange(_ request: HostileRequest, _ index: Int) throws -> Support.Connection.Response? {
        sent += 1
        let sandbox = sandboxes[index]
        let bytes = request.bytes(key: sandbox.key)
        try connections[index].send(bytes)
        guard let response = try? connections[index].response() else {
            connections[index] = try reconnected(request, index)
            return nil
        }
        if response.field("connection")?.lowercased() == "close" { connections[index] = try server.connect() }
        statuses[response.status, default: 0] += 1
        if response.status < 300, let operation = request.endpoint?.operation { reached[operation, default: 0] += 1 }
        let json = try? JSON(Array(response.body.utf8))
        if let problem = problem(response, json, request, sandbox) { note(problem, request, response) }
        sandbox.learn(from: json, to: request, status: response.status)
        if request.door == .control, response.status < 300 { try follow(request, index) }
        return response
    }

    /// A closed connection is a fault's doing, or a problem.
    private func reconnected(_ request: HostileRequest, _ index: Int) throws -> Support.Connection {
        let isAlive = server.process.isRunning && (try? server.call("GET", "/_sandbox/health").status) == 200
        guard isAlive else {
            note("the server has ended", request, nil)
            problems.append(server.stop(SIGKILL).log)
            server = try Server(dataDirectory: directory, "--quiet", "--show-pii")
            for other in sandboxes.indices { connections[other] = try server.connect() }
            return connections[index]
        }
        if !sandboxes[index].hasFaults { note("there was no answer", request, nil) }
        return try server.connect()
    }

    private func note(_ sentence: String, _ request: HostileRequest, _ response: Support.Connection.Response?) {
        let answer = response.map { "\n-> \($0.head.prefix(600))\n\($0.body.prefix(1500))" } ?? ""
        problems.append("#\(sent) \(sentence): \(request.sentence)\(answer)")
    }

    private func problem(
        _ response: Support.Connection.Response, _ json: JSON?, _ request: HostileRequest, _ sandbox: HostileSandbox
    ) -> String? {
        if sandbox.hasFaults, request.door != .control { return nil }
        if response.status >= 500, response.status != 502 || json?["error"]?["code"]?.string != "BadGateway" {
            return "a 5xx"
        }
        let type = response.field("content-type") ?? ""
        if type.hasPrefix("application/json"), json == nil { return "the body is no JSON" }
        // A suspended sandbox, a path that an empty parameter makes another one, a body that is no JSON or too large: the gateway's, for all.
        guard let endpoint = request.endpoint, ![403, 404, 405, 413, 415].contains(response.status) else { return nil }
        let declared = endpoint.outcomes + endpoint.sharedOutcomes
        guard
            request.door == .modal || declared.contains(where: { $0.status.rawValue == response.status })
                || response.status == 400
        else { return "an answer that is not declared" }
        return nil
    }

    // MARK: What follows

    private func follow(_ request: HostileRequest, _ index: Int) throws {
        let sandbox = sandboxes[index]
        switch request.endpoint?.operation ?? "" {
        case "resetSandbox", "loadScenario", "restoreSnapshot":
            sandbox.forget()
            try settle(index)
        case "addFault":
            sandbox.hasFaults = true
            for _ in 0..<12 where problems.count < Self.mostProblems { try exchange(calm(sandbox), index) }
            try control("DELETE", "faults", nil, index)
            sandbox.hasFaults = false
        case "changeSettings": try calmSettings(index)
        default: break
        }
    }

    /// A request that is not for the sandbox itself.
    private func calm(_ sandbox: HostileSandbox) -> HostileRequest {
        while true {
            let request = sandbox.next()
            if request.door != .control { return request }
        }
    }

    /// A world that was put in the place of another may have faults that keep everybody waiting.
    private func settle(_ index: Int) throws {
        try control("DELETE", "faults", nil, index)
        try calmSettings(index)
        let saved = try control("POST", "snapshots", #"{"name":"own"}"#, index)
        if saved?.status == 201, let bytes = try? ownImage(index) {
            sandboxes[index].image = bytes
            sandboxes[index].secret = try? HostileSnapshot(bytes).secret
        }
    }

    /// Settings under which most of what is right succeeds; the hostile ones have been taken, or refused, by then.
    private func calmSettings(_ index: Int) throws {
        let settings =
            #"{"strictness":"warn","tokenMisuse":"refuse","uniqueSSN":false,"minimumOrder":49.95,"spendingLimit":1300,"#
            + #""journalEntries":200,"authKey":"\#(Self.keys[index])"}"#
        try control("PATCH", "settings", settings, index)
    }

    private func ownImage(_ index: Int) throws -> [UInt8] {
        let folder = Sandboxes.fingerprint(of: Self.keys[index], length: 32)
        return Array(try Data(contentsOf: URL(filePath: "\(directory)/snapshots/\(folder)/own.sqlite")))
    }

    @discardableResult
    private func control(_ method: String, _ path: String, _ body: String?, _ index: Int) throws -> Support.Connection
        .Response?
    {
        let request = HostileRequest(
            method: method, target: "/_sandbox/\(path)", body: body.map { Array($0.utf8) }, door: .control)
        return try exchange(request, index)
    }

    /// Whatever world was made, its snapshot is taken back, and is the same world.
    private func takeBack(_ index: Int) throws {
        let state = try frozenState(index)
        guard try control("POST", "snapshots", #"{"name":"own"}"#, index)?.status == 201 else { return }
        let image = try ownImage(index)
        sandboxes[index].image = image
        var upload = HostileRequest(method: "PUT", target: "/_sandbox/snapshots/back", door: .control)
        upload.endpoint = sandboxes[index].uploading
        upload.body = image
        guard let answer = try exchange(upload, index) else { return }
        guard answer.status == 201 else { return note("a snapshot of its own was refused", upload, answer) }
        try control("POST", "snapshots/back/restore", nil, index)
        rightUploads += 1
        let restored = try frozenState(index)
        if restored != state { problems.append("#\(sent) a restored snapshot differs: \(difference(state, restored))") }
    }

    /// A stream that begins at a place that nobody can reach; the answer to the next request says that the server lives.
    private func follow(_ sandbox: HostileSandbox) throws {
        var request = HostileRequest(method: "GET", target: "/_sandbox/requests", door: .control)
        let id = sandbox.values.number(around: ["0", "9223372036854775807"]).filter { $0 != "\"" }
        request.fields = [("Accept", "text/event-stream"), ("Last-Event-ID", id)]
        sent += 1
        let connection = try server.connect()
        try connection.send(request.bytes(key: sandbox.key))
        if try server.call("GET", "/_sandbox/health").status != 200 { note("the server is not well", request, nil) }
    }

    private func frozenState(_ index: Int) throws -> String {
        try control("PUT", "clock", #"{"mode":"frozen"}"#, index)
        return try control("GET", "state", nil, index)?.body ?? "none"
    }

    private func restart() throws {
        let before = try sandboxes.indices.map { try frozenState($0) }
        restarts += 1
        let (code, log) = server.stop(restarts.isMultiple(of: 2) ? SIGTERM : SIGKILL)
        if restarts.isMultiple(of: 2), code != 0 { problems.append("SIGTERM ended it with \(code): \(log)") }
        server = try Server(dataDirectory: directory, "--quiet", "--show-pii")
        connections = try sandboxes.map { _ in try server.connect() }
        for index in sandboxes.indices {
            let after = try control("GET", "state", nil, index)?.body ?? "none"
            if after != before[index] {
                problems.append(
                    "#\(sent) sandbox \(Self.keys[index]) differs after restart \(restarts): \(difference(before[index], after))"
                )
            }
        }
    }

    private func difference(_ left: String, _ right: String) -> String {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        let place = max(0, zip(left, right).prefix { $0 == $1 }.map { _ in 1 }.count - 100)
        func piece(_ text: [UInt8]) -> String { String(decoding: text.dropFirst(place).prefix(400), as: UTF8.self) }
        return "\n\(piece(left))\nand\n\(piece(right))"
    }
}
