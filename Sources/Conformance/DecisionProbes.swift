/// The section Decision.
enum DecisionProbes {
    private static let uniqueSSN = #"{"uniqueSSN":true}"#
    private static let sharedSSN = #"{"uniqueSSN":false}"#

    /// Runs a request while an SSN may be used once, after it has been used.
    static func withTakenSSN(_ walk: Walk, _ body: () throws -> Walk.Answer) throws -> Walk.Answer {
        _ = try walk.applied()
        return try walk.with(setting: uniqueSSN, back: sharedSSN, for: "the setting uniqueSSN", body)
    }

    static let all = [
        Probe("applyForSpendingLimit", 200) { try $0.apply($0.create()) },
        .withoutToken("applyForSpendingLimit", "POST", "/v3/users/me/apply", Walk.application()),
        Probe("applyForSpendingLimit", 400, "") {
            try $0.send("POST", "/v3/users/me/apply", "{}", token: $0.create().token)
        },
        Probe("applyForSpendingLimit", 404, "LeaseNotFound") { walk in
            let customer = try walk.create()
            return try walk.struck("applyForSpendingLimit", status: 404, code: "LeaseNotFound") {
                try walk.apply(customer)
            }
        },
        Probe("applyForSpendingLimit", 409, "UserAlreadyExists") { walk in
            try withTakenSSN(walk) { try walk.apply(walk.create()) }
        },
        Probe("applyForSpendingLimit", 409, "CustomerAlreadyApplied") { try $0.apply($0.applied()) },
        Probe("applyForSpendingLimit", 502, "BadGateway") { try $0.apply($0.create(".gateway")) },
        Probe("applyForSpendingLimit", 400, "11505") { try $0.apply($0.create(), bank: "084009519") },
        Probe("applyForSpendingLimit", 400, "11506") { try $0.apply($0.create(), bank: "991150603") },
    ]
}
