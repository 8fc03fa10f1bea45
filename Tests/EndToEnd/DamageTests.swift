import Foundation
import JSON
import Sandbox
import Support
import Testing

/// Files that have been damaged while nobody looked. `MEDUSA_CRASH_DAMAGES` says how many copies are damaged besides a bit in each
/// page (`make crash` takes 500), `MEDUSA_CRASH_SEED` where.
@Suite(.serialized) struct `A damaged database` {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["MEDUSA_CRASH_DAMAGES"].flatMap { Int($0) }
    private static let seed = environment["MEDUSA_CRASH_SEED"].flatMap { UInt64($0) } ?? 14

    @Test func `is refused in clear words or served, harms nobody else, and a reset helps`() throws {
        let run = try DamageRun(seed: Self.seed)
        defer { run.remove() }
        let problems = try run.run(Self.count ?? 15, everyPage: Self.count == nil ? 7 : 1)
        #expect(problems.isEmpty, "seed \(Self.seed): \(problems.joined(separator: "\n\n"))")
        if Self.count != nil, problems.isEmpty { print(run.summary) }
    }
}

/// One world, and as many damaged copies of it as there are keys.
private final class DamageRun {
    private enum Damage: CaseIterable {
        case bit, bytes, cut, walCut, walBit, walBytes, walZeroes
    }

    private let directory = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
    private let image: [UInt8]
    private let (fileBesideWAL, wal): ([UInt8], [UInt8])
    private var chance: Chance
    private var counts: [Damage: Int] = [:]
    private var (refused, served) = (0, 0)
    private var server: Server
    private var problems: [String] = []
    private var number = 0
    private static let pageSize = 4096
    private static let good = "good"
    private static let mostProblems = 5

    init(seed: UInt64) throws {
        chance = Chance(seed: seed)
        // The journey of one writer, as a whole file, and as a file with a WAL that was never brought into it.
        let writer = Writer(key: Self.good, directory: directory, seed: seed)
        writer.controlsOneIn = 40
        server = try Server(dataDirectory: directory, "--quiet", "--show-pii")
        writer.begin(at: server)
        writer.write(to: server, most: 150)
        let file = Self.file(Self.good, directory)
        server.stop(SIGKILL)
        (fileBesideWAL, wal) = (Self.bytes(file), Self.bytes("\(file)-wal"))
        server = try Server(dataDirectory: directory, "--quiet", "--show-pii")
        _ = try server.call("GET", "/v3/users", key: Self.good)
        server.stop()
        image = Self.bytes(file)
        server = try Server(dataDirectory: directory, "--quiet")
    }

    func remove() {
        server.stop(SIGKILL)
        try? FileManager.default.removeItem(atPath: directory)
    }

    var summary: String {
        let kinds = Damage.allCases.map { "\(counts[$0] ?? 0) \($0)" }.joined(separator: ", ")
        return
            "crash: \(number) damaged databases (\(kinds)) of \(image.count / Self.pageSize) pages: \(refused) refused in clear words, "
            + "\(served) served, 0 ends of the server, all \(number) reset"
    }

    private static func file(_ key: String, _ directory: String) -> String {
        "\(directory)/\(Sandboxes.fingerprint(of: key, length: 32)).sqlite"
    }

    private static func bytes(_ path: String) -> [UInt8] {
        FileManager.default.contents(atPath: path).map(Array.init) ?? []
    }

    /// - Parameters:
    ///   - more: at random, besides one bit in each page.
    ///   - step: of the pages, one in so many.
    func run(_ more: Int, everyPage step: Int) throws -> [String] {
        for page in stride(from: 0, to: image.count / Self.pageSize, by: step) where problems.count < Self.mostProblems
        {
            var bent = image
            flip(&bent, in: page * Self.pageSize..<(page + 1) * Self.pageSize)
            try look(.bit, bent, nil)
        }
        for _ in 0..<more where problems.count < Self.mostProblems { try look(chance.pick(Damage.allCases)) }
        return problems
    }

    // MARK: Damage

    private func flip(_ bytes: inout [UInt8], in places: Range<Int>) {
        guard !places.isEmpty else { return }
        bytes[places.lowerBound + chance.below(places.count)] ^= 1 << UInt8(chance.below(8))
    }

    private func scribble(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let start = chance.below(bytes.count)
        for place in start..<min(bytes.count, start + 1 + chance.below(300)) { bytes[place] = UInt8(chance.below(256)) }
    }

    private func look(_ damage: Damage) throws {
        var (file, log) = damage == .bit || damage == .bytes || damage == .cut ? (image, []) : (fileBesideWAL, wal)
        switch damage {
        case .bit: flip(&file, in: file.indices)
        case .bytes: scribble(&file)
        case .cut: file = Array(file.prefix(chance.below(file.count)))
        case .walCut: log = Array(log.prefix(chance.below(log.count)))
        case .walBit: flip(&log, in: log.indices)
        case .walBytes: scribble(&log)
        case .walZeroes:
            let start = chance.below(log.count)
            for place in start..<min(log.count, start + chance.below(10_000)) { log[place] = 0 }
        }
        try look(damage, file, log.isEmpty ? nil : log)
    }

    // MARK: What the server makes of it

    private static let calls: [(method: String, path: String, body: String?)] = [
        ("GET", "/v3/users", nil), ("GET", "/_sandbox/state", nil), ("GET", "/v3/transactions?limit=100", nil),
        ("GET", "/_sandbox/requests?all=true&limit=1000", nil), ("GET", "/_sandbox/report", nil),
        ("POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"new@example.com"}"#),
        ("GET", "/_sandbox/messages", nil), ("POST", "/_sandbox/clock/advance", #"{"by":"P40D"}"#),
        ("POST", "/_sandbox/snapshots", #"{"name":"s"}"#), ("POST", "/_sandbox/snapshots/s/restore", nil),
        ("GET", "/_sandbox/state", nil),
    ]

    private func look(_ damage: Damage, _ file: [UInt8], _ log: [UInt8]?) throws {
        number += 1
        counts[damage, default: 0] += 1
        let key = "damaged-\(number)"
        let path = Self.file(key, directory)
        try Data(file).write(to: URL(filePath: path))
        if let log { try Data(log).write(to: URL(filePath: "\(path)-wal")) }
        var isRefused = false
        for call in Self.calls {
            guard let status = try ask(call.method, call.path, call.body, key, damage) else { return }
            isRefused = isRefused || status == 503
        }
        if isRefused { refused += 1 } else { served += 1 }
        let reset = try ask("POST", "/_sandbox/reset", nil, key, damage)
        let after = try ask(
            "POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"after@example.com"}"#, key, damage)
        let state = try ask("GET", "/_sandbox/state", nil, key, damage)
        if [reset, after, state] != [200, 200, 200] {
            note("after a reset: \(String(describing: [reset, after, state]))", key, damage)
        }
        if try server.call("GET", "/v3/users?limit=1", key: Self.good).status != 200 {
            note("another sandbox suffers", key, damage)
        }
        for end in ["", "-wal", ".damaged", ".damaged-wal"] { try? FileManager.default.removeItem(atPath: path + end) }
    }

    /// - Returns: `nil` when the server has ended, and another one takes its place.
    private func ask(_ method: String, _ path: String, _ body: String?, _ key: String, _ damage: Damage) throws -> Int?
    {
        let connection = try server.connect()
        try connection.send(Server.request(method, path, body, key: key))
        guard let answer = try? connection.response() else {
            note("\(method) \(path) was not answered", key, damage)
            problems.append("the server said: \(server.stop(SIGKILL).log.suffix(2000))")
            server = try Server(dataDirectory: directory, "--quiet")
            return nil
        }
        if answer.status >= 500 {
            let json = try? answer.json
            let words = json?["error"]?["message"]?.string ?? json?["message"]?.string ?? ""
            if answer.status != 503
                || !["damaged", "cannot be", "secret", "written by a later"].contains(where: words.contains)
            {
                note("\(method) \(path): \(answer.status) \(answer.body.prefix(400))", key, damage)
            }
        }
        return answer.status
    }

    private func note(_ sentence: String, _ key: String, _ damage: Damage) {
        problems.append("\(key), \(damage): \(sentence)")
    }
}
