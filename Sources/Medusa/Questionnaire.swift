/// A set of questions that only the customer could answer: knowledge-based verification (C.4). Three questions; all must be
/// right. The right choice is always the first one, for whoever tests must be able to pass, and to fail.
package struct Questionnaire: Hashable, Sendable {
    package static let lifetime = Timestamp.Span.seconds(600)

    package struct Question: Hashable, Sendable {
        package let label: String
        package let choices: [String]

        fileprivate init(_ label: String, _ choices: String...) {
            self.label = label
            self.choices = choices
        }
    }

    /// The row number; public identifiers derive from it.
    package let id: Int64
    package let expiresAt: Timestamp

    package init(id: Int64, expiresAt: Timestamp) {
        self.id = id
        self.expiresAt = expiresAt
    }

    /// The questions; each set asks others than the one before it.
    package var questions: [Question] {
        (0..<3).map { Self.all[Int(((id &* 3 &+ Int64($0)) % Int64(Self.all.count)).magnitude)] }
    }

    /// - Parameter choices: by question, the place of the choice that was made.
    package func grade(_ choices: [Int: Int]) -> User.Verification {
        questions.indices.allSatisfy { choices[$0] == 0 } ? .succeeded : .failed
    }

    /// Answers are taken while the customer's verification is pending, and until the set expires.
    package static func mayVerify(_ user: User) throws(Refusal) {
        guard user.application?.status == .approved, user.verification == .pending else {
            throw .verificationNotPending
        }
    }

    package func mayBeAnswered(at now: Timestamp) throws(Refusal) {
        guard now < expiresAt else { throw .questionsExpired }
    }

    private static let all = [
        Question(
            "Which team nickname is associated with a college you attended?", "Owls", "Gators", "Seminoles",
            "Hurricanes", "None of the above"),
        Question(
            "Which of these streets have you lived on?", "Test Dr.", "Yamato Rd.", "Military Trail", "Ocean Blvd.",
            "None of the above"),
        Question(
            "In which county is the address that you gave?", "Broward", "Palm Beach", "Miami-Dade", "Monroe",
            "None of the above"),
        Question(
            "Which of these companies have you worked for?", "Flexshopper", "Initech", "Globex", "Umbrella",
            "None of the above"),
        Question(
            "In which year did you get your first credit card?", "2016", "2009", "2012", "2019", "None of the above"),
        Question(
            "Which of these cars have you owned?", "Honda Civic", "Ford Fiesta", "Tesla Model 3", "Jeep Wrangler",
            "None of the above"),
    ]
}
