import Foundation
import JSON
import Support
import Testing

/// `MEDUSA_CRASH_DISKS` says how often the disk is filled (`make crash` does it 10 times), `MEDUSA_CRASH_SEED` how far.
@Suite(.serialized) struct `A disk that is full` {
    private static let environment = ProcessInfo.processInfo.environment
    private static let rounds = environment["MEDUSA_CRASH_DISKS"].flatMap { Int($0) }
    private static let seed = environment["MEDUSA_CRASH_SEED"].flatMap { UInt64($0) } ?? 14

    /// What a refusal says; nothing else may be answered while nothing can be written.
    private static func isClear(_ answer: Support.Connection.Response) -> Bool {
        let error = (try? answer.json)?["error"]
        let words = [
            "disk is full", "cannot be read or written", "cannot be written", "cannot grow", "cannot be opened",
        ]
        return answer.status == 503 && words.contains { error?["message"]?.string?.contains($0) == true }
    }

    @Test func `is told in a sentence, costs nothing that was acknowledged, and is forgotten when there is room`()
        throws
    {
        // A WAL grows to 4 MiB before it is emptied, and to 32 where snapshots are restored: room for all of them.
        guard let disk = try SmallDisk(kilobytes: 160_000) else {
            print("crash: nobody may mount a disk here; the limit of a file's size is tried instead")
            return
        }
        let run = try Run(seed: Self.seed, path: disk.path, outside: disk.outside, launcher: disk.launcher)
        for round in 0..<(Self.rounds ?? 2) {
            try disk.fill(leaving: run.chance.below(3) * run.chance.below(200))
            run.write(80)
            try run.reckon("with a full disk, round \(round)")
            if run.chance.isOne(in: 2) {
                try run.killAndStart { try disk.makeRoom() }
                try run.reckon("after a kill, round \(round)")
            }
            try disk.makeRoom()
            try run.expectRoom("round \(round)")
        }
        run.end("full disk", Self.rounds != nil)
    }

    @Test func `or a limit of a file's size is no different`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let run = try Run(seed: Self.seed, path: path, outside: path, launcher: [])
        for round in 0..<(Self.rounds ?? 2) {
            try run.limitFiles(to: "\((1 + run.chance.below(100)) * 4096)")
            run.write(80)
            try run.reckon("with a limit, round \(round)")
            try run.limitFiles(to: "unlimited")
            try run.expectRoom("round \(round)")
        }
        run.end("file-size limit", Self.rounds != nil)
    }

    /// Three writers, a server whose room is taken and given back, and one that has room.
    private final class Run {
        var chance: Chance
        private var server: Server
        private let twin: Server
        private let writers: [Writer]
        private let path: String
        private let launcher: [String]
        private var refusals = 0
        private var rounds = 0

        init(seed: UInt64, path: String, outside: String, launcher: [String]) throws {
            chance = Chance(seed: seed)
            (self.path, self.launcher) = (path, launcher)
            server = try Server(dataDirectory: path, arguments: ["--quiet", "--show-pii"], launcher: launcher)
            twin = try Server("--quiet", "--show-pii")
            writers = (0..<3).map { Writer(key: "full-\($0)", directory: outside, seed: seed &* 31 &+ UInt64($0)) }
            for writer in writers {
                writer.begin(at: server)
                writer.write(to: server, most: 20)
            }
            try reckon("at the beginning")
        }

        func write(_ most: Int) {
            rounds += 1
            for writer in writers {
                writer.write(to: server, most: most) { answer in
                    refusals += 1
                    if !isClear(answer) {
                        Issue.record("an unclear refusal: \(answer.status) \(answer.body.prefix(400))")
                    }
                }
            }
        }

        func reckon(_ occasion: String) throws {
            for writer in writers {
                for problem in try writer.reckon(server, twin) { Issue.record("\(occasion): \(problem)") }
            }
        }

        func expectRoom(_ occasion: String) throws {
            for writer in writers {
                writer.write(to: server, most: 20) { answer in
                    Issue.record(
                        "\(occasion): there is room again, and still \(answer.status) \(answer.body.prefix(400))")
                }
            }
            try reckon("with room again, \(occasion)")
        }

        /// A start on a full disk succeeds, or says why it does not.
        func killAndStart(makingRoom: () throws -> Void) throws {
            server.stop(SIGKILL)
            do {
                server = try Server(dataDirectory: path, arguments: ["--quiet", "--show-pii"], launcher: launcher)
                // A sandbox may need room to be opened.
                for writer in writers {
                    let answer = try server.call("GET", "/_sandbox/clock", key: writer.key)
                    if answer.status != 200 {
                        if !isClear(answer) { Issue.record("an unclear refusal: \(answer.status) \(answer.body)") }
                        try makingRoom()
                    }
                }
            } catch let failure as Server.Failed {
                if !failure.description.contains("check its permissions and its disk") {
                    Issue.record("an unclear start: \(failure)")
                }
                try makingRoom()
                server = try Server(dataDirectory: path, arguments: ["--quiet", "--show-pii"], launcher: launcher)
            }
        }

        func limitFiles(to size: String) throws {
            let run = try Program.run(
                command: "prlimit", ["--pid", "\(server.process.processIdentifier)", "--fsize=\(size):"])
            guard run.code == 0 else { throw Server.Failed(description: run.errors) }
        }

        func end(_ what: String, _ isPrinted: Bool) {
            #expect(refusals > 0)
            guard isPrinted else { return }
            let acknowledged = writers.map(\.tally.acknowledged).reduce(0, +)
            print(
                "crash: \(what): \(rounds) times full, \(refusals) refusals, all in clear words, \(acknowledged) acknowledged, 0 lost"
            )
        }
    }

    // MARK: Read-only

    @Test func `or read-only refuses the start in a sentence`() throws {
        guard let disk = try SmallDisk(kilobytes: 6000) else { return }
        try disk.run("mount -o remount,ro '\(disk.path)'")
        let refused = #expect(throws: Server.Failed.self) {
            try Server(dataDirectory: disk.path, arguments: [], launcher: disk.launcher)
        }
        #expect(refused?.description.contains("is not writable; check its permissions and its disk") == true)
    }

    @Test func `or read-only for a while is told in a sentence, and costs nothing`() throws {
        guard let disk = try SmallDisk(kilobytes: 6000) else { return }
        let server = try Server(dataDirectory: disk.path, arguments: ["--quiet"], launcher: disk.launcher)
        let shop = try Shop(server, key: "k")
        _ = try shop.create("before@example.com")
        // As root one may make a disk read-only in spite of files that are open for writing, by a bind over it.
        try disk.run("mount --bind '\(disk.path)' '\(disk.path)' && mount -o remount,bind,ro '\(disk.path)'")
        let other = try server.call(
            "POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"a@b.co"}"#, key: "new")
        #expect(other.status == 503)
        #expect(other.body.contains("cannot be opened; check its permissions"), "\(other.body)")
        try disk.run("cd / && umount '\(disk.path)'")
        #expect(try server.call("GET", "/v3/users", key: "new").status == 200)
        #expect(try shop.send("GET", "/v3/user-exists?email=before@example.com").text.contains("true"))
    }
}
