internal import Crypto
internal import FoundationEssentials
internal import MedusaStore
internal import SQLite

/// Every sandbox of the server, by API key: opened at its first use (decisions.md 6).
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

        package init(sandbox: Sandbox, consumer: Sandbox.Consumer, boundKey: String?) {
            self.sandbox = sandbox
            self.consumer = consumer
            self.boundKey = boundKey
        }
    }

    /// Why a sandbox cannot be opened, in one sentence with the remedy.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    private let home: Home
    private let seed: UInt64
    /// When it is not empty, no other key opens anything.
    private let allowedKeys: Set<String>
    private let requestFields: [String]
    /// What fills a sandbox that is new; what it throws is why the sandbox cannot be opened.
    package var beginning: ((Sandbox) throws(Failure) -> Void)?
    /// Takes a sentence about something that a database kept and nobody could read.
    package var report: (String) -> Void = { _ in }
    private var open: [String: Opened] = [:]
    private var tenants: [String: Tenant] = [:]
    private var uses: UInt64 = 0
    private let snapshotBudget = Snapshots.Budget()

    /// A key of which a scenario says more than its name.
    private struct Tenant {
        let sandbox: String
        let consumer: Sandbox.Consumer?
        let sharesSandbox: Bool
    }

    /// Each open database takes two descriptors and some memory. Above this many, those on disk are closed, least recently
    /// used first; those in memory cannot be closed, and so a further key is refused.
    package static let openLimit = 512
    package static let longestKey = 512

    /// - Parameter requestFields: the fields that rules may ask for.
    package init(home: Home, seed: UInt64, allowedKeys: Set<String>, requestFields: [String] = []) {
        self.home = home
        self.seed = seed
        self.allowedKeys = allowedKeys
        self.requestFields = requestFields
    }

    package func admits(_ key: String) -> Bool {
        !key.isEmpty && key.utf8.count <= Self.longestKey
            && (allowedKeys.isEmpty || allowedKeys.contains(key) || tenants[key] != nil)
    }

    /// Lets keys share the sandbox of the first one. Those that shared it before, and are not named now, no longer do.
    package func assign(_ keys: [(key: String, consumer: Sandbox.Consumer?)]) {
        guard let name = keys.first?.key else { return }
        release(name)
        for (key, consumer) in keys {
            tenants[key] = Tenant(sandbox: name, consumer: consumer, sharesSandbox: keys.count > 1)
        }
    }

    /// Lets the keys that share a sandbox go their own ways again.
    package func release(_ name: String) { tenants = tenants.filter { $0.value.sandbox != name } }

    /// Those that are open at present.
    package var opened: [Sandbox] { open.values.map(\.sandbox).filter { !$0.name.isEmpty } }

    package func admission(for key: String) throws(Failure) -> Admission {
        guard !tenants.isEmpty, let tenant = tenants[key] else {
            let sandbox = try sandbox(named: key)
            return Admission(sandbox: sandbox, consumer: sandbox.defaultConsumer, boundKey: nil)
        }
        let sandbox = try sandbox(named: tenant.sandbox)
        return Admission(
            sandbox: sandbox, consumer: tenant.consumer ?? sandbox.defaultConsumer,
            boundKey: tenant.sharesSandbox ? key : nil)
    }

    package func sandbox(for key: String) throws(Failure) -> Sandbox { try admission(for: key).sandbox }

    /// The sandbox of requests that belong to none; no key opens it.
    package func strays() throws(Failure) -> Sandbox { try sandbox(named: "") }

    private func sandbox(named key: String) throws(Failure) -> Sandbox {
        uses += 1
        if let found = open[key] {
            found.lastUse = uses
            return found.sandbox
        }
        try makeRoom()
        let sandbox = try opened(key)
        for loss in sandbox.losses { report("a sandbox was opened with a loss: \(loss)") }
        if sandbox.isNew, !key.isEmpty, let beginning {
            do throws(Failure) {
                try beginning(sandbox)
            } catch {
                // Else the next request would find it, empty, and take it for begun.
                sandbox.forgetBeginning()
                throw error
            }
        }
        open[key] = Opened(sandbox, lastUse: uses)
        return sandbox
    }

    private final class Opened {
        let sandbox: Sandbox
        var lastUse: UInt64

        init(_ sandbox: Sandbox, lastUse: UInt64) {
            self.sandbox = sandbox
            self.lastUse = lastUse
        }
    }

    /// The open sandbox that has minted a token, when it is used where it is not good: then a client has mixed up its keys
    /// (decisions.md 8). It may be the same sandbox, and another of its keys.
    ///
    /// - Parameter boundKey: the key with which it was used, where several share the sandbox.
    package func minter(of token: String, usedIn sandbox: Sandbox, with boundKey: String?) -> Sandbox? {
        if let own = sandbox.tokens.customer(of: token) {
            return own.keyDigest == boundKey.map({ Self.fingerprint(of: $0, length: 8) }) ? nil : sandbox
        }
        return open.values.first { $0.sandbox.tokens.customer(of: token) != nil }?.sandbox
    }

    private func makeRoom() throws(Failure) {
        guard open.count >= Self.openLimit else { return }
        guard case .directory = home else {
            throw Failure(
                description: "\(Self.openLimit) sandboxes are open in memory already; "
                    + "use fewer API keys, or a server with --data-dir")
        }
        let idle = open.filter { !$0.value.sandbox.store.isOpen }.min { $0.value.lastUse < $1.value.lastUse }
        if let idle { open[idle.key] = nil }
    }

    private func opened(_ key: String) throws(Failure) -> Sandbox {
        var path = "memory"
        do {
            guard case .directory(let directory) = home else {
                return try Sandbox(
                    .memory, name: key, seed: seed, snapshots: Snapshots(.memory(snapshotBudget)),
                    requestFields: requestFields)
            }
            let fingerprint = Self.fingerprint(of: key, length: 32)
            path = "\(directory)/\(fingerprint).sqlite"
            return try Sandbox(
                .file(path), name: key, seed: seed,
                snapshots: Snapshots(.directory("\(directory)/snapshots/\(fingerprint)")), requestFields: requestFields)
        } catch let failure as Store.OpenFailure {
            throw Self.explain(failure, path)
        } catch let error as SQLiteError {
            throw Self.explain(.sqlite(error), path)
        } catch let error as Sandbox.Unreadable {
            throw Failure(description: "\(path) \(error.description); move it away, or use another --data-dir")
        } catch {
            throw Failure(description: "\(path): \(error)")
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
                case .corrupt: "is damaged or not a medusa-sandbox database; move it away, or use another --data-dir"
                case .busy: "is in use by another program; stop it, or use another --data-dir"
                case .full: "cannot grow, because the disk is full; make room, or use another --data-dir"
                case .inaccessible: "cannot be opened for writing; check its permissions, or use another --data-dir"
                case .duplicate, .constraint, .other: "cannot be opened: \(error)"
                }
            return Failure(description: "\(path) \(sentence)")
        }
    }

    /// A name for a key that does not give the key away.
    package static func fingerprint(of key: String, length: Int) -> String {
        SHA256.hash(data: Array(key.utf8)).prefix((length + 1) / 2).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
