import Foundation
import JSON
import Medusa
import MedusaStore
import Testing

@testable import Sandbox

/// More sandboxes than may be open: the longest unused makes room, and nothing of it is lost.
@Suite struct `The longest unused sandbox` {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path

    private static let personas = Array(#"[{"when":{"email":"*"},"then":{"decision":"failed"}}]"#.utf8)

    /// One of each kind of thing that a sandbox can be told, so that its number shows in all of them.
    private func fill(_ sandbox: Sandbox, _ number: Int) throws {
        try sandbox.store.write {
            _ = try sandbox.store.documents.save("own", Array("\(number)".utf8))
            var settings = Settings()
            settings.term = number % 520 + 1
            settings.authKey = "pk-\(sandbox.name)"
            try sandbox.set(settings)
            try sandbox.set(Clock.frozen(Timestamp(milliseconds: Int64(number) * 1000)))
            try sandbox.set(Sandbox.Origin(name: "origin-\(number)", text: Array("about: x".utf8)))
            try sandbox.add(fault: try JSON(Array(#"{"status":500}"#.utf8)), at: sandbox.now)
        }
        try sandbox.store.settle()
        try sandbox.snapshots.save("before", try sandbox.store.image())
    }

    /// What can be told of it from outside.
    private func account(of sandbox: Sandbox) throws -> [String] {
        [
            try sandbox.store.documents.find("own").map { String(decoding: $0, as: UTF8.self) } ?? "nothing",
            "\(sandbox.settings.term)", sandbox.settings.authKey ?? "", "\(sandbox.now)", sandbox.origin?.name ?? "",
            "\(sandbox.faults.count)", sandbox.snapshots.all().map(\.name).joined(),
            sandbox.customerToken(for: 1, at: sandbox.now, key: nil), "\(try sandbox.oneTimeKey().count)",
        ]
    }

    @Test(arguments: [Sandboxes.Home.memory, .directory("")], [1, 7])
    func `comes back as it was`(home: Sandboxes.Home, limit: Int) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var place = home
        if case .directory = home {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            place = .directory(folder)
        }
        let sandboxes = Sandboxes(home: place, seed: 1, allowedKeys: [], room: .init(limit: limit))
        var accounts: [[String]] = []
        for number in 0..<40 {
            let sandbox = try sandboxes.sandbox(for: "key-\(number)")
            #expect(sandbox.isNew)
            try fill(sandbox, number)
            accounts.append(try account(of: sandbox))
        }
        #expect(sandboxes.opened.count <= limit + 1)
        // In another order than they were made in.
        for step in 0..<40 {
            let number = step * 23 % 40
            let sandbox = try sandboxes.sandbox(for: "key-\(number)")
            #expect(!sandbox.isNew)
            #expect(try account(of: sandbox) == accounts[number], "key-\(number)")
        }
    }

    @Test func `is one that nobody needs at the moment`() throws {
        let sandboxes = Sandboxes(home: .memory, seed: 1, allowedKeys: [], room: .init(limit: 1))
        let held = try sandboxes.sandbox(for: "held")
        try sandboxes.sandbox(for: "written").store.write {}
        for number in 0..<10 { _ = try sandboxes.sandbox(for: "key-\(number)") }
        #expect(try sandboxes.sandbox(for: "held") === held)
        #expect(Set(sandboxes.opened.map(\.name)).isSuperset(of: ["held", "written"]))
        #expect(sandboxes.opened.count <= 3)
    }

    @Test func `brings its snapshots along`() throws {
        let sandboxes = Sandboxes(home: .memory, seed: 1, allowedKeys: [], room: .init(limit: 1))
        try fill(try sandboxes.sandbox(for: "a"), 7)
        _ = try sandboxes.sandbox(for: "b")
        let sandbox = try sandboxes.sandbox(for: "a")
        try sandbox.store.write { try sandbox.store.documents.save("own", []) }
        try sandbox.store.settle()
        try sandbox.replace(with: try Store.Image(trusted: try sandbox.snapshots.find("before").image))
        #expect(try sandbox.store.documents.find("own") == Array("7".utf8))
    }

    @Test func `is forgotten, with a sentence, where the server is told so`() throws {
        var reports: [String] = []
        let sandboxes = Sandboxes(home: .memory, seed: 1, allowedKeys: [], room: .init(limit: 2, eviction: .drop))
        sandboxes.report = { reports.append($0) }
        for number in 0..<5 { try fill(try sandboxes.sandbox(for: "key-\(number)"), number) }
        #expect(try sandboxes.sandbox(for: "key-0").isNew)
        #expect(sandboxes.apiKey(ofAuthKey: "pk-key-1") == "pk-key-1")
        #expect(reports.count == 4)
        #expect(reports.allSatisfy { $0.contains("was dropped") && $0.contains("--sandbox-limit") })
    }

    @Test func `keeps its place where there is no room for it, and the newcomer hears the remedy`() throws {
        let sandboxes = Sandboxes(
            home: .memory, seed: 1, allowedKeys: [], room: .init(limit: 1), spillingTo: ["/nonexistent", "/dev/null"])
        try fill(try sandboxes.sandbox(for: "a"), 3)
        let before = try account(of: try sandboxes.sandbox(for: "a"))
        let failure = #expect(throws: Sandboxes.Failure.self) { try sandboxes.sandbox(for: "b") }
        #expect(failure?.description.contains("name another folder in TMPDIR") == true)
        #expect(try account(of: try sandboxes.sandbox(for: "a")) == before)
    }

    @Test func `is visited with the others, and changed when it comes back`() throws {
        let sandboxes = Sandboxes(home: .memory, seed: 1, allowedKeys: [], room: .init(limit: 2))
        for number in 0..<6 { try fill(try sandboxes.sandbox(for: "key-\(number)"), number) }
        var visited: [String] = []
        sandboxes.visit { visited.append("\($0.name) \($0.settings.term)") }
        #expect(visited == (0..<6).map { "key-\($0) \($0 + 1)" })
        var changed: [String] = []
        try sandboxes.change { changed.append($0.name) }
        #expect(Set(changed) == ["key-4", "key-5"])
        for number in [0, 0, 1, 4] { _ = try sandboxes.sandbox(for: "key-\(number)") }
        #expect(Set(changed) == ["key-0", "key-1", "key-4", "key-5"])
        #expect(changed.count == 4)
    }

    // MARK: Auth keys

    @Test func `is found by its auth key without being opened, also after a restart`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for isFirst in [true, false] {
            let sandboxes = Sandboxes(home: .directory(folder), seed: 1, allowedKeys: [], room: .init(limit: 2))
            for number in 0..<5 where isFirst { try fill(try sandboxes.sandbox(for: "key-\(number)"), number) }
            let open = sandboxes.count
            for number in 0..<5 {
                #expect(sandboxes.apiKey(ofAuthKey: "pk-key-\(number)") == "key-\(number)")
                #expect(sandboxes.apiKey(ofAuthKey: "key-\(number)") == nil)
            }
            #expect(sandboxes.apiKey(ofAuthKey: "another") == "another")
            #expect(sandboxes.apiKey(ofAuthKey: "é") == nil)
            #expect(sandboxes.count == open)
        }
    }

    @Test func `gives its auth key up with the setting`() throws {
        let sandboxes = Sandboxes(home: .memory, seed: 1, allowedKeys: [])
        let (a, b) = (try sandboxes.sandbox(for: "a"), try sandboxes.sandbox(for: "b"))
        (a.settings.authKey, b.settings.authKey) = ("pk", "pk")
        #expect(sandboxes.apiKey(ofAuthKey: "pk") == "a")
        a.settings.authKey = nil
        #expect(sandboxes.apiKey(ofAuthKey: "pk") == "b")
        #expect(sandboxes.apiKey(ofAuthKey: "a") == "a")
        b.settings.authKey = "other"
        #expect(sandboxes.apiKey(ofAuthKey: "pk") == "pk")
    }

    // MARK: What it is packed into

    @Test func `is packed into what is its own`() throws {
        let empty = try Store.emptyImage()
        #expect(PackedImage.pack(empty, over: empty).count < 10)
        var random = SplitMix(state: 1)
        for round in 0..<400 {
            var image = round % 4 == 0 ? [] : empty
            if round % 4 != 1 {
                image += (0..<Int(random.next() % 5000)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            }
            if round % 4 == 2 { image = Array(image.prefix(Int(random.next() % UInt64(image.count + 1)))) }
            for _ in 0..<Int(random.next() % 50) where !image.isEmpty {
                image[Int(random.next() % UInt64(image.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            let packed = PackedImage.pack(image, over: empty)
            #expect(PackedImage.unpack(packed, over: empty) == image, "round \(round)")
            // Whatever it is cut to, it is refused or read, and never a trap.
            _ = PackedImage.unpack(Array(packed.prefix(Int(random.next() % UInt64(packed.count)))), over: empty)
        }
    }

    @Test func `is not unpacked to a size that a few bent bytes name`() {
        for size: UInt64 in [1 << 34, 1 << 40, 1 << 56, 1 << 62] {
            var packed: [UInt8] = []
            var rest = size
            while rest > 0 {
                packed.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
                rest >>= 7
            }
            #expect(PackedImage.unpack(packed, over: []) == nil)
            // All of it as in the empty database: a run of zeros.
            #expect(PackedImage.unpack(packed + packed + [0], over: []) == nil)
        }
    }

    @Test func `lies in a file whose places are used again`() throws {
        let spill = SpillFile(limit: 1 << 16)
        var random = SplitMix(state: 2)
        var kept: [(slot: SpillFile.Slot, bytes: [UInt8])] = []
        for _ in 0..<3000 {
            if kept.count > 8 || !kept.isEmpty && random.next() % 3 == 0 {
                let one = kept.remove(at: Int(random.next() % UInt64(kept.count)))
                #expect(try spill.read(one.slot) == one.bytes)
                spill.release(one.slot)
            } else {
                let bytes = [UInt8](
                    repeating: UInt8(truncatingIfNeeded: random.next()), count: Int(random.next() % 1000))
                kept.append((try spill.write(bytes), bytes))
            }
        }
        #expect(throws: OwnFile.Problem.full) { try spill.write(Array(repeating: 0, count: 1 << 17)) }
    }

    @Test func `leaves the shelf of snapshots to newer ones, and finds its own again`() throws {
        let shelf = Shelf(limit: 1000, spill: SpillFile())
        let items = try (0..<50).map { number in
            (number, try shelf.add([UInt8](repeating: UInt8(number), count: 300)))
        }
        for (number, item) in items { #expect(try shelf.image(item) == Array(repeating: UInt8(number), count: 300)) }
        for (_, item) in items { shelf.remove(item) }
        #expect(throws: OwnFile.Problem.missing) { try shelf.image(items[0].1) }
        let dropping = Shelf(limit: 1000, spill: nil)
        var dropped = 0
        dropping.dropped = { dropped += 1 }
        let first = try dropping.add(Array(repeating: 1, count: 600))
        _ = try dropping.add(Array(repeating: 2, count: 600))
        #expect((dropped, dropping.has(first)) == (1, false))
    }
}

/// A generator whose numbers are the same every time.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
