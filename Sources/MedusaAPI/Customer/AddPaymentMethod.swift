internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 7: stores a bank account or a tokenised card.
enum AddPaymentMethod {
    static let primary = Key.required("primary", .boolean, "Whether it becomes the primary method")
    static let label = Key.required("label", .string, "Display label")
    static let routing = Key.optional(
        "routing", .routingNumber, "Routing number; needed, although the page says that it is not")
    static let account = Key.optional("account", .accountNumber, "Account number; needed likewise")
    static let accountType = Key.optional("accountType", .oneOf("checking", "savings"), "Type of account")
    static let ach = Key.optional("ach", .object(fields(routing, account, accountType)), "A bank account")
    static let expirationDate = Key.optional("expirationDate", .string.expecting(.yearAndMonth), "YYYY-MM")
    static let cardType = Key.optional(
        "cardType", .documented("american-express", "visa", "mastercard", "discover"), "Brand of the card")
    static let lastFour = Key.optional("lastFour", .string(length: 4).expecting(.digits), "Last four digits")
    static let firstSix = Key.optional("firstSix", .string(length: 6).expecting(.digits), "First six digits")
    static let gateway = Key.required("name", .oneOf("clover", "loanpaymentpro"), "Who made the token")
    static let gatewayToken = Key.required("token", .string, "The token")
    static let cardToken = Key.required(
        "token",
        .alternatives(
            .string(), .array(of: .object(fields(gateway, gatewayToken)), counts: 1...10)),
        "A LoanPaymentPro token, or an array of tokens by gateway")
    static let billingZip = Key.required("billingZip", .string.expecting(.postalCode), "Billing ZIP")
    static let token = Key.optional(
        "token", .object(fields(expirationDate, cardType, lastFour, firstSix, cardToken, billingZip)),
        "A tokenised card")

    static let endpoint = Endpoint(
        .post, "/v3/paymentMethods/add", title: "Add Payment Method", section: .customer,
        source: .documented("3.0, Customer / Add Payment Method"),
        security: .customerToken, body: fields(primary, label, ach, token), exactlyOneOf: ["ach", "token"],
        request: Sample(PackageResources.add_payment_method_request_json),
        outcomes: [
            .init(
                .created, meaning: "Added", body: .data([]),
                sample: Sample(PackageResources.add_payment_method_201_json)),
            .credentials, .invalid,
            .bankNotAccepted.printed(Sample(PackageResources.add_payment_method_400_11505_json)),
            .bankRequiresVerification.printed(Sample(PackageResources.add_payment_method_400_11506_json)),
            .init(
                .badRequest, "11503", meaning: "Payment method is not primary eligible",
                by: "routing number 991150302 with `primary: true`",
                sample: Sample(PackageResources.add_payment_method_400_11503_json)),
        ])

    static func answer(_ call: Call) throws -> Response {
        let user = try call.customer()
        let body = try call.input().body
        let label = body[label]
        let isPrimary = body[primary]
        if let card = body[token] {
            let brand = PaymentMethod.brandName(card[cardType] ?? "")
            let method = PaymentMethod(
                .card(brand: brand, firstSix: card[firstSix] ?? ""), lastFour: card[lastFour] ?? "", label: label,
                isPrimary: isPrimary)
            try call.add([method], to: user)
        } else if let bank = body[ach] {
            // The page has no required field here, and without these there is no account.
            guard let routing = bank[routing] else { throw Violation("ach.routing", "is required", at: bank.json) }
            guard let account = bank[account] else { throw Violation("ach.account", "is required", at: bank.json) }
            let method = try call.bankAccount(
                routing: routing, account: account, label: label, isPrimary: isPrimary, user)
            try call.add([method], to: user)
        }
        return .data(.created) { _ in }
    }
}

extension Call {
    /// A bank account that may be added: its bank is accepted, and verified where it has to be.
    func bankAccount(
        routing: String, account: String, label: String, isPrimary: Bool, _ user: User
    ) throws -> PaymentMethod {
        let method = PaymentMethod(
            .ach(routingNumber: routing), lastFour: String(account.unicodeScalars.suffix(4)), label: label,
            isPrimary: isPrimary)
        let digest = accountDigest(routing: routing, account: account)
        let isVerified = try store.paymentMethods.isVerified(accountDigest: digest, of: user.id)
        let ruling = bankRuling(routing: routing, account: account, user)
        try method.mayJoin(isVerified: isVerified, ruling: ruling)
        return method
    }

    /// What the first rule says of a bank account, whichever call names it: a rule on `ach.routing` is one on `routingNumber` too.
    func bankRuling(routing: String, account: String? = nil, _ user: User? = nil) -> Persona.Outcome? {
        let named = JSONWriter.write { writer in
            writer.object { all in
                all.member("routingNumber", routing)
                all.member("accountNumber", ifPresent: account)
                for name in ["ach", "bankAccount"] {
                    all.member(name) {
                        $0.member("routing", routing)
                        $0.member("account", ifPresent: account)
                    }
                }
            }
        }
        let ruling = ruling(\.concernsBank, customer: user, also: try? JSON(named))?.outcome
        if ruling == nil { note(Persona.find(routingNumber: routing)) }
        return ruling
    }

    func accountDigest(routing: String, account: String) -> [UInt8] {
        sandbox.tokens.digest("account", "\(routing) \(account)")
    }

    /// Adds methods; the customer's first one becomes the primary one.
    func add(_ methods: [PaymentMethod], to user: User) throws {
        for var method in methods {
            method.join(isFirst: try store.paymentMethods.youngest(of: user.id) == nil)
            try store.paymentMethods.add(method, to: user.id)
        }
    }
}
