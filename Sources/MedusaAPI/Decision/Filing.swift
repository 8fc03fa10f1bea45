internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// What an application says of the customer, whichever route brings it.
struct Filing {
    let ssn: String
    /// As it was given.
    let dateOfBirth: String
    let profile: Users.Profile
}

extension Call {
    /// Files an application: decides, and keeps what it says.
    ///
    /// - Parameter paymentMethods: those that come with it; asked for once the decision stands, for a refused bank is found after a
    ///   refused application.
    /// - Returns: the customer with the decision.
    func file(
        _ filing: Filing, for user: User, isComplete: Bool, paymentMethods: () throws -> [PaymentMethod]
    ) throws -> User {
        let users = store.users
        let ssnDigest = sandbox.tokens.digest("ssn", filing.ssn)
        if sandbox.settings.uniqueSSN, try users.isTaken(ssnDigest: ssnDigest, by: user.id) {
            throw Refusal.userAlreadyExists
        }
        try user.mayApply()
        let ruling = ruling(\.decides, customer: user)
        if ruling == nil, let persona = Persona.find(email: user.email, ssn: filing.ssn), persona.outcome.decides {
            note(persona)
        }
        let verdict = try Application.verdict(
            ruling: ruling, email: user.email, ssn: filing.ssn, at: now, sandbox.settings)
        let methods = try paymentMethods()

        try users.apply(
            user.id, verdict, dateOfBirth: filing.dateOfBirth, isComplete: isComplete, funnel: consumer.channel, at: now
        )
        if let persona = self.ruling(\.stays, customer: user)?.outcome {
            try users.remember(persona: persona, of: user.id)
        }
        try users.save(filing.profile, ssnDigest: ssnDigest, of: user.id)
        try add(methods, to: user)
        guard let decided = try users.user(user.id) else { throw Refusal.userNotFound }
        // Last, for what the sandbox remembers is not taken back with what the request wrote.
        if verdict.resolution != nil { try sandbox.reviewsChanged() }
        trace.after.customer = decided
        return decided
    }
}
