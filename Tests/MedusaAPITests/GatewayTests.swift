import HTTP
import JSON
import Medusa
import MedusaAPI
import Sandbox
import Testing

@Suite struct `The gateway` {
    private let world: World

    init() throws { world = try World() }

    @Test func `asks for a key, as Kong does`() throws {
        let answer = try world.send(.get, "/v3/users", key: nil)
        #expect(answer.status == 401)
        #expect(answer.text == #"{"message":"No API key found in request"}"#)
        #expect(answer.field("www-authenticate") == #"Key realm="kong""#)
        #expect(answer.field("content-type") == "application/json; charset=utf-8")
    }

    @Test func `refuses a key that is not on the list`() throws {
        let closed = try World(allowedKeys: ["test-key"])
        #expect(try closed.send(.get, "/v3/users").status == 200)
        let answer = try closed.send(.get, "/v3/users", key: "other")
        #expect(answer.status == 401)
        #expect(answer.text == #"{"message":"Invalid authentication credentials"}"#)
    }

    @Test(arguments: ["", String(repeating: "k", count: 600)])
    func `refuses a key that cannot be one`(key: String) throws {
        #expect(try world.send(.get, "/v3/users", key: key).status == 401)
    }

    @Test func `refuses two keys at once`() throws {
        let answer = try world.send(.get, "/v3/users", fields: [NamedValue("authorization", "other")])
        #expect(answer.text == #"{"message":"Duplicate API key found"}"#)
    }

    @Test func `strips Bearer from a key`() throws {
        _ = try world.create()
        let answer = try world.send(.get, "/v3/users", key: "Bearer test-key")
        #expect(answer.data?["meta"]?["count"]?.numberText == "1")
    }

    @Test(arguments: [
        (Method.get, "/v3/nothing"), (.delete, "/v3/users"), (.get, "/"), (.get, "/v3/leases/x/sign"),
        (.post, "/v3/users/me"),
    ])
    func `has no route for what is not documented`(method: Method, path: String) throws {
        let answer = try world.send(method, path)
        #expect(answer.status == 404)
        #expect(answer.text == #"{"message":"no Route matched with those values"}"#)
    }

    @Test func `reports a path that lacks its /v3, without showing it`() throws {
        #expect(try world.send(.get, "/transactions/john@example.com").status == 404)
        #expect(world.reports.count == 1)
        #expect(world.reports.first?.contains("under /v3") == true)
        #expect(world.reports.first?.contains("john") == false)
    }

    @Test func `names the methods that a path does have`() throws {
        #expect(try world.send(.delete, "/v3/users").field("allow") == "HEAD, POST, GET, OPTIONS")
    }

    @Test(arguments: ["{", "{\"a\":}", "nope", "{\"a\":1}}", "\u{0}", "{\"a\":\"\u{0}\"}"])
    func `refuses a body that is no JSON`(body: String) throws {
        let answer = try world.send(.post, "/v3/users", body)
        #expect(answer.status == 400)
        #expect(
            answer.text
                == #"{"error":{"statusCode":400,"code":"","message":"Invalid request payload JSON format","data":{}}}"#)
    }

    @Test(arguments: ["text/plain", "multipart/form-data; boundary=x", "application/jsonp"])
    func `refuses a body of another type`(type: String) throws {
        let answer = try world.send(.post, "/v3/users", "{}", fields: [NamedValue("Content-Type", type)])
        #expect(answer.status == 415)
        #expect(answer.message == "Unsupported Media Type")
    }

    @Test(arguments: ["application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8"])
    func `takes JSON however its type is written`(type: String) throws {
        let body = #"{"firstName":"J","lastName":"D","email":"a@b.co"}"#
        #expect(try world.send(.post, "/v3/users", body, fields: [NamedValue("Content-Type", type)]).status == 200)
    }

    @Test func `takes an empty body with a content type, as Magento's module sends it`() throws {
        _ = try world.finalized()
        let answer = try world.send(
            .post, "/v3/transactions/ABC-1/finalize", fields: [NamedValue("Content-Type", "application/json")])
        #expect(answer.status == 200)
    }

    @Test func `lets a page of any origin call`() throws {
        let origin = NamedValue("Origin", "http://shop.test:3000")
        let asked = try world.send(
            .options, "/v3/users", key: nil,
            fields: [origin, NamedValue("Access-Control-Request-Headers", "authorization,x-mine")])
        #expect(asked.status == 204)
        #expect(asked.field("access-control-allow-origin") == "http://shop.test:3000")
        #expect(asked.field("access-control-allow-headers") == "authorization,x-mine")
        #expect(
            try world.send(.get, "/v3/users", fields: [origin]).field("access-control-allow-origin")
                == "http://shop.test:3000")
    }

    @Test(arguments: [
        ("http://localhost:3000", true), ("http://127.0.0.1", true), ("http://[::1]:80", true),
        ("https://shop.localhost", true), ("http://evil.example", false), ("http://localhost.evil.example", false),
        ("null", false),
    ])
    func `lets only local pages call when it listens beyond loopback`(origin: String, isAllowed: Bool) {
        let sandboxes = Sandboxes(home: .memory, seed: 1, allowedKeys: [])
        let gateway = Gateway(sandboxes, access: Access(isLoopback: false)) { _ in }
        let request = Request(method: .get, target: Target("/")!, fields: ["Origin": origin])
        let names = gateway.answer(request).response.fields.map(\.name)
        #expect(names.contains("Access-Control-Allow-Origin") == isAllowed)
    }

    @Test(arguments: [
        "/v3/users/", "/v3/users?limit=20&page=1", "/v3/users?page=1&limit=20", "/v3/%75sers", "/v3/users?unknown=1",
    ])
    func `does not mind how a target is spelled`(path: String) throws {
        _ = try world.create()
        #expect(try world.send(.get, path).text == world.send(.get, "/v3/users").text)
        #expect(try world.send(.head, path).status == 200)
    }

    @Test(
        arguments: [
            (Method.post, "/v3/user/exists", #"{"email":"a@b.co"}"#),
            (.post, "/v3/transactions/ABC-1/return-items", "{}"),
            (.post, "/v3/transaction/ABC-1/finalize", "{}"), (.get, "/v3/transaction/ABC-1", nil),
        ] as [(Method, String, String?)])
    func `serves the other spellings of the documents`(method: Method, path: String, body: String?) throws {
        _ = try world.finalized()
        #expect(try world.send(method, path, body).status == 200)
    }

    @Test func `serves the smallest order`() throws {
        #expect(try world.send(.get, "/v3/settings/lease").text == #"{"data":{"minimumOrderValue":49.95}}"#)
    }
}

@Suite struct `A customer token` {
    private let world: World

    init() throws { world = try World() }

    private func me(_ token: String?, key: String = "test-key") throws -> World.Answer {
        try world.send(.get, "/v3/users/me", token: token, key: key)
    }

    private static let refusal =
        #"{"error":{"statusCode":401,"code":"InvalidCredentials","message":"Invalid client credentials","data":{}}}"#

    @Test func `is asked for`() throws {
        let answer = try me(nil)
        #expect(answer.status == 401)
        #expect(answer.text == Self.refusal)
    }

    @Test func `begins with userId, and lives for an hour`() throws {
        let customer = try world.create()
        #expect(customer.token.hasPrefix("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VySWQiOi"))
        try world.advance(.milliseconds(3_599_999))
        #expect(try me(customer.token).status == 200)
        try world.advance(.milliseconds(1))
        #expect(try me(customer.token).text == Self.refusal)
    }

    @Test func `stays good beside a newer one`() throws {
        let customer = try world.create()
        let second = try world.send(.get, "/v3/users/\(customer.id)/authorize").data?["token"]?.string
        #expect(try me(customer.token).text == me(second).text)
    }

    @Test func `is refused when a single character of it changes`() throws {
        let token = try world.create().token
        for place in token.indices.dropLast() where token[place] != "." {
            var changed = token
            changed.replaceSubrange(place...place, with: token[place] == "A" ? "B" : "A")
            #expect(try me(changed).status == 401)
        }
    }

    @Test(arguments: [
        "", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJ1c2VySWQiOiJ4In0.", String(repeating: "a", count: 1100),
    ])
    func `is refused when it is none`(token: String) throws {
        #expect(try me(token).status == 401)
    }

    @Test func `is refused with another key, and the mix-up is reported`() throws {
        let customer = try world.create()
        #expect(try me(customer.token, key: "other-key").text == Self.refusal)
        #expect(world.reports.count == 1)
        #expect(world.reports.first?.contains("another API key") == true)
    }

    @Test func `of a lease is no token of a customer`() throws {
        let customer = try world.approved()
        #expect(try me(world.lease(customer)).status == 401)
    }
}

@Suite struct `Two keys` {
    @Test func `never see each other's users, leases or tokens`() throws {
        let world = try World()
        try world.sandbox("other-key").clock = .frozen(World.start)
        let customer = try world.finalized()
        let lease = try world.send(.get, "/v3/transactions/ABC-1").data?["lease"]?["id"]?.string ?? ""
        let other = try world.create(key: "other-key")
        #expect(other.id != customer.id)
        let missing = [
            try world.send(.get, "/v3/users/\(customer.id)/authorize", key: "other-key"),
            try world.send(.get, "/v3/transactions/ABC-1", key: "other-key"),
            try world.send(.get, "/v3/transactions/\(lease)", key: "other-key"),
            try world.send(.get, "/v3/leases/\(lease)", token: other.token, key: "other-key"),
            try world.send(
                .post, "/v3/paymentMethods/\(customer.id)/verifyACH",
                #"{"accountNumber":"12345678","routingNumber":"021000021"}"#, key: "other-key"),
            try world.send(.post, "/v3/transactions/ABC-1/finalize", key: "other-key"),
        ]
        #expect(missing.map(\.status) == Array(repeating: 404, count: missing.count))
        #expect(try world.send(.get, "/v3/users", key: "other-key").data?["meta"]?["count"]?.numberText == "1")
        #expect(try world.send(.get, "/v3/transactions", key: "other-key").data?["meta"]?["count"]?.numberText == "0")
        #expect(try world.send(.get, "/v3/users/me", token: customer.token, key: "other-key").status == 401)
    }

    @Test func `with the same seed give the same bytes, each to itself`() throws {
        func transcript(seed: UInt64) throws -> [String] {
            let world = try World(seed: seed)
            _ = try world.shipped()
            return try ["/v3/users", "/v3/transactions", "/v3/gateways/clover/pkms"].map {
                try world.send(.get, $0).text
            }
        }
        #expect(try transcript(seed: 1) == transcript(seed: 1))
        #expect(try transcript(seed: 1) != transcript(seed: 2))
    }

    @Test func `beyond what memory is to hold are served all the same`() throws {
        let world = try World()
        for number in 1...Sandboxes.openLimit + 10 {
            #expect(try world.send(.get, "/v3/users", key: "k\(number)").status == 200)
        }
        #expect(world.sandboxes.opened.count == Sandboxes.openLimit)
        #expect(try world.send(.get, "/v3/users").status == 200)
    }
}
