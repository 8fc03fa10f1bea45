import Contract
import ControlAPI
import Foundation
import HTTP
import JSON
import Support
import Testing

/// A merchant's side of a server: one API key, over a kept connection.
final class Shop {
    let server: Server
    let key: String
    private var connection: Connection

    init(_ server: Server, key: String) throws {
        self.server = server
        self.key = key
        connection = try server.connect()
    }

    struct Answer {
        let status: Int
        let head: String
        let text: String

        var json: JSON { get throws { try JSON(Array(text.utf8)) } }
        var data: JSON { get throws { try #require(try json["data"], "\(text)") } }
        /// `error.code`, or a message of the gateway's.
        var code: String? {
            let json = try? json
            return json?["error"]?["code"].flatMap { $0.string ?? $0.numberText } ?? json?["message"]?.string
        }
        var message: String? { (try? json)?["error"]?["message"]?.string }
    }

    /// - Returns: `nil` when the server closed without a whole answer.
    func attempt(_ method: String, _ path: String, _ body: String? = nil, token: String? = nil) throws -> Answer? {
        try connection.send(Server.request(method, path, body, token: token, key: key))
        guard let response = try connection.response() else {
            connection = try server.connect()
            return nil
        }
        if response.field("connection")?.lowercased() == "close" { connection = try server.connect() }
        return Answer(status: response.status, head: response.head, text: response.body)
    }

    @discardableResult
    func send(_ method: String, _ path: String, _ body: String? = nil, token: String? = nil) throws -> Answer {
        try #require(try attempt(method, path, body, token: token), "no answer to \(method) \(path)")
    }

    // MARK: The sandbox

    @discardableResult
    func control(_ method: String, _ path: String, _ body: String? = nil) throws -> Answer {
        let answer = try send(method, "/_sandbox/\(path)", body)
        checkDeclared(answer, method, "/_sandbox/\(path)")
        return answer
    }

    private static let declarations: Router<Endpoint> = {
        var router = Router<Endpoint>()
        for endpoint in Control.endpoints { router.add(endpoint.method, endpoint.path, endpoint) }
        return router
    }()

    /// What comes back must be a declared outcome of the call.
    private func checkDeclared(_ answer: Answer, _ method: String, _ path: String) {
        guard let method = Method(rawValue: method), let target = Target(path),
            case .match(let match) = Self.declarations.find(method, target.segments)
        else { return }
        let code = answer.status < 300 ? nil : answer.code
        let declared = match.value.outcomes.first {
            $0.status.rawValue == answer.status && (code.map($0.codes.contains) ?? true)
        }
        guard let declared else {
            Issue.record("\(match.value.path) does not declare \(answer.status) \(code ?? "")")
            return
        }
        guard let body = try? answer.json else { return }
        #expect(declared.body.differences(in: body) == [], "\(match.value.path)")
    }

    /// Moves the clock, and names what fell due.
    @discardableResult
    func advance(_ by: String) throws -> [String] {
        let events = try control("POST", "clock/advance", #"{"by":"\#(by)"}"#).data["events"]?.elements ?? []
        return events.compactMap { $0["event"]?.string }
    }

    func state() throws -> JSON { try control("GET", "state").data }

    /// The public id behind a scenario's name.
    func id(_ section: String, _ name: String) throws -> String {
        let names = try control("GET", "scenario").data["names"]
        return try #require(names?[section]?[name]?.string, "\(section) \(name)")
    }

    /// A token for a customer of the scenario.
    func token(_ name: String) throws -> String {
        let answer = try send("GET", "/v3/users/\(id("users", name))/authorize")
        return try #require(try answer.data["token"]?.string)
    }

    // MARK: The API

    func create(_ email: String) throws -> (id: String, token: String) {
        let body = #"{"firstName":"John","lastName":"Doe","email":"\#(email)"}"#
        let data = try send("POST", "/v3/users", body).data
        return (try #require(data["userId"]?.string), try #require(data["token"]?.string))
    }

    /// - Parameter changes: members in the place of the sample's.
    func apply(_ token: String, changing changes: [String: String] = [:]) throws -> Answer {
        try send("POST", "/v3/users/me/apply", Self.application(changes), token: token)
    }

    static func application(_ changes: [String: String] = [:]) -> String {
        var members = [
            "street1": #""123 Test Dr.""#, "city": #""Hollywood""#, "regionAbbr": #""FL""#, "postalCode": #""33021""#,
            "country": #""US""#, "mobilePhone": #""6514447773""#, "dateOfBirth": #""1998-03-23""#,
            "ssn": #""888776666""#,
            "employmentInformation": #"{"monthlyIncome":1250,"payFrequency":"weekly"}"#,
        ]
        members.merge(changes) { $1 }
        return "{\(members.sorted { $0.key < $1.key }.map { #""\#($0.key)":\#($0.value)"# }.joined(separator: ","))}"
    }

    static let card =
        #"{"primary":false,"label":"Visa","token":{"cardType":"visa","lastFour":"1234","token":"t","billingZip":"20146"}}"#

    func addCard(_ token: String) throws -> Answer {
        try send("POST", "/v3/paymentMethods/add", Self.card, token: token)
    }

    func addBank(_ token: String, routing: String, primary: Bool = false) throws -> Answer {
        let body =
            #"{"primary":\#(primary),"label":"Bank","ach":{"routing":"\#(routing)","account":"123456789","accountType":"checking"}}"#
        return try send("POST", "/v3/paymentMethods/add", body, token: token)
    }

    func lease(_ token: String, _ reference: String, cost: Int = 200, quantity: Int = 1) throws -> Answer {
        let body =
            #"{"transactionId":"\#(reference)","items":[{"brand":"b","sku":"s","description":"d","cost":\#(cost),"quantity":\#(quantity)}]}"#
        return try send("POST", "/v3/leases", body, token: token)
    }

    func sign(_ lease: String, _ token: String) throws -> Answer {
        try send("POST", "/v3/leases/\(lease)/sign", #"{"ipAddress":"127.0.0.1","signed":true}"#, token: token)
    }
}
