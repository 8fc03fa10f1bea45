internal import ControlAPI
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import SQLite
internal import Sandbox
internal import Scenarios

extension FuzzTarget {
    /// Requests to the API and to what turns the sandbox, a line each: `POST /v3/users {…}`, or a form. `$u` and `$l` stand for the latest
    /// customer's token and id, and for the latest lease.
    static let requests = FuzzTarget("requests") { bytes in
        let world = try World()
        var (token, user, lease) = ("", "1", "1")
        var input = Bytes(bytes)
        for _ in 0..<16 where !input.isEmpty {
            let line = text(input.line()).replacing("$u", with: user).replacing("$l", with: lease)
            let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count > 1, let method = Method(rawValue: parts[0]), let target = Target(parts[1]) else {
                continue
            }
            let body = Array((parts.count > 2 ? parts[2] : "").utf8)
            let answer = try world.send(method, target, [("customer-token", token), ("customer-ip", "10.0.0.1")], body)
            // The faults of a sandbox may ask for any status; what it makes itself is never its own error.
            let isFaulty = try !world.sandbox.faults.isEmpty
            try require(isFaulty || answer.status.rawValue < 500, "\(line): \(text(answer.body))")
            guard let data = (try? JSON(answer.body))?["data"] else { continue }
            token = data["token"]?.string ?? token
            user = data["userId"]?.string ?? user
            lease = data["leaseId"]?.string ?? lease
        }
        try world.isGood(try world.sandbox.store.image())
    }

    /// A snapshot that is uploaded. The input is what differs from a good one, in the form in which resting sandboxes are kept: whatever
    /// is taken can be lived with for ten years, and is taken again.
    static let snapshot = FuzzTarget("snapshot") { bytes in
        let good = try goodImage.get()
        guard let image = PackedImage.unpack(bytes, over: good, limit: 4 * good.count) else { return }
        try require(
            PackedImage.unpack(PackedImage.pack(image, over: good), over: good) == image, "it is packed as another one")
        try live(with: image)
    }

    /// The same, with the values of columns in place of bytes: a column, how it is chosen, a value.
    static let columns = FuzzTarget("columns") { bytes in
        let connection = try Connection(image: try goodImage.get())
        try connection.execute("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
        let columns = try connection.statement(
            """
            SELECT m.name || ' ' || c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY 1
            """
        ).rows { $0.text(0).split(separator: " ").map(String.init) }
        var input = Bytes(bytes)
        for _ in 0..<4 where !input.isEmpty {
            let column = columns[Int(input.byte()) % columns.count]
            let value: String
            switch input.byte() % 4 {
            case 0: value = String(input.number())
            case 1: value = String(Int8(bitPattern: input.byte()))
            case 2: value = "CAST(x'\(input.line().prefix(400).map(hexadecimal).joined())' AS TEXT)"
            default: value = "NULL"
            }
            // Whatever the schema refuses is no snapshot.
            guard (try? connection.execute("UPDATE \(column[0]) SET \(column[1]) = \(value)")) != nil else { return }
        }
        try live(with: try connection.image())
    }

    private static func hexadecimal(_ byte: UInt8) -> String { "\(byte < 16 ? "0" : "")\(String(byte, radix: 16))" }

    private static func live(with image: [UInt8]) throws {
        let world = try World()
        guard let target = Target("/_sandbox/snapshots/s") else { return }
        let answer = try world.send(.put, target, [], image)
        guard answer.status.rawValue < 300 else {
            return try require(answer.status.rawValue < 500, "\(text(answer.body))")
        }
        let restored = try world.send(.post, "/_sandbox/snapshots/s/restore")
        try require(restored.status.rawValue < 300, "taken, and not restored: \(text(restored.body))")
        try world.live()
    }

    /// A world in which something of everything has happened.
    private static let goodImage: Result<[UInt8], any Error> = Result {
        let world = try World()
        try Scenario(Array(story.utf8), name: "fuzz", file: "fuzz", at: World.start).fill(world.sandbox)
        for line in told {
            let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
            let answer = try world.send(Method(rawValue: parts[0]) ?? .get, parts[1], parts.last ?? "")
            try require(answer.status.rawValue < 300, "\(line): \(text(answer.body))")
        }
        return try world.sandbox.store.image()
    }

    private static let story = """
        about: Something of everything.
        clock: {mode: frozen, now: 2026-03-02T09:00:00Z}
        seed: 9
        given:
          users:
            pat: {firstName: Pat, lastName: Part, email: pat.pastdue@example.com, at: -P90D}
            ada: {firstName: Ada, lastName: Wait, email: ada.qamanual@example.com, at: -P8D}
          decisions:
            pat's limit: {user: pat}
            ada's: {user: ada, expect: pending, resolves: {after: P30D, as: approved, limit: 500}}
          paymentMethods:
            pat's account: {user: pat, ach: {routing: "021000021", account: "1234567890", accountType: savings}}
          leases:
            chairs:
              user: pat
              at: -P80D
              transactionId: C-1
              items:
                - {sku: chair, brand: Vitra, description: Chair, cost: 90, quantity: 4}
                - {sku: table, brand: Vitra, description: Table, cost: 350, quantity: 1}
              signed: true
            lamp:
              user: pat
              transactionId: L-1
              items: [{sku: lamp, brand: B, description: Lamp, cost: 60, quantity: 1}]
          transactions:
            chairs:
              lease: chairs
              events:
                - finalize: {at: -P79D}
                - confirm-shipment: {at: -P78D, items: [{sku: chair, quantity: 2, carrier: ups, trackingNumber: 1Z, shipDate: 2025-12-14}]}
                - confirm-receipt: {at: -P70D, items: [{sku: table, quantity: 1}]}
                - cancel: {at: -P69D, items: [{sku: chair, quantity: 1}]}
          agreements:
            pat's:
              transaction: chairs
              payments: [{paymentMethod: pat's account, amount: 10, at: -P20D}]
        personas: [{when: {lastName: "X*"}, outcome: deny}]
        faults: [{operations: [createLease], status: 503, times: 2}]
        """

    private static let told = [
        #"PATCH /_sandbox/settings {"term":40}"#,
        #"GET /v3/user-exists?email=a@b.co"#,
    ]
}
