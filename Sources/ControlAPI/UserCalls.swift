internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// What a reviewer of the vendor would do to a customer. `{userId}` is an id, an e-mail or a scenario's name.
enum UserCalls {
    static let all = [
        ControlRoute(endpoint: decide, answer: .happen(review)), ControlRoute(endpoint: hold, answer: .happen(setHold)),
        ControlRoute(endpoint: verify, answer: .happen(setVerification)),
    ]

    private static let unknown = Endpoint.Outcome(.notFound, "UserNotFound", meaning: "There is no such customer")

    static let status = Key.required("status", .oneOf("approved", "pending", "failed"), "The decision")
    static let spendingLimit = Key.optional(
        "spendingLimit", .price, "In dollars; for an approval, the sandbox's setting when absent")
    static let resolvesAfter = Key.optional(
        "resolvesAfter", .duration, "How long a review takes: for pending; for ever when absent")
    static let resolvesAs = Key.optional(
        "resolvesAs", .oneOf("approved", "failed"), "What a review comes to; approved when absent")
    static let decide = Endpoint.control(
        .put, "users/{userId}/decision", "Decide Application",
        body: fields(status, spendingLimit, resolvesAfter, resolvesAs),
        outcomes: [
            .init(.ok, meaning: "Decided", body: .data(.userState)), unknown,
            .init(.conflict, "NotApplied", meaning: "The customer has not applied"),
        ])

    static let spendingHold = Key.required("spendingHold", .boolean, "Whether spending is on hold")
    static let hold = Endpoint.control(
        .put, "users/{userId}/hold", "Set Spending Hold", body: fields(spendingHold),
        outcomes: [.init(.ok, meaning: "Set", body: .data(.userState)), unknown])

    static let verificationStatus = Key.required(
        "verificationStatus", .oneOf("pending", "failed", "succeeded"), "The verification")
    static let verify = Endpoint.control(
        .put, "users/{userId}/verification", "Set Verification", body: fields(verificationStatus),
        outcomes: [.init(.ok, meaning: "Set", body: .data(.userState)), unknown])

    private static func review(_ call: ControlCall) throws -> Response {
        let user = try call.user()
        let body = try call.body()
        guard user.application != nil else {
            throw ControlRefusal(
                .conflict, "NotApplied", "The customer has not applied: there is nothing to decide before apply")
        }
        let limit = body[spendingLimit] ?? call.sandbox.settings.spendingLimit
        let status = Application.Status(rawValue: body[status]) ?? .pending
        guard status == .pending || body[resolvesAfter] == nil && body[resolvesAs] == nil else {
            throw Violation("resolvesAfter", "is for pending only")
        }
        let resolution = try body.span(resolvesAfter, from: call.now).map { span in
            Application.Resolution(
                at: call.now + span, status: body[resolvesAs].flatMap(Application.Status.init) ?? .approved,
                spendingLimit: limit)
        }
        try call.sandbox.store.users.review(
            user.id, status == .pending ? .underReview(resolution) : .reviewed(status, limit: limit))
        try call.sandbox.reviewsChanged()
        return try answer(call)
    }

    private static func setHold(_ call: ControlCall) throws -> Response {
        let user = try call.user()
        try call.sandbox.store.users.hold(user.id, try call.body()[spendingHold])
        return try answer(call)
    }

    private static func setVerification(_ call: ControlCall) throws -> Response {
        let user = try call.user()
        let status = User.Verification(rawValue: try call.body()[verificationStatus]) ?? .pending
        try call.sandbox.store.users.verify(user.id, status)
        return try answer(call)
    }

    private static func answer(_ call: ControlCall) throws -> Response {
        let user = try call.user()
        return .data { $0.members(of: user, in: call.sandbox, at: call.now) }
    }
}
