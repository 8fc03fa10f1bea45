/// What comes before a request's body: the request line and the header (RFC 9112, section 2.1).
package struct RequestHead: Sendable {
    /// `nil` for a method that RFC 9110 does not name.
    package var method: Method?
    /// The target as it was sent.
    package var target = ""
    package var fields = Fields()
    package var version = Version.http11
    package var framing = Framing.none
    /// Whether the client waits for `100 Continue` before it sends the body.
    package var expectsContinue = false
    /// Whether the client asks that the connection ends, or, in HTTP/1.0, does not ask that it goes on.
    package var endsConnection = false

    package init() {}

    package enum Version: Sendable {
        case http10, http11
    }

    /// Where the body ends (RFC 9112, section 6.3).
    package enum Framing: Hashable, Sendable {
        case none
        /// In bytes.
        case length(Int)
        case chunked
    }
}
