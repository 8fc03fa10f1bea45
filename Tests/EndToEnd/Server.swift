import Foundation
import JSON
import Support

/// The built program, started on a free port. Unchecked: threads share its port, and only one reads its log.
final class Server: @unchecked Sendable {
    let process = Process()
    let port: Int
    let firstLine: String
    private let errors = Pipe()
    let folder: URL
    private var logged: [UInt8] = []

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameter dataDirectory: `nil` is `--ephemeral`.
    convenience init(dataDirectory: String? = nil, _ arguments: String...) throws {
        try self.init(dataDirectory: dataDirectory, arguments: arguments)
    }

    /// - Parameter launcher: a command that runs another one in its own place, such as `nice`.
    init(dataDirectory: String?, arguments: [String], launcher: [String] = []) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let home = dataDirectory.map { ["--data-dir", $0] } ?? ["--ephemeral"]
        process.executableURL = launcher.isEmpty ? Program.url : URL(filePath: "/usr/bin/env")
        let command = launcher.isEmpty ? [] : launcher + [Program.url.path]
        process.arguments = command + ["serve", "--port", "0"] + home + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        Self.started.add(process.processIdentifier)
        var line = Data()
        while line.last != UInt8(ascii: "\n") {
            let piece = output.fileHandleForReading.availableData
            if piece.isEmpty { break }
            line += piece
        }
        firstLine = String(decoding: line, as: UTF8.self)
        guard let port = Int(firstLine.split(separator: ":").last?.dropLast() ?? "") else {
            throw Failed(description: String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self))
        }
        self.port = port
    }

    /// One that a suite keeps to the end has nobody to stop it but the end.
    private static let started = Started()

    deinit {
        if process.isRunning { process.terminate() }
        Self.started.remove(process.processIdentifier)
        try? FileManager.default.removeItem(at: folder)
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Sends a signal, waits for the end, and returns the exit code and what was logged.
    @discardableResult
    func stop(_ signal: Int32 = SIGTERM) -> (code: Int32, log: String) {
        kill(process.processIdentifier, signal)
        let log = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: log, as: UTF8.self))
    }

    /// Waits for a line of the log that is meant; `nil` when the server ends first.
    func nextLogLine(where isMeant: (String) -> Bool) throws -> String? {
        while true {
            while let end = logged.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: logged[..<end], as: UTF8.self)
                logged.removeSubrange(...end)
                if isMeant(line) { return line }
            }
            let piece = errors.fileHandleForReading.availableData
            guard !piece.isEmpty else { return nil }
            logged += piece
        }
    }

    func connect() throws -> Connection { try Connection(port: port) }

    /// One request on a connection of its own.
    func call(_ method: String, _ path: String, _ body: String? = nil, token: String? = nil, key: String = "k")
        throws -> Connection.Response
    {
        let connection = try connect()
        try connection.send(Self.request(method, path, body, token: token, key: key))
        guard let response = try connection.response() else { throw Failed(description: "no answer to \(path)") }
        return response
    }

    static func request(
        _ method: String, _ path: String, _ body: String? = nil, token: String? = nil, key: String = "k"
    ) -> String {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: \(key)\r\n"
        if let token { head += "customer-token: \(token)\r\n" }
        if let body { head += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
        return head + "\r\n" + (body ?? "")
    }
}

/// The servers that this process has started; they end with it.
private final class Started: @unchecked Sendable {
    private let lock = NSLock()
    private var processes: [pid_t] = []

    init() { atexit { Server.endAll() } }

    func add(_ process: pid_t) { lock.withLock { processes.append(process) } }

    func remove(_ process: pid_t) { lock.withLock { processes.removeAll { $0 == process } } }

    func end() { for process in lock.withLock({ processes }) { kill(process, SIGKILL) } }
}

extension Server {
    fileprivate static func endAll() { started.end() }
}

/// The program, and other commands, run to their end.
enum Program {
    /// The one that was built with the tests, or the one that `MEDUSA_PROGRAM` names: a release build is faster.
    static let url =
        ProcessInfo.processInfo.environment["MEDUSA_PROGRAM"].map { URL(filePath: $0) }
        ?? Bundle.main.executableURL!.resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "medusa-sandbox")

    struct Run {
        let code: Int32
        let output: String
        let errors: String
    }

    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Run {
        try run(command: url.path, arguments, environment: environment)
    }

    static func run(command: String, _ arguments: [String], environment: [String: String] = [:]) throws -> Run {
        let process = Process()
        process.executableURL = URL(filePath: command.hasPrefix("/") ? command : "/usr/bin/env")
        process.arguments = command.hasPrefix("/") ? arguments : [command] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // Files, not pipes: whatever a command prints, it never waits for a reader.
        let folder = FileManager.default.temporaryDirectory
        let files = [folder.appending(path: "\(UUID()).out"), folder.appending(path: "\(UUID()).err")]
        for file in files { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        defer { for file in files { try? FileManager.default.removeItem(at: file) } }
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try process.run()
        process.waitUntilExit()
        return Run(
            code: process.terminationStatus, output: try String(contentsOf: files[0], encoding: .utf8),
            errors: try String(contentsOf: files[1], encoding: .utf8))
    }
}

extension Support.Connection.Response {
    var json: JSON {
        get throws { try JSON(Array(body.utf8)) }
    }
}
