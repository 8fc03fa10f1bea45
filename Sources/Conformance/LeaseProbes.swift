internal import JSON

/// The section Lease.
enum LeaseProbes {
    static let all = leases + deliveries + agreements

    private static func create(
        _ walk: Walk, _ suffix: String = "", cost: String = "100", reference: String? = nil
    ) throws -> Walk.Answer {
        let customer = try walk.applied(suffix)
        let order = Walk.order(reference ?? walk.reference(), cost: cost)
        return try walk.send("POST", "/v3/leases", order, token: customer.token)
    }

    private static let leases = [
        Probe("createLease", 200) { try create($0) },
        .withoutToken("createLease", "POST", "/v3/leases", Walk.order("CHECK")),
        Probe("createLease", 400, "") { try $0.send("POST", "/v3/leases", "{}", token: $0.applied().token) },
        Probe("createLease", 400, "InvalidCustomer") { try create($0, ".deny") },
        Probe("createLease", 400, "InvalidTransactionId") { try create($0, reference: $0.leased().reference) },
        Probe("createLease", 400, "InvalidItem") { try create($0, cost: "-100") },
        Probe("createLease", 400, "LeaseAmountNotSatisfied") { try create($0, cost: "1") },
        Probe("createLease", 400, "ExceedSpendingLimit") { try create($0, cost: "100000") },
        Probe("getTransactions", 200) { walk in
            _ = try walk.shipped()
            return try walk.send("GET", "/v3/transactions?page=1&limit=2&leaseStatus=signed")
        },
        Probe("getTransactions", 400, "") { try $0.send("GET", "/v3/transactions?leaseStatus=lost") },
        Probe("getLeaseByID", 200) { walk in
            let leased = try walk.leased()
            return try walk.send("GET", "/v3/leases/\(leased.lease)", token: leased.customer.token)
        },
        .withoutToken("getLeaseByID", "GET", "/v3/leases/unknown"),
        Probe("getLeaseByID", 404, "LeaseNotFound") {
            try $0.send("GET", "/v3/leases/unknown", token: $0.create().token)
        },
        Probe("getTransactionByID", 200) { try $0.send("GET", "/v3/transactions/\($0.leased().reference)") },
        Probe("getTransactionByID", 404, "LeaseNotFound") { try $0.send("GET", "/v3/transactions/unknown") },
        Probe("signLease", 200) { try $0.sign($0.leased()) },
        .withoutToken("signLease", "POST", "/v3/leases/unknown/sign", #"{"ipAddress":"127.0.0.1","signed":true}"#),
        Probe("signLease", 404, "LeaseNotFound") {
            let body = #"{"ipAddress":"127.0.0.1","signed":true}"#
            return try $0.send("POST", "/v3/leases/unknown/sign", body, token: $0.create().token)
        },
        Probe("signLease", 400, "") { walk in
            let leased = try walk.leased()
            return try walk.send("POST", "/v3/leases/\(leased.lease)/sign", "{}", token: leased.customer.token)
        },
        Probe("signLease", 400, "InvalidCustomer") { walk in
            let leased = try walk.leased()
            let path = "users/\(leased.customer.id)/decision"
            try walk.control("PUT", path, #"{"status":"failed"}"#, for: "a decision that is taken back")
            return try walk.sign(leased)
        },
        Probe("signLease", 410, "LeaseExpired") { walk in
            let leased = try walk.leased()
            try walk.control("POST", "leases/\(leased.reference)/expire", for: "an expiry without waiting 24 hours")
            return try walk.sign(leased)
        },
        Probe("signLease", 402, "PaymentRequired") { try $0.sign($0.leased(bank: nil)) },
        Probe("finalizeLease", 200) { try $0.send("POST", "/v3/transactions/\($0.signed().reference)/finalize") },
        Probe("finalizeLease", 404, "LeaseNotFound") { try $0.send("POST", "/v3/transactions/unknown/finalize") },
        Probe("finalizeLease", 400, "") { try $0.send("POST", "/v3/transactions/\($0.leased().reference)/finalize") },
    ]

    /// The answers that cancel, return, shipment and receipt share.
    private static func common(_ operation: String, _ path: String) -> [Probe] {
        [
            Probe(operation, 404, "TransactionNotFound") { try $0.send("POST", "/v3/transactions/unknown/\(path)") },
            Probe(operation, 400, "") { walk in
                let body = #"{"items":[{"sku":"abc123","quantity":0,"carrier":"UPS","shipDate":"2026-01-01"}]}"#
                return try walk.send("POST", "/v3/transactions/\(walk.finalized().reference)/\(path)", body)
            },
        ]
    }

    private static let partly = #"{"items":[{"sku":"abc123","quantity":1},{"sku":"unknown","quantity":1}]}"#
    private static let unknown = #"{"items":[{"sku":"unknown","carrier":"UPS","shipDate":"2026-01-01"}]}"#

    private static let deliveries =
        common("cancelItems", "cancel") + common("returnItems", "return")
        + common("confirmShipment", "confirm-shipment") + common("confirmReceipt", "confirm-receipt") + [
            Probe("cancelItems", 200) {
                try $0.send("POST", "/v3/transactions/\($0.finalized().reference)/cancel", partly)
            },
            Probe("returnItems", 200) {
                try $0.send("POST", "/v3/transactions/\($0.shipped().reference)/return", partly)
            },
            Probe("confirmShipment", 200) {
                let body = #"{"items":[{"sku":"abc123","carrier":"UPS","shipDate":"2026-01-01","quantity":1}]}"#
                return try $0.send("POST", "/v3/transactions/\($0.finalized().reference)/confirm-shipment", body)
            },
            Probe("confirmShipment", 400, "InvalidItem") {
                try $0.send("POST", "/v3/transactions/\($0.finalized().reference)/confirm-shipment", unknown)
            },
            Probe("confirmReceipt", 200) {
                try $0.send("POST", "/v3/transactions/\($0.finalized().reference)/confirm-receipt")
            },
            Probe("confirmReceipt", 400, "InvalidItem") {
                try $0.send("POST", "/v3/transactions/\($0.finalized().reference)/confirm-receipt", unknown)
            },
        ]

    /// - Parameter amount: what is to be collected.
    private static func collect(
        _ walk: Walk, _ suffix: String = "", agreement named: String? = nil, body given: String? = nil
    ) throws -> Walk.Answer {
        let finalized = try walk.finalized(suffix)
        let token = finalized.customer.token
        let agreements = try walk.send("GET", "/v3/customers/me/agreements", token: token).json
        let methods = try walk.send("GET", "/v3/customers/me/payment-methods", token: token).json
        guard let agreement = agreements?.elements.first?["id"]?.string,
            let method = methods?.elements.first?["id"]?.string
        else { throw Walk.Unreachable(reason: "no agreement or no payment method is listed") }
        let body = given ?? #"{"paymentMethodId":"\#(method)","amount":2}"#
        let path = "/v3/customers/me/agreements/\(named ?? agreement)/transactions/payment"
        return try walk.send("POST", path, body, token: token)
    }

    private static let agreements = [
        Probe("getAgreements", 200) {
            try $0.send("GET", "/v3/customers/me/agreements", token: $0.shipped().customer.token)
        },
        .withoutToken("getAgreements", "GET", "/v3/customers/me/agreements"),
        Probe("getAgreements", 400, "") {
            try $0.send("GET", "/v3/customers/me/agreements?page=1001", token: $0.shipped().customer.token)
        },
        Probe("collectPayment", 200) { try collect($0, ".decline") },
        .withoutToken(
            "collectPayment", "POST", "/v3/customers/me/agreements/unknown/transactions/payment",
            #"{"paymentMethodId":"x","amount":2}"#),
        Probe("collectPayment", 404, "NotFound") { try collect($0, agreement: "unknown") },
        Probe("collectPayment", 400, "") { try collect($0, body: "{}") },
    ]
}
