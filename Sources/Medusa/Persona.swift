/// What a test value makes happen. `Persona.all` is the one table of them (decisions.md 10).
package struct Persona: Sendable {
    package enum Trigger: Hashable, Sendable {
        /// Before the `@` of the e-mail: `.deny`.
        case suffix(String)
        /// The same, followed by whole dollars: `.limit500`.
        case suffixWithDollars(String)
        case ssn(String)
        case routingNumber(String)
    }

    package enum Outcome: String, Hashable, Sendable, CaseIterable {
        case approve, deny, manualReview, approveOnHold, approveUnverified, approveWithLimit
        case firstPaymentDeclines, gatewayFails, pastDue, collectionDeclines
        case bankRefused, bankRequiresVerification, notPrimaryEligible

        /// Whether it speaks of the decision on an application.
        package var decides: Bool {
            switch self {
            case .approve, .deny, .manualReview, .approveOnHold, .approveUnverified, .approveWithLimit, .gatewayFails:
                true
            case .firstPaymentDeclines, .pastDue, .collectionDeclines, .bankRefused, .bankRequiresVerification,
                .notPrimaryEligible:
                false
            }
        }

        /// Whether it stays with the customer and shows in later requests.
        package var stays: Bool {
            switch self {
            case .firstPaymentDeclines, .pastDue, .collectionDeclines: true
            case .approve, .deny, .manualReview, .approveOnHold, .approveUnverified, .approveWithLimit, .gatewayFails,
                .bankRefused, .bankRequiresVerification, .notPrimaryEligible:
                false
            }
        }

        /// Whether it speaks of a bank account.
        package var concernsBank: Bool { !decides && !stays }
    }

    /// What a rule of a scenario says about a customer (decisions.md 10: it stands before every test value).
    package struct Ruling: Hashable, Sendable {
        package let outcome: Outcome
        package let limit: Money?
        /// When a manual review resolves by itself, and how.
        package let resolvesAfter: CalendarSpan?
        package let resolvesAs: Application.Status?

        package init(
            _ outcome: Outcome, limit: Money? = nil, resolvesAfter: CalendarSpan? = nil,
            resolvesAs: Application.Status? = nil
        ) {
            self.outcome = outcome
            self.limit = limit
            self.resolvesAfter = resolvesAfter
            self.resolvesAs = resolvesAs
        }
    }

    package let trigger: Trigger
    package let outcome: Outcome
    /// One sentence for people.
    package let meaning: String
    /// Where it comes from: the vendor's own test suite, or us.
    package let source: String

    package static let all: [Persona] = [
        Persona(.suffix("approve"), .approve, "The application is approved.", "vendor's tests"),
        Persona(.suffix("deny"), .deny, "The application is denied.", "vendor's tests"),
        Persona(.suffix("qamanual"), .manualReview, "The application waits for a manual review.", "vendor's tests"),
        Persona(.suffix("hold"), .approveOnHold, "Approved, with spending on hold: no lease.", "own"),
        Persona(.suffix("verify"), .approveUnverified, "Approved, with verification questions pending.", "own"),
        Persona(.suffixWithDollars("limit"), .approveWithLimit, "Approved with that limit, as in .limit500.", "own"),
        Persona(
            .suffix("firstpayment"), .firstPaymentDeclines,
            "Signing answers 402 until another payment method is added.", "own"),
        Persona(.suffix("gateway"), .gatewayFails, "Applying answers 502 BadGateway.", "own"),
        Persona(.suffix("pastdue"), .pastDue, "Scheduled payments decline; agreements are past due.", "own"),
        Persona(.suffix("decline"), .collectionDeclines, "Every payment declines, Collect Payment's too.", "own"),
        Persona(.ssn("478724725"), .approve, "The application is approved.", "vendor's tests"),
        Persona(.ssn("362563215"), .approve, "The application is approved.", "vendor's tests"),
        Persona(.ssn("527684727"), .deny, "The application is denied.", "vendor's tests"),
        Persona(.routingNumber("000000000"), .bankRefused, "11505: the bank is not accepted.", "vendor's tests"),
        Persona(.routingNumber("084009519"), .bankRefused, "11505: the bank is not accepted.", "vendor's tests"),
        Persona(
            .routingNumber("991150302"), .notPrimaryEligible,
            "11503 when it is to be the primary payment method.", "own"),
        Persona(
            .routingNumber("991150603"), .bankRequiresVerification,
            "11506 until Verify ACH has seen the account.", "own"),
    ]

    private init(_ trigger: Trigger, _ outcome: Outcome, _ meaning: String, _ source: String) {
        self.trigger = trigger
        self.outcome = outcome
        self.meaning = meaning
        self.source = source
    }

    private static let byTrigger = Dictionary(uniqueKeysWithValues: all.map { ($0.trigger, $0) })

    /// What the word before the `@` asks for: the last one that begins with a dot. A `+label` behind it is no part of it.
    ///
    /// - Returns: the outcome, and the dollars of a `.limit…`.
    package static func outcome(ofEmail email: String) -> (outcome: Outcome, limit: Money?)? {
        ofEmail(email).map { ($0.persona.outcome, $0.limit) }
    }

    private static func ofEmail(_ email: String) -> (persona: Persona, limit: Money?)? {
        let local = email.prefix { $0 != "@" && $0 != "+" }
        guard let dot = local.lastIndex(of: ".") else { return nil }
        let word = local[local.index(after: dot)...].lowercased()
        if let persona = byTrigger[.suffix(word)] { return (persona, nil) }
        let name = word.prefix { !$0.isNumber }
        let digits = word.dropFirst(name.count)
        guard let persona = byTrigger[.suffixWithDollars(String(name))],
            digits.utf8.allSatisfy({ (48...57).contains($0) }), let dollars = Int64(digits),
            (0...10_000_000).contains(dollars)
        else { return nil }
        return (persona, .dollars(dollars))
    }

    package static func outcome(ofSSN ssn: String) -> Outcome? { byTrigger[.ssn(ssn)]?.outcome }

    package static func outcome(ofRoutingNumber number: String) -> Outcome? { find(routingNumber: number)?.outcome }

    /// The row of the table that decides: the e-mail's before the SSN's, but `.approve` behind it (decisions.md 10).
    package static func find(email: String, ssn: String? = nil) -> Persona? {
        deciding(email: email, ssn: ssn)?.persona
    }

    /// The row that decides, and the dollars of a `.limit…`.
    static func deciding(email: String, ssn: String?) -> (persona: Persona, limit: Money?)? {
        let suffix = ofEmail(email)
        if let suffix, suffix.persona.outcome != .approve { return suffix }
        return ssn.flatMap { byTrigger[.ssn($0)] }.map { ($0, nil) } ?? suffix
    }

    package static func find(routingNumber: String) -> Persona? { byTrigger[.routingNumber(routingNumber)] }
}

extension Persona.Trigger {
    /// How people name it. An SSN of the table is no secret: it is nobody's.
    package var text: String {
        switch self {
        case .suffix(let word): "an e-mail with .\(word) before the @"
        case .suffixWithDollars(let word): "an e-mail with .\(word) and dollars before the @"
        case .ssn(let ssn): "SSN \(ssn)"
        case .routingNumber(let number): "routing number \(number)"
        }
    }
}
