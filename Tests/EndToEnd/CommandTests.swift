import Foundation
import Support
import Testing

@Suite struct `The command` {
    private func temporary(_ name: String = UUID().uuidString) -> String {
        FileManager.default.temporaryDirectory.appending(path: "medusa-\(name)").path
    }

    @Test func `prints the ready line first, with the real port`() throws {
        let server = try Server()
        #expect(server.firstLine == "medusa-sandbox listening on http://127.0.0.1:\(server.port)\n")
        #expect(server.port > 0)
        #expect(try server.call("GET", "/v3/users").status == 200)
    }

    @Test func `writes the URL to the ready file`() throws {
        let file = temporary()
        defer { try? FileManager.default.removeItem(atPath: file) }
        let server = try Server("--ready-file", file)
        #expect(try server.call("GET", "/v3/users").status == 200)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "\(server.url)\n")
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `stops on a signal, and exits with 0`(signal: Int32) throws {
        let server = try Server()
        _ = try server.call("GET", "/v3/users")
        #expect(server.stop(signal).code == 0)
    }

    @Test func `answers a request in progress before it stops`() throws {
        let server = try Server()
        let body = #"{"firstName":"J","lastName":"D","email":"a@b.co"}"#
        let connection = try server.connect()
        let request = Server.request("POST", "/v3/users", body)
        // With 100-continue the server says that it has taken the request up.
        let head = request.dropLast(body.count).replacing("\r\n\r\n", with: "\r\nExpect: 100-continue\r\n\r\n")
        try connection.send(String(head))
        #expect(try connection.response()?.status == 100)
        let idle = try server.connect()
        kill(server.process.processIdentifier, SIGTERM)
        try connection.send(String(body.prefix(10)))
        try connection.send(String(body.dropFirst(10)))
        let response = try #require(try connection.response())
        #expect(response.status == 200)
        #expect(response.field("connection")?.lowercased() == "close")
        try idle.waitForEnd()
        #expect(server.stop().code == 0)
    }

    @Test func `says its version and its flags`() throws {
        #expect(try Program.run(["--version"]).output.hasPrefix("0."))
        let help = try Program.run(["serve", "--help"])
        #expect(help.code == 0)
        for flag in ["--host", "--port", "--data-dir", "--ephemeral", "--api-key", "--seed", "--ready-file"] {
            #expect(help.output.contains(flag))
        }
    }

    @Test func `logs a line a request, without anybody's data`() throws {
        let server = try Server()
        _ = try server.call("GET", "/v3/user-exists?email=john.doe%40example.com", key: "secret-key")
        _ = try server.call("GET", "/v3/transactions/john.doe@example.com")
        _ = try server.call("GET", "/v3/transactions/888776666")
        let log = server.stop().log
        let lines = log.split(separator: "\n")
        #expect(lines.count == 3, "\(log)")
        #expect(lines.first?.contains("GET /v3/user-exists 200") == true)
        for secret in ["john", "secret-key", "888776666"] { #expect(!log.contains(secret)) }
    }

    @Test func `is quiet when it is asked to be`() throws {
        let server = try Server("--quiet")
        _ = try server.call("GET", "/v3/users")
        #expect(server.stop().log.isEmpty)
    }

    @Test func `does not wait for a reader of its log`() throws {
        let server = try Server()
        let connection = try server.connect()
        // Far more than a pipe holds, and nobody reads it.
        for _ in 0..<3000 {
            try connection.send(Server.request("GET", "/v3/transactions/unknown-transaction-with-a-long-name"))
            #expect(try connection.response()?.status == 404)
        }
    }

    @Test func `says which port is in use, and what to do`() throws {
        let server = try Server()
        let run = try Program.run(["serve", "--ephemeral", "--port", "\(server.port)"])
        #expect(run.code == 1)
        #expect(
            run.errors
                == "medusa-sandbox: port \(server.port) on 127.0.0.1 is in use; stop what listens there, or use --port 0 for a free one\n"
        )
    }

    @Test(arguments: [
        ["--port", "99999"], ["--port", "x"], ["--nonsense"], ["--seed", "-1"], ["--ephemeral", "--data-dir", "x"],
        ["--api-key", ""], ["--body-limit", "0"], ["--api-key", "é"], ["--api-key", " k"], ["--sandbox-limit", "0"],
        ["--evict", "keep"],
    ])
    func `refuses a bad flag with a sentence`(flags: [String]) throws {
        let run = try Program.run(["serve"] + flags)
        #expect(run.code != 0)
        #expect(run.errors.hasPrefix("Error: "))
        #expect(run.output.isEmpty)
    }

    @Test func `refuses a host that is not its own`() throws {
        let run = try Program.run(["serve", "--ephemeral", "--port", "0", "--host", "no such host"])
        #expect(run.code == 1)
        #expect(run.errors.hasSuffix("is not an address of this machine; try --host 127.0.0.1\n"))
    }

    @Test func `refuses a data directory that cannot be`() throws {
        let run = try Program.run(["serve", "--port", "0", "--data-dir", "/dev/null/data"])
        #expect(run.code == 1)
        #expect(run.errors.hasPrefix("medusa-sandbox: the data directory /dev/null/data cannot be made;"))
    }

    @Test func `refuses a data directory that another one uses`() throws {
        let directory = temporary()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let server = try Server(dataDirectory: directory)
        let run = try Program.run(["serve", "--port", "0", "--data-dir", directory])
        #expect(run.code == 1)
        #expect(run.errors.contains("is in use by another medusa-sandbox"))
        #expect(try server.call("GET", "/v3/users").status == 200)
    }

    @Test func `says what in its data directory is no database, touches nothing, and serves the others`() throws {
        let directory = temporary()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let file = "\(directory)/0123.sqlite"
        try Data("garbage, garbage".utf8).write(to: URL(filePath: file))
        let server = try Server(dataDirectory: directory)
        #expect(try server.call("GET", "/v3/users").status == 200)
        #expect(
            server.stop().log.contains(
                "\(file) is damaged or not a database: its sandbox answers 503 until it is moved away"))
        #expect(try Data(contentsOf: URL(filePath: file)) == Data("garbage, garbage".utf8))
    }

    @Test func `answers 503 with the remedy when a database is damaged inside`() throws {
        let directory = temporary()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var server = try Server(dataDirectory: directory)
        _ = try server.call("GET", "/v3/users")
        server.stop()
        let names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".sqlite") }
        let file = URL(filePath: "\(directory)/\(try #require(names.first))")
        var bytes = try Data(contentsOf: file)
        for place in 100..<bytes.count { bytes[place] = UInt8(truncatingIfNeeded: place &* 31) }
        try bytes.write(to: file)
        server = try Server(dataDirectory: directory)
        let response = try server.call("GET", "/v3/users")
        #expect(response.status == 503)
        #expect(response.body.contains("move it away"))
        #expect(try server.call("GET", "/v3/users", key: "other").status == 200)
    }

    @Test func `refuses a ready file that cannot be written`() throws {
        let run = try Program.run(["serve", "--ephemeral", "--port", "0", "--ready-file", "/dev/null/ready"])
        #expect(run.code == 1)
        #expect(run.errors.contains("cannot write the ready file /dev/null/ready"))
    }

    @Test func `keeps its data where XDG says, unless it is told otherwise`() throws {
        let state = temporary()
        defer { try? FileManager.default.removeItem(atPath: state) }
        // The port is taken, so the program ends by itself, but only after it has opened its directory.
        let server = try Server()
        _ = try Program.run(["serve", "--port", "\(server.port)"], environment: ["XDG_STATE_HOME": state])
        #expect(FileManager.default.fileExists(atPath: "\(state)/medusa-sandbox/lock"))
    }
}
