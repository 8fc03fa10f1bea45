import HTTP
import JSON
import Medusa
import MedusaAPI
import MedusaStore
import PaymentPlugin
import Sandbox
import Testing

/// What the server does for the Payment Plugin, without a browser.
@Suite struct `The Payment Plugin's server` {
    private let sandboxes: Sandboxes
    private let plugin: Plugin

    init() throws { try self.init(allowedKeys: []) }

    private init(allowedKeys: Set<String>) throws {
        sandboxes = Sandboxes(home: .memory, seed: 1, allowedKeys: allowedKeys)
        plugin = Plugin(Gateway(sandboxes, access: Access(isLoopback: true)) { _ in })
    }

    struct Answer {
        let status: Int
        let text: String
        let fields: [NamedValue]

        var json: JSON? { try? JSON(Array(text.utf8)) }
        var message: String? { json?["error"]?["message"]?.string ?? json?["message"]?.string }
        func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
    }

    private func send(
        _ method: Method, _ path: String, _ body: String? = nil, authKey: String? = "shop", token: String? = nil,
        host: String? = "127.0.0.1:6338", fields extra: [NamedValue] = []
    ) throws -> Answer {
        var fields = Fields()
        if let host { fields.add("Host", host) }
        if let authKey { fields.add("x-auth-key", authKey) }
        if let token { fields.add("customer-token", token) }
        if body != nil { fields.add("Content-Type", "application/json") }
        for field in extra { fields.add(field.name, field.value) }
        let target = try #require(Target(path))
        let reply = plugin.answer(
            Request(method: method, target: target, fields: fields, body: Array((body ?? "").utf8)))
        try reply.unsettled?.store.settle()
        return Answer(
            status: reply.response.status.rawValue, text: String(decoding: reply.response.body, as: UTF8.self),
            fields: reply.response.fields)
    }

    private func create(_ email: String = "john@example.com", password: String? = "correct horse") throws -> String {
        let secret = password.map { #","password":"\#($0)""# } ?? ""
        let body = #"{"firstName":"John","lastName":"Doe","email":"\#(email)"\#(secret)}"#
        return try #require(try send(.post, "/pp3/api/v3/users", body).json?["data"]?["token"]?.string)
    }

    // MARK: The script and the pages

    @Test func `gives the script its key, and nobody a way out of the text`() throws {
        let script = try send(.get, "/sdk/js?authKey=%3C/script%3E%22%27").text
        #expect(
            script.hasSuffix(#"({"origin":"http://127.0.0.1:6338","authKey":"\u003C/script>\"'"});\#n"#))
        #expect(script.contains("window.FlexSDK = FlexSDK;"))
    }

    @Test(arguments: [
        (
            [("Host", "pp3.sandbox.flexshopper.com"), ("X-Forwarded-Proto", "https")],
            "https://pp3.sandbox.flexshopper.com"
        ),
        (
            [("Host", "10.0.0.1:6338"), ("Forwarded", #"for=1.2.3.4;proto=https;host="shop.test:8443""#)],
            "https://shop.test:8443"
        ),
        (
            [("Host", "a"), ("X-Forwarded-Proto", "HTTPS, http"), ("X-Forwarded-Host", "shop.test")],
            "https://shop.test"
        ),
        ([("Host", "localhost:1")], "http://localhost:1"),
    ])
    func `tells the script the scheme and the host of its own request`(
        given: [(String, String)], origin: String
    ) throws {
        let fields = given.map { NamedValue($0.0, $0.1) }
        #expect(
            try send(.get, "/sdk/js?authKey=shop", host: nil, fields: fields).text.contains(#""origin":"\#(origin)""#))
    }

    @Test func `lets any page load its files, one that is isolated and one that loads the script as a module`() throws {
        for path in ["/sdk/js?authKey=shop", "/pp3/frame", "/pp3/app", "/pp3/app.js", "/pp3/app.css"] {
            let answer = try send(.get, path, fields: [NamedValue("Origin", "null")])
            #expect(answer.field("Cross-Origin-Resource-Policy") == "cross-origin", "\(path)")
            #expect(answer.field("Cross-Origin-Embedder-Policy") == "require-corp", "\(path)")
            #expect(answer.field("Access-Control-Allow-Origin") == "null", "\(path)")
        }
    }

    @Test(arguments: [
        ("/sdk/js", "the script's address has no authKey"),
        ("/sdk/js?authKey=unknown", "the auth key is not known here"),
    ])
    func `says in the script what is wrong with its key`(path: String, problem: String) throws {
        let closed = try Self(allowedKeys: ["shop"])
        #expect(try closed.send(.get, path).text.contains(#""problem":"\#(problem)"#))
        #expect(try !closed.send(.get, "/sdk/js?authKey=shop").text.contains(#""problem":"#))
    }

    @Test(arguments: [
        "/pp3/frame", "/pp3/app", "/pp3/app.js", "/pp3/app.css", "/pp3/dom.js", "/pp3/calls.js", "/pp3/account.js",
        "/pp3/application.js", "/pp3/lease.js", "/pp3/logo.js", "/pp3/frame.js", "/pp3/frame.css", "/demo",
        "/demo/shop.js",
        "/demo/shop.css",
    ])
    func `serves its files under a policy that allows no inline text`(path: String) throws {
        let answer = try send(.get, path)
        #expect(answer.status == 200)
        let policy = try #require(answer.field("Content-Security-Policy"))
        #expect(policy.contains("default-src 'none'"))
        #expect(!policy.contains("unsafe"))
        #expect(!answer.text.contains("innerHTML"))
        #expect(try send(.post, path, "{}").status == 405)
    }

    @Test func `has nothing at other paths`() throws {
        for path in ["/pp3", "/pp3/secret", "/sdk", "/demo/x"] { #expect(try send(.get, path).status == 404) }
    }

    @Test func `opens no sandbox for a script, a page, or what it has not`() throws {
        for number in 0..<2000 {
            let script = try send(.get, "/sdk/js?authKey=key-\(number)")
            #expect(script.status == 200 && !script.text.contains("\"problem\""))
        }
        for path in ["/sdk/js", "/pp3/frame", "/pp3/app.js", "/demo", "/pp3/nothing", "/demo/x"] {
            for method in [Method.get, .head, .options, .post] { _ = try send(method, "\(path)?authKey=other", "{}") }
        }
        for path in ["/pp3/api/v3/users", "/pp3/api/v3/nothing", "/pp3/api/v3/users/search"] {
            _ = try send(.options, path, authKey: "other")
            _ = try send(.post, "/pp3/api/v3/nothing", "{}", authKey: "other")
        }
        #expect(sandboxes.count == 0)
    }

    @Test func `says of a key that is none that it is not known`() throws {
        for key in ["%C3%A9", "e%CC%81", "a%09b", "%20k", "%00", String(repeating: "k", count: 513)] {
            #expect(try send(.get, "/sdk/js?authKey=\(key)").text.contains("the auth key is not known here"), "\(key)")
        }
    }

    // MARK: Whose calls they are

    @Test func `opens the sandbox of the same name, or the one whose setting names the auth key`() throws {
        let sandbox = try sandboxes.sandbox(for: "api-key")
        sandbox.settings.authKey = "pk_test"
        _ = try create()
        #expect(try sandboxes.sandbox(for: "shop").store.users.count() == 1)
        let body = #"{"firstName":"J","lastName":"D","email":"a@b.co"}"#
        #expect(try send(.post, "/pp3/api/v3/users", body, authKey: "pk_test").status == 200)
        #expect(try sandbox.store.users.count() == 1)
        // Its API key is no auth key any more.
        #expect(try send(.post, "/pp3/api/v3/users", body, authKey: "api-key").status == 401)
    }

    @Test(arguments: [
        ("GET", "/v3/users"), ("GET", "/v3/transactions"), ("POST", "/v3/transactions/ABC-1/finalize"),
        ("GET", "/v3/users/5a319511a86980001d602095/authorize"), ("POST", "/v3/users/search"),
        ("POST", "/v3/users/5a319511a86980001d602095/auth-code"), ("POST", "/v3/leases/x/sign"),
        ("GET", "/_sandbox/state"),
    ])
    func `makes no merchant's call for a browser`(method: String, path: String) throws {
        let method = try #require(Method(rawValue: method))
        #expect(try send(method, "/pp3/api\(path)", method == .post ? "{}" : nil).status == 404)
    }

    @Test func `takes no key from the browser but the auth key`() throws {
        let answer = try send(
            .get, "/pp3/api/v3/user-exists?email=a@b.co", authKey: nil, fields: [NamedValue("Authorization", "shop")])
        #expect(answer.status == 401)
    }

    @Test func `lets a shop of another origin ask for a quote`() throws {
        let origin = NamedValue("Origin", "https://shop.example")
        let preflight = try send(
            .options, "/pp3/api/order", fields: [origin, NamedValue("Access-Control-Request-Headers", "x-auth-key")])
        #expect(preflight.status == 204)
        #expect(preflight.field("Access-Control-Allow-Headers") == "x-auth-key")
        let refused = try send(.post, "/pp3/api/order", "{}", fields: [origin])
        #expect(refused.field("Access-Control-Allow-Origin") == "https://shop.example")
    }

    static let application = """
        {"street1":"1 Main St","city":"x","regionAbbr":"FL","postalCode":"33021","country":"US","mobilePhone":"6514447773",\
        "dateOfBirth":"1998-03-23","ssn":"888776666","employmentInformation":{"monthlyIncome":5000,"payFrequency":"weekly"},\
        "bankAccount":{"routing":"021000021","account":"1234567890","type":"checking"}}
        """

    @Test(arguments: [
        [], [("X-Forwarded-For", "203.0.113.7, 10.0.0.1")], [("X-Forwarded-For", "2001:db8::1")],
        [("X-Forwarded-For", "unknown")],
        [("Forwarded", #"for="[2001:db8::1]:4711""#)], [("Forwarded", "for=_hidden")], [("customer-ip", "203.0.113.9")],
    ])
    func `fills in the customer's address, which a strict sandbox asks for`(given: [(String, String)]) throws {
        let sandbox = try sandboxes.sandbox(for: "shop")
        sandbox.settings.strictness = .strict
        let answer = try send(
            .post, "/pp3/api/v3/users/me/apply", Self.application, token: try create(),
            fields: given.map { NamedValue($0.0, $0.1) })
        #expect(answer.status == 200, "\(answer.text)")
    }

    @Test(arguments: [
        ([("X-Forwarded-For", "203.0.113.7, 10.0.0.1")], "203.0.113.7"),
        ([("X-Forwarded-For", "2001:db8::1")], "2001:db8:0:0:0:0:0:1"),
        ([("Forwarded", #"for="[2001:db8::1]:4711";proto=http"#)], "2001:db8:0:0:0:0:0:1"),
        ([("Forwarded", "for=192.0.2.60:80")], "192.0.2.60"),
        ([("Forwarded", "for=_hidden")], "127.0.0.1"), ([("X-Forwarded-For", "a<b")], "127.0.0.1"), ([], "127.0.0.1"),
    ])
    func `takes the customer's address from the proxy in front`(given: [(String, String)], address: String) {
        var fields = Fields()
        for (name, value) in given { fields.add(name, value) }
        #expect(Request(method: .get, target: Target(segments: []), fields: fields).clientAddress == address)
    }

    // MARK: Leases that give way

    private func lease(_ id: String, token: String) throws -> Answer {
        try send(
            .post, "/pp3/api/v3/leases",
            #"{"transactionId":"\#(id)","items":[{"sku":"a","brand":"b","description":"d","cost":100,"quantity":1}]}"#,
            token: token)
    }

    private func approved(_ email: String = "john@example.com") throws -> String {
        let token = try create(email)
        _ = try send(.post, "/pp3/api/v3/users/me/apply", Self.application, token: token)
        return token
    }

    private func balance(_ token: String) throws -> String? {
        try send(.get, "/pp3/api/v3/users/me", token: token).json?["data"]?["decision"]?["availableBalance"]?.numberText
    }

    @Test func `gives back what an unsigned lease takes from the limit, however often it is withdrawn`() throws {
        let token = try approved()
        _ = try lease("T-1", token: token)
        #expect(try balance(token) == "1200")
        for _ in 0..<2 {
            #expect(try send(.post, "/pp3/api/withdraw-lease", #"{"transactionId":"T-1"}"#, token: token).status == 200)
            #expect(try balance(token) == "1300")
        }
    }

    @Test func `withdraws no lease that is signed, and none of another customer`() throws {
        let (token, other) = (try approved(), try approved("jane@example.com"))
        let id = try #require(try lease("T-1", token: token).json?["data"]?["leaseId"]?.string)
        _ = try lease("T-2", token: other)
        let signature = #"{"ipAddress":"127.0.0.1","signed":true}"#
        #expect(try send(.post, "/pp3/api/leases/\(id)/sign", signature, token: token).status == 200)
        for transaction in ["T-1", "T-2", "T-3"] {
            let body = #"{"transactionId":"\#(transaction)"}"#
            #expect(try send(.post, "/pp3/api/withdraw-lease", body, token: token).status == 200)
            #expect(try send(.post, "/pp3/api/unsigned-lease", body, token: token).status == 404)
            #expect(try send(.post, "/pp3/api/withdraw-lease", body).status == 401)
        }
        #expect(try balance(token) == "1200")
        #expect(try balance(other) == "1200")
    }

    @Test func `finds the unsigned lease of an order whose answer was lost`() throws {
        let token = try approved()
        let id = try lease("T-1", token: token).json?["data"]?["leaseId"]?.string
        let found = try send(.post, "/pp3/api/unsigned-lease", #"{"transactionId":"T-1"}"#, token: token)
        #expect(found.json?["data"]?["leaseId"]?.string == id)
    }

    @Test func `tells the modal how long it is to say that it is deciding`() throws {
        func milliseconds() throws -> String? {
            try send(.post, "/pp3/api/order", Self.order).json?["data"]?["decidingTime_ms"]?.numberText
        }
        #expect(try milliseconds() == "1000")
        try sandboxes.sandbox(for: "shop").settings.decidingTime = .seconds(0)
        #expect(try milliseconds() == "0")
    }

    // MARK: Its own calls

    static let order = """
        {"transactionId":"T-1","items":[\
        {"sku":"a","brand":"b","description":"d","cost":100,"quantity":2,"shipping":{"cost":10.33,"method":"UPS"}},\
        {"sku":"c","brand":"b","description":"d","cost":50,"quantity":1,"shipping":{"cost":9.67}}]}
        """

    @Test func `quotes an order, the shipping of its items added up`() throws {
        let quote = try send(.post, "/pp3/api/order", Self.order).json?["data"]
        #expect(quote?["total"]?.numberText == "270")
        #expect(quote?["payment"]?.numberText == "11.67")
        #expect(quote?["term"]?.numberText == "52")
    }

    @Test(arguments: [
        (#""transactionId":"T-1","#, "", #""transactionId" is required"#),
        (
            #""brand":"b","description":"d","cost":50"#, #""description":"d","cost":50"#,
            #""items[1].brand" is required"#
        ),
        (#""cost":100"#, #""cost":"x""#, #""items[0].cost" must be a number"#),
        (#""quantity":2"#, #""quantity":0"#, #""items[0].quantity" must be greater than or equal to 1"#),
    ])
    func `refuses what is no order`(old: String, new: String, message: String) throws {
        let answer = try send(.post, "/pp3/api/order", Self.order.replacing(old, with: new))
        #expect((answer.status, answer.message) == (400, message))
    }

    @Test func `signs in by password, and not without one`() throws {
        _ = try create()
        _ = try create("jane@example.com", password: nil)
        func status(_ email: String, _ password: String) throws -> Int {
            try send(.post, "/pp3/api/sign-in", #"{"email":"\#(email)","password":"\#(password)"}"#).status
        }
        #expect(try status("john@example.com", "correct horse") == 200)
        #expect(try status("John@Example.com", "correct horse") == 200)
        #expect(try status("john@example.com", "wrong horse") == 400)
        #expect(try status("jane@example.com", "correct horse") == 400)
        #expect(try status("nobody@example.com", "correct horse") == 400)
    }

    @Test func `takes an auth code once, and not after ten minutes`() throws {
        _ = try create()
        let sandbox = try sandboxes.sandbox(for: "shop")
        sandbox.clock = .frozen(Timestamp(milliseconds: 1_521_474_687_080))
        func code() throws -> String {
            try sandbox.store.write {
                let code = try sandbox.authCode()
                try sandbox.store.authCodes.add(code, for: 1, expiresAt: sandbox.now + AuthCode.lifetime)
                return code
            }
        }
        let (first, second) = (try code(), try code())
        func status(_ code: String) throws -> Int {
            try send(.post, "/pp3/api/auth-code", #"{"code":"\#(code)"}"#).status
        }
        #expect(try status(first) == 200)
        #expect(try status(first) == 400)
        sandbox.clock = .frozen(sandbox.now + AuthCode.lifetime)
        #expect(try status(second) == 400)
        #expect(try status("no code") == 400)
    }

    @Test func `changes the password of the customer behind the token only`() throws {
        let token = try create()
        let body = #"{"password":"battery staple"}"#
        #expect(try send(.post, "/pp3/api/password", body).status == 401)
        #expect(try send(.post, "/pp3/api/password", body, token: token).status == 200)
        let signIn = #"{"email":"john@example.com","password":"battery staple"}"#
        #expect(try send(.post, "/pp3/api/sign-in", signIn).status == 200)
    }

    @Test func `shows the end of a phone, where there is one`() throws {
        _ = try create()
        func phone() throws -> String? {
            try send(.post, "/pp3/api/recovery", #"{"email":"john@example.com"}"#).json?["data"]?["phone"]?.string
        }
        #expect(try phone() == nil)
        let sandbox = try sandboxes.sandbox(for: "shop")
        let profile = Users.Profile(
            phone: "+1 (651) 444-7773", street1: "1 Main St", street2: "", city: "x", region: "FL", postalCode: "33021",
            country: "US")
        try sandbox.store.write { try sandbox.store.users.save(profile, ssnDigest: [], of: 1) }
        #expect(try phone() == "xxx-xxx-7773")
    }

    @Test func `finalizes for the demo what is signed, and nothing else`() throws {
        func validate(_ id: String) throws -> Answer {
            try send(.post, "/demo/validate-order?authKey=shop", #"{"transactionId":"\#(id)"}"#)
        }
        #expect(try validate("unknown").json?["valid"]?.bool == false)
        #expect(try send(.post, "/demo/validate-order?authKey=shop", "{}").status == 400)
        #expect(try send(.get, "/demo/validate-order?authKey=shop").status == 400)
    }
}
