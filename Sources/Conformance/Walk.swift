package import HTTP
internal import JSON

/// One walk over a server that claims to be Medusa: the means of the probes.
package final class Walk {
    /// One request.
    package struct Sent: Sendable {
        package let method: String
        package let path: String
        package let fields: [NamedValue]
        package let body: String?
    }

    package struct Answer: Sendable {
        package let status: Int
        package let text: [UInt8]

        package init(status: Int, text: [UInt8]) {
            self.status = status
            self.text = text
        }

        var json: JSON? { try? JSON(text) }
        var data: JSON? { json?["data"] }
        /// `error.code` as text, also when it is a number.
        var code: String? { json?["error"]?["code"].flatMap { $0.string ?? $0.numberText } }
    }

    /// Why a status cannot be seen here.
    struct Unreachable: Error {
        let reason: String
    }

    private let transport: (Sent) throws -> Answer
    private let key: String
    private let run: String
    private let domain: String
    private var count = 0
    private var spelling: Spelling?
    /// Whether the server has the sandbox's control API, and so can be told what a live one only does by luck.
    private(set) var hasControl = false

    /// - Parameters:
    ///   - run: what sets this walk's e-mails and transaction ids apart from those of others.
    ///   - domain: of the customers' e-mails.
    package init(key: String, run: String, domain: String, transport: @escaping (Sent) throws -> Answer) {
        self.key = key
        self.run = run
        self.domain = domain
        self.transport = transport
    }

    @discardableResult
    func send(
        _ method: String, _ path: String, _ body: String? = nil, token: String? = nil, key: String?? = nil
    ) throws -> Answer {
        var fields: [NamedValue] = []
        if let key = key ?? self.key { fields.append(NamedValue("Authorization", key)) }
        if let token { fields.append(NamedValue("customer-token", token)) }
        if body != nil { fields.append(NamedValue("Content-Type", "application/json")) }
        let sent = Sent(method: method, path: path, fields: fields, body: body)
        return try transport(spelling?.respelt(sent) ?? sent)
    }

    /// Another method and path for the requests of one endpoint.
    struct Spelling {
        let method: String
        /// As declared, with names in braces.
        let path: String
        let otherMethod: String
        let otherPath: String

        /// `nil` for a request of another endpoint.
        func respelt(_ sent: Sent) -> Sent? {
            let given = sent.path.split(separator: "/")
            let declared = path.split(separator: "/")
            guard sent.method == method, given.count == declared.count else { return nil }
            var values: [Substring: Substring] = [:]
            for (place, step) in declared.enumerated() {
                if step.hasPrefix("{") { values[step] = given[place] } else if step != given[place] { return nil }
            }
            let steps = otherPath.split(separator: "/").map { values[$0] ?? $0 }
            return Sent(
                method: otherMethod, path: "/" + steps.joined(separator: "/"), fields: sent.fields, body: sent.body)
        }
    }

    /// Runs a probe in another spelling.
    func spelt<Result>(_ spelling: Spelling, _ body: () throws -> Result) rethrows -> Result {
        self.spelling = spelling
        defer { self.spelling = nil }
        return try body()
    }

    // MARK: The control API

    func lookForControl() throws {
        let health = try send("GET", "/_sandbox/health")
        hasControl = health.status == 200 && health.data?["live"]?.bool == true
    }

    /// - Parameter purpose: what cannot be had without, for the report.
    @discardableResult
    func control(_ method: String, _ path: String, _ body: String? = nil, for purpose: String) throws -> Answer {
        guard hasControl else { throw Unreachable(reason: "\(purpose): only a sandbox can be told so") }
        let answer = try send(method, "/_sandbox/\(path)", body)
        guard (200..<300).contains(answer.status) else {
            throw Unreachable(reason: "\(method) /_sandbox/\(path) answered \(answer.status)")
        }
        return answer
    }

    /// Runs one probe while a setting is changed.
    func with<Result>(setting change: String, back: String, for purpose: String, _ body: () throws -> Result) throws
        -> Result
    {
        try control("PATCH", "settings", change, for: purpose)
        defer { _ = try? control("PATCH", "settings", back, for: purpose) }
        return try body()
    }

    /// Answers of which nothing is known but that they are printed: a fault answers so, once.
    func struck(_ operation: String, status: Int, code: String, _ body: () throws -> Answer) throws -> Answer {
        let fault = #"{"operations":["\#(operation)"],"times":1,"status":\#(status),"code":"\#(code)"}"#
        try control("POST", "faults", fault, for: "a fault")
        return try body()
    }

    // MARK: Customers

    struct Customer {
        let id: String
        let token: String
        let email: String
    }

    /// - Parameter suffix: the word before the `@` that decides what happens to the customer, with its dot.
    func email(_ suffix: String = "") -> String {
        count += 1
        return "check-\(run)-\(count)\(suffix)@\(domain)"
    }

    func reference() -> String {
        count += 1
        return "CHECK-\(run)-\(count)"
    }

    func create(_ suffix: String = "") throws -> Customer {
        let email = email(suffix)
        let answer = try send("POST", "/v3/users", Self.user(email))
        return Customer(
            id: try text(answer, "userId", "Create User"), token: try text(answer, "token", "Create User"), email: email
        )
    }

    static func user(_ email: String) -> String {
        #"{"firstName":"John","lastName":"Doe","email":"\#(email)","password":"correct horse battery"}"#
    }

    /// - Parameter bank: a routing number; the account becomes a payment method.
    static func application(ssn: String = "888776666", bank: String? = nil) -> String {
        let account =
            bank.map { #","bankAccount":{"routing":"\#($0)","account":"1234567890","type":"checking"}"# } ?? ""
        return """
            {"street1":"123 Test Dr.","city":"Hollywood","regionAbbr":"FL","postalCode":"33021","country":"US",\
            "mobilePhone":"6514447773","dateOfBirth":"1998-03-23","ssn":"\(ssn)",\
            "employmentInformation":{"monthlyIncome":5000,"payFrequency":"weekly"}\(account)}
            """
    }

    func apply(_ customer: Customer, bank: String? = nil, ssn: String = "888776666") throws -> Answer {
        try send("POST", "/v3/users/me/apply", Self.application(ssn: ssn, bank: bank), token: customer.token)
    }

    /// A customer with a decision, and a bank account to pay from.
    func applied(_ suffix: String = "", bank: String? = "021000021") throws -> Customer {
        let customer = try create(suffix)
        let answer = try apply(customer, bank: bank)
        guard answer.status == 200 else { throw Unreachable(reason: "Apply answered \(answer.status)") }
        return customer
    }

    // MARK: Leases

    static func order(_ reference: String, cost: String = "100", sku: String = "abc123") -> String {
        """
        {"transactionId":"\(reference)","items":[{"brand":"Apple","sku":"\(sku)","description":"iPad Mini",\
        "cost":\(cost),"quantity":2}]}
        """
    }

    struct Leased {
        let customer: Customer
        let lease: String
        let reference: String
    }

    func leased(_ suffix: String = "", bank: String? = "021000021") throws -> Leased {
        let customer = try applied(suffix, bank: bank)
        let reference = reference()
        let answer = try send("POST", "/v3/leases", Self.order(reference), token: customer.token)
        return Leased(
            customer: customer, lease: try text(answer, "leaseId", "Create Lease"), reference: reference)
    }

    func sign(_ leased: Leased) throws -> Answer {
        let body = #"{"ipAddress":"127.0.0.1","signed":true}"#
        return try send("POST", "/v3/leases/\(leased.lease)/sign", body, token: leased.customer.token)
    }

    func signed(_ suffix: String = "") throws -> Leased {
        let leased = try leased(suffix)
        let answer = try sign(leased)
        guard answer.status == 200 else { throw Unreachable(reason: "Sign Lease answered \(answer.status)") }
        return leased
    }

    func finalized(_ suffix: String = "") throws -> Leased {
        let signed = try signed(suffix)
        let answer = try send("POST", "/v3/transactions/\(signed.reference)/finalize")
        guard answer.status == 200 else { throw Unreachable(reason: "Finalize Lease answered \(answer.status)") }
        return signed
    }

    func shipped() throws -> Leased {
        let finalized = try finalized()
        let answer = try send("POST", "/v3/transactions/\(finalized.reference)/confirm-shipment")
        guard answer.status == 200 else { throw Unreachable(reason: "Confirm Shipment answered \(answer.status)") }
        return finalized
    }

    /// A member of an answer's data that the next step needs.
    func text(_ answer: Answer, _ name: String, _ title: String) throws -> String {
        guard let text = answer.data?[name]?.string else {
            throw Unreachable(reason: "\(title) answered \(answer.status) without \(name)")
        }
        return text
    }
}
