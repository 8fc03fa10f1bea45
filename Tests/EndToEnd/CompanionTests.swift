import Foundation
import Support
import Testing

/// However `exec` ends, the command that it runs ends with it, and so does what the command has started.
@Suite struct `The command of exec` {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path

    /// A running `exec`, whose output is also that of everything below it.
    private struct Running {
        let process = Process()
        let output = Pipe()

        init(_ arguments: [String], before: String = "", script: String) throws {
            process.executableURL = URL(filePath: "/bin/bash")
            process.arguments =
                ["-c", "\(before) exec \"$@\"", "bash", Program.url.path, "exec", "--no-report"] + arguments
                + ["--", "bash", "-c", script]
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
        }

        /// Waits for a line that the script prints once all is in place.
        func waitForReady() {
            var line = Data()
            while line.last != UInt8(ascii: "\n") {
                let piece = output.fileHandleForReading.availableData
                if piece.isEmpty { return }
                line += piece
            }
        }

        /// Returns once nobody is left who could print: the command and what it has started are gone.
        func waitForSilence() { _ = output.fileHandleForReading.readDataToEndOfFile() }
    }

    /// A script that starts others, waits for them, and is deaf to some signals.
    private static func script(_ chance: inout Chance) -> String {
        let deaf = ["HUP", "INT", "QUIT", "TERM"].filter { _ in chance.isOne(in: 4) }
        let trap = deaf.isEmpty ? "" : "trap '' \(deaf.joined(separator: " ")); "
        let depth = chance.below(3)
        var inner = "sleep 1000 & sleep 1000 & echo ready; wait; sleep 1000"
        for _ in 0..<depth { inner = "bash -c '\(inner.replacing("'", with: #"'\''"#))' & wait; sleep 1000" }
        return trap + inner
    }

    @Test(arguments: 0..<12)
    func `ends with it when it is killed, with all that the command has started`(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        let running = try Running([], script: Self.script(&chance))
        running.waitForReady()
        kill(running.process.processIdentifier, SIGKILL)
        running.waitForSilence()
        running.process.waitUntilExit()
        #expect(running.process.terminationStatus == SIGKILL)
    }

    @Test(arguments: [SIGTERM, SIGHUP, SIGQUIT, SIGINT, SIGUSR1, SIGUSR2])
    func `gets each signal that is sent to exec, whose exit code says so`(signal: Int32) throws {
        // Not a shell, which ignores SIGQUIT itself.
        let running = try Running([], script: #"exec perl -e '$| = 1; print "ready\n"; sleep 1000'"#)
        running.waitForReady()
        kill(running.process.processIdentifier, signal)
        running.waitForSilence()
        running.process.waitUntilExit()
        #expect(running.process.terminationStatus == 128 + signal)
    }

    @Test(arguments: [SIGTERM, SIGHUP])
    func `takes along what it has started and does not end by itself`(signal: Int32) throws {
        let running = try Running([], script: "(trap '' TERM HUP; echo ready; sleep 1000) & wait")
        running.waitForReady()
        kill(running.process.processIdentifier, signal)
        running.waitForSilence()
        running.process.waitUntilExit()
        #expect(running.process.terminationStatus == 128 + signal)
    }

    @Test func `is not begun where the ready file cannot be written`() throws {
        let file = "\(folder).begun"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let run = try Program.run(["exec", "--ready-file", "/nonexistent/ready", "--", "touch", file])
        #expect(run.code == 1)
        #expect(run.errors.contains("cannot write the ready file /nonexistent/ready"))
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test func `does not hear of a hangup that exec was started to ignore`() throws {
        let running = try Running([], before: "trap '' HUP;", script: "echo ready; exec sleep 1000")
        running.waitForReady()
        kill(running.process.processIdentifier, SIGHUP)
        kill(running.process.processIdentifier, SIGTERM)
        running.waitForSilence()
        running.process.waitUntilExit()
        #expect(running.process.terminationStatus == 128 + SIGTERM)
    }

    @Test func `may leave something in the background when it ends by itself, as in a shell`() throws {
        let file = "\(folder).left"
        defer { try? FileManager.default.removeItem(atPath: file) }
        // Foundation's `Process` waits for whoever has what it has opened.
        let script = """
            for file in /proc/self/fd/*; do n=${file##*/}; [ $n -le 2 ] || eval "exec $n>&-"; done
            sleep 1000 < /dev/null > /dev/null 2>&1 & echo $! > \(file)
            """
        let run = try Program.run(["exec", "--", "bash", "-c", script])
        #expect(run.code == 0)
        let left = try #require(pid_t(try String(contentsOfFile: file, encoding: .utf8).dropLast()))
        #expect(kill(left, SIGKILL) == 0)
    }

    @Test func `is not asked for by way of a proxy`() throws {
        let python =
            "import os, urllib.request as u; print(u.urlopen(os.environ['MEDUSA_BASE_URL'] + '/_sandbox/health').status)"
        for script in [
            #"curl -sS -o /dev/null -w '%{http_code}\n' "$MEDUSA_BASE_URL/_sandbox/health""#,
            "python3 -c \"\(python)\"",
        ] {
            let proxy = "http://127.0.0.1:1"
            let run = try Program.run(
                ["exec", "--no-report", "--", "bash", "-c", script],
                environment: ["HTTP_PROXY": proxy, "http_proxy": proxy, "ALL_PROXY": proxy, "all_proxy": proxy])
            #expect(run.output == "200\n", "\(run.errors)")
        }
    }

    /// What was excepted before, and the other variable where only one is set.
    @Test(arguments: 0..<12)
    func `keeps the exceptions from the proxy that there are, and adds this machine's`(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        let hosts = ["example.com", ".internal", "10.0.0.0/8", "localhost", "127.0.0.1", "[::1]", "::1"]
        func list(_ chance: inout Chance) -> [String]? {
            chance.isOne(in: 3) ? nil : (0..<chance.below(5)).map { _ in chance.pick(hosts) }
        }
        let (upper, lower) = (list(&chance), list(&chance))
        let separator = chance.pick([",", ", ", " "])
        let set = [("NO_PROXY", upper), ("no_proxy", lower)].map { name, list in
            list.map { "\(name)='\($0.joined(separator: separator))'" } ?? "-u \(name)"
        }
        let run = try Program.run(
            command: "bash",
            [
                "-c",
                "env \(set.sorted().joined(separator: " ")) '\(Program.url.path)' exec -- printenv NO_PROXY no_proxy",
            ])
        let found = run.output.split(separator: "\n", omittingEmptySubsequences: false)
        for (place, before) in [upper ?? lower ?? [], lower ?? upper ?? []].enumerated() {
            let entries = found[place].split(separator: ",").map(String.init)
            #expect(entries.starts(with: before), "\(run.output)\(run.errors)")
            #expect(Set(entries).isSuperset(of: ["127.0.0.1", "localhost", "::1", "[::1]"]))
        }
    }

    @Test func `leaves an exception for every host as it is`() throws {
        let run = try Program.run(
            ["exec", "--", "printenv", "NO_PROXY"], environment: ["NO_PROXY": "*", "no_proxy": "*"])
        #expect(run.output == "*\n")
    }

    @Test func `is told of the address that the server has, whichever it is`() throws {
        let run = try Program.run(
            ["exec", "--host", "0.0.0.0", "--no-report", "--quiet", "--", "printenv", "no_proxy"])
        #expect(run.output.split(separator: ",").contains { $0.hasPrefix("0.0.0.0") }, "\(run.output)")
    }

    // MARK: Reports

    @Test(arguments: 0..<3)
    func `has a report of its own for each key, whatever characters the keys have`(seed: UInt64) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var chance = Chance(seed: seed)
        let signs = Array("aAbB01-_./:=*?~\\| '\"").map(String.init)
        var keys: Set<String> = []
        while keys.count < 40 {
            // Few letters and short ones, so that many are near each other; and long ones that differ at the end.
            let start = chance.isOne(in: 5) ? String(repeating: "k", count: 90) : chance.pick(["a", "A"])
            let key =
                (0..<chance.below(3)).reduce(into: start) { key, _ in key += chance.pick(signs) }
                + chance.pick(["", "=2F", "b"])
            // A path of one could be another's name.
            keys.insert(chance.isOne(in: 6) ? "\(key)=-\(chance.below(10))" : key + "z")
        }
        let script = keys.sorted().map { key in
            let quoted = key.replacing("'", with: #"'\''"#)
            return "curl -sS -o /dev/null -H 'Authorization: \(quoted)' \"$MEDUSA_BASE_URL/v3/users\""
        }.joined(separator: "\n")
        let run = try Program.run(["exec", "--report", "\(folder)/r.json", "--", "bash", "-c", script])
        #expect(run.code == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(Set(names.map { $0.lowercased() }).count == keys.count, "\(run.errors)")
    }

    @Test func `refuses a report where the ready file is to be`() throws {
        let run = try Program.run(
            ["exec", "--report", "\(folder).txt", "--ready-file", "/tmp/..\(folder).txt", "--", "true"])
        #expect(run.code != 0)
        #expect(run.errors.contains("--report and --ready-file name the same file"))
    }
}
