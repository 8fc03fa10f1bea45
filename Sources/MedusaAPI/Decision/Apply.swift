internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 11: files an application and answers with the decision.
enum Apply {
    static let driversLicenseNumber = Key.optional("driversLicenseNumber", .string, "Driver's license number")
    static let driversLicenseState = Key.optional("driversLicenseState", .string, "Driver's license state")
    static let gender = Key.optional("gender", .documented("male", "female"), "Gender")
    static let street1 = Key.required("street1", .string, "Address line 1")
    static let street2 = Key.optional("street2", .string, "Address line 2")
    static let city = Key.required("city", .string, "City")
    static let regionAbbr = Key.required(
        "regionAbbr", .string.expecting(.state), "ISO 3166-2 state, two letters")
    static let postalCode = Key.required("postalCode", .string.expecting(.postalCode), "Postal code")
    static let country = Key.required("country", .string.expecting(.country), "ISO 3166-1 alpha-2")
    static let mobilePhone = Key.required("mobilePhone", .phone, "Mobile phone")
    static let dateOfBirth = Key.required("dateOfBirth", .keptDate, "Date of birth, 1998-03-23")
    static let ssn = Key.required("ssn", .string(length: 9).expecting(.digits), "Nine digits, no dashes")

    static let employer = Key.optional("name", .string, "Employer")
    static let workPhone = Key.optional("phone", .phone, "Work phone")
    static let monthlyIncome = Key.required(
        "monthlyIncome", .income, "Gross monthly income in dollars")
    static let payFrequency = Key.required(
        "payFrequency", formerly: "payFrquency",
        .oneOf("weekly", "biweekly", "semimonthly", "monthly", "yearly", "none"), "Pay frequency")
    static let lastPayDate = Key.optional("lastPayDate", .keptDate, "Last pay date")
    static let nextPayDate = Key.optional(
        "nextPayDate", formerly: "nextPay", .keptDate, "Next pay date")
    static let employmentInformation = Key.required(
        "employmentInformation",
        .object(fields(employer, workPhone, monthlyIncome, payFrequency, lastPayDate, nextPayDate)),
        "Employment")

    static let routing = Key.required("routing", .routingNumber, "Routing number")
    static let account = Key.required("account", .accountNumber, "Account number")
    static let accountType = Key.required("type", .oneOf("checking", "savings"), "Type of account")
    static let bankFields = fields(routing, account, accountType)
    static let bankAccount = Key.optional("bankAccount", .object(bankFields), "Becomes a payment method")

    static let providerName = Key.optional("providerName", .string, "Provider")
    static let score = Key.optional("score", .number, "Score")
    static let fraudStatus = Key.optional("status", .string, "Status")
    static let fraudCheck = Key.optional(
        "fraudCheck", .array(of: fields(providerName, score, fraudStatus)), "Checks that were made elsewhere")

    static let cardKind = Key.optional("type", .string, "Type")
    static let expirationDate = Key.optional("expirationDate", .string.expecting(.yearAndMonth), "YYYY-MM")
    static let lastFour = Key.optional("lastFour", .string(length: 4).expecting(.digits), "Last four digits")
    static let firstSix = Key.optional("firstSix", .string(length: 6).expecting(.digits), "First six digits")
    static let cardType = Key.optional("cardType", .string, "Brand of the card")
    static let gateway = Key.optional("gateway", .string, "Who made the token")
    static let cardToken = Key.required("token", .string, "The token")
    static let tokens = Key.required("tokens", .array(of: fields(gateway, cardToken), 1...10), "Tokens by gateway")
    static let validation = Key.optional("validation", .object([]), "Undocumented")
    static let cardInformation = Key.optional(
        "cardInformation",
        .array(of: fields(cardKind, expirationDate, lastFour, firstSix, cardType, tokens, validation), 0...20),
        "Become payment methods")

    static let deviceFingerprint = Key.optional(
        "deviceFingerprint", .string(maximum: 1 << 20), "A long base64 string")
    static let expectedPurchaseAmount = Key.optional(
        "expectedPurchaseAmount", .income, "The spending limit that the customer asks for")
    static let optInMarketing = Key.optional("optInMarketing", .boolean, "Consent to marketing")
    static let storeEmployeeId = Key.optional("storeEmployeeId", .string, "Store employee")
    static let commonApplicationKey = Key.optional("commonApplicationKey", .object([]), "Synchrony ID")
    static let firstGlance = Key.optional("firstGlance", .boolean, "Whether FlexShopper is first in the cascade")
    static let additionalData = Key.optional(
        "additionalData", .object(fields(storeEmployeeId, commonApplicationKey, firstGlance)), "Additional data")

    static let realIP = Field(
        name: "x-real-ip", schema: .text(), isRequired: false, meaning: "IP of the sender")
    static let customerIP = Field(
        name: "customer-ip", schema: .text(), isRequired: false, isRecommended: true, meaning: "IP of the customer")

    static let endpoint = Endpoint(
        .post, "/v3/users/me/apply", title: "Apply for Spending Limit", section: .decision,
        source: .documented("3.0, Decision / Apply for Spending Limit"),
        security: .customerToken, headers: [.consumer, realIP, customerIP],
        body: fields(
            driversLicenseNumber, driversLicenseState, gender, street1, street2, city, regionAbbr, postalCode, country,
            mobilePhone, dateOfBirth, ssn, employmentInformation, bankAccount, fraudCheck, cardInformation,
            deviceFingerprint, expectedPurchaseAmount, optInMarketing, additionalData),
        request: Sample(PackageResources.apply_request_json),
        outcomes: [
            .init(
                .ok, meaning: "The user with the decision", body: .data(.user),
                sample: Sample(PackageResources.apply_200_json)),
            .credentials, .invalid,
            .init(
                .notFound, "LeaseNotFound", meaning: "Printed on the page; a lease has no part in an application",
                byFault: true),
            .ssnTaken, .customerAlreadyApplied, .decisionFailed,
            .bankNotAccepted, .bankRequiresVerification,
        ])

    static func answer(_ call: Call) throws -> Response {
        let user = try call.customer()
        let body = try call.input().body
        let filing = Filing(ssn: body[ssn], dateOfBirth: body[dateOfBirth], profile: profile(body))
        let decided = try call.file(filing, for: user, isComplete: true) {
            try paymentMethods(bank: body[bankAccount], cards: body[cardInformation], call, user)
        }
        try call.keep(kept, of: user.id)
        return .data { $0.members(of: decided, in: call) }
    }

    /// What decides nothing. A device's fingerprint is as long as it likes, and says nothing to anybody.
    private static let kept = fields(
        driversLicenseNumber, driversLicenseState, gender, employmentInformation, fraudCheck, expectedPurchaseAmount,
        optInMarketing, additionalData)

    static func profile(_ body: Values) -> Users.Profile {
        Users.Profile(
            phone: body[mobilePhone], street1: body[street1], street2: body[street2] ?? "", city: body[city],
            region: body[regionAbbr], postalCode: body[postalCode], country: body[country])
    }

    static func paymentMethods(
        bank: Values?, cards: [Values]?, _ call: Call, _ user: User
    ) throws -> [PaymentMethod] {
        var methods: [PaymentMethod] = []
        if let bank {
            let label = "\(bank[accountType]) ending in \(String(bank[account].unicodeScalars.suffix(4)))"
            methods.append(
                try call.bankAccount(
                    routing: bank[routing], account: bank[account], label: label, isPrimary: false, user))
        }
        for card in cards ?? [] {
            let brand = PaymentMethod.brandName(card[cardType] ?? "card")
            let lastFour = card[lastFour] ?? ""
            methods.append(
                PaymentMethod(
                    .card(brand: brand, firstSix: card[firstSix] ?? ""), lastFour: lastFour,
                    label: "\(brand) ending in \(lastFour)", isPrimary: false))
        }
        return methods
    }
}

extension Endpoint.Outcome {
    static let ssnTaken = Self(
        .conflict, "UserAlreadyExists", meaning: "Another user has that SSN, where the sandbox asks",
        by: "the setting `uniqueSSN: true`, and one SSN for two customers",
        sample: Sample(PackageResources.create_user_409_json))
    static let customerAlreadyApplied = Self(
        .conflict, "CustomerAlreadyApplied", meaning: "An application is approved or under review", by: "apply twice")
    static let decisionFailed = Self(
        .badGateway, "BadGateway", meaning: "The decision service failed", by: "`x.gateway@example.com`",
        sample: Sample(PackageResources.apply_502_json))
}
