import Foundation
import JSON
import Support
import Testing

@Suite struct `Exec` {
    private func exec(_ arguments: String..., script: String) throws -> Program.Run {
        try Program.run(["exec"] + arguments + ["--", "bash", "-c", script])
    }

    @Test func `runs a command with a server of its own`() throws {
        let run = try exec(
            script: #"curl -sS -H "Authorization: $MEDUSA_API_KEY" "$MEDUSA_BASE_URL/v3/user-exists?email=a@b.co""#)
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output == #"{"data":{"exists":false}}"#)
        #expect(run.errors.hasPrefix("medusa-sandbox: 1 requests, 1 of "))
    }

    @Test func `says at the end what was done, and is silent where nobody wants to hear it`() throws {
        let ask = #"curl -sS -H "Authorization: $MEDUSA_API_KEY" "$MEDUSA_BASE_URL/v3/user-exists?email=a@b.co""#
        #expect(
            try exec(script: ask).errors.contains("\nnot ready for certification: it never came to create a customer"))
        #expect(try exec("--no-report", script: ask).errors.isEmpty)
        #expect(try exec("--no-journal", script: ask).errors.isEmpty)
        #expect(try exec("--no-report", script: "true").errors.isEmpty)
    }

    @Test func `says that nothing was sent, and keeps a report of nothing where one is asked for`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try exec(script: "true").errors == "medusa-sandbox: the command has sent no request.\n")
        let file = folder.appending(path: "report.json")
        #expect(try exec("--report", file.path, script: "true").code == 0)
        #expect(try JSON(Array(Data(contentsOf: file)))["requests"]?.numberText == "0")
        let failing = try exec("--report", file.path, "--fail-on", "uncovered", script: "true")
        #expect(failing.code == 1)
        #expect(failing.errors.contains("sent no request"))
    }

    @Test func `keeps every report that it is asked for`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["a.xml", "b.json", "c.txt"].map { folder.appending(path: $0).path }
        let ask = #"curl -sS -H "Authorization: $MEDUSA_API_KEY" "$MEDUSA_BASE_URL/v3/settings/lease""#
        let run = try exec("--report", files[0], "--report", files[1], "--report", files[2], script: ask)
        #expect(run.code == 0)
        #expect(files.allSatisfy { FileManager.default.fileExists(atPath: $0) })
        let twice = try exec("--report", files[0], "--report", "\(folder.path)/./a.xml", script: "true")
        #expect(twice.code != 0)
        #expect(twice.errors.contains("twice; one report would overwrite the other"))
    }

    @Test(arguments: [
        ("violations", "/v3/user-exists?email=a@b.co", 0), ("warnings", "/v3/user-exists?email=a@b.co", 0),
        ("uncovered", "/v3/user-exists?email=a@b.co", 1), ("warnings", "/v3/user-exists?email=a@b.co&odd=1", 1),
    ])
    func `fails on what it is told to`(reason: String, path: String, code: Int32) throws {
        let ask = #"curl -sS -H "Authorization: $MEDUSA_API_KEY" "$MEDUSA_BASE_URL\#(path)""#
        #expect(try exec("--fail-on", reason, script: ask).code == code)
        // The command's own failure stands before it.
        #expect(try exec("--fail-on", reason, script: "\(ask); exit 7").code == 7)
    }

    @Test func `keeps a report of each sandbox in a file`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
        let ask = #"for key in a b; do curl -sS -H "Authorization: $key" "$MEDUSA_BASE_URL/v3/settings/lease"; done"#
        #expect(try exec("--report", folder.appending(path: "all.html").path, script: ask).code == 0)
        #expect(try names() == ["all.a.html", "all.b.html"])
        // Keys that differ in what no file name has, and in what is far behind; and sandboxes that have made room.
        let long = String(repeating: "k", count: 200)
        let odd =
            #"for key in a/b a:b a.b \#(long)1 \#(long)2; do curl -sS -H "Authorization: $key" "$MEDUSA_BASE_URL/v3/users"; done"#
        let several = try exec("--sandbox-limit", "1", "--report", folder.appending(path: "odd.txt").path, script: odd)
        #expect(several.code == 0)
        #expect(try names().filter { $0.hasPrefix("odd.") }.count == 5)
        let run = try exec("--report", folder.appending(path: "all.pdf").path, script: "true")
        #expect(run.code != 0)
        #expect(run.errors.contains("--report takes a file that ends in .txt, .json, .xml or .html"))
    }

    @Test func `exports the keys of its scenario`() throws {
        let run = try exec("--scenario", "slow-gateway", script: "echo $MEDUSA_API_KEY $MEDUSA_AUTH_KEY")
        #expect(run.output == "slow-gateway slow-gateway\n")
        #expect(try exec("--api-key", "mine", script: "echo $MEDUSA_API_KEY").output == "mine\n")
    }

    @Test(arguments: [0, 1, 7, 255])
    func `returns the command's exit code`(code: Int32) throws {
        #expect(try exec(script: "exit \(code)").code == code)
    }

    @Test func `returns 128 and the signal when one ended the command`() throws {
        #expect(try exec(script: "kill -9 $$").code == 128 + 9)
    }

    @Test func `says that a command is not there`() throws {
        let run = try Program.run(["exec", "--", "no-such-command"])
        #expect(run.code == 127)
        #expect(run.errors == "medusa-sandbox: cannot run no-such-command: No such file or directory\n")
        #expect(try Program.run(["exec"]).code != 0)
    }

    @Test func `passes a signal on, and ends with the command`() throws {
        let process = Process()
        process.executableURL = Program.url
        process.arguments = ["exec", "--", "bash", "-c", "echo ready; exec sleep 60"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "ready\n")
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationStatus == 128 + SIGTERM)
    }

    @Test func `leaves the command's signals as they are usually`() throws {
        let run = try exec(script: "awk '/^Sig(Blk|Ign)/ { print $2 }' /proc/self/status")
        let masks = run.output.split(separator: "\n").compactMap { UInt64($0, radix: 16) }
        #expect(masks.count == 2 && masks[0] == 0, "nothing is blocked")
        #expect(masks.last.map { $0 & 1 << (SIGPIPE - 1) } == 0, "SIGPIPE is not ignored")
    }

    @Test func `serves the commands that turn the sandbox`() throws {
        let program = Program.url.path
        let run = try exec(
            "--scenario", "manual-review",
            script: """
                set -e
                m='\(program)'
                $m health | grep -q '"ready": true'
                $m clock | grep -q 2026-03-02T09:00:00
                $m clock advance PT2H | grep -q reviewResolved
                $m clock advance --to-next-event > /dev/null && exit 90 || true
                $m settings set term=26 leaseLifetime=PT1H | grep -q '"term": 26'
                $m personas set '[{when: {lastName: Doe}, outcome: deny}]' | grep -q '"deny"'
                $m faults add '{operations: [getUsers], status: 502}' | grep -q '"id": 1'
                $m faults remove 1 > /dev/null
                $m faults clear | grep -q '"faults": \\[\\]'
                $m user hold mary | grep -q '"spendingHold": true'
                $m user hold mary --off | grep -q '"spendingHold": false'
                $m user verify mary failed | grep -q '"verificationStatus": "failed"'
                $m user decide mary approved --spending-limit 500 | grep -q '"spendingLimit": 500'
                $m snapshots save here > /dev/null
                $m reset | grep -q manual-review
                $m snapshots restore here | grep -q '"here"'
                $m snapshots delete here | grep -q '"snapshots": \\[\\]'
                $m scenario load lease-expired | grep -q 'the one that expires tomorrow'
                $m lease expire 'the one that expires tomorrow' | grep -q '"isExpired": true'
                $m clock freeze 2026-04-01 | grep -q 2026-04-01T00:00:00.000Z
                $m clock real --offset P9000D | grep -q '"mode": "real"'
                $m state | grep -q '"scenario": "lease-expired"'
                echo done
                """)
        #expect(run.output.hasSuffix("done\n"), "\(run.output)\(run.errors)")
        #expect(run.code == 0)
    }

    @Test func `moves a snapshot from one machine to another, as a file that sqlite3 opens`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let program = Program.url.path
        let first = try exec(
            "--scenario", "past-due", "--seed", "5",
            script:
                "'\(program)' snapshots save s && '\(program)' snapshots download s \(folder)/s.sqlite && '\(program)' state"
        )
        #expect(first.code == 0, "\(first.errors)")
        let rows = try Program.run(
            command: "sqlite3", ["\(folder)/s.sqlite", "PRAGMA integrity_check; SELECT email FROM users"])
        #expect(rows.output == "ok\npaul.pastdue@example.com\n")
        let second = try exec(
            "--api-key", "elsewhere", "--data-dir", "\(folder)/data",
            script:
                "'\(program)' snapshots upload t \(folder)/s.sqlite && '\(program)' snapshots restore t && '\(program)' state"
        )
        #expect(second.code == 0, "\(second.errors)")
        let state = first.output[try #require(first.output.range(of: "{\n  \"scenario\"")).lowerBound...]
        #expect(second.output.hasSuffix(state), "the same ids, names and amounts")
    }

    @Test(arguments: [
        (
            ["clock", "--url", "http://127.0.0.1:1"],
            "nothing answers at http://127.0.0.1:1; start one with medusa-sandbox serve"
        ),
        (["clock", "--url", "ftp://x"], "ftp://x is no URL of a sandbox"),
    ])
    func `commands say what is missing`(arguments: [String], sentence: String) throws {
        let run = try Program.run(arguments + ["--key", "k"])
        #expect(run.code == 1)
        #expect(run.errors.hasPrefix("medusa-sandbox: \(sentence)"), "\(run.errors)")
    }

    @Test func `commands ask for the key`() throws {
        let run = try Program.run(["state"], environment: ["MEDUSA_API_KEY": ""])
        #expect(run.code != 0)
    }
}
