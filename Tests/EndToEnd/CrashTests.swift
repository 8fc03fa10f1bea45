import Foundation
import JSON
import SQLite
import Sandbox
import Support
import Testing

@testable import MedusaStore

/// `MEDUSA_CRASH_KILLS` says how often (`make crash` kills 500 times), `MEDUSA_CRASH_SEED` which moments.
@Suite(.serialized) struct `A server that is killed` {
    private static let environment = ProcessInfo.processInfo.environment
    private static let kills = environment["MEDUSA_CRASH_KILLS"].flatMap { Int($0) }
    private static let seed = environment["MEDUSA_CRASH_SEED"].flatMap { UInt64($0) } ?? 14

    @Test func `at any moment has lost nothing that it acknowledged, and done nothing by half`() throws {
        let run = CrashRun(seed: Self.seed)
        let problems = try run.run(Self.kills ?? 12)
        #expect(problems.isEmpty, "seed \(Self.seed): \(problems.joined(separator: "\n\n"))")
        if Self.kills != nil, problems.isEmpty { print(run.summary) }
        #expect(run.tally.acknowledged > 0)
    }
}

/// Server after server on the same data directory, each killed at a moment that chance chooses.
final class CrashRun {
    private enum Moment: CaseIterable {
        /// Writers write, several in a turn of the loop.
        case underLoad
        /// Everybody restores, uploads, resets, and moves clocks.
        case underControl
        /// While it opens what the last one left.
        case start
        /// While a sandbox is made, and filled with its scenario.
        case creation
        /// While it brings databases of older versions up to date.
        case migration
    }

    private let seed: UInt64
    private var chance: Chance
    private var kills: [Moment: Int] = [:]
    private var databases = 0
    private var crowded = 0
    private(set) var tally = Writer.Tally()
    /// From the call until it serves: how late a kill may come and still be during the start.
    private var startMicroseconds = 50_000

    /// After so many problems nobody reads on.
    private static let mostProblems = 5
    /// So often one data directory is used: the longer, the more there is to compare.
    private static let killsOfDirectory = 20

    init(seed: UInt64) {
        self.seed = seed
        chance = Chance(seed: seed)
    }

    var summary: String {
        let counts = Moment.allCases.map { "\(kills[$0] ?? 0) \($0)" }.joined(separator: ", ")
        let all = kills.values.reduce(0, +)
        return "crash: \(all) kills (\(counts)), seed \(seed): \(tally.acknowledged + crowded) acknowledged, 0 lost; "
            + "\(tally.foundWhole + tally.notFound) not answered, of which \(tally.foundWhole) were there whole, "
            + "\(tally.notFound) not at all, 0 by half; \(databases) databases checked; successes "
            + tally.successes.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }

    /// - Returns: what went wrong.
    func run(_ count: Int) throws -> [String] {
        var problems: [String] = []
        var done = 0
        while done < count, problems.isEmpty {
            // Of every eight kills, one is during a creation, one during a migration.
            let part = min(count - done, Self.killsOfDirectory)
            for _ in 0..<(part / 8) { problems += try killCreation() + killMigration() }
            problems += try killWriters(part - part / 8 * 2)
            done += part
        }
        return Array(problems.prefix(Self.mostProblems))
    }

    private func withDirectory<Result>(_ work: (String) throws -> Result) throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        return try work(directory)
    }

    // MARK: Writers

    private func killWriters(_ count: Int) throws -> [String] {
        try withDirectory { directory in
            let writers = (0..<5).map { Writer(key: "crash-\($0)", directory: directory, seed: chance.bits()) }
            defer { for writer in writers { tally.add(writer.tally) } }
            let twin = try Server("--quiet", "--show-pii")
            var server = try start(directory)
            for writer in writers { writer.begin(at: server) }
            var problems: [String] = []
            for number in 0..<count where problems.isEmpty {
                let moment: Moment = number % 5 == 4 ? .start : number % 5 == 2 ? .underControl : .underLoad
                let crowd = Crowd(key: "crowd-\(number)")
                if moment == .start {
                    server.stop(SIGKILL)
                    try killStart(["--data-dir", directory] + writers.flatMap { ["--api-key", $0.key] })
                } else {
                    try killUnderLoad(server, writers, crowd, moment)
                }
                kills[moment, default: 0] += 1
                problems += try check(directory)
                problems += try crowd.problems(in: directory)
                crowded += crowd.acknowledged
                server = try start(directory, "--sandbox-limit", chance.isOne(in: 2) ? "3" : "512")
                for writer in writers { problems += try writer.reckon(server, twin) }
                problems += leftovers(directory)
            }
            server.stop(SIGKILL)
            return problems
        }
    }

    /// After so many answers, and a moment.
    private func killUnderLoad(_ server: Server, _ writers: [Writer], _ crowd: Crowd, _ moment: Moment) throws {
        let answers = DispatchSemaphore(value: 0)
        for writer in writers {
            writer.heard = { answers.signal() }
            writer.controlsOneIn = moment == .underControl ? 2 : 6
        }
        let clients = writers.map { writer in { @Sendable in writer.write(to: server) } }
        Self.inParallel(clients + crowd.clients(of: server) { answers.signal() }) {
            for _ in 0..<chance.below(moment == .underControl ? 80 : 200) {
                // Where nobody answers any more, the kill shows why.
                guard answers.wait(timeout: .now() + .seconds(30)) == .success else { break }
            }
            wait(microseconds: chance.below(8000))
            kill(server.process.processIdentifier, SIGKILL)
        }
        server.stop(SIGKILL)
    }

    private func start(_ directory: String, _ more: String...) throws -> Server {
        let begin = ContinuousClock.now
        let server = try Server(dataDirectory: directory, arguments: ["--quiet", "--show-pii"] + more)
        let took = (ContinuousClock.now - begin).components
        startMicroseconds = Int(took.seconds) * 1_000_000 + Int(took.attoseconds / 1_000_000_000_000)
        return server
    }

    /// The moment is what is tried, and so there is nothing to wait for.
    private func wait(microseconds: Int) { usleep(UInt32(microseconds)) }

    private static func inParallel(_ works: [@Sendable () -> Void], meanwhile: () -> Void) {
        let group = DispatchGroup()
        for work in works {
            group.enter()
            Thread.detachNewThread {
                work()
                group.leave()
            }
        }
        meanwhile()
        group.wait()
    }

    /// - Returns: whether it had got as far as to serve.
    private func killStart(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = Program.url
        process.arguments = ["serve", "--port", "0", "--quiet"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        wait(microseconds: chance.below(startMicroseconds + startMicroseconds / 8))
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    // MARK: What is looked at while nobody runs

    /// SQLite's own check of every database and snapshot, in a copy: opening the files themselves would repair them.
    private func check(_ directory: String) throws -> [String] {
        var problems: [String] = []
        // There may be no directory yet.
        let files = (try? FileManager.default.subpathsOfDirectory(atPath: directory)) ?? []
        for file in files where file.hasSuffix(".sqlite") {
            let verdict = try Self.withCopy(of: "\(directory)/\(file)") { connection in
                try connection.statement("PRAGMA integrity_check").row { $0.text(0) } ?? "nothing"
            }
            databases += 1
            if verdict != "ok" { problems.append("\(file): integrity_check says \(verdict)") }
        }
        return problems
    }

    static func withCopy<Result>(of file: String, _ work: (SQLite.Connection) throws -> Result) throws -> Result {
        let copy = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).sqlite").path
        defer {
            for end in ["", "-wal", "-shm", "-journal"] { try? FileManager.default.removeItem(atPath: copy + end) }
        }
        for end in ["", "-wal", "-journal"] where FileManager.default.fileExists(atPath: file + end) {
            try FileManager.default.copyItem(atPath: file + end, toPath: copy + end)
        }
        return try work(SQLite.Connection(.file(copy)))
    }

    /// What a server that is up keeps of the temporary files of those that were killed.
    private func leftovers(_ directory: String) -> [String] {
        let files = (try? FileManager.default.subpathsOfDirectory(atPath: directory)) ?? []
        // A journal is left by a database that was being made, until it is opened again.
        let known = [".sqlite", ".sqlite-wal", ".sqlite-journal", "/lock", "/auth-keys", "/snapshots"]
        return files.filter { file in
            !known.contains { "/\(file)".hasSuffix($0) } && !(file.hasPrefix("snapshots/") && !file.contains("."))
        }.map { "\($0) was left behind" }
    }

    // MARK: A creation

    /// A new sandbox begins with the server's scenario: all of it, or it is new the next time.
    private func killCreation() throws -> [String] {
        try withDirectory { directory in
            let arguments = ["--scenario", "returning-customer"]
            if chance.isOne(in: 3) {
                try killStart(["--data-dir", directory] + arguments)
            } else {
                let server = try Server(dataDirectory: directory, arguments: ["--quiet"] + arguments)
                let connection = try server.connect()
                try connection.send(Server.request("GET", "/v3/users", key: "fresh"))
                wait(microseconds: chance.below(startMicroseconds))
                server.stop(SIGKILL)
            }
            kills[.creation, default: 0] += 1
            var problems = try check(directory)
            let server = try Server(dataDirectory: directory, arguments: ["--quiet"] + arguments)
            let twin = try Server("--quiet", "--scenario", "returning-customer")
            for key in ["fresh", "returning-customer"] {
                let answers = try [server, twin].map { try $0.call("GET", "/_sandbox/state", key: key) }
                if answers[0].status != 200 || answers[0].body != answers[1].body {
                    problems.append(
                        "the sandbox \(key) was begun by half: \(answers[0].status) \(answers[0].body.prefix(400)), and must be "
                            + "\(answers[1].body.prefix(400))")
                }
            }
            return problems + leftovers(directory)
        }
    }

    // MARK: A migration

    /// Databases of every version that there was, with customers and orders in each, and a server that opens all of them.
    private func killMigration() throws -> [String] {
        try withDirectory { directory in
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            let versions = 1...Schema.steps.count
            for version in versions { try OldDatabase(version).write(to: directory) }
            let keys = versions.map { OldDatabase($0).key }
            try killStart(["--data-dir", directory] + keys.flatMap { ["--api-key", $0] })
            kills[.migration, default: 0] += 1
            var problems = try check(directory)
            for version in versions {
                let old = OldDatabase(version)
                let found = try Self.withCopy(of: old.path(in: directory)) { connection in
                    try connection.statement("SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM lines)").row {
                        [$0.integer(0), $0.integer(1)]
                    }
                }
                if found != [Int64(OldDatabase.count), Int64(OldDatabase.count)] {
                    problems.append("of version \(version) there is \(String(describing: found)) left")
                }
            }
            let server = try Server(dataDirectory: directory, "--quiet")
            for key in keys {
                let state = try server.call("GET", "/_sandbox/state", key: key)
                let transactions = try state.json["data"]?["transactions"]?.elements ?? []
                let users = try state.json["data"]?["users"]?.elements.count ?? 0
                if transactions.count != OldDatabase.count || users != OldDatabase.count {
                    problems.append(
                        "\(key): \(state.status), \(users) customers, \(transactions.count) orders: \(state.body.prefix(300))"
                    )
                }
            }
            return problems + leftovers(directory)
        }
    }
}

/// A database as an earlier version of the program left it.
struct OldDatabase {
    static let count = 40
    let version: Int

    init(_ version: Int) { self.version = version }

    var key: String { "old-\(version)" }

    func path(in directory: String) -> String { "\(directory)/\(Sandboxes.fingerprint(of: key, length: 32)).sqlite" }

    func write(to directory: String) throws {
        let connection = try SQLite.Connection(.file(path(in: directory)))
        let first = String(decoding: try Repository.bytes("Tests/Fixtures/schema-1.sql"), as: UTF8.self)
        _ = try connection.migrate(to: first, [])
        // The rows below are as version 4 had them; a later version has got them from there.
        _ = try connection.migrate(to: "", Array(Schema.steps.prefix(min(version, 4) - 1)))
        try connection.execute("BEGIN; INSERT INTO sandbox (id, secret) VALUES (1, zeroblob(32))")
        for number in 1...Self.count {
            try connection.execute(
                """
                INSERT INTO users (email, first_name, last_name, created_at) VALUES ('n\(number)@b.co', 'A', 'B', 1);
                INSERT INTO transactions (user_id, reference, created_at, expires_at, cash_price, cost_of_rental, payment, term,
                    purchase_sales_tax, shipping_cost, engaged_amount)
                    VALUES (\(number), 'T\(number)', 1, 86400001, 10000, 1000, 100, 52, 0, 0, 10000);
                INSERT INTO lines (transaction_id, position, sku, brand, description, cost, quantity, signed, shipped, received,
                    returned, canceled) VALUES (\(number), 1, 's', 'b', 'd', 10000, 1, 0, 0, 0, 0, 0);
                """)
        }
        try connection.execute("COMMIT")
        _ = try connection.migrate(to: "", Array(Schema.steps.prefix(version - 1)))
    }
}

/// Several clients of one sandbox, which nobody but the database can put into an order. Unchecked: behind a lock.
private final class Crowd: @unchecked Sendable {
    private let key: String
    private let lock = NSLock()
    private var created: [(email: String, entry: Int64)] = []

    init(key: String) { self.key = key }

    var acknowledged: Int { lock.withLock { created.count } }

    /// - Parameter heard: told of every answer.
    func clients(of server: Server, heard: @escaping @Sendable () -> Void) -> [@Sendable () -> Void] {
        (0..<4).map { client in
            { [self] in
                guard let connection = try? server.connect() else { return }
                for number in 0... {
                    let emails = (0..<3).map { "c\(client).n\(number).\($0)@example.com" }
                    let requests = emails.map {
                        Server.request(
                            "POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"\#($0)"}"#, key: key)
                    }
                    guard (try? connection.send(requests.joined())) != nil else { return }
                    for email in emails {
                        guard let answer = try? connection.response(), answer.status == 200,
                            let entry = answer.field("x-sandbox-request-id").flatMap({ Int64($0) })
                        else { return }
                        lock.withLock { created.append((email, entry)) }
                        heard()
                    }
                }
            }
        }
    }

    /// Every acknowledged customer is in the database, and so is the entry that the answer named; and there are as many
    /// entries as customers.
    func problems(in directory: String) throws -> [String] {
        let file = "\(directory)/\(Sandboxes.fingerprint(of: key, length: 32)).sqlite"
        guard FileManager.default.fileExists(atPath: file) else {
            return created.isEmpty ? [] : ["\(key): the database is gone"]
        }
        let found = try CrashRun.withCopy(of: file) { connection -> (emails: [String], entries: [Int64])? in
            guard try connection.schemaVersion > 0 else { return nil }
            return (
                try connection.statement("SELECT email FROM users").rows { $0.text(0) },
                try connection.statement("SELECT id FROM requests WHERE operation = 'createUser' AND status = 200").rows
                {
                    $0.integer(0)
                }
            )
        }
        guard let found else { return created.isEmpty ? [] : ["\(key): the tables are gone"] }
        let (emails, entries) = (Set(found.emails), Set(found.entries))
        var problems = created.filter { !emails.contains($0.email) }.map { "\(key): \($0.email) is lost" }
        problems += created.filter { !entries.contains($0.entry) }.map { "\(key): the entry \($0.entry) is lost" }
        if emails.count != entries.count {
            problems.append("\(key): \(emails.count) customers, \(entries.count) entries")
        }
        return problems
    }
}
