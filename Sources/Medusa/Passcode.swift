/// A code that lets a customer in once (routes 25 and 26).
package enum Passcode {
    /// "Valid a few minutes", say the older pages.
    package static let lifetime = Timestamp.Span.seconds(600)

    package enum Transport: String, CaseIterable, Sendable {
        case email, sms, all
    }
}

/// An e-mail with a link to a new password; one to a lease is good as long as the lease can be signed.
package enum Letter {
    package static let lifetime = Timestamp.Span.seconds(86_400)
}

/// A code that lets a customer into the payment modal (route 36): "temporary".
package enum AuthCode {
    package static let lifetime = Timestamp.Span.seconds(600)
}
