import Medusa
import Testing

@Suite struct `A decision` {
    private static let ordinary = "888776666"

    @Test(arguments: [
        ("john@example.com", ordinary, Application.Status.approved, 1300),
        ("john.approve@example.com", "527684727", .failed, 0),
        ("john.approve@example.com", ordinary, .approved, 1300),
        ("john.hold@example.com", "527684727", .approved, 1300),
        ("john.deny+1@example.com", ordinary, .failed, 0),
        ("john.limit500+spring.sale@example.com", ordinary, .approved, 500),
        ("john.deny@example.com", ordinary, .failed, 0),
        ("john.DENY@example.com", ordinary, .failed, 0),
        ("john.qamanual@flexshopper.com", ordinary, .pending, 0),
        ("john.hold@example.com", ordinary, .approved, 1300),
        ("john.limit500@example.com", ordinary, .approved, 500),
        ("john.limit0@example.com", ordinary, .approved, 0),
        ("john.limit@example.com", ordinary, .approved, 1300),
        ("john.limitless@example.com", ordinary, .approved, 1300),
        ("deny@example.com", ordinary, .approved, 1300),
        ("john@x.deny.com", ordinary, .approved, 1300),
        ("john.deny.smith@example.com", ordinary, .approved, 1300),
        ("john@example.com", "527684727", .failed, 0),
        ("john@example.com", "478724725", .approved, 1300),
        ("john.firstpayment@example.com", ordinary, .approved, 1300),
    ])
    func `follows the e-mail's suffix, then the SSN, then .approve, then the default`(
        email: String, ssn: String, status: Application.Status, dollars: Int
    ) throws {
        let verdict = try Application.verdict(email: email, ssn: ssn, at: Samples.now, Samples.settings)
        #expect(verdict.status == status)
        #expect(verdict.spendingLimit == .dollars(Int64(dollars)))
    }

    @Test func `follows a rule, another suffix than .approve, the SSN, .approve and the default, in this order`() throws
    {
        typealias Outcome = Persona.Outcome
        let rulings: [Outcome?] = [nil, .approve, .deny, .manualReview]
        let suffixes: [(String, Outcome?)] = [
            ("", nil), (".approve", .approve), (".deny", .deny), (".qamanual", .manualReview),
            (".hold", .approveOnHold),
            (".denied", nil), (".DENY", .deny), (".approve+x", .approve), (".deny+x", .deny),
        ]
        let ssns: [(String, Outcome?)] = [(Self.ordinary, nil), ("478724725", .approve), ("527684727", .deny)]
        for ruling in rulings {
            for (suffix, asked) in suffixes {
                for (ssn, known) in ssns {
                    let firm = asked == .approve ? nil : asked
                    let expected = ruling ?? firm ?? known ?? asked ?? .approve
                    let status: Application.Status =
                        expected == .deny ? .failed : expected == .manualReview ? .pending : .approved
                    let verdict = try Application.verdict(
                        ruling: ruling.map { Persona.Ruling($0) }, email: "jane\(suffix)@example.com", ssn: ssn,
                        at: Samples.now, Samples.settings)
                    #expect(verdict.status == status, "\(String(describing: ruling)) \(suffix) \(ssn)")
                }
            }
        }
    }

    @Test(arguments: [
        ("jane.denied@example.com", ".deny"), ("jane.limit@example.com", ".limit500"),
        ("jane.limit2.500@example.com", ".limit2"), ("jane.limit-500@example.com", ".limit500"),
        ("jane.limit500usd@example.com", ".limit500"), ("jane.limit99999999@example.com", ".limit500"),
        ("jane.limit５００@example.com", ".limit500"), ("deny@example.com", ".deny"), ("jane+deny@example.com", ".deny"),
        ("jane_deny@example.com", ".deny"), ("jane-hold@example.com", ".hold"),
        ("jane.deny.smith@example.com", ".deny"),
        ("jane.approved@example.com", ".approve"), ("jane.aprove@example.com", ".approve"),
        ("jane.dney@example.com", ".deny"), ("jane.past-due@example.com", ".pastdue"),
        ("jane.qamanul@example.com", ".qamanual"), ("jane.deny1@example.com", ".deny"),
        ("jane.declined@example.com", ".decline"), ("jane.onhold@example.com", ".hold"),
        ("jane.first_payment@example.com", ".firstpayment"), ("jane.limt500@example.com", ".limit500"),
    ])
    func `is warned of by what looks like a test value and is none`(email: String, nearest: String) {
        #expect(Persona.nearMiss(ofEmail: email) == nearest)
    }

    @Test(arguments: [
        "jane@example.com", "jane.doe@example.com", "jane.deny@example.com", "jane.limit500@example.com",
        "jane.deny+limit@example.com", "decisionscreen.deny0122103045.approve@flexshopper.com",
        "jane.verity@example.com",
        "jane.holt@example.com", "denise.adeline@example.com", "jane@deny.com", "a.b.c@x.co", "jane.holden@example.com",
        "jane.celine@example.com", "jane.galloway@example.com", "jane.denny@example.com",
    ])
    func `is not warned of by a name`(email: String) {
        #expect(Persona.nearMiss(ofEmail: email) == nil)
    }

    @Test func `is not warned of by anybody's name`() {
        let names = """
            Denise Dennis Denis Denny Deni Denver Danial Daniel Danielle Manuel Emanuel Manuela Emmanuel Verity Vera Celine Adeline
            Madeline Holden Holt Holly Harold Gates Galloway Conway Pastor Paster Vasquez Limbert Limon Lima Linda Smith
            Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson Thomas
            Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen
            King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts
            Prove Provost Grove Clive Clint Declan Cline Dean Deane Decker Delaney Delano Vernon Verdi
            """
        for name in names.split(whereSeparator: \.isWhitespace) {
            for email in ["jane.\(name)@example.com", "\(name)@example.com", "\(name).\(name)7@example.com"] {
                #expect(Persona.nearMiss(ofEmail: email.lowercased()) == nil, "\(email)")
            }
        }
    }

    @Test func `is not reached when the gateway fails`() {
        #expect(
            refusal { () throws(Refusal) in
                _ = try Application.verdict(
                    email: "x.gateway@example.com", ssn: Self.ordinary, at: Samples.now, Samples.settings)
            } == .gatewayFailed)
    }

    @Test func `may put spending on hold, or leave verification pending`() throws {
        #expect(
            try Application.verdict(email: "x.hold@a.co", ssn: Self.ordinary, at: Samples.now, Samples.settings)
                .spendingHold)
        let verdict = try Application.verdict(
            email: "x.verify@a.co", ssn: Self.ordinary, at: Samples.now, Samples.settings)
        #expect(verdict.verification == .pending)
    }

    @Test(arguments: [
        (Application.Status?.none, Refusal?.none), (.failed, nil), (.approved, .customerAlreadyApplied),
        (.pending, .customerAlreadyApplied),
    ])
    func `stands in the way of another application while it is active`(
        status: Application.Status?, expected: Refusal?
    ) {
        let user = Samples.user(status: status)
        #expect(refusal { () throws(Refusal) in try user.mayApply() } == expected)
    }

    @Test(arguments: [
        (Application.Status?.none, false, Refusal?.some(.customerMayNotLease(.undecided))),
        (.pending, false, .customerMayNotLease(.pending)), (.failed, false, .customerMayNotLease(.denied)),
        (.approved, true, .customerMayNotLease(.onHold)), (.approved, false, nil),
    ])
    func `says who may lease`(status: Application.Status?, hold: Bool, expected: Refusal?) {
        let user = Samples.user(status: status, hold: hold)
        #expect(refusal { () throws(Refusal) in try user.mayLease() } == expected)
    }

    @Test func `grants the limit less what live leases take`() {
        let expired = Lease(id: 2, customer: 1, createdAt: Samples.now, expiresAt: Samples.now)
        let user = Samples.user(engagements: [
            User.Engagement(lease: Samples.lease(), reference: "1", amount: .dollars(100)),
            User.Engagement(lease: Samples.lease(signed: true), reference: "2", amount: .dollars(200)),
            User.Engagement(lease: expired, reference: "3", amount: .dollars(400)),
        ])
        #expect(user.availableBalance(at: Samples.now) == .dollars(1000))
        #expect(user.availableWeeklySpending(at: Samples.now) == .dollars(100))
        #expect(user.availableBalance(at: Samples.now + .hours(24)) == .dollars(1100))
    }

    @Test func `has test values that each stand once`() {
        let triggers = Persona.all.map(\.trigger)
        #expect(Set(triggers).count == triggers.count)
    }

    @Test func `uses routing numbers that pass the ABA checksum`() {
        for persona in Persona.all {
            guard case .routingNumber(let number) = persona.trigger else { continue }
            let digits = number.compactMap(\.wholeNumberValue)
            #expect(zip(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]).reduce(0) { $0 + $1.0 * $1.1 }.isMultiple(of: 10))
        }
    }
}
