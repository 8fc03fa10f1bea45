import Foundation
import Testing

@testable import Sandbox

/// Files of ours: 0600 whatever the umask, no link followed, and nothing that makes anybody wait.
@Suite(.serialized) struct `A file of ours` {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path

    private func inFolder(_ work: () throws -> Void) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try work()
    }

    private func mode(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    /// Whatever can stand where a file of ours should be, and is none.
    enum Odd: CaseIterable {
        case fifo, unixSocket, folder, link, danglingLink, linkToFifo

        func make(at path: String) throws {
            let files = FileManager.default
            switch self {
            case .fifo: unsafe mkfifo(path, 0o600)
            case .unixSocket:
                let opened = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
                defer { close(opened) }
                var address = sockaddr_un()
                address.sun_family = sa_family_t(AF_UNIX)
                unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
                let size = socklen_t(MemoryLayout<sockaddr_un>.size)
                let code = unsafe withUnsafePointer(to: &address) {
                    unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(opened, $0, size) }
                }
                #expect(code == 0)
            case .folder: try files.createDirectory(atPath: path, withIntermediateDirectories: true)
            case .link:
                try Data("SQLite format 3\0".utf8).write(to: URL(filePath: path + "-target"))
                try files.createSymbolicLink(atPath: path, withDestinationPath: path + "-target")
            case .danglingLink: try files.createSymbolicLink(atPath: path, withDestinationPath: path + "-nothing")
            case .linkToFifo:
                unsafe mkfifo(path + "-fifo", 0o600)
                try files.createSymbolicLink(atPath: path, withDestinationPath: path + "-fifo")
            }
        }

        var sentence: String {
            switch self {
            case .fifo, .unixSocket, .folder: "is not an ordinary file; move it away"
            case .link, .danglingLink, .linkToFifo: "is a symbolic link, which is not followed; move it away"
            }
        }
    }

    @Test(arguments: Odd.allCases)
    func `is no other thing`(odd: Odd) throws {
        try inFolder {
            let path = "\(folder)/x"
            try odd.make(at: path)
            for work in [
                { _ = try OwnFile.bytes(of: path, upTo: 100) }, { try OwnFile.prepare(path) },
            ] as [() throws -> Void] {
                let problem = #expect(throws: OwnFile.Problem.self) { try work() }
                #expect(problem?.description == odd.sentence)
            }
            #expect(!FileManager.default.fileExists(atPath: path + "-nothing"))
        }
    }

    @Test func `that is written leaves nothing else behind, and touches nothing else`() throws {
        try inFolder {
            try OwnFile.write([1], to: "\(folder)/x.new")
            try OwnFile.write([1, 2, 3], to: "\(folder)/x")
            #expect(throws: OwnFile.Problem.self) { try OwnFile.write([1], to: "\(folder)/nowhere/x") }
            try FileManager.default.createDirectory(atPath: "\(folder)/folder", withIntermediateDirectories: true)
            #expect(throws: OwnFile.Problem.self) { try OwnFile.write([1], to: "\(folder)/folder") }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["folder", "x", "x.new"])
        }
    }

    @Test func `replaces a link, and leaves what it names`() throws {
        try inFolder {
            try Odd.link.make(at: "\(folder)/x")
            try OwnFile.write([1], to: "\(folder)/x")
            #expect(OwnFile.status(of: "\(folder)/x")?.form == .file)
            #expect(FileManager.default.contents(atPath: "\(folder)/x-target") == Data("SQLite format 3\0".utf8))
        }
    }

    @Test func `is read by its owner alone, whatever the permissions were`() throws {
        try inFolder {
            for (number, before) in [0o644, 0o666, 0o640, 0o600, 0o777].enumerated() {
                let path = "\(folder)/\(number)"
                #expect(
                    FileManager.default.createFile(
                        atPath: path, contents: Data(), attributes: [.posixPermissions: before]))
                try OwnFile.prepare(path)
                #expect(try mode(path) & 0o677 == 0o600)
            }
        }
    }

    @Test func `larger than it may be is not read`() throws {
        try inFolder {
            try OwnFile.write(Array(repeating: 0, count: 101), to: "\(folder)/x")
            #expect(throws: OwnFile.Problem.tooLarge) { try OwnFile.bytes(of: "\(folder)/x", upTo: 100) }
        }
    }

    // MARK: The data directory

    @Test(arguments: Odd.allCases)
    func `that is odd keeps nobody but its own sandbox from working`(odd: Odd) throws {
        try inFolder {
            let own = "\(folder)/\(Sandboxes.fingerprint(of: "k", length: 32)).sqlite"
            try odd.make(at: own)
            let directory = try DataDirectory(path: folder)
            #expect(directory.oddities == ["\(own) \(odd.sentence); until then its sandbox answers 503"])
            let sandboxes = Sandboxes(home: .directory(folder), seed: 1, allowedKeys: [])
            let failure = #expect(throws: Sandboxes.Failure.self) { try sandboxes.sandbox(for: "k") }
            #expect(failure?.description == "\(own) \(odd.sentence), or use another --data-dir")
            #expect(try sandboxes.sandbox(for: "l").isNew)
        }
    }

    @Test(arguments: Odd.allCases, ["-wal", "-shm", "-journal"])
    func `beside a database is odd, and said`(odd: Odd, ending: String) throws {
        try inFolder {
            let own = "\(folder)/\(Sandboxes.fingerprint(of: "k", length: 32)).sqlite\(ending)"
            try odd.make(at: own)
            _ = try DataDirectory(path: folder)
            let sandboxes = Sandboxes(home: .directory(folder), seed: 1, allowedKeys: [])
            let failure = #expect(throws: Sandboxes.Failure.self) { try sandboxes.sandbox(for: "k") }
            #expect(failure?.description == "\(own) \(odd.sentence), or use another --data-dir")
        }
    }

    @Test(arguments: Odd.allCases)
    func `named lock is odd, and said`(odd: Odd) throws {
        try inFolder {
            try odd.make(at: "\(folder)/lock")
            let failure = #expect(throws: Sandboxes.Failure.self) { try DataDirectory(path: folder) }
            #expect(failure?.description.hasPrefix("\(folder)/lock \(odd.sentence)") == true)
        }
    }

    @Test func `with a name that would drive a terminal is shown without it`() throws {
        try inFolder {
            let name = "\u{1B}[2J\n\u{202E}.sqlite"
            try Data("no database".utf8).write(to: URL(filePath: "\(folder)/\(name)"))
            let oddity = try #require(try DataDirectory(path: folder).oddities.first)
            #expect(oddity.contains("\\u{1B}[2J\\u{A}\\u{202E}.sqlite is damaged or not a database"))
        }
    }

    @Test func `of an earlier version is tightened when the server starts`() throws {
        try inFolder {
            let names = ["a.sqlite", "a.sqlite-wal", "a.sqlite-shm", "lock", "snapshots/a/s.sqlite"]
            let files = FileManager.default
            try files.createDirectory(atPath: "\(folder)/snapshots/a", withIntermediateDirectories: true)
            for name in names {
                #expect(
                    files.createFile(atPath: "\(folder)/\(name)", contents: nil, attributes: [.posixPermissions: 0o644])
                )
            }
            _ = try DataDirectory(path: folder)
            for name in names { #expect(try mode("\(folder)/\(name)") == 0o600, "\(name)") }
        }
    }

    @Test(arguments: ["snapshots", "snapshots/OWN"])
    func `is not put through a link in the place of a folder`(place: String) throws {
        try inFolder {
            let files = FileManager.default
            let own = Sandboxes.fingerprint(of: "k", length: 32)
            let link = "\(folder)/\(place.replacing("OWN", with: own))"
            try files.createDirectory(atPath: "\(folder)/elsewhere", withIntermediateDirectories: true)
            if place != "snapshots" {
                try files.createDirectory(atPath: "\(folder)/snapshots", withIntermediateDirectories: true)
            }
            try files.createSymbolicLink(atPath: link, withDestinationPath: "\(folder)/elsewhere")
            let sandbox = try Sandboxes(home: .directory(folder), seed: 1, allowedKeys: []).sandbox(for: "k")
            #expect(throws: Snapshots.Failure.self) { try sandbox.snapshots.save("s", [1]) }
            #expect(throws: Snapshots.Failure.self) { try sandbox.snapshots.find("s") }
            #expect(try files.contentsOfDirectory(atPath: "\(folder)/elsewhere").isEmpty)
        }
    }
}
