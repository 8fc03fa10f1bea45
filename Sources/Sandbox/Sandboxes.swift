internal import Contract
internal import Crypto
internal import Medusa
internal import MedusaStore
internal import SQLite

/// Every sandbox of the server, by API key: opened at its first use (decisions.md 6).
///
/// Opening one may take long, for it may be large, or begin with a long story; so may putting one away. Another thread does both.
package final class Sandboxes {
    /// Where the databases live.
    package enum Home: Sendable {
        case memory
        case directory(String)
    }

    /// Who may use a sandbox, and as whom.
    package struct Admission {
        package let sandbox: Sandbox
        package let consumer: Sandbox.Consumer
        /// The API key, where several share the sandbox, so that a token is bound to it (B.3).
        package let boundKey: String?
        /// Whose transactions and lists it sees, where the keys of the sandbox have several vendors (decisions.md 7).
        package let vendor: String?

        package init(sandbox: Sandbox, consumer: Sandbox.Consumer, boundKey: String?, vendor: String? = nil) {
            self.vendor = vendor
            self.sandbox = sandbox
            self.consumer = consumer
            self.boundKey = boundKey
        }
    }

    /// Why a sandbox cannot be opened, in one sentence with the remedy.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
        /// Whether it is the database itself that cannot be read, and putting it aside would help.
        package let isDamage: Bool

        package init(description: String, isDamage: Bool = false) {
            self.description = description
            self.isDamage = isDamage
        }
    }

    /// What becomes of the longest unused sandbox in memory when there are more than are to be open. One on disk is closed.
    package enum Eviction: String, Sendable, CaseIterable {
        /// It is put into a temporary file, and comes back as it was.
        case spill
        /// It is forgotten.
        case drop
    }

    /// How many may be open at once, and what follows.
    package struct Room: Sendable {
        package var limit: Int
        package var eviction: Eviction

        package init(limit: Int = Sandboxes.openLimit, eviction: Eviction = .spill) {
            (self.limit, self.eviction) = (limit, eviction)
        }
    }

    private let home: Home
    private let seed: UInt64
    /// When it is not empty, no other key opens anything.
    private let allowedKeys: Set<String>
    private let requestFields: [String]
    private let room: Room
    /// What fills a sandbox that is new, by its name; what that throws is why the sandbox cannot be opened. It may be called on another
    /// thread.
    package var beginning: ((String) -> Change?)?
    /// Does something that takes long on another thread, and then goes on on this one; at once, where there is no other thread.
    package var work: Work?
    /// The same for something with a sandbox, which is away meanwhile.
    package var elsewhere: WorkInSandbox?
    /// Takes a sentence that somebody should read.
    package var report: (String) -> Void = { _ in }
    package typealias Work = (_ run: @escaping () -> Void, _ then: @escaping () -> Void) -> Void
    package typealias WorkInSandbox =
        (_ sandbox: Sandbox, _ run: @escaping () -> Void, _ then: @escaping () -> Void) -> Void

    /// Work where there is no other thread.
    package static func doAtOnce(_ run: () -> Void, _ then: () -> Void) {
        run()
        then()
    }

    private var open: [String: Opened] = [:]
    /// Those that are being opened, or put away.
    private var moving: [String: Absence] = [:]
    /// Those that have been opened, and nobody has come for yet; or why they could not be.
    private var fetched: [String: Fetched] = [:]
    private var opening = 0
    /// Those that were open, and made room.
    private var resting: [String: Resting] = [:]
    private var tenants: [String: Tenant] = [:]
    private var uses: UInt64 = 0
    private let authKeys: AuthKeys
    private let spill: SpillFile?
    private let shelf: Shelf
    /// What those that rest have missed.
    private var changes: [Change] = []

    /// A key of which a scenario says more than its name.
    private struct Tenant {
        let sandbox: String
        let consumer: Sandbox.Consumer?
        let sharesSandbox: Bool
        /// Whether another key that shares it has another vendor.
        let isOneOfSeveralVendors: Bool
    }

    private final class Opened {
        var sandbox: Sandbox
        var lastUse: UInt64

        init(_ sandbox: Sandbox, lastUse: UInt64) {
            self.sandbox = sandbox
            self.lastUse = lastUse
        }

        /// Whether nobody needs it at present: no answer waits for its commit, and no request is being served from it.
        var isIdle: Bool {
            sandbox.absence == nil && !sandbox.store.isOpen && isKnownUniquelyReferenced(&sandbox)
        }
    }

    private struct Resting {
        /// `nil` for one on disk.
        let slot: SpillFile.Slot?
        /// Those of one in memory, where it has any.
        let snapshots: Snapshots?
        let changesSeen: Int
    }

    private struct Fetched {
        let result: Result<Sandbox, Failure>
        let changesSeen: Int
    }

    /// A sandbox, or why it is not here at the moment.
    package enum Found {
        case here(Sandbox)
        case away(Absence)

        package var sandbox: Sandbox? { if case .here(let sandbox) = self { sandbox } else { nil } }
    }

    /// Whom a key admits, or why nobody can be served at the moment.
    package enum Presence {
        case here(Admission)
        case away(Absence)
    }

    /// Each open database takes two descriptors and some memory. Above this many, the longest unused one makes room.
    package static let openLimit = 512

    /// - Parameters:
    ///   - requestFields: the fields that rules may ask for.
    ///   - room: how many are open at once.
    ///   - folders: where the temporary file may be; SQLite's places where nothing is said.
    package init(
        home: Home, seed: UInt64, allowedKeys: Set<String>, requestFields: [String] = [], room: Room = Room(),
        spillingTo folders: [String]? = nil
    ) {
        self.home = home
        self.seed = seed
        self.allowedKeys = allowedKeys
        self.requestFields = requestFields
        self.room = room
        let places = folders ?? SpillFile.temporaryFolders()
        switch home {
        case .memory:
            spill = room.eviction == .spill ? SpillFile(folders: places) : nil
            authKeys = AuthKeys(directory: nil)
        case .directory(let directory):
            spill = nil
            authKeys = AuthKeys(directory: directory)
        }
        shelf = Shelf(spill: spill)
        shelf.dropped = { [weak self] in
            self?.report(
                "the longest unused snapshot was dropped: all that are kept in memory have more than "
                    + "\(Snapshots.memoryLimit >> 20) MiB; leave --evict drop out, or use --data-dir")
        }
    }

    // MARK: Whom a key admits

    package func admits(_ key: String) -> Bool {
        KeyForm.isKey(key) && (allowedKeys.isEmpty || allowedKeys.contains(key) || tenants[key] != nil)
    }

    /// Lets keys share the sandbox of the first one. Those that shared it before, and are not named now, no longer do.
    package func assign(_ keys: [(key: String, consumer: Sandbox.Consumer?)]) {
        guard let name = keys.first?.key else { return }
        release(name)
        let areSeveral = Set(keys.map { $0.consumer?.vendorId }).count > 1
        for (key, consumer) in keys {
            tenants[key] = Tenant(
                sandbox: name, consumer: consumer, sharesSandbox: keys.count > 1, isOneOfSeveralVendors: areSeveral)
        }
    }

    /// Lets the keys that share a sandbox go their own ways again.
    package func release(_ name: String) { tenants = tenants.filter { $0.value.sandbox != name } }

    /// The API key of the sandbox that an auth key of the Payment Plugin opens: one whose setting names it, else the one of the
    /// same name, unless that one names another. Opens nothing.
    package func apiKey(ofAuthKey authKey: String) -> String? {
        guard KeyForm.isKey(authKey) else { return nil }
        if let named = authKeys.apiKey(of: authKey) { return named }
        guard admits(authKey), authKeys.authKey(of: tenants[authKey]?.sandbox ?? authKey) == nil else { return nil }
        return authKey
    }

    /// The one that a key opens, if it is open. It may be away.
    package func opened(for key: String) -> Sandbox? {
        key.isEmpty ? nil : open[tenants[key]?.sandbox ?? key]?.sandbox
    }

    /// Whom a key admits; at once. No request may be served at the same time.
    package func admission(for key: String) throws(Failure) -> Admission {
        switch try presence(for: key, isPatient: true) {
        case .here(let admission): return admission
        case .away: throw Failure(description: "the sandbox is in use by a long call; ask again when that is answered")
        }
    }

    /// - Parameter isPatient: whether a sandbox that is not open is opened here and now, whoever waits.
    package func presence(for key: String, isPatient: Bool = false) throws(Failure) -> Presence {
        guard !tenants.isEmpty, let tenant = tenants[key] else {
            switch try find(key, isPatient: isPatient) {
            case .away(let absence): return .away(absence)
            case .here(let sandbox):
                return .here(Admission(sandbox: sandbox, consumer: sandbox.defaultConsumer, boundKey: nil))
            }
        }
        switch try find(tenant.sandbox, isPatient: isPatient) {
        case .away(let absence): return .away(absence)
        case .here(let sandbox):
            let consumer = tenant.consumer ?? sandbox.defaultConsumer
            return .here(
                Admission(
                    sandbox: sandbox, consumer: consumer, boundKey: tenant.sharesSandbox ? key : nil,
                    vendor: tenant.isOneOfSeveralVendors ? consumer.vendorId : nil))
        }
    }

    package func sandbox(for key: String) throws(Failure) -> Sandbox { try admission(for: key).sandbox }

    /// The sandbox of requests that belong to none; no key opens it.
    package func strays() throws(Failure) -> Found { try find("", isPatient: true) }

    /// The open sandbox that has minted a token, when it is used where it is not good: then a client has mixed up its keys
    /// (decisions.md 8). It may be the same sandbox, and another of its keys.
    ///
    /// - Parameter boundKey: the key with which it was used, where several share the sandbox.
    package func minter(of token: String, usedIn sandbox: Sandbox, with boundKey: String?) -> Sandbox? {
        if let own = sandbox.tokens.customer(of: token) {
            return own.keyDigest == boundKey.map({ Self.fingerprint(of: $0, length: 8) }) ? nil : sandbox
        }
        return open.values.first { one in
            let tokens = one.sandbox.absence.map(\.tokens) ?? one.sandbox.tokens
            return tokens?.customer(of: token) != nil
        }?.sandbox
    }

    // MARK: All of them

    /// Those that are open at present.
    package var opened: [Sandbox] { open.values.map(\.sandbox).filter { !$0.name.isEmpty } }

    /// How many there are that were used since the start, open or at rest.
    package var count: Int { Set(open.keys).union(resting.keys).union(moving.keys).count }

    /// Looks at every sandbox that was used since the start, by name; also at those that have made room. One that cannot be
    /// opened is reported.
    package func visit(_ look: (Sandbox) throws -> Void) rethrows {
        for name in (Array(open.keys) + resting.keys).sorted() where !name.isEmpty {
            guard let sandbox = openedOrReported(name) else { continue }
            try look(sandbox)
        }
    }

    private func openedOrReported(_ name: String) -> Sandbox? {
        if let found = open[name] { return found.sandbox }
        do throws(Failure) {
            return try opened(name, resting[name])
        } catch {
            report(error.description)
            return nil
        }
    }

    package typealias Change = (Sandbox) throws(Failure) -> Void

    /// Changes those that are open, and the others when they come back.
    package func change(_ change: @escaping Change) throws(Failure) {
        for sandbox in opened { try apply(change, to: sandbox) }
        if !resting.isEmpty || !moving.isEmpty || !fetched.isEmpty { changes.append(change) }
    }

    /// Changes one, which is opened for that.
    package func change(only name: String, _ change: @escaping Change) throws(Failure) {
        switch try find(name, isPatient: elsewhere == nil) {
        case .here(let sandbox): try apply(change, to: sandbox)
        case .away(let absence):
            absence.whenBack { [self] in
                do throws(Failure) { try self.change(only: name, change) } catch { report(error.description) }
            }
        }
    }

    private func apply(_ change: @escaping Change, to sandbox: Sandbox) throws(Failure) {
        guard let elsewhere else { return try change(sandbox) }
        var result = Result<Void, Failure>.success(())
        elsewhere(sandbox) {
            result = Result { () throws(Failure) in try change(sandbox) }
        } _: { [self] in
            if case .failure(let failure) = result { report(failure.description) }
        }
    }

    // MARK: Damage

    /// What the names of damaged files end with.
    package static let damagedSuffix = ".damaged"

    /// Puts the database that a key opens aside, if it cannot be read; the next call makes a new one.
    ///
    /// - Returns: where it is now, an earlier one's place; `nil` where the database is good, or is not at fault.
    package func setAside(_ key: String) throws(Failure) -> String? {
        let name = tenants[key]?.sandbox ?? key
        guard case .directory = home, isDamaged(name) else { return nil }
        open[name]?.sandbox.follower?.end("the database of the sandbox was damaged, and another has taken its place")
        open[name]?.sandbox.store.abandon()
        open[name] = nil
        resting[name] = nil
        let path = place(of: name)
        for ending in ["", "-wal"] {
            let target = "\(path)\(Self.damagedSuffix)\(ending)"
            do throws(OwnFile.Problem) {
                try OwnFile.move("\(path)\(ending)", to: target)
            } catch {
                throw Failure(description: "\(target.printable) \(error)")
            }
        }
        return "\(path)\(Self.damagedSuffix)"
    }

    private func isDamaged(_ name: String) -> Bool {
        if let sandbox = open[name]?.sandbox { return sandbox.absence == nil && !sandbox.store.isSound }
        do throws(Failure) {
            _ = try opened(name, resting[name])
            return false
        } catch {
            return error.isDamage
        }
    }

    // MARK: Opening, and making room

    private func find(_ name: String, isPatient: Bool) throws(Failure) -> Found {
        uses += 1
        if let found = open[name] {
            found.lastUse = uses
            return found.sandbox.absence.map { .away($0) } ?? .here(found.sandbox)
        }
        if let absence = moving[name] { return .away(absence) }
        if fetched[name] == nil {
            let absence = fetch(name, isPatient ? nil : work)
            guard fetched[name] != nil else { return .away(absence) }
        }
        return .here(try adopt(name))
    }

    /// Opens a sandbox, and lets others make room for it.
    private func fetch(_ name: String, _ given: Work?) -> Absence {
        let absence = Absence()
        moving[name] = absence
        opening += 1
        func finish(_ result: Result<Sandbox, Failure>, changesSeen: Int) {
            moving[name] = nil
            opening -= 1
            fetched[name] = Fetched(result: result, changesSeen: changesSeen)
            absence.end { [self] in open[name]?.sandbox.absence ?? moving[name] }
        }
        let work = given ?? Self.doAtOnce
        makeRoom(work) { [self] failure in
            let seen = changes.count
            if let failure { return finish(.failure(failure), changesSeen: seen) }
            let rest = resting[name]
            let fill = name.isEmpty ? nil : beginning?(name)
            let missed = rest.map { Array(changes.dropFirst($0.changesSeen)) } ?? []
            var result = Result<Sandbox, Failure>.failure(Failure(description: ""))
            work {
                result = Result { () throws(Failure) in try self.begun(name, rest, fill, missed) }
            } _: {
                finish(result, changesSeen: seen)
            }
        }
        return absence
    }

    private func begun(
        _ name: String, _ rest: Resting?, _ fill: Change?, _ missed: [Change]
    ) throws(Failure) -> Sandbox {
        let sandbox = try opened(name, rest)
        if sandbox.isNew {
            if let fill { try fill(sandbox) }
            try becomeWhole(sandbox)
        } else {
            for change in missed { try change(sandbox) }
        }
        return sandbox
    }

    private func adopt(_ name: String) throws(Failure) -> Sandbox {
        guard let fetched = fetched.removeValue(forKey: name) else {
            throw Failure(description: "the sandbox was not opened; ask again")
        }
        let sandbox = try fetched.result.get()
        for loss in sandbox.losses { report("a sandbox was opened with a loss: \(loss)") }
        for change in changes.dropFirst(fetched.changesSeen) { try change(sandbox) }
        if let slot = resting.removeValue(forKey: name)?.slot { spill?.release(slot) }
        open[name] = Opened(sandbox, lastUse: uses)
        watchAuthKey(of: sandbox)
        return sandbox
    }

    private func becomeWhole(_ sandbox: Sandbox) throws(Failure) {
        do {
            try sandbox.becomeWhole()
        } catch let error as SQLiteError {
            throw Self.explain(.sqlite(error), place(of: sandbox.name))
        } catch {
            throw Failure(description: "\(place(of: sandbox.name)): \(error)")
        }
    }

    private func watchAuthKey(of sandbox: Sandbox) {
        guard !sandbox.name.isEmpty else { return }
        let name = sandbox.name
        authKeys.set(sandbox.settings.authKey, of: name)
        sandbox.authKeyChanged = { [weak authKeys] in authKeys?.set($0, of: name) }
    }

    /// - Parameter then: called when there is room, or with why there is none.
    private func makeRoom(_ work: @escaping Work, then: @escaping (Failure?) -> Void) {
        // Where all are needed at this moment, there is one too many until the next one is opened.
        guard open.count + opening > room.limit, let (name, sandbox) = longestUnused() else { return then(nil) }
        putAway(name, sandbox, work) { [self] failure in
            if let failure { then(failure) } else { makeRoom(work, then: then) }
        }
    }

    private func longestUnused() -> (name: String, sandbox: Sandbox)? {
        var longestUnused: (name: String, opened: Opened)?
        for (name, one) in open where one.lastUse < longestUnused?.opened.lastUse ?? .max && one.isIdle {
            longestUnused = (name, one)
        }
        return longestUnused.map { ($0.name, $0.opened.sandbox) }
    }

    private func putAway(
        _ name: String, _ sandbox: Sandbox, _ work: Work, then: @escaping (Failure?) -> Void
    ) {
        let absence = Absence(tokens: sandbox.tokens)
        open[name] = nil
        moving[name] = absence
        sandbox.follower?.end("the sandbox was unused the longest, and made room for another")
        sandbox.follower = nil
        let seen = changes.count
        // The database is closed on the other thread, which may take as long as what was written last.
        var leaving: Sandbox? = sandbox
        var rest = Result<Resting?, Failure>.success(nil)
        work {
            rest = Result { () throws(Failure) in
                try leaving.flatMap { sandbox throws(Failure) in try self.rested(sandbox, seen) }
            }
            if case .success = rest { leaving = nil }
        } _: { [self] in
            moving[name] = nil
            var failure: Failure?
            switch rest {
            case .success(let rest):
                resting[name] = rest
                if rest == nil {
                    authKeys.set(nil, of: name)
                    report(
                        "the sandbox of an API key that was unused the longest was dropped: \(room.limit) are open already; "
                            + "raise --sandbox-limit, or leave --evict drop out")
                }
            case .failure(let found):
                failure = found
                if let stays = leaving {
                    open[name] = Opened(stays, lastUse: uses)
                }
            }
            absence.end { [self] in open[name]?.sandbox.absence ?? moving[name] }
            then(failure)
        }
    }

    /// What is left of one that has made room; `nil` where nothing is.
    private func rested(_ sandbox: Sandbox, _ changesSeen: Int) throws(Failure) -> Resting? {
        switch (home, room.eviction) {
        case (.directory, _): return Resting(slot: nil, snapshots: nil, changesSeen: changesSeen)
        case (.memory, .drop): return nil
        case (.memory, .spill):
            let snapshots = sandbox.snapshots.isEmpty ? nil : sandbox.snapshots
            return Resting(slot: try spilled(sandbox), snapshots: snapshots, changesSeen: changesSeen)
        }
    }

    private func spilled(_ sandbox: Sandbox) throws(Failure) -> SpillFile.Slot? {
        do {
            let packed = PackedImage.pack(try sandbox.store.wholeImage(), over: try Self.empty())
            return try spill?.write(packed)
        } catch {
            throw Failure(
                description: "\(room.limit) sandboxes are open already, and the longest unused one finds no room in "
                    + "\(spill?.place ?? "memory") (\(error)): make room there, name another folder in TMPDIR, raise "
                    + "--sandbox-limit, or start with --evict drop or --data-dir")
        }
    }

    /// Made when it is first asked for: most servers have few sandboxes.
    private static let emptyImage = Result { try Store.emptyImage() }

    private static func empty() throws -> [UInt8] {
        switch emptyImage {
        case .success(let image): return image
        // There was no memory for it; there may be now.
        case .failure: return try Store.emptyImage()
        }
    }

    private func unpacked(_ slot: SpillFile.Slot) throws -> [UInt8] {
        guard let spill, let image = PackedImage.unpack(try spill.read(slot), over: try Self.empty()) else {
            throw Failure(description: "the temporary file of the sandboxes cannot be read; start the server anew")
        }
        return image
    }

    private func opened(_ key: String, _ rest: Resting?) throws(Failure) -> Sandbox {
        let path = place(of: key)
        do {
            switch home {
            case .memory:
                return try Sandbox(
                    try rest?.slot.map { .copy(of: try unpacked($0)) } ?? .memory, name: key, seed: seed,
                    snapshots: rest?.snapshots ?? Snapshots(.memory(shelf)), requestFields: requestFields)
            case .directory(let directory):
                try Self.prepare(path)
                let own = Self.fingerprint(of: key, length: 32)
                return try Sandbox(
                    .file(path), name: key, seed: seed,
                    snapshots: Snapshots(.directory("\(directory)/snapshots", own)), requestFields: requestFields)
            }
        } catch let failure as Failure {
            throw failure
        } catch let failure as Store.OpenFailure {
            throw Self.explain(failure, path)
        } catch let error as SQLiteError {
            throw Self.explain(.sqlite(error), path)
        } catch let error as Sandbox.Unreadable {
            throw Failure(description: "\(path) \(error.description); \(Self.remedy)", isDamage: true)
        } catch {
            throw Failure(description: "\(path): \(error)")
        }
    }

    /// Where the database of a key is.
    private func place(of key: String) -> String {
        switch home {
        case .memory: "memory"
        case .directory(let directory): "\(directory)/\(Self.fingerprint(of: key, length: 32)).sqlite"
        }
    }

    /// Makes the file before SQLite does, which gives what it puts beside it the same permissions.
    private static func prepare(_ path: String) throws(Failure) {
        var file = path
        do throws(OwnFile.Problem) {
            for ending in ["-wal", "-shm", "-journal"] {
                file = path + ending
                switch OwnFile.status(of: file)?.form {
                case .link: throw .link
                case .folder, .other: throw .notAFile
                case .file, nil: break
                }
            }
            file = path
            try OwnFile.prepare(path)
        } catch {
            throw Failure(description: "\(file.printable) \(error), or use another --data-dir")
        }
    }

    private static let remedy =
        "reset the sandbox (POST /_sandbox/reset), which puts the file aside, move it away, or use another --data-dir"

    /// Not the disk, not the permissions, not another program: then the database itself.
    private static func isDamage(_ error: SQLiteError) -> Bool {
        switch error.cause {
        case .corrupt, .duplicate, .constraint, .other: true
        case .busy, .full, .inaccessible: false
        }
    }

    private static func explain(_ failure: Store.OpenFailure, _ path: String) -> Failure {
        switch failure {
        case .newer:
            return Failure(
                description: "\(path) was written by a later medusa-sandbox; use that one, or another --data-dir")
        case .sqlite(let error):
            let sentence =
                switch error.cause {
                case .corrupt: "is damaged or not a medusa-sandbox database; \(remedy)"
                case .busy: "is in use by another program; stop it, or use another --data-dir"
                case .full: "cannot grow, because the disk is full; make room, or use another --data-dir"
                case .inaccessible:
                    "cannot be opened for writing; check its permissions, and how many files may be open and how large they "
                        + "may be (ulimit -n, ulimit -f), or use another --data-dir"
                case .duplicate, .constraint, .other: "cannot be opened: \(error); \(remedy)"
                }
            return Failure(description: "\(path) \(sentence)", isDamage: isDamage(error))
        }
    }

    /// A name for a key that does not give the key away.
    package static func fingerprint(of key: String, length: Int) -> String {
        SHA256.hash(data: Array(key.utf8)).prefix((length + 1) / 2).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
