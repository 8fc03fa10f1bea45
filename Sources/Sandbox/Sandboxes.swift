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

    /// Why a sandbox cannot be opened, in one sentence with the remedy.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    private let home: Home
    private let seed: UInt64
    /// When it is not empty, no other key opens anything.
    private let allowedKeys: Set<String>
    private var open: [String: Opened] = [:]
    private var uses: UInt64 = 0

    /// Each open database takes two descriptors and some memory. Above this many, those on disk are closed, least recently
    /// used first; those in memory cannot be closed, and so a further key is refused.
    package static let openLimit = 512
    package static let longestKey = 512

    package init(home: Home, seed: UInt64, allowedKeys: Set<String>) {
        self.home = home
        self.seed = seed
        self.allowedKeys = allowedKeys
    }

    package func admits(_ key: String) -> Bool {
        !key.isEmpty && key.utf8.count <= Self.longestKey && (allowedKeys.isEmpty || allowedKeys.contains(key))
    }

    package func sandbox(for key: String) throws(Failure) -> Sandbox {
        uses += 1
        if let found = open[key] {
            found.lastUse = uses
            return found.sandbox
        }
        try makeRoom()
        let sandbox = try opened(key)
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

    /// Whether another open sandbox has minted a token: then a client has mixed up its keys (decisions.md 8).
    package func isMinted(_ token: String, elsewhereThan sandbox: Sandbox) -> Bool {
        open.values.contains { $0.sandbox !== sandbox && $0.sandbox.tokens.customer(of: token) != nil }
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
            guard case .directory(let directory) = home else { return try Sandbox(.memory, key: key, seed: seed) }
            path = "\(directory)/\(Self.fingerprint(of: key, length: 32)).sqlite"
            return try Sandbox(.file(path), key: key, seed: seed)
        } catch let failure as Store.OpenFailure {
            throw Self.explain(failure, path)
        } catch let error as SQLiteError {
            throw Self.explain(.sqlite(error), path)
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
