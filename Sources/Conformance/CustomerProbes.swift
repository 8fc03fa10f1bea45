/// The section Customer, and Verify ACH.
enum CustomerProbes {
    static let all = users + paymentMethods

    private static let users = [
        Probe("verifyUserExists", 200) { try $0.send("GET", "/v3/user-exists?email=\($0.create().email)") },
        Probe("verifyUserExists", 400, "") { try $0.send("GET", "/v3/user-exists") },
        Probe("deeplyVerifyUserExists", 200) {
            try $0.send("POST", "/v3/users/exists", #"{"email":"\#($0.create().email)"}"#)
        },
        Probe("deeplyVerifyUserExists", 400, "") { try $0.send("POST", "/v3/users/exists", "{}") },
        Probe("createUser", 200) { try $0.send("POST", "/v3/users", Walk.user($0.email())) },
        Probe("createUser", 400, "") { try $0.send("POST", "/v3/users", "{}") },
        Probe("createUser", 409, "UserAlreadyExists") {
            try $0.send("POST", "/v3/users", Walk.user($0.create().email))
        },
        Probe("getUsers", 200) { walk in
            _ = try walk.finalized()
            return try walk.send("GET", "/v3/users?page=1&limit=2")
        },
        Probe("getUsers", 400, "") { try $0.send("GET", "/v3/users?page=1001") },
        Probe("getUser", 200) { try $0.send("GET", "/v3/users/me", token: $0.finalized().customer.token) },
        .withoutToken("getUser", "GET", "/v3/users/me"),
        Probe("createAuthorizationToken", 200) { try $0.send("GET", "/v3/users/\($0.create().id)/authorize") },
        Probe("createAuthorizationToken", 404, "InvalidCustomer") {
            try $0.send("GET", "/v3/users/5a319511a86980001d602095/authorize")
        },
        Probe("createAuthorizationToken", 404, "InvalidMerchantId") { walk in
            try walk.struck("createAuthorizationToken", status: 404, code: "InvalidMerchantId") {
                try walk.send("GET", "/v3/users/\(walk.create().id)/authorize")
            }
        },
        Probe("getLoanPaymentProChildKey", 200) { try $0.send("POST", "/v3/paymentMethods/child-transaction-key") },
        Probe("getLoanPaymentProChildKey", 401) {
            try $0.send("POST", "/v3/paymentMethods/child-transaction-key", key: .some(nil))
        },
        Probe("getCloverPKMSKey", 200) { try $0.send("GET", "/v3/gateways/clover/pkms") },
    ]

    private static let card = """
        {"primary":false,"label":"My Visa Card","token":{"expirationDate":"2030-09","cardType":"visa","lastFour":"1234",\
        "firstSix":"411111","token":"b219cb1d-669f-464a-a943-cf5c8f176653","billingZip":"20146"}}
        """

    private static func add(_ routing: String) -> @Sendable (Walk) throws -> Walk.Answer {
        { walk in
            let ach = #"{"routing":"\#(routing)","account":"1234567890","accountType":"checking"}"#
            let body = #"{"primary":true,"label":"Bank","ach":\#(ach)}"#
            return try walk.send("POST", "/v3/paymentMethods/add", body, token: walk.create().token)
        }
    }

    private static let paymentMethods = [
        Probe("addPaymentMethod", 201) {
            try $0.send("POST", "/v3/paymentMethods/add", card, token: $0.create().token)
        },
        .withoutToken("addPaymentMethod", "POST", "/v3/paymentMethods/add", card),
        Probe("addPaymentMethod", 400, "") {
            try $0.send("POST", "/v3/paymentMethods/add", "{}", token: $0.create().token)
        },
        Probe("addPaymentMethod", 400, "11505", add("084009519")),
        Probe("addPaymentMethod", 400, "11506", add("991150603")),
        Probe("addPaymentMethod", 400, "11503", add("991150302")),
        Probe("getPaymentMethods", 200) { walk in
            let customer = try walk.create()
            try walk.send("POST", "/v3/paymentMethods/add", card, token: customer.token)
            return try walk.send("GET", "/v3/customers/me/payment-methods", token: customer.token)
        },
        .withoutToken("getPaymentMethods", "GET", "/v3/customers/me/payment-methods"),
        Probe("verifyACH", 200) {
            let body = #"{"accountNumber":"1234567890","routingNumber":"021000021"}"#
            return try $0.send("POST", "/v3/paymentMethods/\($0.create().id)/verifyACH", body)
        },
        Probe("verifyACH", 404, "InvalidCustomer") {
            let body = #"{"accountNumber":"1234567890","routingNumber":"021000021"}"#
            return try $0.send("POST", "/v3/paymentMethods/5a319511a86980001d602095/verifyACH", body)
        },
        Probe("verifyACH", 400, "") {
            let body = #"{"routingNumber":"021000021"}"#
            return try $0.send("POST", "/v3/paymentMethods/\($0.create().id)/verifyACH", body)
        },
        Probe("validateRoutingNumber", 200) { try $0.send("GET", "/v3/routing-numbers/026009593") },
        Probe("validateRoutingNumber", 400, "") { try $0.send("GET", "/v3/routing-numbers/12345678") },
    ]
}
