/// What an API key, or an auth key, may be: visible ASCII (RFC 9110's VCHAR), and blanks between. So two texts that look the same
/// are the same bytes, in every encoding and normal form. Blanks around a key in a header are no part of it, and have gone before.
package enum KeyForm {
    /// In bytes.
    package static let longest = 512

    /// The words that follow "an API key" wherever one is refused.
    package static let rule =
        "must be 1 to \(longest) visible ASCII characters (! to ~), with blanks at most between them"

    package static func isKey(_ text: String) -> Bool {
        let bytes = text.utf8
        return (1...longest).contains(bytes.count) && bytes.allSatisfy { (0x20...0x7E).contains($0) }
            && bytes.first != 0x20 && bytes.last != 0x20
    }
}
