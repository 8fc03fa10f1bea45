internal import ArgumentParser
internal import JSON
internal import Sandbox

struct SnapshotsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshots", abstract: "Save and restore the sandbox; each snapshot is one SQLite file.",
        subcommands: [List.self, Save.self, Restore.self, Delete.self, Download.self, Upload.self],
        defaultSubcommand: List.self)

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Their names, and sizes in bytes.")
        @OptionGroup var target: ControlTarget
        func call() throws { try target.call("GET", ["snapshots"]) }
    }

    struct Save: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "save", abstract: "Save; one of the same name is replaced.")
        @OptionGroup var target: ControlTarget
        @Argument var name: String
        func call() throws { try target.call("POST", ["snapshots"]) { $0.member("name", name) } }
    }

    struct Restore: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "restore", abstract: "Go back to one.")
        @OptionGroup var target: ControlTarget
        @Argument var name: String
        func call() throws { try target.call("POST", ["snapshots", name, "restore"]) }
    }

    struct Delete: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Delete one.")
        @OptionGroup var target: ControlTarget
        @Argument var name: String
        func call() throws { try target.call("DELETE", ["snapshots", name]) }
    }

    struct Download: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "download", abstract: "Write one to a file, which sqlite3 opens.")
        @OptionGroup var target: ControlTarget
        @Argument var name: String
        @Argument var file: String
        func call() throws {
            let image = try target.send("GET", ["snapshots", name])
            do {
                try OwnFile.write(image, to: file)
            } catch {
                throw Sandboxes.Failure(description: "cannot write \(file); name one in a folder that is writable")
            }
        }
    }

    struct Upload: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "upload", abstract: "Keep a file as a snapshot; restore brings it in.")
        @OptionGroup var target: ControlTarget
        @Argument var name: String
        @Argument var file: String
        func call() throws {
            let image: [UInt8]
            do {
                image = try OwnFile.foreignBytes(of: file, upTo: Snapshots.sizeLimit)
            } catch {
                throw Sandboxes.Failure(description: "cannot read \(file); name a file that a download has written")
            }
            let answer = try target.send("PUT", ["snapshots", name], type: "application/octet-stream", body: image)
            say(indented(answer))
        }
    }
}
