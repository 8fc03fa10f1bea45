internal import Glibc
internal import JSON

/// Which sandboxes a setting gives an auth key of the Payment Plugin of their own. Looking one up opens nothing, also after a
/// restart: with a data directory, each change is a line of a file there.
package final class AuthKeys {
    /// By the API key that names the sandbox.
    private var authKeys: [String: String] = [:]
    private var claims: [String: Claim] = [:]
    private let path: String?

    /// The sandboxes whose setting names the same auth key, of which the first in alphabetical order has it.
    private struct Claim {
        var names: Set<String>
        var first: String
    }

    static let fileName = "auth-keys"
    /// Above this many bytes the file is not read: it is only what has been remembered.
    private static let sizeLimit = 64 << 20

    /// - Parameter directory: where the file is; `nil` remembers nothing beyond the program's end.
    package init(directory: String?) {
        path = directory.map { "\($0)/\(Self.fileName)" }
        guard let path, let bytes = try? OwnFile.bytes(of: path, upTo: Self.sizeLimit) else { return }
        var lines = 0
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            // A line may have been cut short; what cannot be read is forgotten.
            guard let entry = try? JSON(Array(line)), let name = entry["key"]?.string else { continue }
            keep(entry["authKey"]?.string, of: name)
            lines += 1
        }
        if lines > 2 * authKeys.count + 100 {
            try? OwnFile.write(authKeys.sorted { $0 < $1 }.flatMap { Self.line($0.key, $0.value) }, to: path)
        }
    }

    /// The sandbox whose setting names it. Of several, the first in alphabetical order.
    package func apiKey(of authKey: String) -> String? { claims[authKey]?.first }

    /// The one that a sandbox's setting names; `nil` where none does, or none is remembered.
    package func authKey(of apiKey: String) -> String? { authKeys[apiKey] }

    package func set(_ authKey: String?, of apiKey: String) {
        guard authKeys[apiKey] != authKey else { return }
        keep(authKey, of: apiKey)
        // Where it cannot be written, the sandbox is found again when its API key is used.
        guard let path, let file = try? OwnFile.open(path, O_WRONLY | O_CREAT | O_APPEND) else { return }
        try? OwnFile.append(Self.line(apiKey, authKey), to: file)
        close(file)
    }

    private func keep(_ authKey: String?, of apiKey: String) {
        if let before = authKeys[apiKey], var claim = claims[before] {
            claim.names.remove(apiKey)
            if claim.first == apiKey { claim.first = claim.names.min() ?? "" }
            claims[before] = claim.names.isEmpty ? nil : claim
        }
        authKeys[apiKey] = authKey
        guard let authKey else { return }
        var claim = claims[authKey] ?? Claim(names: [], first: apiKey)
        claim.names.insert(apiKey)
        claim.first = min(claim.first, apiKey)
        claims[authKey] = claim
    }

    /// The end of the line before comes first: that one may have been cut short, and must not take this one along.
    private static func line(_ apiKey: String, _ authKey: String?) -> [UInt8] {
        [UInt8(ascii: "\n")]
            + JSONWriter.write {
                $0.object {
                    $0.member("key", apiKey)
                    $0.member("authKey", ifPresent: authKey)
                }
            }
    }
}
