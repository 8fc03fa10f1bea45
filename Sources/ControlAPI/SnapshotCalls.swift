internal import Contract
internal import HTTP
internal import JSON
internal import MedusaAPI
internal import MedusaStore
internal import SQLite
internal import Sandbox

/// Saved states of the sandbox, by name; each is one SQLite file.
enum SnapshotCalls {
    static let all = [
        ControlRoute(endpoint: list, answer: .read(answer)), ControlRoute(endpoint: save, answer: .replace(keep)),
        ControlRoute(endpoint: download, answer: .read(send)), ControlRoute(endpoint: upload, answer: .replace(take)),
        ControlRoute(endpoint: remove, answer: .replace(drop)),
        ControlRoute(endpoint: restore, answer: .replace(bring)),
    ]

    private static let name = Key.required(
        "name", .string(maximum: 100), "Letters, digits, dots, dashes and underscores; one of the same name is replaced"
    )
    private static let invalidName = Endpoint.Outcome(.badRequest, "", meaning: "The name has other characters")
    private static let notFound = Endpoint.Outcome(.notFound, "SnapshotNotFound", meaning: "There is none of that name")
    private static let full = Endpoint.Outcome(
        .conflict, "TooManySnapshots", meaning: "There is no room for another one")
    private static let invalid = Endpoint.Outcome(
        .badRequest, "InvalidSnapshot", meaning: "Not the database of a sandbox; nothing has changed")

    private static let inaccessible = Endpoint.Outcome(
        .serviceUnavailable, "SnapshotNotKept", meaning: "The folder cannot be written or read")

    static let list = Endpoint.control(
        .get, "snapshots", "Get Snapshots",
        outcomes: [.init(.ok, meaning: "Their names, and sizes in bytes", body: listed)])
    static let save = Endpoint.control(
        .post, "snapshots", "Save Snapshot", body: fields(name),
        outcomes: [.init(.created, meaning: "Saved", body: .data(snapshot)), full, inaccessible])
    static let download = Endpoint.control(
        .get, "snapshots/{name}", "Download Snapshot",
        outcomes: [.init(.ok, meaning: "The file", body: .database), notFound, inaccessible])
    static let upload = Endpoint.control(
        .put, "snapshots/{name}", "Upload Snapshot", content: .database,
        outcomes: [
            .init(.created, meaning: "Kept under that name, and not restored yet", body: .data(snapshot)), invalidName,
            full, invalid,
            inaccessible,
        ])
    static let remove = Endpoint.control(
        .delete, "snapshots/{name}", "Delete Snapshot",
        outcomes: [.init(.ok, meaning: "Deleted", body: listed), notFound, inaccessible])
    static let restore = Endpoint.control(
        .post, "snapshots/{name}/restore", "Restore Snapshot",
        outcomes: [
            .init(.ok, meaning: "The sandbox is as it was when it was saved", body: listed), notFound, invalid,
            inaccessible,
        ])

    private static let snapshot = Schema.named(
        "Snapshot", [.always("name", .text(), "Its name"), .always("size", .count, "In bytes")])
    private static let listed = Schema.data([
        .always("snapshots", .array(of: snapshot, counts: Schema.anyCount), "All of them")
    ])

    private static func answer(_ call: ControlCall) -> Response {
        .data {
            $0.member("snapshots", array: call.sandbox.snapshots.all()) { writer, snapshot in
                writer.object {
                    $0.member("name", snapshot.name)
                    $0.member("size", snapshot.size)
                }
            }
        }
    }

    private static func keep(_ call: ControlCall) throws -> Response {
        let name = try valid(try call.body()[name])
        return try kept(name, try call.sandbox.store.image(), call)
    }

    private static func send(_ call: ControlCall) throws -> Response {
        let name = call.parameter("name")
        let found = try snapshots(call, name) { snapshots throws(Snapshots.Failure) in try snapshots.find(name) }
        return Response(
            .ok,
            fields: [
                NamedValue("Content-Type", "application/octet-stream"),
                NamedValue("Content-Disposition", "attachment; filename=\"\(name).sqlite\""),
            ], body: found.image)
    }

    private static func take(_ call: ControlCall) throws -> Response {
        let name = try valid(call.parameter("name"))
        return try kept(name, try checked(call.bytes, "that was uploaded", call).bytes(), call)
    }

    private static func drop(_ call: ControlCall) throws -> Response {
        let name = call.parameter("name")
        try snapshots(call, name) { snapshots throws(Snapshots.Failure) in try snapshots.remove(name) }
        return answer(call)
    }

    private static func bring(_ call: ControlCall) throws -> Response {
        let name = call.parameter("name")
        let found = try snapshots(call, name) { snapshots throws(Snapshots.Failure) in try snapshots.find(name) }
        // Somebody else may have changed the file; looking costs as much as the rest of a restore.
        let image = found.isKnown ? try Store.Image(trusted: found.image) : try checked(found.image, name, call)
        try call.sandbox.replace(with: image)
        call.sandbox.snapshots.foundGood(name)
        return answer(call)
    }

    /// A database that is whole, and that a sandbox can live with: tried in one that nobody uses.
    private static func checked(_ bytes: [UInt8], _ name: String, _ call: ControlCall) throws -> Store.Image {
        do {
            let image = try Store.Image(checking: bytes)
            let trial = try call.sandbox.fresh()
            try trial.replace(with: image)
            if let loss = trial.losses.first { throw Sandbox.Unreadable(description: "cannot be lived with: \(loss)") }
            return image
        } catch let refused as Store.Image.Refused {
            throw ControlRefusal(.badRequest, "InvalidSnapshot", "The snapshot \(name) \(refused)")
        } catch let unreadable as Sandbox.Unreadable {
            throw ControlRefusal(.badRequest, "InvalidSnapshot", "The snapshot \(name) \(unreadable)")
        } catch let error as SQLiteError where error.cause != .full {
            throw ControlRefusal(.badRequest, "InvalidSnapshot", "The snapshot \(name) is damaged")
        }
    }

    private static func valid(_ name: String) throws -> String {
        guard Snapshots.isName(name) else {
            throw Violation("name", "must consist of letters, digits, dots, dashes and underscores, a dot not first")
        }
        return name
    }

    private static func kept(_ name: String, _ image: [UInt8], _ call: ControlCall) throws -> Response {
        try snapshots(call, name) { snapshots throws(Snapshots.Failure) in try snapshots.save(name, image) }
        return .data(.created) {
            $0.member("name", name)
            $0.member("size", image.count)
        }
    }

    private static func snapshots<Result>(
        _ call: ControlCall, _ name: String, _ body: (Snapshots) throws(Snapshots.Failure) -> Result
    ) throws(ControlRefusal) -> Result {
        do throws(Snapshots.Failure) {
            guard Snapshots.isName(name) else { throw .notFound }
            return try body(call.sandbox.snapshots)
        } catch {
            switch error {
            case .notFound:
                let names = call.sandbox.snapshots.all().map(\.name).joined(separator: ", ")
                throw ControlRefusal(
                    .notFound, "SnapshotNotFound",
                    "There is no snapshot of that name; there is \(names.isEmpty ? "none at all" : names)")
            case .tooMany:
                throw ControlRefusal(
                    .conflict, "TooManySnapshots", "There are \(Snapshots.limit) snapshots already; delete some")
            case .tooLarge:
                throw ControlRefusal(
                    .conflict, "TooManySnapshots",
                    "A snapshot may have \(Snapshots.sizeLimit >> 20) MiB, and this one has more; start with less in the sandbox"
                )
            case .inaccessible(let place, let problem):
                throw ControlRefusal(.serviceUnavailable, "SnapshotNotKept", "\(place.printable) \(problem)")
            }
        }
    }
}
