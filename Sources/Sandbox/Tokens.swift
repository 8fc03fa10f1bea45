internal import Crypto
internal import FoundationEssentials
package import Medusa

/// What a sandbox signs with its secret: customer tokens and lease ids, both in the form of JSON Web Tokens (RFC 7519,
/// HS256), and digests of what must not be kept.
package struct Tokens: Sendable {
    /// With the key taken in already; a copy of it is where each signature begins.
    private let keyed: HMAC<SHA256>

    package init(secret: [UInt8]) { keyed = HMAC<SHA256>(key: SymmetricKey(data: secret)) }

    /// `{"alg":"HS256","typ":"JWT"}`
    private static let header = Array("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.".utf8)

    /// A customer token: `userId` first, then `iat` and `exp` in seconds (decisions.md 8).
    ///
    /// - Parameter key: the API key that it is bound to, where several share the sandbox.
    package func customerToken(
        userId: String, at now: Timestamp, lifetime: Timestamp.Span, key: String? = nil
    ) -> String {
        let issued = (now - Timestamp(milliseconds: 0)) / .seconds(1)
        // `exp` is in seconds (RFC 7519, section 4.1.4), and no token lives shorter than it should; the last millisecond stands beside it.
        let end = now + lifetime
        let expires = (end + .milliseconds(999) - Timestamp(milliseconds: 0)) / .seconds(1)
        let exactly = Timestamp(seconds: Int64(expires)) != end ? #","until":\#(end.milliseconds)"# : ""
        let bound = key.map { #","key":"\#(Sandboxes.fingerprint(of: $0, length: 8))""# } ?? ""
        return sign(#"{"userId":"\#(userId)","iat":\#(issued),"exp":\#(expires)\#(exactly)\#(bound)}"#)
    }

    /// A lease's public id, which the documents show as such a token too (B.12).
    package func leaseId(userId: String, row: Int64) -> String {
        sign(#"{"userId":"\#(userId)","lease":\#(row)}"#)
    }

    /// A set of questions, whose id looks like such a token as well (route 27).
    package func questionnaireId(_ row: Int64) -> String { sign(#"{"questions":\#(row)}"#) }

    package struct Customer: Hashable, Sendable {
        package let userId: String
        package let expiresAt: Timestamp
        /// A digest of the API key that it is bound to.
        package let keyDigest: String?
    }

    /// The customer behind a token; `nil` when this sandbox did not sign it. Whether it has expired is the caller's
    /// question, for only the caller knows the time.
    package func customer(of token: String) -> Customer? {
        guard let claims: CustomerClaims = claims(of: token) else { return nil }
        return Customer(
            userId: claims.userId,
            expiresAt: claims.until.map { Timestamp(milliseconds: $0) } ?? Timestamp(seconds: claims.exp),
            keyDigest: claims.key)
    }

    /// The row of a lease; `nil` when this sandbox did not sign the id.
    package func row(ofLease id: String) -> Int64? {
        let claims: LeaseClaims? = claims(of: id)
        return claims?.lease
    }

    /// A digest of what is only ever compared: passwords, SSNs, account numbers.
    package func digest(_ purpose: String, _ text: String) -> [UInt8] {
        Array(code(of: Array("\(purpose)\0\(text)".utf8)))
    }

    private struct CustomerClaims: Decodable {
        let userId: String
        let exp: Int64
        /// In milliseconds, where `exp` cannot say it.
        let until: Int64?
        let key: String?
    }

    private struct LeaseClaims: Decodable {
        let lease: Int64
    }

    private func code(of message: [UInt8]) -> HMAC<SHA256>.MAC {
        var hmac = keyed
        hmac.update(data: message)
        return hmac.finalize()
    }

    private func sign(_ payload: String) -> String {
        var token = Self.header
        token.reserveCapacity(192)
        Base64URL.append(payload.utf8, to: &token)
        let code = code(of: token)
        token.append(UInt8(ascii: "."))
        Base64URL.append(Array(code), to: &token)
        return String(decoding: token, as: UTF8.self)
    }

    private func claims<Claims: Decodable>(of token: String) -> Claims? {
        let bytes = Array(token.utf8)
        guard bytes.count < 1024, bytes.starts(with: Self.header), let dot = bytes.lastIndex(of: UInt8(ascii: "."))
        else {
            return nil
        }
        var signature: [UInt8] = []
        Base64URL.append(Array(code(of: Array(bytes[..<dot]))), to: &signature)
        guard bytes[(dot + 1)...].elementsEqual(signature),
            let json = Base64URL.decode(bytes[..<dot].dropFirst(Self.header.count))
        else { return nil }
        return try? JSONDecoder().decode(Claims.self, from: Data(json))
    }
}
