import Contract
import HTTP
import Medusa
import MedusaAPI
import Sandbox
import Testing

/// The vendor's server knows a customer first, then reads a body, then validates it, and only then looks for what is named (decisions.md 14).
@Suite struct `Of several things that are wrong at once` {
    /// In the order in which they are told.
    enum Wrong: CaseIterable {
        case token, type, json, field, name

        var answer: (status: Int, code: String?) {
            switch self {
            case .token: (401, "InvalidCredentials")
            case .type: (415, "")
            case .json, .field: (400, "")
            case .name: (404, nil)
            }
        }
    }

    struct Spelling: CustomTestStringConvertible, Sendable {
        let endpoint: Endpoint
        let method: Method
        let path: String
        var testDescription: String { "\(method.rawValue) \(path)" }

        /// What can be wrong with it.
        var wrongs: [Wrong] {
            Wrong.allCases.filter { wrong in
                switch wrong {
                case .token:
                    if case .customerToken = endpoint.security { true } else { false }
                case .type, .json: !endpoint.body.isEmpty && method == .post
                case .field: !endpoint.query.isEmpty || !endpoint.body.isEmpty && method == .post
                case .name:
                    path.contains("{") && !path.contains("{routingNumber}")
                        && (endpoint.body.isEmpty || Self.bodies[endpoint.operation] != nil)
                }
            }
        }

        /// Bodies that are right in themselves.
        static let bodies = [
            "signLease": #"{"ipAddress":"127.0.0.1","signed":true}"#, "cancelItems": "{}", "returnItems": "{}",
            "confirmReceipt": "{}", "confirmShipment": "{}", "requestPasscode": #"{"transport":"email"}"#,
            "loginCustomer": #"{"passcode":"ABC123"}"#,
            "verifyACH": #"{"accountNumber":"12345678","routingNumber":"021000021"}"#,
            "collectPayment": #"{"paymentMethodId":"x","amount":1}"#,
            "refundTransaction": #"{"items":[{"lineNumber":1,"sku":"s"}]}"#,
        ]
    }

    static let spellings = Routes.endpoints.flatMap { endpoint in
        endpoint.spellings.map { Spelling(endpoint: endpoint, method: $0.method, path: $0.path) }
    }.filter { !$0.wrongs.isEmpty }

    @Test(arguments: spellings) func `the first one in the documented order is told`(spelling: Spelling) throws {
        let world = try World()
        let customer = try world.approved()
        let lease = try world.lease(customer)
        try world.sign(lease, customer)
        let wrongs = spelling.wrongs
        for subset in 1..<(1 << wrongs.count) {
            let present = wrongs.indices.filter { subset & (1 << $0) != 0 }.map { wrongs[$0] }
            let named = [("{userId}", customer.id), ("{leaseId}", lease), ("{transactionId}", "ABC-1")]
            var path = spelling.path
            for (place, id) in named {
                path = path.replacing(place, with: present.contains(.name) ? "unknown" : id)
            }
            path = path.replacing("{agreementId}", with: "unknown").replacing("{routingNumber}", with: "021000021")
            var body = spelling.method == .post ? Spelling.bodies[spelling.endpoint.operation] : nil
            if !spelling.endpoint.body.isEmpty, spelling.method == .post { body = body ?? "{}" }
            if present.contains(.field) {
                if let field = spelling.endpoint.body.last?.name, spelling.method == .post {
                    body = #"{"\#(field)":null}"#
                } else if let field = spelling.endpoint.query.last?.name {
                    path += "?\(field)="
                }
            }
            if present.contains(.json) { body = "{" }
            var fields = [NamedValue("customer-ip", "127.0.0.1")]
            if present.contains(.type) { fields.append(NamedValue("Content-Type", "text/plain")) }
            let answer = try world.send(
                spelling.method, path, body, token: present.contains(.token) ? nil : customer.token, fields: fields)
            let expected = present[0].answer
            #expect(answer.status == expected.status, "\(present): \(answer.text)")
            if let code = expected.code { #expect(answer.code == code, "\(present): \(answer.text)") }
            if expected.status == 400 {
                let isOfReading = answer.message == "Invalid request payload JSON format"
                #expect(isOfReading == (present[0] == .json), "\(present): \(answer.text)")
            }
        }
    }

    @Test func `the declarations have them in that order, and so have the pages`() {
        for endpoint in Routes.endpoints {
            let refusals = endpoint.precedence
            let unknown = refusals.firstIndex { $0.status == .notFound && !$0.codes.isEmpty } ?? refusals.endIndex
            let wrong = refusals.firstIndex { $0.meaning.hasPrefix("The first field") } ?? refusals.startIndex
            #expect(wrong < unknown || unknown == refusals.endIndex, "\(endpoint.operation)")
            let key = refusals.firstIndex { $0.status == .unauthorized } ?? refusals.endIndex
            let size = refusals.firstIndex { $0.status == .contentTooLarge } ?? refusals.endIndex
            #expect(key < size || size == refusals.endIndex, "\(endpoint.operation)")
        }
    }

    @Test func `most calls can be wrong in several ways`() {
        #expect(Self.spellings.count { $0.wrongs.count > 1 } > 20)
    }

    @Test func `the order of two dates of a shipment is told before an unknown transaction`() throws {
        let body =
            #"{"items":[{"carrier":"ups","sku":"s","shipDate":"2026-02-02","deliveryDate":"2026-02-01"}]}"#
        let answer = try World().send(.post, "/v3/transactions/unknown/confirm-shipment", body)
        #expect(answer.status == 400)
        #expect(answer.message?.contains("deliveryDate") == true)
    }

    @Test func `a strict sandbox tells what is odd before an unknown transaction`() throws {
        let world = try World()
        let sandbox = try world.sandbox()
        sandbox.settings.strictness = .strict
        let answer = try world.send(.post, "/v3/transactions/unknown/cancel", #"{"itmes":[]}"#)
        #expect(answer.status == 400)
    }
}
