internal import Glibc
internal import Medusa
internal import Sandbox

extension FuzzTarget {
    /// Customer tokens and lease ids: nobody makes one but the sandbox; base64url; the file of auth keys.
    static let tokens = FuzzTarget("tokens") { bytes in
        let tokens = Tokens(secret: Array(repeating: 7, count: 32))
        let given = text(bytes)
        try require(tokens.customer(of: given) == nil, "a token that nobody has signed is taken")
        try require(tokens.row(ofLease: given) == nil, "a lease id that nobody has signed is taken")
        try check(base64: bytes)

        var input = Bytes(bytes)
        let row = input.number()
        let (place, letter) = (Int(input.byte()), input.byte())
        let moment = Timestamp(milliseconds: row)
        let user = String(row.magnitude)
        let token = tokens.customerToken(userId: user, at: moment, lifetime: .milliseconds(Int64(place) * 1001))
        guard let customer = tokens.customer(of: token) else { throw Broken(description: "\(token) is not taken") }
        try require(customer.userId == user, "a token is \(customer.userId)'s")
        try require(
            customer.expiresAt == moment + .milliseconds(Int64(place) * 1001), "it ends at \(customer.expiresAt)")
        let lease = tokens.leaseId(userId: user, row: row)
        try require(tokens.row(ofLease: lease) == row, "a lease id is of another row")
        for good in [token, lease] {
            var bent = Array(good.utf8)
            bent[place % bent.count] = letter
            guard bent != Array(good.utf8) else { continue }
            try require(tokens.customer(of: text(bent)) == nil, "a bent token is taken")
            try require(tokens.row(ofLease: text(bent)) == nil, "a bent lease id is taken")
        }
        let other = Tokens(secret: Array(repeating: 8, count: 32))
        try require(other.customer(of: token) == nil, "another sandbox's token is taken")
    }

    private static func check(base64 bytes: [UInt8]) throws {
        var encoded: [UInt8] = []
        Base64URL.append(bytes, to: &encoded)
        try require(Base64URL.decode(encoded) == bytes, "base64url of \(bytes) does not read back")
        guard let decoded = Base64URL.decode(bytes) else { return }
        try require(decoded.count == bytes.count * 6 / 8, "\(bytes.count) letters are \(decoded.count) bytes")
    }

    /// The file that remembers auth keys: whatever stands in it, it opens, and remembers what is set from then on.
    static let authKeys = FuzzTarget("auth-keys") { bytes in
        let folder = try Folder()
        try OwnFile.write(bytes, to: "\(folder.path)/auth-keys")
        let keys = AuthKeys(directory: folder.path)
        let before = keys.authKey(of: "a")
        keys.set("x", of: "a")
        keys.set("x", of: "b")
        keys.set(nil, of: "c")
        try require(keys.authKey(of: "a") == "x" && keys.authKey(of: "c") == nil, "what was set is not there")
        let again = AuthKeys(directory: folder.path)
        try require(
            again.authKey(of: "a") == "x", "what was set is gone after a restart; it was \(before ?? "nothing")")
        try require(again.authKey(of: "b") == "x" && again.authKey(of: "c") == nil, "after a restart it is another")
        try require(again.apiKey(of: "x") == keys.apiKey(of: "x"), "after a restart an auth key is another's")
    }
}

/// A folder of its own, gone when it is let go of.
@safe private final class Folder {
    let path: String

    init() throws {
        var template = Array("/tmp/medusa-fuzz-XXXXXX".utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
            unsafe buffer.baseAddress.flatMap { unsafe mkdtemp($0) }.map { unsafe String(cString: $0) }
        }
        guard let made else { throw Broken(description: "no folder can be made: \(errno)") }
        path = made
    }

    deinit {
        unsafe unlink("\(path)/auth-keys")
        unsafe rmdir(path)
    }
}
