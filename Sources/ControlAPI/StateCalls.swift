internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// Everything in the sandbox as one document.
enum StateCalls {
    static let all = [ControlRoute(endpoint: state, answer: .read(answer))]

    static let state = Endpoint.control(
        .get, "state", "Get State", outcomes: [.init(.ok, meaning: "Everything, oldest first", body: .data(document))])

    private static let document = Schema.named(
        "State",
        [
            .sometimes("scenario", .text(), "What the sandbox was filled from"),
            .always("clock", .named("ClockState", ClockCalls.shown), "Its time"),
            .always("settings", SettingsCalls.document, "Its settings"),
            .always("personas", .array(of: .object([]), counts: Schema.anyCount), "Its rules"),
            .always("faults", .array(of: FaultCalls.fault, counts: Schema.anyCount), "Its faults"),
            Names.field,
            .always("isSuspended", .boolean(), "Whether a misused token has closed it"),
            .sometimes(
                "losses", .array(of: .text(), counts: Schema.anyCount),
                "What its database kept and nobody could read when it was opened; a default is in its place"),
            .always("users", .array(of: .userState, counts: Schema.anyCount), "The customers"),
            .always("transactions", .array(of: .leaseState, counts: Schema.anyCount), "Their leases"),
            .always(
                "agreements", .array(of: .named("AgreementState", agreement), counts: Schema.anyCount),
                "What is paid off"),
        ])

    private static let agreement: [Field] = [
        .always("agreementId", .text(), "Agreement id"),
        .always("transactionId", .text(), "The caller's transaction id"),
        Schema.vendor,
        .always("leaseStartDate", .timestamp, "The first billing date"),
        .always("pastDue", .number(), "In dollars"),
        .always("estimatedOwnership", .number(), "In dollars"),
        .always("earlyPayoff", .number(), "In dollars"),
    ]

    private static func answer(_ call: ControlCall) throws -> Response {
        let (sandbox, store) = (call.sandbox, call.sandbox.store)
        let users = try store.users.all()
        let transactions = try store.transactions.all()
        let names = try sandbox.names()
        let remarks = try store.remarks.all()
        let locales = try store.users.locales()
        let personas = try sandbox.personasDocument
        var methods: [Int64: [(id: Int64, method: PaymentMethod)]] = [:]
        for user in users { methods[user.id] = try store.paymentMethods.all(of: user.id) }
        let people = Dictionary(uniqueKeysWithValues: users.map { ($0.id, $0) })
        let agreements = try transactions.compactMap { transaction in
            try people[transaction.lease.customer].flatMap { customer in
                try sandbox.agreement(transaction, of: customer, at: call.now)
            }
        }
        return .data {
            $0.member("scenario", ifPresent: sandbox.origin?.name)
            $0.member("clock") { $0.clockMembers(sandbox.clock) }
            $0.member("settings", sandbox.settings.members)
            $0.member("personas", raw: personas ?? Array("[]".utf8))
            $0.member("faults", array: sandbox.faults) { writer, active in writer.object { $0.members(of: active) } }
            $0.member(names)
            $0.member("isSuspended", sandbox.isSuspended)
            if !sandbox.losses.isEmpty { $0.member("losses", array: sandbox.losses) { $0.value($1) } }
            $0.member("users", array: users) { writer, user in
                writer.object {
                    $0.members(of: user, in: sandbox, at: call.now)
                    $0.member("paymentMethods", array: methods[user.id] ?? []) { writer, row in
                        writer.object { $0.members(of: row.method, id: row.id, in: sandbox) }
                    }
                    $0.members(of: remarks[.customer(user.id)], locale: locales[user.id].map(sandbox.shown))
                }
            }
            $0.member("transactions", array: transactions) { writer, transaction in
                writer.object {
                    $0.members(of: transaction, in: sandbox, at: call.now)
                    $0.members(of: remarks[.transaction(transaction)])
                }
            }
            $0.member("agreements", array: agreements) { writer, agreement in
                writer.object { $0.members(of: agreement, in: sandbox) }
            }
        }
    }
}

/// The objects of the state, which says more than the API does: what a customer is in the sandbox, and why.
extension Schema {
    static let userState = named(
        "UserState",
        [
            .always("userId", .text(), "User id"),
            .always("firstName", .text(), "First name"),
            .always("lastName", .text(), "Last name"),
            .always("email", .text(), "E-mail"),
            .always("createdAt", .timestamp, "Date of creation"),
            .always("verificationStatus", .oneOf(["pending", "failed", "succeeded"]), "Identity verification"),
            .always("spendingHold", .boolean(), "Whether spending is on hold"),
            .sometimes("persona", .text(), "What a rule said that is remembered"),
            .sometimes("decision", .named("DecisionState", decision), "Absent before there is one"),
            .sometimes(
                "paymentMethods", .array(of: .named("PaymentMethodState", paymentMethod), counts: anyCount),
                "In the whole state only"),
            said,
        ])

    /// By the name of the call.
    private static let said = Field.sometimes(
        "said", .dictionary(of: .object([])), "What its calls have said that decides nothing; in the whole state only")

    static let vendor = Field.sometimes("vendorId", .text(), "Whose it is, where the sandbox has several vendors")

    private static let decision: [Field] = [
        .always("status", .oneOf(["approved", "pending", "failed"]), "The decision"),
        .always("spendingLimit", .number(), "In dollars"),
        .always("availableBalance", .number(), "In dollars"),
        .always("createdAt", .timestamp, "Date of the decision"),
        .sometimes("resolvesAt", .timestamp, "When a review ends by itself"),
        .sometimes("resolvesAs", .oneOf(["approved", "failed"]), "What it comes to"),
    ]

    private static let paymentMethod: [Field] = [
        .always("id", .text(), "Payment method id"),
        .always("type", .oneOf(["ach", "card"]), "What it is"),
        .always("lastFour", .text(), "Last four digits"),
        .always("label", .text(), "Label"),
        .always("primary", .boolean(), "Whether it is the primary one"),
    ]

    static let leaseState = named(
        "LeaseState",
        [
            .always("transactionId", .text(), "The caller's transaction id"),
            vendor,
            .always("leaseId", .text(), "Lease id"),
            .always("userId", .text(), "The customer"),
            .always("status", .oneOf(["signed", "pending"]), "Signing status"),
            .always("isExpired", .boolean(), "Whether it was not signed in time"),
            .always("createdAt", .timestamp, "Date of creation"),
            .always("expiresAt", .timestamp, "When it expires unsigned"),
            .sometimes("signedAt", .timestamp, "When it was signed"),
            .sometimes("finalizedAt", .timestamp, "When it was finalized"),
            .sometimes("leaseNumber", .text(), "Once it is finalized"),
            .always("cashPrice", .number(), "In dollars"),
            .always("payment", .number(), "In dollars"),
            .always("term", .count, "How many payments"),
            .always("items", .array(of: .named("ItemState", item), counts: anyCount), "The items"),
            said,
        ])

    private static let item: [Field] = [
        .always("sku", .text(), "Item SKU"),
        .always("cost", .number(), "Of a unit, in dollars"),
        .always("amount", .number(), "Of all units, in dollars, with every discount taken off"),
        .always("quantityByStatus", .dictionary(of: .count), "Units by status"),
        .sometimes("deliveredAt", .timestamp, "When the last parcel arrives"),
        .always(
            "parcels",
            .array(
                of: .named(
                    "ParcelState",
                    [
                        .always("deliveredAt", .timestamp, "When it arrives"),
                        .always("shipped", .count, "Units whose receipt nobody has confirmed"),
                        .always("received", .count, "Units whose receipt somebody has confirmed"),
                    ]), counts: anyCount), "What is delivered or on its way, earliest first"),
    ]
}

extension JSONWriter {
    /// - Parameter locale: what Create User said; it stands with the customer, for it is no more than a word.
    fileprivate mutating func members(of remarks: [(operation: String, body: [UInt8])]?, locale: String? = nil) {
        guard remarks != nil || locale != nil else { return }
        member("said") {
            if let locale { $0.member("createUser") { $0.member("locale", locale) } }
            for remark in remarks ?? [] where remark.operation != "createUser" || locale == nil {
                $0.member(remark.operation, raw: remark.body)
            }
        }
    }

    mutating func members(of user: User, in sandbox: Sandbox, at now: Timestamp) {
        member("userId", sandbox.identifiers.identifier(.user, user.id))
        member("firstName", sandbox.shown(user.firstName))
        member("lastName", sandbox.shown(user.lastName))
        member("email", sandbox.shown(user.email))
        member("createdAt", user.createdAt)
        member("verificationStatus", user.verification.rawValue)
        member("spendingHold", user.spendingHold)
        member("persona", ifPresent: user.ruledPersona?.rawValue)
        guard let application = user.application else { return }
        member("decision") {
            $0.member("status", application.status.rawValue)
            $0.member("spendingLimit", application.spendingLimit)
            $0.member("availableBalance", user.availableBalance(at: now))
            $0.member("createdAt", application.createdAt)
            guard application.status == .pending, let resolution = application.resolution else { return }
            $0.member("resolvesAt", resolution.at)
            $0.member("resolvesAs", resolution.status.rawValue)
        }
    }

    fileprivate mutating func members(of method: PaymentMethod, id: Int64, in sandbox: Sandbox) {
        member("id", sandbox.identifiers.identifier(.paymentMethod, id))
        switch method.kind {
        case .ach: member("type", "ach")
        case .card: member("type", "card")
        }
        member("lastFour", method.lastFour)
        member("label", sandbox.shown(method.label))
        member("primary", method.isPrimary)
    }

    private mutating func vendorMember(of lease: Lease) {
        if !lease.vendor.isEmpty { member("vendorId", lease.vendor) }
    }

    mutating func members(of transaction: Transaction, in sandbox: Sandbox, at now: Timestamp) {
        let lease = transaction.lease
        member("transactionId", sandbox.shown(transaction.reference))
        vendorMember(of: lease)
        member("leaseId", sandbox.leaseId(lease))
        member("userId", sandbox.identifiers.identifier(.user, lease.customer))
        member("status", lease.status.rawValue)
        member("isExpired", lease.isExpired(at: now))
        member("createdAt", lease.createdAt)
        member("expiresAt", lease.expiresAt)
        if let signedAt = lease.signedAt { member("signedAt", signedAt) }
        if let finalizedAt = lease.finalizedAt {
            member("finalizedAt", finalizedAt)
            member("leaseNumber", sandbox.identifiers.leaseNumber(lease.id))
        }
        member("cashPrice", transaction.terms.cashPrice)
        member("payment", transaction.terms.payment)
        member("term", transaction.terms.term)
        member("items", array: transaction.lines) { writer, line in
            writer.object {
                $0.member("sku", sandbox.shown(line.sku))
                $0.member("cost", line.cost)
                $0.member("amount", line.amount)
                $0.member("quantityByStatus") { counts in
                    for (stage, count) in line.quantityByStatus { counts.member(stage.rawValue, count) }
                }
                if let last = line.parcels.last { $0.member("deliveredAt", last.deliveredAt) }
                $0.member("parcels", array: line.parcels) { writer, parcel in
                    writer.object {
                        $0.member("deliveredAt", parcel.deliveredAt)
                        $0.member("shipped", parcel.shipped)
                        $0.member("received", parcel.received)
                    }
                }
            }
        }
    }

    /// Amounts are dollars here, as everywhere in the state.
    fileprivate mutating func members(of agreement: Agreement, in sandbox: Sandbox) {
        member("agreementId", sandbox.identifiers.identifier(.agreement, agreement.transaction.lease.id))
        member("transactionId", sandbox.shown(agreement.transaction.reference))
        vendorMember(of: agreement.transaction.lease)
        member("leaseStartDate", agreement.leaseStart)
        member("pastDue", agreement.pastDue)
        member("estimatedOwnership", agreement.estimatedOwnership)
        member("earlyPayoff", agreement.earlyPayoff)
    }
}
