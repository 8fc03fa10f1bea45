import Foundation
import Support
import Testing

/// However the program is started, it says in a sentence what it cannot do, and harms nothing.
@Suite struct `A start` {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path

    /// One request to a server of its own, started by a shell that has set something before.
    private func exec(_ before: String, _ home: String, after: String = "") throws -> Program.Run {
        let ask = #"curl -sS -H "Authorization: k" "$MEDUSA_BASE_URL/v3/users""#
        return try Program.run(
            command: "bash",
            ["-c", "\(before)\n'\(Program.url.path)' exec --log --no-report \(home) -- bash -c '\(ask)' \(after)"])
    }

    private func files() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).map { "\(folder)/\($0)" }
    }

    @Test(arguments: [
        "", "<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-",
    ])
    func `with closed standard descriptors writes into no file of its own`(closed: String) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try exec("", "--data-dir \(folder)", after: closed).code == 0)
        #expect(FileManager.default.contents(atPath: "\(folder)/lock") == Data())
        for file in try files() where file.hasSuffix(".sqlite") {
            #expect(FileManager.default.contents(atPath: file)?.starts(with: "SQLite format 3\0".utf8) == true)
        }
    }

    @Test(arguments: ["0000", "0022", "0077", "0777"])
    func `makes files for their owner alone, whatever the umask`(umask: String) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        let script = """
            call() { curl -sS -o /dev/null -H 'Authorization: k' -H 'Content-Type: application/json' "$@"; }
            call "$MEDUSA_BASE_URL/_sandbox/snapshots" -d '{"name":"s"}'
            call "$MEDUSA_BASE_URL/_sandbox/settings" -X PATCH -d '{"authKey":"pk"}'
            stat -c '%a %n' $(find \(folder) -type f)
            stat -c '%a %n' $(find \(folder) -mindepth 1 -type d)
            stat -c '%a %n' \(folder)
            """
        let run = try Program.run(
            command: "bash",
            [
                "-c", "umask \(umask); exec \"$@\"", "bash", Program.url.path, "exec", "--no-report", "--data-dir",
                folder,
                "--ready-file", "\(folder)/ready", "--", "bash", "-c", script,
            ])
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 9, "\(run.output)\(run.errors)")
        for line in lines.dropLast() {
            #expect(
                line.hasPrefix(
                    line.hasSuffix("snapshots") || line.contains("/snapshots/") && !line.hasSuffix(".sqlite")
                        ? "700 " : "600 "), "\(line)")
        }
        #expect(lines.last == "755 \(folder)")
    }

    @Test func `replaces a link where the ready file is to be, and follows none`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = FileManager.default
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try files.createSymbolicLink(atPath: "\(folder)/ready", withDestinationPath: "\(folder)/target")
        try Data("before".utf8).write(to: URL(filePath: "\(folder)/target"))
        #expect(try exec("", "--ephemeral --ready-file \(folder)/ready").code == 0)
        #expect(files.contents(atPath: "\(folder)/target") == Data("before".utf8))
        #expect(files.contents(atPath: "\(folder)/ready")?.starts(with: "http://".utf8) == true)
    }

    @Test func `writes its ready file to standard output, if that is where it is to go`() throws {
        let run = try exec("", "--ephemeral --ready-file /dev/stdout", after: "| cat")
        #expect(run.output.hasPrefix("http://127.0.0.1:"))
    }

    // MARK: Home

    @Test(arguments: ["HOME=/nonexistent/home", "HOME=/dev/null", "HOME=/nonexistent XDG_STATE_HOME=relative"])
    func `without a home says so`(environment: String) throws {
        let run = try Program.run(
            command: "bash", ["-c", "env -i \(environment) '\(Program.url.path)' serve --port 0"])
        #expect(run.code == 1)
        #expect(run.errors.contains("is no folder; name a data directory with --data-dir, or use --ephemeral"))
    }

    @Test(arguments: ["", "HOME=", "HOME=relative"])
    func `in an empty environment uses the user's home, and no temporary folder`(environment: String) throws {
        let server = try Server()
        // The port is taken, so the program ends by itself, but only after it has opened its directory.
        let run = try Program.run(
            command: "bash", ["-c", "env -i \(environment) '\(Program.url.path)' serve --port \(server.port)"])
        #expect(run.code == 1)
        #expect(!FileManager.default.fileExists(atPath: "/tmp/.local/state/medusa-sandbox/lock"))
        #expect(!FileManager.default.fileExists(atPath: "relative"))
    }

    @Test(arguments: [
        ("", "HOME is not set"), ("HOME=", "HOME is not set"), ("HOME=relative", "HOME is no absolute path"),
        ("HOME=FOLDER XDG_STATE_HOME=relative", "XDG_STATE_HOME is no absolute path"),
    ])
    func `says where its databases are when the environment does not`(environment: String, reason: String) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let server = try Server()
        let set = environment.replacing("FOLDER", with: folder)
        let run = try Program.run(
            command: "bash", ["-c", "env -i \(set) '\(Program.url.path)' serve --port \(server.port)"])
        let home = environment.hasPrefix("HOME=FOLDER") ? folder : NSHomeDirectory()
        #expect(
            run.errors.hasPrefix(
                "medusa-sandbox: \(reason): the databases are in \(home)/.local/state/medusa-sandbox; name a data directory"
            ),
            "\(run.errors)")
    }

    // MARK: Limits

    @Test(arguments: ["ulimit -n 24", "ulimit -n 64", "ulimit -f 0", "ulimit -v 200000"], ["--ephemeral", "DATA"])
    func `under tight limits answers, or says why not`(limit: String, home: String) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // The shell's own output must not meet the limit.
        let place = home == "DATA" ? "--data-dir \(folder)" : home
        let run = try exec("( \(limit)", place, after: ") 2>&1 | cat")
        let isAnswered = run.output.contains("\"users\":[]")
        #expect(isAnswered || run.output.contains("ulimit"), "\(run.output)\(run.errors)")
    }

    // MARK: The data directory

    @Test func `is not held up by what lies in the data directory`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let odd = """
            cd \(folder); mkfifo fifo.sqlite; mkdir folder.sqlite; ln -s nowhere dangling.sqlite; ln -s fifo.sqlite link.sqlite
            : > empty.sqlite; printf abc > three.sqlite; truncate -s 10G sparse.sqlite; mkfifo x.sqlite-wal; mknod null.sqlite c 1 3
            printf x > $'new\\nline\\e[2J.sqlite'; touch unreadable.sqlite; chmod 0 unreadable.sqlite; mkdir snapshots; mkfifo snapshots/x
            """
        _ = try Program.run(command: "bash", ["-c", odd])
        let server = try Server(dataDirectory: folder)
        #expect(try server.call("GET", "/v3/users").status == 200)
        let log = server.stop().log
        for name in ["fifo", "folder", "dangling", "link", "three", "sparse"] {
            #expect(log.contains("\(folder)/\(name).sqlite is "), "\(log)")
        }
        #expect(!log.contains("empty.sqlite") && !log.contains("\u{1B}"))
    }
}
