import Foundation
import Support
import Testing

/// Clients that race each other over real connections, and every answer of theirs held against the state machine of the domain; a short
/// form here, and `make race` at length.
@Suite(.serialized) struct `Racing clients` {
    private static func count(_ variable: String, _ short: Int) -> Int {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } ?? short
    }

    private static let lines = 6
    /// Calls of a history.
    private static let length = 400
    private static let plantedLength = 150

    private struct Tally: Sendable {
        var calls = 0, histories = 0, steps = 0, longest = 0
        var violations: [String] = []
        var accepted: Set<String> = [], refused: Set<String> = []

        mutating func add(_ other: Tally) {
            calls += other.calls
            histories += other.histories
            steps += other.steps
            longest = max(longest, other.longest)
            violations += other.violations
            accepted.formUnion(other.accepted)
            refused.formUnion(other.refused)
        }
    }

    /// Where the sandboxes of a server are kept, and how many are open at once: whoever makes room for another has to come back as it was.
    private enum Home: CaseIterable {
        case onDisk, onDiskOneAtATime, inMemoryOneAtATime

        func server(_ folder: String) throws -> Server {
            switch self {
            case .onDisk: try Server(dataDirectory: "\(folder)-many", "--quiet")
            case .onDiskOneAtATime: try Server(dataDirectory: "\(folder)-one", "--quiet", "--sandbox-limit", "1")
            case .inMemoryOneAtATime: try Server("--quiet", "--sandbox-limit", "1")
            }
        }
    }

    @Test func `hear nothing that no order of their calls explains`() async throws {
        let total = Self.count("MEDUSA_RACE_OPERATIONS", 2400)
        let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        defer { for name in ["many", "one"] { try? FileManager.default.removeItem(atPath: "\(folder)-\(name)") } }
        let servers = try Home.allCases.map { try $0.server(folder) }
        let start = ContinuousClock.now
        let tally = try await withThrowingTaskGroup(of: Tally.self) { group in
            for part in 0..<(2 * servers.count) {
                group.addTask {
                    try await Self.onThread {
                        try Self.race(total / (2 * servers.count), part: part, on: servers[part / 2])
                    }
                }
            }
            return try await group.reduce(into: Tally()) { $0.add($1) }
        }
        print(
            "race: \(tally.calls) operations in \(tally.histories) histories of \(Self.lines) clients each, \(tally.violations.count) "
                + "violations; \(tally.steps) steps of search, \(tally.longest) for the longest; \(tally.accepted.count) kinds of calls "
                + "accepted, \(tally.refused.count) refused; \(ContinuousClock.now - start)")
        #expect(tally.violations.isEmpty, "\(tally.violations.prefix(3).joined(separator: "\n\n"))")
        // There are 31 kinds of calls, and 21 of them can be refused.
        if total >= 100_000 {
            #expect(tally.accepted.count == 31 && tally.refused.count == 21, "the clients have become tame")
        }
        for server in servers { #expect(server.stop().code == 0) }
    }

    private static func onThread<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Swift.Result { try work() }) }
        }
    }

    private static func race(_ count: Int, part: Int, on server: Server) throws -> Tally {
        var tally = Tally()
        let first = Self.count("MEDUSA_RACE_SEED", 0)
        while tally.calls < count, tally.violations.count < 5 {
            let seed = UInt64(part) << 32 + UInt64(first + tally.histories)
            let lines = try RacedLines(server, key: "race-\(part)-\(tally.histories % 4)", count: Self.lines)
            try begin(lines)
            var clients = RacingClients(lines, in: lines.sandbox, lines: Self.lines, seed: seed)
            let history = try clients.race(length)
            var search = Linearization(of: history, on: lines.sandbox)
            let outcome = search.search(from: lines.sandbox.beginning)
            if outcome != .explained {
                tally.violations.append("seed \(seed): " + complaint(about: history, outcome, lines.sandbox))
            }
            tally.calls += history.count
            tally.histories += 1
            tally.steps += search.steps
            tally.longest = max(tally.longest, search.steps)
            for call in history {
                guard let heard = call.heard else { continue }
                let kind = String("\(call.call)".prefix { $0 != "(" })
                if heard.answer.status < 300 { tally.accepted.insert(kind) } else { tally.refused.insert(kind) }
            }
        }
        return tally
    }

    private static func begin(_ lines: RacedLines) throws {
        let shop = try Shop(lines.server, key: lines.key)
        let text = RacedSandbox.scenario.replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        try #require(try shop.control("PUT", "scenario", #"{"name":"raced","text":"\#(text)"}"#).status == 200)
        try shop.control("DELETE", "snapshots/\(RacedSandbox.snapshot)")
    }

    private static func complaint(
        about history: [RacingClients.Raced], _ outcome: Linearization<RacedSandbox>.Outcome, _ sandbox: RacedSandbox
    ) -> String {
        guard case .inexplicable = outcome else { return "\(outcome)" }
        let end = shortestInexplicable(history, sandbox)
        let history = cut(history, at: end)
        let shown = history.enumerated().filter { ($0.element.heard?.at ?? .max) > end - 30 }
        let lines = shown.map { number, call in
            "\(number), asked at \(call.asked), heard at \(call.heard.map { String($0.at) } ?? "no time"): \(call.call)\n  → "
                + (call.heard?.answer.description ?? "?")
        }
        var search = Linearization(of: history, on: sandbox)
        guard case .inexplicable(let carriedOut, let next, let state) = search.search(from: sandbox.beginning) else {
            return "no order explains it at times"
        }
        let rest = next.map { "\($0) would have been answered \(sandbox.carryOut(history[$0].call, in: state).answer)" }
        return "no order explains what was heard up to event \(end):\n" + lines.joined(separator: "\n")
            + "\nfurthest, after \(carriedOut) calls, none of these explains what was heard:\n"
            + rest.joined(separator: "\n")
    }

    /// How many events of a history it takes until nothing explains them.
    private static func shortestInexplicable(_ history: [RacingClients.Raced], _ sandbox: RacedSandbox) -> Int {
        var (explained, inexplicable) = (0, history.reduce(0) { max($0, $1.asked, $1.heard?.at ?? 0) })
        while inexplicable - explained > 1 {
            let middle = (explained + inexplicable) / 2
            var search = Linearization(of: cut(history, at: middle), on: sandbox)
            if search.search(from: sandbox.beginning) == .explained {
                explained = middle
            } else {
                inexplicable = middle
            }
        }
        return inexplicable
    }

    /// What was known of it after an event.
    private static func cut(_ history: [RacingClients.Raced], at event: Int) -> [RacingClients.Raced] {
        history.filter { $0.asked <= event }.map { call in
            var call = call
            if let heard = call.heard, heard.at > event { call.heard = nil }
            return call
        }
    }

    @Test(arguments: PlantedRace.allCases)
    func `a planted race is found`(_ race: PlantedRace) throws {
        let server = try Server("--quiet")
        var calls = 0
        for seed in 0..<200 {
            let lines = try RacedLines(server, key: "planted-\(seed % 4)", count: Self.lines)
            try Self.begin(lines)
            let way = try PlantedWay(race, on: lines, seed: UInt64(seed))
            var clients = RacingClients(way, in: lines.sandbox, lines: Self.lines, seed: UInt64(1000 + seed))
            let history = try clients.race(Self.plantedLength)
            var search = Linearization(of: history, on: lines.sandbox)
            if search.search(from: lines.sandbox.beginning) == .explained {
                calls += history.count
                continue
            }
            let end = Self.shortestInexplicable(history, lines.sandbox)
            calls += history.count { $0.asked <= end }
            print("race: planted \(race), found after \(calls) operations")
            return
        }
        Issue.record("\(race) was not found in \(calls) operations")
    }
}
