import Foundation

/// A disk of a few megabytes, in memory, which only the commands that are started through it see. It ends with its holder, a
/// process that does nothing else.
final class SmallDisk {
    /// Where it is, for a command that is started through it.
    let path: String
    private let holder = Process()
    private let input = Pipe()

    /// - Returns: `nil` where the system lets nobody mount anything, not even for themselves.
    init?(kilobytes: Int) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        holder.executableURL = URL(filePath: "/usr/bin/env")
        holder.arguments = [
            "unshare", "-rm", "sh", "-c",
            "mount -t tmpfs -o size=\(kilobytes)k none '\(path)' && echo ready && exec cat",
        ]
        let output = Pipe()
        holder.standardInput = input
        holder.standardOutput = output
        holder.standardError = FileHandle.nullDevice
        try holder.run()
        guard output.fileHandleForReading.availableData == Data("ready\n".utf8) else {
            holder.waitUntilExit()
            try? FileManager.default.removeItem(atPath: path)
            return nil
        }
    }

    deinit {
        try? input.fileHandleForWriting.close()
        holder.waitUntilExit()
        try? FileManager.default.removeItem(atPath: path)
    }

    /// What lets a command see it.
    var launcher: [String] { ["nsenter", "-t", "\(holder.processIdentifier)", "-U", "-m", "--preserve-credentials"] }

    /// Where it is, for everybody else.
    var outside: String { "/proc/\(holder.processIdentifier)/root\(path)" }

    @discardableResult
    func run(_ script: String) throws -> Program.Run {
        try Program.run(command: "env", launcher + ["sh", "-c", "cd '\(path)' && \(script)"])
    }

    /// Takes the room that there is, but for so much.
    func fill(leaving kilobytes: Int) throws {
        try run("cat /dev/zero > ballast 2>/dev/null; truncate -s -\(kilobytes)k ballast")
    }

    func makeRoom() throws { try run("rm -f ballast") }
}
