/// Why the server itself refuses a request, before anybody looks at what it asks for.
package enum Rejection: Error, Hashable, Sendable {
    /// Not a request of HTTP/1.1.
    case malformed(Flaw)
    /// A method that RFC 9110 does not name.
    case unknownMethod
    case contentTooLarge
    /// The request line is longer than the server reads.
    case targetTooLong
    /// The header is longer than the server reads.
    case fieldsTooLarge
    /// An `Expect` that asks for more than `100-continue`.
    case unknownExpectation
    /// A transfer coding before `chunked`, such as `gzip`.
    case unknownCoding
    /// HTTP/2 or later.
    case unknownVersion
    /// A name in `Host` that may not be a name of this server.
    case misdirected(host: String)

    /// What is wrong with a request that is none (RFC 9112).
    package enum Flaw: Hashable, Sendable {
        case tls
        case requestLine
        case targetForm
        case encoding
        case controlCharacter
        case lineEnd
        case noColon
        case fieldName
        case spaceBeforeColon
        case foldedField
        case noHost
        case repeatedHost
        case invalidHost
        case repeatedLength
        case invalidLength
        case lengthBesideCoding
        case invalidCoding
        case codingInOldVersion
        case invalidChunk
    }
}

extension Rejection {
    package var status: Status {
        switch self {
        case .malformed: .badRequest
        case .unknownMethod: .notFound
        case .contentTooLarge: .contentTooLarge
        case .targetTooLong: .uriTooLong
        case .fieldsTooLarge: .requestHeaderFieldsTooLarge
        case .unknownExpectation: .expectationFailed
        case .unknownCoding: .notImplemented
        case .unknownVersion: .httpVersionNotSupported
        case .misdirected: .misdirectedRequest
        }
    }

    /// What the caller and the log are told, in the words of Kong where it has some.
    package var message: String {
        switch self {
        case .malformed(let flaw): "Bad request: \(flaw.sentence)"
        case .unknownMethod: "no Route matched with those values"
        case .contentTooLarge: "Request size limit exceeded"
        case .targetTooLong:
            "Request-URI too large: a request line may have \(RequestHeadReader.longestLine >> 10) KiB"
        case .fieldsTooLarge:
            "Request header or cookie too large: a header may have \(RequestHeadReader.longestFields >> 10) KiB"
        case .unknownExpectation: "Expectation failed: only 100-continue is known"
        case .unknownCoding: "Not implemented: the only transfer coding is chunked"
        case .unknownVersion: "HTTP version not supported: this port speaks version 1.1 and 1.0"
        case .misdirected(let host):
            "Misdirected request: \(host) is not a name of this server; use 127.0.0.1 or localhost, "
                + "or start the server with --allow-host \(host)"
        }
    }
}

extension Rejection.Flaw {
    /// What is wrong, with the remedy where there is one.
    package var sentence: String {
        switch self {
        case .tls: "this port speaks plain HTTP, and a TLS handshake came; use http:// instead of https://"
        case .requestLine: "the request line is not METHOD TARGET VERSION"
        case .targetForm: "the target is neither a path nor an absolute http URL"
        case .encoding: "the target, or a percent escape in it, is not UTF-8"
        case .controlCharacter: "a control character in the request line or in a field"
        case .lineEnd: "a carriage return that no line feed follows"
        case .noColon: "a header line without a colon"
        case .fieldName: "a field name that is not a token"
        case .spaceBeforeColon: "white space between a field name and its colon"
        case .foldedField: "a header line that begins with white space"
        case .noHost: "Host is missing"
        case .repeatedHost: "Host is there more than once"
        case .invalidHost: "Host is not a host and port"
        case .repeatedLength: "Content-Length is there more than once"
        case .invalidLength: "Content-Length is not a number of bytes"
        case .lengthBesideCoding: "Content-Length beside Transfer-Encoding"
        case .invalidCoding: "Transfer-Encoding is not chunked"
        case .codingInOldVersion: "version 1.0 knows no Transfer-Encoding"
        case .invalidChunk: "a chunk that does not keep to chunked coding"
        }
    }
}
