/// A code that lets a customer in once (routes 25 and 26).
package enum Passcode {
    /// "Valid a few minutes", say the older pages.
    package static let lifetime = Timestamp.Span.seconds(600)

    package enum Transport: String, CaseIterable, Sendable {
        case email, sms, all
    }
}

/// A code that lets a customer into the payment modal (route 36): "temporary".
package enum AuthCode {
    package static let lifetime = Timestamp.Span.seconds(600)
}
