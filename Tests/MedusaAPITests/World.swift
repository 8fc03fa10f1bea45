import Contract
import HTTP
import JSON
import Medusa
import MedusaAPI
import MedusaStore
import Sandbox
import Support
import Testing

/// A sandbox in process, with a clock that stands still: requests go in at the gateway, as the server hands them over.
final class World {
    static let start = Timestamp(milliseconds: 1_521_474_687_080)
    let sandboxes: Sandboxes
    let gateway: Gateway
    let key = "test-key"
    var reports: [String] { box.reports }
    private let box = Reports()

    private final class Reports {
        var reports: [String] = []
    }

    init(allowedKeys: Set<String> = [], seed: UInt64 = 1) throws {
        sandboxes = Sandboxes(
            home: .memory, seed: seed, allowedKeys: allowedKeys, requestFields: Routes.ruledFields)
        let box = box
        gateway = Gateway(sandboxes, access: Access(isLoopback: true)) { box.reports.append($0) }
        try sandbox().clock = .frozen(Self.start)
    }

    func sandbox(_ key: String? = nil) throws -> Sandbox { try sandboxes.sandbox(for: key ?? self.key) }

    func advance(_ span: Timestamp.Span) throws {
        let sandbox = try sandbox()
        sandbox.clock = .frozen(sandbox.now + span)
    }

    struct Answer {
        let status: Int
        let text: String
        let fields: [NamedValue]
        let json: JSON

        /// `error.code` as text, also when it is a number.
        var code: String? { json["error"]?["code"].flatMap { $0.string ?? $0.numberText } }
        var message: String? { json["error"]?["message"]?.string ?? json["message"]?.string }
        var data: JSON? { json["data"] }

        func field(_ name: String) -> String? { fields.first { $0.name.lowercased() == name }?.value }
    }

    /// Sends a request; `nil` for the key sends none. What comes back must be a declared outcome of the endpoint.
    @discardableResult
    func send(
        _ method: Method, _ path: String, _ body: String? = nil, token: String? = nil, key: String? = "test-key",
        fields extra: [NamedValue] = []
    ) throws -> Answer {
        var fields = Fields()
        if let key { fields.add("Authorization", key) }
        if let token { fields.add("Customer-Token", token) }
        let hasType = extra.contains { $0.name.lowercased() == "content-type" }
        if body != nil, !hasType { fields.add("Content-Type", "application/json") }
        for field in extra { fields.add(field.name, field.value) }
        let target = try #require(Target(path))
        let reply = gateway.answer(
            Request(method: method, target: target, fields: fields, body: Array((body ?? "").utf8)))
        try reply.unsettled?.store.settle()
        let json = try JSON(reply.response.body.isEmpty ? Array("{}".utf8) : reply.response.body)
        let answer = Answer(
            status: reply.response.status.rawValue, text: String(decoding: reply.response.body, as: UTF8.self),
            fields: reply.response.fields, json: json)
        checkDeclared(answer, method, target)
        return answer
    }

    private static let declarations: Router<Endpoint> = {
        var router = Router<Endpoint>()
        for endpoint in Routes.endpoints {
            for (method, path) in endpoint.spellings { router.add(method, path, endpoint) }
        }
        return router
    }()

    /// The declaration and the code must not disagree about what can come back.
    private func checkDeclared(_ answer: Answer, _ method: Method, _ target: Target) {
        guard case .match(let match) = Self.declarations.find(method, target.segments) else { return }
        let endpoint = match.value
        let outcomes = (endpoint.outcomes + endpoint.sharedOutcomes).filter { $0.status.rawValue == answer.status }
        let code = answer.code
        let fitting = outcomes.filter { outcome in code.map { outcome.codes.contains($0) } ?? outcome.codes.isEmpty }
        guard !isFaulty else { return }
        #expect(!fitting.isEmpty, "\(endpoint.path) does not declare \(answer.status) \(code ?? "")")
        guard let body = fitting.first?.body, !isWrapped else { return }
        #expect(body.differences(in: answer.json) == [], "as \(endpoint.path) declares it")
    }

    /// A fault answers as it likes.
    private var isFaulty: Bool { (try? sandbox().faults.isEmpty) == false }

    /// The declaration is of bare arrays, which a setting wraps.
    private var isWrapped: Bool { (try? sandbox().settings.wrapsArrays) == true }

    // MARK: The steps of the journey

    struct Customer {
        let id: String
        let token: String
    }

    func create(_ email: String = "john@example.com", key: String = "test-key") throws -> Customer {
        let body = #"{"firstName":"John","lastName":"Doe","email":"\#(email)","password":"correct horse"}"#
        let answer = try send(.post, "/v3/users", body, key: key)
        return Customer(
            id: try #require(answer.data?["userId"]?.string), token: try #require(answer.data?["token"]?.string))
    }

    static let application = """
        {"street1":"123 Test Dr.","street2":"Apt 2","city":"Hollywood","regionAbbr":"FL","postalCode":"33021","country":"US",\
        "mobilePhone":"6514447773","dateOfBirth":"1998-03-23","ssn":"888776666",\
        "employmentInformation":{"monthlyIncome":1250,"payFrequency":"weekly"}}
        """

    static let card = """
        {"primary":true,"label":"My Visa Card","token":{"cardType":"visa","lastFour":"1234","firstSix":"411111",\
        "token":"b219cb1d","billingZip":"20146"}}
        """

    static func prequalification(_ email: String = "jane@example.com", ssn: String = "357002345") -> String {
        """
        {"mobilePhone":"5615550142","optInMarketing":false,"firstName":"Jane","lastName":"Roe","email":"\(email)",\
        "street1":"1 Main St","city":"Boca Raton","regionAbbr":"FL","postalCode":"33431","country":"US",\
        "employmentInformation":{"payFrequency":"weekly","monthlyIncome":3000},"dateOfBirth":"1990-10-10",\
        "ssn":"\(ssn)","ipAddress":"127.0.0.1"}
        """
    }

    /// Has a passcode sent, and reads it where the sandbox keeps it.
    func passcode(of customer: Customer) throws -> String {
        try send(.post, "/v3/users/\(customer.id)/send-passcode", #"{"transport":"email"}"#)
        return try #require(try sandbox().store.passcodes.latest(1).first?.code)
    }

    /// A customer who has applied and has a card on file.
    func approved(_ email: String = "john@example.com") throws -> Customer {
        let customer = try create(email)
        try send(.post, "/v3/paymentMethods/add", Self.card, token: customer.token)
        try send(
            .post, "/v3/users/me/apply", Self.application, token: customer.token,
            fields: [NamedValue("customer-ip", "127.0.0.1")])
        return customer
    }

    static func order(_ reference: String = "ABC-1", cost: String = "200", quantity: String = "2") -> String {
        """
        {"transactionId":"\(reference)","orderId":"order-1","items":[{"brand":"Apple","sku":"abc123",\
        "description":"iPad <Mini>","cost":\(cost),"quantity":\(quantity)}],"payTomorrowTaxTotal":12.34}
        """
    }

    func lease(_ customer: Customer, _ reference: String = "ABC-1") throws -> String {
        let answer = try send(.post, "/v3/leases", Self.order(reference), token: customer.token)
        return try #require(answer.data?["leaseId"]?.string, "\(answer.text)")
    }

    @discardableResult
    func sign(_ lease: String, _ customer: Customer) throws -> Answer {
        try send(.post, "/v3/leases/\(lease)/sign", #"{"ipAddress":"127.0.0.1","signed":true}"#, token: customer.token)
    }

    /// A customer with a finalized transaction.
    func finalized(_ email: String = "john@example.com", _ reference: String = "ABC-1") throws -> Customer {
        let customer = try approved(email)
        try sign(try lease(customer, reference), customer)
        try send(.post, "/v3/transactions/\(reference)/finalize")
        return customer
    }

    func shipped(_ email: String = "john@example.com") throws -> Customer {
        let customer = try finalized(email)
        try send(.post, "/v3/transactions/ABC-1/confirm-shipment")
        return customer
    }
}
