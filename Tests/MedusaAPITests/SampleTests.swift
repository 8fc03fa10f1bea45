import HTTP
import JSON
import Medusa
import Support
import Testing

/// Every documented sample body is reproduced: the same status, keys, types and nesting (decisions.md 1); an error to the
/// letter.
@Suite struct `The documented samples` {
    @Test(arguments: Fixture.names)
    func `are the wire`(name: String) throws {
        let fixture = try Fixture(name)
        let provoke = try #require(Self.ways[name], "nothing provokes \(name)")
        let answer = try provoke(World())
        #expect(answer.status == fixture.status, "\(answer.text)")
        if fixture.status < 400 {
            #expect(differences(answer.json, fixture.body) == [], "as printed on: \(fixture.source)")
        } else {
            #expect(answer.text == compact(fixture.body), "as printed on: \(fixture.source)")
        }
    }

    @Test func `are provoked once each`() {
        #expect(Set(Self.ways.keys) == Set(Fixture.names))
    }

    /// The sample without its white space.
    private func compact(_ json: JSON) -> String {
        if json.isObject {
            return "{" + json.members.map { "\"\($0.name)\":\(compact($0.value))" }.joined(separator: ",") + "}"
        }
        if json.isArray { return "[" + json.elements.map(compact).joined(separator: ",") + "]" }
        return String(decoding: json.source, as: UTF8.self)
    }

    private typealias Way = @Sendable (World) throws -> World.Answer

    private static func agreements(_ world: World, _ customer: World.Customer) throws -> World.Answer {
        try world.send(.get, "/v3/customers/me/agreements", token: customer.token)
    }

    private static func add(_ routing: String) -> Way {
        { world in
            let body = #"{"primary":true,"label":"x","ach":{"routing":"\#(routing)","account":"12345678"}}"#
            return try world.send(.post, "/v3/paymentMethods/add", body, token: world.create().token)
        }
    }

    private static let ways: [String: Way] = [
        "verify-user-exists.200": { world in
            _ = try world.create()
            return try world.send(.get, "/v3/user-exists?email=john@example.com")
        },
        "deeply-verify-user-exists.200": { world in
            try world.send(.post, "/v3/users/exists", #"{"email":"john@example.com"}"#)
        },
        "create-user.200": { world in
            try world.send(.post, "/v3/users", #"{"firstName":"J","lastName":"D","email":"a@b.co"}"#)
        },
        "create-user.409": { world in
            _ = try world.create()
            return try world.send(.post, "/v3/users", #"{"firstName":"J","lastName":"D","email":"John@Example.com"}"#)
        },
        "get-users.200": { world in
            _ = try world.finalized()
            return try world.send(.get, "/v3/users")
        },
        "get-user.200": { world in
            try world.send(.get, "/v3/users/me", token: world.finalized().token)
        },
        "create-authorization-token.200": { world in
            try world.send(.get, "/v3/users/\(world.create().id)/authorize")
        },
        "add-payment-method.201": { world in
            let body = try Fixture.request("add-payment-method")
            return try world.send(.post, "/v3/paymentMethods/add", body, token: world.create().token)
        },
        "add-payment-method.400-11503": add("991150302"),
        "add-payment-method.400-11505": add("084009519"),
        "add-payment-method.400-11506": add("991150603"),
        "child-transaction-key.200": { try $0.send(.post, "/v3/paymentMethods/child-transaction-key") },
        "child-transaction-key.401-missing": {
            try $0.send(.post, "/v3/paymentMethods/child-transaction-key", key: nil)
        },
        "child-transaction-key.401-invalid": {
            _ in
            try World(allowedKeys: ["test-key"]).send(.post, "/v3/paymentMethods/child-transaction-key", key: "other")
        },
        "clover-pkms.200": { try $0.send(.get, "/v3/gateways/clover/pkms") },
        "get-payment-methods.200": { world in
            try world.send(.get, "/v3/customers/me/payment-methods", token: world.approved().token)
        },
        "apply.200": { world in
            let body = try Fixture.request("apply")
            return try world.send(.post, "/v3/users/me/apply", body, token: world.create().token)
        },
        "apply.502": { world in
            let customer = try world.create("x.gateway@example.com")
            return try world.send(.post, "/v3/users/me/apply", World.application, token: customer.token)
        },
        "create-lease.200": { world in
            try world.send(.post, "/v3/leases", World.order(), token: world.approved().token)
        },
        "get-transactions.200": { world in
            _ = try world.shipped()
            return try world.send(.get, "/v3/transactions")
        },
        "get-lease.200": { world in
            let customer = try world.approved()
            return try world.send(.get, "/v3/leases/\(world.lease(customer))", token: customer.token)
        },
        "get-lease.404": { world in
            try world.send(.get, "/v3/leases/unknown", token: world.approved().token)
        },
        "get-transaction.200": { world in
            _ = try world.shipped()
            return try world.send(.get, "/v3/transactions/ABC-1")
        },
        "get-transaction.404": { try $0.send(.get, "/v3/transactions/unknown") },
        "sign-lease.200": { world in
            let customer = try world.approved()
            return try world.sign(world.lease(customer), customer)
        },
        "sign-lease.402": { world in
            let customer = try world.create()
            try world.send(.post, "/v3/users/me/apply", World.application, token: customer.token)
            return try world.sign(world.lease(customer), customer)
        },
        "sign-lease.404": { world in try world.sign("unknown", world.approved()) },
        "sign-lease.410": { world in
            let customer = try world.approved()
            let lease = try world.lease(customer)
            try world.advance(.hours(24))
            let again = try world.send(.get, "/v3/users/\(customer.id)/authorize").data?["token"]?.string
            return try world.sign(lease, .init(id: customer.id, token: try #require(again)))
        },
        "finalize-lease.200": { world in
            let customer = try world.approved()
            try world.sign(world.lease(customer), customer)
            return try world.send(.post, "/v3/transactions/ABC-1/finalize")
        },
        "finalize-lease.404": { try $0.send(.post, "/v3/transactions/unknown/finalize") },
        "cancel-items.200": { world in
            _ = try world.finalized()
            let body = #"{"items":[{"sku":"abc123","quantity":1},{"sku":"unknown","quantity":1}]}"#
            return try world.send(.post, "/v3/transactions/ABC-1/cancel", body)
        },
        "cancel-items.404": { try $0.send(.post, "/v3/transactions/unknown/cancel") },
        "return-items.200": { world in
            _ = try world.shipped()
            let body = #"{"items":[{"sku":"abc123","quantity":3}]}"#
            return try world.send(.post, "/v3/transactions/ABC-1/return", body)
        },
        "return-items.404": { try $0.send(.post, "/v3/transactions/unknown/return") },
        "confirm-shipment.200": { world in
            _ = try world.finalized()
            let body = try Fixture.request("confirm-shipment").replacing("ABC123", with: "abc123")
            return try world.send(.post, "/v3/transactions/ABC-1/confirm-shipment", body)
        },
        "confirm-shipment.404": { try $0.send(.post, "/v3/transactions/unknown/confirm-shipment") },
        "confirm-receipt.200": { world in
            _ = try world.finalized()
            return try world.send(.post, "/v3/transactions/ABC-1/confirm-receipt")
        },
        "confirm-receipt.404": { try $0.send(.post, "/v3/transactions/unknown/confirm-receipt") },
        "get-agreements.200": { world in try agreements(world, world.shipped()) },
        "collect-payment.200": { world in
            let customer = try world.shipped("x.decline@example.com")
            let agreement = try agreements(world, customer).json.elements[0]["id"]?.string ?? ""
            let methods = try world.send(.get, "/v3/customers/me/payment-methods", token: customer.token)
            let method = methods.json.elements[0]["id"]?.string ?? ""
            return try world.send(
                .post, "/v3/customers/me/agreements/\(agreement)/transactions/payment",
                #"{"paymentMethodId":"\#(method)","amount":2}"#, token: customer.token)
        },
        "verify-ach.200": { world in
            let body = #"{"accountNumber":"1234567890","routingNumber":"021000021"}"#
            return try world.send(.post, "/v3/paymentMethods/\(world.create().id)/verifyACH", body)
        },
        "account-lookup.200": { world in
            let customer = try world.create()
            let bank = #"{"primary":true,"label":"x","ach":{"routing":"021000021","account":"12345678"}}"#
            try world.send(.post, "/v3/paymentMethods/add", bank, token: customer.token)
            try world.send(.post, "/v3/users/me/apply", World.application, token: customer.token)
            _ = try world.lease(customer)
            return try world.send(.post, "/v3/users/search", #"{"mobilePhone":"6514447773","ssn":"888776666"}"#)
        },
        "checkout.200": { try $0.send(.post, "/v3/checkout", Fixture.request("checkout")) },
        "get-products.200": { try $0.send(.get, "/v3/products") },
        "get-verification-questions.200": { world in
            let customer = try world.create("x.verify@example.com")
            try world.send(.post, "/v3/users/me/apply", World.application, token: customer.token)
            return try world.send(.get, "/v3/users/me/verify-questions", token: customer.token)
        },
        "login-customer.200": { world in
            let customer = try world.create()
            let code = try world.passcode(of: customer)
            return try world.send(.post, "/v3/users/\(customer.id)/passcode-login", #"{"passcode":"\#(code)"}"#)
        },
        "prequalification-start.200": { try $0.send(.post, "/v3/users/prequal/start/lease", World.prequalification()) },
        "refund-transaction.200": { world in
            _ = try world.finalized()
            let body = #"{"items":[{"lineNumber":1,"sku":"abc123","itemCredit":400}]}"#
            return try world.send(.post, "/v3/transactions/ABC-1/refund", body)
        },
        "request-passcode.200": { world in
            let body = try Fixture.request("request-passcode")
            return try world.send(.post, "/v3/users/\(world.create().id)/send-passcode", body)
        },
        "user-auth-code.200": { world in
            try world.send(.post, "/v3/users/\(world.create().id)/auth-code")
        },
        "verify-ach.400": { world in
            try world.send(
                .post, "/v3/paymentMethods/\(world.create().id)/verifyACH", #"{"routingNumber":"021000021"}"#)
        },
    ]
}
