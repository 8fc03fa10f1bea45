internal import JSON

/// The routes of the waterfall guide and of the older documentation.
enum WaterfallProbes {
    static let all = accounts + prequalifications + verifications + rest

    private static let accounts = [
        Probe("accountLookup", 200) { walk in
            let leased = try walk.leased()
            let answer = try walk.send(
                "POST", "/v3/users/search", #"{"mobilePhone":"6514447773","ssn":"888776666"}"#)
            let isFound = answer.data?["users"]?.elements.contains { $0["userId"]?.string == leased.customer.id }
            guard isFound == true else {
                throw Walk.Unreachable(reason: "Account Lookup does not find who has applied")
            }
            return answer
        },
        Probe("accountLookup", 400, "") { try $0.send("POST", "/v3/users/search", "{}") },
        Probe("requestPasscode", 200) {
            try $0.send("POST", "/v3/users/\($0.create().id)/send-passcode", #"{"transport":"email"}"#)
        },
        Probe("requestPasscode", 404, "InvalidCustomer") {
            try $0.send("POST", "/v3/users/5a319511a86980001d602095/send-passcode", #"{"transport":"email"}"#)
        },
        Probe("requestPasscode", 400, "") { try $0.send("POST", "/v3/users/\($0.create().id)/send-passcode", "{}") },
        Probe("loginCustomer", 200) { walk in
            let customer = try walk.create()
            try walk.send("POST", "/v3/users/\(customer.id)/send-passcode", #"{"transport":"email"}"#)
            let sent = try walk.control("GET", "messages", for: "a passcode, which goes to a mailbox")
            let passcode = sent.data?["messages"]?.elements.first?["passcode"]?.string ?? ""
            return try walk.send(
                "POST", "/v3/users/\(customer.id)/passcode-login", #"{"passcode":"\#(passcode)"}"#)
        },
        Probe("loginCustomer", 404, "InvalidCustomer") {
            try $0.send("POST", "/v3/users/5a319511a86980001d602095/passcode-login", #"{"passcode":"ABCDEF"}"#)
        },
        Probe("loginCustomer", 400, "") { try $0.send("POST", "/v3/users/\($0.create().id)/passcode-login", "{}") },
        Probe("loginCustomer", 400, "InvalidCredentials") {
            try $0.send("POST", "/v3/users/\($0.create().id)/passcode-login", #"{"passcode":"wrong"}"#)
        },
        Probe("userAuthCode", 200) { try $0.send("POST", "/v3/users/\($0.create().id)/auth-code") },
        Probe("userAuthCode", 404, "InvalidCustomer") {
            try $0.send("POST", "/v3/users/5a319511a86980001d602095/auth-code")
        },
    ]

    private static func start(_ walk: Walk, _ email: String) throws -> Walk.Answer {
        let body = """
            {"mobilePhone":"6514447773","firstName":"Jane","lastName":"Roe","email":"\(email)",\
            "street1":"123 Test Dr.","city":"Hollywood","regionAbbr":"FL","postalCode":"33021","country":"US",\
            "employmentInformation":{"payFrequency":"weekly","monthlyIncome":5000},"dateOfBirth":"1998-03-23",\
            "ssn":"888776666"}
            """
        return try walk.send("POST", "/v3/users/prequal/start/lease", body)
    }

    private static func complete(_ walk: Walk, _ id: String, bank: String = "021000021") throws -> Walk.Answer {
        let account = #"{"routing":"\#(bank)","account":"1234567890","type":"checking"}"#
        let body = #"{"prequalId":"\#(id)","bankAccount":\#(account)}"#
        return try walk.send("POST", "/v3/users/prequal/complete/lease", body)
    }

    private static func started(_ walk: Walk, _ suffix: String = "") throws -> String {
        try walk.text(try start(walk, walk.email(suffix)), "prequalId", "Prequalification Start")
    }

    private static let prequalifications = [
        Probe("prequalificationStart", 200) { try start($0, $0.email()) },
        Probe("prequalificationStart", 400, "") { try $0.send("POST", "/v3/users/prequal/start/lease", "{}") },
        Probe("prequalificationStart", 409, "UserAlreadyExists") { walk in
            try DecisionProbes.withTakenSSN(walk) { try start(walk, walk.email()) }
        },
        Probe("prequalificationStart", 409, "CustomerAlreadyApplied") { try start($0, $0.applied().email) },
        Probe("prequalificationStart", 502, "BadGateway") { try start($0, $0.email(".gateway")) },
        Probe("prequalificationComplete", 200) { try complete($0, started($0)) },
        Probe("prequalificationComplete", 400, "") { try $0.send("POST", "/v3/users/prequal/complete/lease", "{}") },
        Probe("prequalificationComplete", 404, "InvalidCustomer") { try complete($0, "5a319511a86980001d602095") },
        Probe("prequalificationComplete", 409, "CustomerAlreadyApplied") { walk in
            let id = try started(walk)
            _ = try complete(walk, id)
            return try complete(walk, id)
        },
        Probe("prequalificationComplete", 400, "11505") { try complete($0, started($0), bank: "084009519") },
        Probe("prequalificationComplete", 400, "11506") { try complete($0, started($0), bank: "991150603") },
        Probe("prequalificationComplete", 400, "InvalidCustomer") { try complete($0, started($0, ".deny")) },
    ]

    private static func questions(_ walk: Walk, _ customer: Walk.Customer) throws -> Walk.Answer {
        try walk.send("GET", "/v3/users/me/verify-questions", token: customer.token)
    }

    private static func answers(_ walk: Walk, _ customer: Walk.Customer, _ set: JSON?) throws -> Walk.Answer {
        let chosen = (set?["questions"]?.elements ?? []).map { question in
            let choice = question["choices"]?.elements.first?["id"]?.string ?? ""
            return #"{"questionId":"\#(question["id"]?.string ?? "")","choiceId":"\#(choice)"}"#
        }
        let body = #"{"id":"\#(set?["id"]?.string ?? "x")","answers":[\#(chosen.joined(separator: ","))]}"#
        return try walk.send("POST", "/v3/users/me/verify-answers", body, token: customer.token)
    }

    private static let someAnswers = #"{"id":"x","answers":[{"questionId":"1","choiceId":"1"}]}"#

    private static let verifications = [
        Probe("getVerificationQuestions", 200) { try questions($0, $0.applied(".verify")) },
        .withoutToken("getVerificationQuestions", "GET", "/v3/users/me/verify-questions"),
        Probe("getVerificationQuestions", 400, "InvalidCustomerVerificationStatus") { try questions($0, $0.create()) },
        Probe("verifyAnswers", 200) { walk in
            let customer = try walk.applied(".verify")
            return try answers(walk, customer, try questions(walk, customer).data)
        },
        .withoutToken("verifyAnswers", "POST", "/v3/users/me/verify-answers", someAnswers),
        Probe("verifyAnswers", 400, "") {
            try $0.send("POST", "/v3/users/me/verify-answers", "{}", token: $0.applied(".verify").token)
        },
        Probe("verifyAnswers", 400, "InvalidCustomerVerificationStatus") {
            try $0.send("POST", "/v3/users/me/verify-answers", someAnswers, token: $0.create().token)
        },
        Probe("verifyAnswers", 400, "TransactionTimeOut") { walk in
            let customer = try walk.applied(".verify")
            let set = try questions(walk, customer).data
            try walk.control("POST", "clock/advance", #"{"by":"PT10M"}"#, for: "an expiry without waiting")
            return try answers(walk, customer, set)
        },
    ]

    private static func refund(_ walk: Walk, _ items: String) throws -> Walk.Answer {
        let path = "/v3/transactions/\(try walk.finalized().reference)/refund"
        return try walk.send("POST", path, #"{"items":[\#(items)]}"#)
    }

    private static let rest = [
        Probe("refundTransaction", 200) { try refund($0, #"{"lineNumber":1,"sku":"abc123","itemCredit":100}"#) },
        Probe("refundTransaction", 404, "TransactionNotFound") {
            try $0.send("POST", "/v3/transactions/unknown/refund", #"{"items":[{"lineNumber":1,"sku":"abc123"}]}"#)
        },
        Probe("refundTransaction", 400, "") { try refund($0, "{}") },
        Probe("refundTransaction", 400, "InvalidItem") { try refund($0, #"{"lineNumber":99,"sku":"abc123"}"#) },
        Probe("checkout", 200) { try $0.send("POST", "/v3/checkout", Walk.order($0.reference())) },
        Probe("checkout", 400, "") { try $0.send("POST", "/v3/checkout", "{}") },
        Probe("checkout", 400, "InvalidTransactionId") {
            try $0.send("POST", "/v3/checkout", Walk.order($0.leased().reference))
        },
        Probe("getProducts", 200) { try $0.send("GET", "/v3/products") },
        Probe("getProducts", 400, "") { try $0.send("GET", "/v3/products?page=x") },
        Probe("getLeaseSettings", 200) { try $0.send("GET", "/v3/settings/lease") },
    ]
}
