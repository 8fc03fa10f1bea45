internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import SQLite
internal import Sandbox

/// A call of the modal that the API has no route for: passwords, auth codes, quotes. They are between the modal and this server,
/// and no part of the documented API.
struct PluginRoute: Sendable {
    enum Answer: Sendable {
        /// Inside a transaction.
        case write(@Sendable (PluginCall) throws -> Response)
        /// The API's own signing, with the lease number behind it.
        case signing
    }

    let endpoint: Endpoint
    let answer: Answer

    static let all = [
        PluginRoute(endpoint: Quote.endpoint, answer: .write(Quote.answer)),
        PluginRoute(endpoint: SignIn.endpoint, answer: .write(SignIn.answer)),
        PluginRoute(endpoint: RedeemAuthCode.endpoint, answer: .write(RedeemAuthCode.answer)),
        PluginRoute(endpoint: Recovery.endpoint, answer: .write(Recovery.answer)),
        PluginRoute(endpoint: ChangePassword.endpoint, answer: .write(ChangePassword.answer)),
        PluginRoute(endpoint: Address.endpoint, answer: .write(Address.answer)),
        PluginRoute(
            endpoint: .plugin(.post, "/leases/{leaseId}/sign", "Sign in Modal", security: .customerToken),
            answer: .signing),
    ]

    static let router: Router<PluginRoute> = {
        var router = Router<PluginRoute>()
        for route in all { router.add(route.endpoint.method, route.endpoint.path, route) }
        return router
    }()
}

extension Endpoint {
    fileprivate static func plugin(
        _ method: Method, _ path: String, _ title: String, security: Security = .apiKey, body: [Field] = []
    ) -> Endpoint {
        Endpoint(
            method, path, title: title, section: .control, source: .own, security: security, body: body, outcomes: [])
    }
}

/// One request of the modal.
struct PluginCall {
    let sandbox: Sandbox
    let now: Timestamp
    private let request: Request
    private let endpoint: Endpoint
    private let boundKey: String?

    init(_ request: Request, _ endpoint: Endpoint, _ admission: Sandboxes.Admission) {
        self.request = request
        self.endpoint = endpoint
        sandbox = admission.sandbox
        boundKey = admission.boundKey
        now = admission.sandbox.now
    }

    func body() throws -> Values {
        try endpoint.validate(query: [], body: try Gateway.payload(request, of: endpoint)).body
    }

    /// The customer behind the token.
    func customer() throws -> Int64 {
        guard let token = request.fields["customer-token"] else { throw Refusal.invalidCredentials }
        return try sandbox.customer(ofToken: token, at: now, key: boundKey)
    }

    /// Lets a customer in.
    func token(for user: Int64) throws -> String {
        try sandbox.store.users.rememberToken(of: user, expiresAt: sandbox.tokenExpiry(at: now))
        return sandbox.customerToken(for: user, at: now, key: boundKey)
    }

    func answer(_ route: PluginRoute, _ gateway: Gateway) -> Response {
        guard case .write(let answer) = route.answer else { return gateway.failed(Refusal.invalidCredentials) }
        do {
            return try sandbox.store.write { try answer(self) }
        } catch let refusal as Refusal {
            return .refusal(refusal)
        } catch let violation as Violation {
            return .error(.badRequest, message: violation.message)
        } catch let refused as Gateway.PayloadRefusal {
            return .error(refused.status, message: refused.message)
        } catch {
            return gateway.failed(error)
        }
    }
}

/// What an order comes to, before anybody has signed in; also whether it is one (D.2).
enum Quote {
    static let transactionId = Key.required("transactionId", .string(maximum: 256), "New on every click")
    static let brand = Key.required("brand", .string, "Item brand")
    static let sku = Key.required("sku", .string, "Item SKU")
    static let description = Key.required("description", .string, "Item description")
    static let cost = Key.required("cost", .dollars, "Unit price in dollars")
    static let quantity = Key.required("quantity", .quantity, "Units")
    static let shippingCost = Key.optional("cost", .price, "Shipping of this item, in dollars")
    static let shipping = Key.optional("shipping", .object(fields(shippingCost)), "Shipping of this item")
    static let items = Key.required(
        "items", .array(of: fields(brand, sku, description, cost, quantity, shipping), 1...500), "Items to lease")

    static let endpoint = Endpoint.plugin(.post, "/order", "Quote Order", body: fields(transactionId, items))

    static func answer(_ call: PluginCall) throws -> Response {
        let body = try call.body()
        let settings = call.sandbox.settings
        guard try !call.sandbox.store.transactions.isTaken(body[transactionId]) else {
            throw Refusal.transactionIdInUse
        }
        let order = Order(
            reference: body[transactionId],
            items: body[items].map { item in
                Order.Item(
                    sku: item[sku], brand: item[brand], description: item[description], cost: item[cost],
                    quantity: item[quantity])
            },
            // Per item here, once in a lease: they are added up.
            shippingCost: body[items].reduce(.zero) { $0 + ($1[shipping].flatMap { $0[shippingCost] } ?? .zero) })
        let terms = order.terms(settings)
        return .data {
            $0.member("total", terms.cashPrice)
            $0.member("payment", terms.payment)
            $0.member("term", terms.term)
            $0.member("minimum", settings.minimumOrder)
        }
    }
}

enum SignIn {
    static let email = Key.required("email", .email, "E-mail")
    static let password = Key.required("password", .string, "Password")
    static let endpoint = Endpoint.plugin(.post, "/sign-in", "Sign In", body: fields(email, password))

    static func answer(_ call: PluginCall) throws -> Response {
        let body = try call.body()
        let digest = call.sandbox.tokens.digest("password", body[password])
        guard let user = try call.sandbox.store.users.id(email: body[email], passwordDigest: digest) else {
            throw Refusal.passcodeRefused
        }
        let token = try call.token(for: user)
        return .data { $0.member("token", token) }
    }
}

/// The code that lets a customer in without a login, once (D.6).
enum RedeemAuthCode {
    static let code = Key.required("code", .string(maximum: 256), "The code")
    static let endpoint = Endpoint.plugin(.post, "/auth-code", "Redeem Auth Code", body: fields(code))

    static func answer(_ call: PluginCall) throws -> Response {
        let code = try call.body()[code]
        guard let row = try call.sandbox.store.authCodes.redeem(code, at: call.now),
            let user = try call.sandbox.store.users.user(row)
        else { throw Refusal.passcodeRefused }
        let token = try call.token(for: row)
        return .data {
            $0.member("token", token)
            $0.member("email", user.email)
        }
    }
}

/// Where a code can be sent to. Of a phone only the end is shown.
enum Recovery {
    static let email = Key.required("email", .email, "E-mail")
    static let endpoint = Endpoint.plugin(.post, "/recovery", "Recover Account", body: fields(email))

    static func answer(_ call: PluginCall) throws -> Response {
        let users = call.sandbox.store.users
        let row = try users.id(email: try call.body()[email])
        let phone = try row.flatMap { try users.profile(of: $0)?.phone.filter(\.isNumber) }
        return .data { $0.member("phone", ifPresent: phone.map { "xxx-xxx-\($0.suffix(4))" }) }
    }
}

enum ChangePassword {
    static let password = Key.required("password", .string, "The new password")
    static let endpoint = Endpoint.plugin(
        .post,
        "/password", "Change Password", security: .customerToken, body: fields(password))

    static func answer(_ call: PluginCall) throws -> Response {
        let user = try call.customer()
        let digest = call.sandbox.tokens.digest("password", try call.body()[password])
        try call.sandbox.store.users.setPassword(of: user, digest: digest)
        return .data { _ in }
    }
}

/// Where the customer lives, as the application said.
enum Address {
    static let endpoint = Endpoint.plugin(.get, "/address", "Get Address", security: .customerToken)

    static func answer(_ call: PluginCall) throws -> Response {
        let profile = try call.sandbox.store.users.profile(of: try call.customer())
        return .data {
            guard let profile else { return }
            $0.member("street1", profile.street1)
            $0.member("street2", profile.street2)
            $0.member("city", profile.city)
            $0.member("region", profile.region)
            $0.member("postalCode", profile.postalCode)
        }
    }
}

extension Sandbox {
    /// What the shop is told of a lease that was signed.
    func signed(_ lease: String) throws -> (number: String, reference: String)? {
        guard let row = tokens.row(ofLease: lease), let found = try store.transactions.transaction(row) else {
            return nil
        }
        return (identifiers.leaseNumber(row), found.reference)
    }
}
