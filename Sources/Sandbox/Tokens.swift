internal import Crypto
internal import FoundationEssentials
package import Medusa

/// What a sandbox signs with its secret: customer tokens and lease ids, both in the form of JSON Web Tokens (RFC 7519,
/// HS256), and digests of what must not be kept.
package struct Tokens: Sendable {
    private let key: SymmetricKey

    package init(secret: [UInt8]) { key = SymmetricKey(data: secret) }

    private static let header = base64url(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8)) + "."

    /// A customer token: `userId` first, then `iat` and `exp` in seconds (decisions.md 8).
    package func customerToken(userId: String, at now: Timestamp, lifetime: Timestamp.Span) -> String {
        let issued = now.milliseconds / 1000
        let expires = issued + lifetime.milliseconds / 1000
        return sign(#"{"userId":"\#(userId)","iat":\#(issued),"exp":\#(expires)}"#)
    }

    /// A lease's public id, which the documents show as such a token too (B.12).
    package func leaseId(userId: String, row: Int64) -> String {
        sign(#"{"userId":"\#(userId)","lease":\#(row)}"#)
    }

    package struct Customer: Hashable, Sendable {
        package let userId: String
        package let expiresAt: Timestamp
    }

    /// The customer behind a token; `nil` when this sandbox did not sign it. Whether it has expired is the caller's
    /// question, for only the caller knows the time.
    package func customer(of token: String) -> Customer? {
        guard let claims: CustomerClaims = claims(of: token) else { return nil }
        return Customer(userId: claims.userId, expiresAt: Timestamp(milliseconds: claims.exp * 1000))
    }

    /// The row of a lease; `nil` when this sandbox did not sign the id.
    package func row(ofLease id: String) -> Int64? {
        let claims: LeaseClaims? = claims(of: id)
        return claims?.lease
    }

    /// A digest of what is only ever compared: passwords, SSNs, account numbers.
    package func digest(_ purpose: String, _ text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("\(purpose)\0\(text)".utf8), using: key))
    }

    private struct CustomerClaims: Decodable {
        let userId: String
        let exp: Int64
    }

    private struct LeaseClaims: Decodable {
        let lease: Int64
    }

    private func sign(_ payload: String) -> String {
        let message = Self.header + base64url(Array(payload.utf8))
        return message + "." + signature(of: message)
    }

    private func signature(of message: String) -> String {
        base64url(Array(HMAC<SHA256>.authenticationCode(for: Array(message.utf8), using: key)))
    }

    private func claims<Claims: Decodable>(of token: String) -> Claims? {
        guard token.utf8.count < 1024, let dot = token.lastIndex(of: "."), token.hasPrefix(Self.header) else { return nil }
        let message = String(token[..<dot])
        guard signature(of: message) == token[token.index(after: dot)...] else { return nil }
        let payload = message.utf8.dropFirst(Self.header.utf8.count).map { byte in
            byte == UInt8(ascii: "-") ? UInt8(ascii: "+") : byte == UInt8(ascii: "_") ? UInt8(ascii: "/") : byte
        }
        let padding = Array(repeating: UInt8(ascii: "="), count: (4 - payload.count % 4) % 4)
        guard let json = Data(base64Encoded: Data(payload + padding)) else { return nil }
        return try? JSONDecoder().decode(Claims.self, from: json)
    }
}

/// RFC 4648, section 5, without padding.
private func base64url(_ bytes: [UInt8]) -> String {
    let encoded = Data(bytes).base64EncodedData()
    return String(
        decoding: encoded.lazy.filter { $0 != UInt8(ascii: "=") }.map { byte in
            byte == UInt8(ascii: "+") ? UInt8(ascii: "-") : byte == UInt8(ascii: "/") ? UInt8(ascii: "_") : byte
        }, as: UTF8.self)
}
