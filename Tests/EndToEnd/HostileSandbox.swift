import Contract
import ControlAPI
import Foundation
import HTTP
import JSON
import Medusa
import MedusaAPI
import PaymentPlugin
import Sandbox
import Scenarios
import Support

/// A request of the run.
struct HostileRequest {
    enum Door {
        case api, control, modal
    }

    var method: String
    var target: String
    var fields: [(name: String, value: String)] = []
    var body: [UInt8]?
    var endpoint: Endpoint?
    var door = Door.api

    func bytes(key: String) -> [UInt8] {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n"
        head += door == .modal ? "x-auth-key: \(key)\r\n" : "Authorization: \(key)\r\n"
        for field in fields { head += "\(field.name): \(field.value)\r\n" }
        if let body {
            let type = endpoint?.content == .database ? "application/octet-stream" : "application/json"
            head += "Content-Type: \(type)\r\nContent-Length: \(body.count)\r\n"
        }
        return Array("\(head)\r\n".utf8) + (body ?? [])
    }

    /// For people: a database is shown by its length.
    var sentence: String {
        let fields = fields.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        let shown = body.map { body in
            endpoint?.content == .database
                ? "(\(body.count) bytes)" : String(decoding: body.prefix(3000), as: UTF8.self)
        }
        return "\(method) \(target.prefix(600))\n\(fields.prefix(1500))\n\(shown ?? "")"
    }
}

/// The side of one API key in the run: makes its requests from the declarations, and learns from the answers.
final class HostileSandbox {
    let key: String
    var values: HostileValues
    /// Whether its answers may be what a fault makes of them.
    var hasFaults = false
    var secret: [UInt8]?
    /// A good database of the sandbox's own.
    var image: [UInt8]?
    private var people: [Person] = []
    private var journey: [(operation: String, person: Int)] = []
    private var references: [String] = []

    private struct Person {
        let id: String
        let token: String
        var leases: [String] = []
        var references: [String] = []
    }

    init(key: String, seed: UInt64) {
        self.key = key
        values = HostileValues(seed: seed)
    }

    /// What everything in the sandbox was is gone.
    func forget() {
        (people, journey, references) = ([], [], [])
        values.known = [:]
    }

    // MARK: What to do next

    private static let all =
        Routes.endpoints.map { ($0, HostileRequest.Door.api) } + Control.endpoints.map { ($0, .control) }
        + Plugin.endpoints.map { ($0, .modal) }

    static let operations = all.map(\.0.operation)

    /// How often, beside 4 for an ordinary one; what answers with everything there is costs the most.
    private static let weights = [
        "createUser": 30, "applyForSpendingLimit": 10, "addPaymentMethod": 8, "createLease": 12, "signLease": 10,
        "finalizeLease": 10,
        "confirmShipment": 10, "confirmReceipt": 8, "cancelItems": 8, "returnItems": 8, "refundTransaction": 8,
        "collectPayment": 10,
        "getOpenAPI": 0, "getState": 1, "getReport": 1, "getRequests": 2, "explainRequest": 3, "resetSandbox": 0,
        "restoreSnapshot": 0,
        "uploadSnapshot": 0, "loadScenario": 0, "addFault": 0, "getProducts": 0, "setPersonas": 1,
        "downloadSnapshot": 1,
        "forgetRequests": 1, "setClock": 2,
    ]

    private static let lots: [(Endpoint, HostileRequest.Door)] = all.flatMap { one in
        Array(repeating: one, count: weights[one.0.operation] ?? 4)
    }

    func next() -> HostileRequest {
        values.hostility = values.chance.pick([0, 0, 0, 12, 6, 3])
        if let step = journey.first, !values.chance.isOne(in: 3) {
            journey.removeFirst()
            if !values.chance.isOne(in: 6) { values.hostility = 0 }
            if let endpoint = Routes.byOperation[step.operation] { return request(endpoint, .api, step.person) }
        }
        if let request = special() { return request }
        let (endpoint, door) = values.chance.pick(Self.lots)
        return request(endpoint, door, people.isEmpty ? nil : max(0, people.count - 1 - values.chance.below(5)))
    }

    /// What is not made by a declaration alone; seldom, for most of it puts another world in the place of one that took long to make.
    private func special() -> HostileRequest? {
        switch values.chance.below(1000) {
        case 0: return control("resetSandbox")
        case 1, 2: return scenario()
        case 3...10: return upload()
        case 11...16:
            return at(
                "/_sandbox/snapshots/\(values.chance.pick(["bad", "bad", "s0", "s1"]))/restore", "restoreSnapshot")
        case 17...27: return fault()
        case 28...31:
            return HostileRequest(
                method: "GET", target: "/sdk/js?authKey=\(key)&x=\(escaped(values.text(longest: 300)))")
        case 32...35:
            return HostileRequest(
                method: "POST", target: "/demo/validate-order?authKey=\(key)",
                body: Array("{\"transactionId\":\(values.hostile())}".utf8))
        default: return nil
        }
    }

    private func control(_ operation: String) -> HostileRequest {
        guard let endpoint = Control.endpoints.first(where: { $0.operation == operation }) else {
            fatalError("there is no operation \(operation)")
        }
        return HostileRequest(
            method: endpoint.method.rawValue, target: endpoint.path, endpoint: endpoint, door: .control)
    }

    private func at(_ target: String, _ operation: String) -> HostileRequest {
        var request = control(operation)
        request.target = target
        return request
    }

    var uploading: Endpoint? { control("uploadSnapshot").endpoint }

    // MARK: By the declaration

    private func request(_ endpoint: Endpoint, _ door: HostileRequest.Door, _ person: Int?) -> HostileRequest {
        let owner = person.flatMap { people.indices.contains($0) ? people[$0] : nil }
        let spelling = values.chance.pick(endpoint.spellings)
        var request = HostileRequest(
            method: spelling.method.rawValue, target: door == .modal ? "/pp3/api\(spelling.path)" : spelling.path,
            endpoint: endpoint,
            door: door)
        for name in endpoint.pathParameters {
            request.target = request.target.replacing("{\(name)}", with: escaped(parameter(name, owner)))
        }
        request.target += query(endpoint)
        for field in endpoint.documentedHeaders where values.chance.isOne(in: 3) {
            request.fields.append((field.name, headerValue(values.value(of: field))))
        }
        switch endpoint.security {
        case .customerToken: if !values.chance.isOne(in: 60) { request.fields.append(("customer-token", token(owner))) }
        case .none, .apiKey: break
        }
        if !endpoint.body.isEmpty {
            let isOther = values.hostility > 0 && values.chance.isOne(in: 25)
            request.body = Array((isOther ? values.hostile() : body(of: endpoint)).utf8)
        } else if spelling.method != .get, values.chance.isOne(in: 4) {
            request.body = Array(values.chance.pick(["{}", values.hostile()]).utf8)
        }
        return request
    }

    private func body(of endpoint: Endpoint) -> String {
        values.names["*"] = endpoint.operation == "setPersonas" ? Routes.ruledFields : nil
        values.names["name"] = endpoint.operation == "saveSnapshot" ? ["s0", "s1"] : nil
        guard !endpoint.exactlyOneOf.isEmpty, !values.chance.isOne(in: 20) else {
            return values.object(of: endpoint.body)
        }
        let one = values.chance.pick(endpoint.exactlyOneOf)
        let fields = endpoint.body.map { $0.name == one ? $0.with(isRequired: true) : $0 }
        return values.object(of: fields, without: Set(endpoint.exactlyOneOf).subtracting([one]))
    }

    private func parameter(_ name: String, _ owner: Person?) -> String {
        if values.chance.isOne(in: 15) { return String(values.text(longest: 600).unicodeScalars.prefix(600)) }
        switch name {
        case "userId": return owner?.id ?? "none"
        case "leaseId":
            if values.chance.isOne(in: 12), let secret {
                return HostileSnapshot.token(
                    "{\"userId\":\"x\",\"lease\":\(values.number(around: ["1"]))}", secret: secret)
            }
            return owner?.leases.last ?? "none"
        case "transactionId":
            if let own = owner?.references.last, !values.chance.isOne(in: 4) { return own }
            return references.isEmpty ? "none" : values.chance.pick(Array(references.suffix(3)))
        case "requestId":
            return values.chance.pick([
                "latest", "1", "7", "stray-1", "9223372036854775807", "-1", "9223372036854775808",
            ])
        case "faultId": return values.chance.pick(["1", "2", "9223372036854775807"])
        case "name": return values.chance.pick(["s0", "s1", "bad", "..", "own"])
        case "routingNumber": return values.chance.pick(["021000021", "000000000", "084009519", "123"])
        default: return values.known[name].map { values.chance.pick($0) } ?? "none"
        }
    }

    private func query(_ endpoint: Endpoint) -> String {
        var pairs: [String] = []
        for field in endpoint.query where field.isRequired || values.chance.isOne(in: 3) {
            pairs.append("\(field.name)=\(escaped(plain(values.value(of: field))))")
        }
        if endpoint.operation == "getRequests", values.chance.isOne(in: 3) {
            pairs.append("body.\(escaped(values.text(longest: 100)))=\(escaped(plain(values.hostile())))")
        }
        let limited = pairs.joined(separator: "&").prefix(6000)
        return limited.isEmpty ? "" : "?\(limited)"
    }

    /// A JSON value as a query has it.
    private func plain(_ json: String) -> String { (try? JSON(Array(json.utf8)))?.string ?? json }

    private func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    private func headerValue(_ json: String) -> String {
        String(decoding: plain(json).utf8.filter { (0x20..<0x7F).contains($0) }.prefix(500), as: UTF8.self)
    }

    private func token(_ owner: Person?) -> String {
        if values.chance.isOne(in: 30), let secret, let owner {
            let expiry = values.chance.pick([
                "9223372036854775807", "-9223372036854775808", values.number(around: ["253402300799"]),
            ])
            let claims = "{\"userId\":\"\(owner.id)\",\"iat\":0,\"exp\":\(expiry)}"
            return headerValue(HostileSnapshot.token(claims, secret: secret))
        }
        if values.chance.isOne(in: 40) { return headerValue(values.hostile()) }
        return owner?.token ?? "none"
    }

    // MARK: Beyond one declaration

    /// A scenario as JSON, which is YAML; or one of the shipped ones.
    private func scenario() -> HostileRequest {
        var request = control("loadScenario")
        values.names = [
            "*": ["a", "b"], "user": ["a", "b"], "lease": ["a", "b"], "transaction": ["a", "b"],
            "paymentMethod": ["a", "b"],
        ]
        defer { values.names = [:] }
        let shipped = values.chance.pick([
            "first-purchase", "returning-customer", "past-due", "partial-shipment", "manual-review",
        ])
        if values.chance.isOne(in: 2) {
            request.body = Array(#"{"name":"\#(shipped)"}"#.utf8)
        } else {
            let text = values.object(of: Scenario.fields, without: ["faults", "keys", "$schema"])
            request.body = Array("{\"name\":\"made\",\"text\":\(values.quoted(text))}".utf8)
        }
        return request
    }

    private func upload() -> HostileRequest {
        var request = at("/_sandbox/snapshots/bad", "uploadSnapshot")
        var bytes = image ?? []
        if !bytes.isEmpty, values.chance.isOne(in: 5) {
            for _ in 0..<(1 + values.chance.below(20)) {
                bytes[values.chance.below(bytes.count)] = UInt8(values.chance.below(256))
            }
        } else if !bytes.isEmpty {
            bytes = (try? HostileSnapshot(bytes).spoiled(&values)) ?? bytes
        }
        request.body = bytes
        return request
    }

    /// One that keeps nobody waiting: what delays or closes concerns an operation that the run does not ask for.
    private func fault() -> HostileRequest {
        var request = control("addFault")
        let waiting: Set<String> = ["delay", "drip", "connection"]
        let fields = Fault.fields(operations: Routes.operations)
        if values.chance.isOne(in: 3) {
            let only = Set(fields.map(\.name)).subtracting(waiting).union(["operations"])
            let rest = values.object(of: fields.filter { waiting.contains($0.name) }, without: only)
            request.body = Array("{\"operations\":[\"getProducts\"],\(rest.dropFirst())".utf8)
        } else if values.chance.isOne(in: 2) {
            request.body = Array(values.object(of: fields, without: waiting).utf8)
        } else {
            let what = values.chance.pick([
                #""status":503"#, #""status":\#(values.number(around: ["200", "599"]))"#,
                #""rateLimit":{"limit":2,"per":"day"}"#,
                #""content":"truncated""#, #""foreign":true"#, #""status":400,"probability":0.5,"carriedOut":true"#,
            ])
            let until = values.chance.isOne(in: 2) ? ",\"until\":\(values.hostile(for: .moment))" : ""
            request.body = Array("{\(what)\(until)}".utf8)
        }
        return request
    }

    // MARK: Learning

    func learn(from json: JSON?, to request: HostileRequest, status: Int) {
        guard (200..<300).contains(status), let operation = request.endpoint?.operation else { return }
        let data = json?["data"]
        switch operation {
        case "createUser":
            guard let id = data?["userId"]?.string, let token = data?["token"]?.string else { return }
            people.append(Person(id: id, token: token))
            if people.count > 40 { people.removeFirst(20) }
            let place = people.count - 1
            let steps = [
                "applyForSpendingLimit", "addPaymentMethod", "createLease", "getPaymentMethods", "signLease",
                "finalizeLease",
                "confirmShipment", "getAgreements", "collectPayment",
            ]
            journey =
                values.chance.isOne(in: 3)
                ? [] : steps.prefix(values.chance.isOne(in: 2) ? 9 : 3 + values.chance.below(7)).map { ($0, place) }
        case "createLease":
            guard let id = data?["leaseId"]?.string else { return }
            let token = request.fields.first { $0.name == "customer-token" }?.value
            let reference = request.body.flatMap { try? JSON($0) }?["transactionId"]?.string ?? "none"
            references.append(reference)
            guard let owner = people.firstIndex(where: { $0.token == token }) else { return }
            people[owner].leases.append(id)
            people[owner].references.append(reference)
        case "getAgreements": learn("agreementId", json)
        case "getPaymentMethods": learn("paymentMethodId", json)
        case "getVerificationQuestions":
            if let id = data?["id"]?.string { values.known["id"] = [id] }
            let questions = data?["questions"]?.elements ?? []
            values.known["questionId"] = questions.compactMap { $0["id"]?.string }
            values.known["choiceId"] = questions.compactMap { $0["choices"]?.elements.first?["id"]?.string }
        case "prequalificationStart": if let id = data?["prequalId"]?.string { values.learn("prequalId", id) }
        case "userAuthCode": if let code = json?["code"]?.string { values.learn("code", code) }
        case "getMessages":
            for one in data?["messages"]?.elements ?? [] { values.learn("passcode", one["passcode"]?.string ?? "") }
        default: break
        }
    }

    private func learn(_ name: String, _ json: JSON?) {
        for element in (json?["data"] ?? json)?.elements ?? [] { values.learn(name, element["id"]?.string ?? "none") }
    }
}
