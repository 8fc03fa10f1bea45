internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// Where the order is the obstacle: another lease, a whole purchase, another price, a payment method.
extension Planner {
    /// A lease of the customer who calls, else of somebody new, in the place of one that is not there.
    func nameOrder(_ index: Int) -> Bool {
        guard case .variable = script.steps[index].token else { return freshOrder(index) }
        return renewLease(index)
    }

    func renewLease(_ index: Int) -> Bool {
        let lease = order(token: script.steps[index].token ?? .variable("token"))
        insert(lease, before: index)
        return setParameter("leaseId", of: index + 1, to: .variable("lease"))
    }

    func order(token: Step.Piece) -> Step {
        let reference = freshReference()
        var step = Step(.post, "v3/leases", Self.orderBody(reference), token: token, reason: "there is a lease")
        step.captures = [Step.Capture("lease", from: "leaseId")]
        return step
    }

    static func orderBody(_ reference: String) -> Draft {
        .object([
            Draft.Member(name: "transactionId", value: .text(reference)),
            Draft.Member(name: "items", value: .array([item()])),
        ])
    }

    static func item(cost: Int = 100) -> Draft {
        .object([
            Draft.Member(name: "brand", value: .text("Apple")), Draft.Member(name: "sku", value: .text("abc123")),
            Draft.Member(name: "description", value: .text("iPad Mini")),
            Draft.Member(name: "cost", value: .number(cost)),
            Draft.Member(name: "quantity", value: .number(1)),
        ])
    }

    /// A whole purchase by somebody new, as far as the call needs it.
    func freshOrder(_ index: Int) -> Bool {
        guard let last = script.steps.last, let endpoint = endpoint(of: script.steps.count - 1),
            let application = application()
        else { return false }
        let reference = freshReference()
        var lease = Step(
            .post, "v3/leases", Self.orderBody(reference), token: .variable("token"), reason: "there is a lease")
        lease.captures = [Step.Capture("lease", from: "leaseId")]
        var steps = [newCustomer(), application, lease]
        let after = [
            "finalizeLease", "confirmShipment", "confirmReceipt", "returnItems", "cancelItems", "refundTransaction",
        ]
        if after.contains(endpoint.operation) || endpoint.path.contains("agreement") {
            steps.append(sign([.text("v3"), .text("leases"), .variable("lease"), .text("sign")]))
        }
        if after.dropFirst().contains(endpoint.operation) || endpoint.path.contains("agreement") {
            steps.append(Step(.post, "v3/transactions/\(reference)/finalize", reason: "the transaction is finalized"))
        }
        if endpoint.operation == "returnItems" || endpoint.path.contains("agreement") {
            steps.append(Step(.post, "v3/transactions/\(reference)/confirm-receipt", reason: "the items are received"))
        }
        script.steps = script.steps.filter { $0.isOfSandbox } + steps + [last]
        if endpoint.security == .customerToken { script.steps[script.steps.count - 1].token = .variable("token") }
        let here = script.steps.count - 1
        _ = setParameter("leaseId", of: here, to: .variable("lease"))
        _ = setParameter("transactionId", of: here, to: .text(reference))
        return true
    }

    func sign(_ segments: [Step.Piece]) -> Step {
        let body = Draft.object([
            Draft.Member(name: "ipAddress", value: .text("127.0.0.1")),
            Draft.Member(name: "signed", value: .flag(true)),
        ])
        return Step(.post, segments, body, token: .variable("token"), reason: "the lease is signed")
    }

    /// An agreement, and a payment method to pay it from.
    func nameAgreement(_ index: Int, _ message: String) -> Bool {
        guard let methods = Routes.byOperation["getPaymentMethods"],
            let agreements = Routes.byOperation["getAgreements"]
        else { return false }
        if message.contains("payment method") {
            var step = Step(
                .get, methods.path, token: script.steps[index].token,
                reason: "the customer's payment methods are listed")
            step.captures = [Step.Capture("method", from: "id")]
            insert(step, before: index)
            set(index + 1, "paymentMethodId", .variable("method"))
            return true
        }
        guard freshOrder(index) else { return false }
        var step = Step(
            .get, agreements.path, token: .variable("token"), reason: "the customer's agreements are listed")
        step.captures = [Step.Capture("agreement", from: "id")]
        let here = script.steps.count - 1
        insert(step, before: here)
        return setParameter("agreementId", of: here + 1, to: .variable("agreement"))
    }

    func isSign(_ index: Int) -> Bool { endpoint(of: index)?.operation == "signLease" }

    func addPaymentMethod(_ index: Int) -> Bool {
        guard let endpoint = Routes.byOperation["addPaymentMethod"] else { return false }
        let body = Draft.object([
            Draft.Member(
                name: "ach",
                value: .object([
                    Draft.Member(name: "routing", value: .text("021000021")),
                    Draft.Member(name: "account", value: .text("3483898238239")),
                    Draft.Member(name: "type", value: .text("checking")),
                ])), Draft.Member(name: "label", value: .text("checking")),
            Draft.Member(name: "primary", value: .flag(true)),
        ])
        insert(
            Step(
                endpoint.method, endpoint.path, body, token: script.steps[index].token,
                reason: "the customer has a further payment method"), before: index)
        return true
    }

    func useOrdinaryBank(_ index: Int) -> Bool {
        var isChanged = false
        for path in ["ach.routing", "bankAccount.routing", "routing", "routingNumber"] {
            isChanged = set(index, path, .text("021000021")) || isChanged
        }
        if isChanged { note("the bank is an ordinary one") }
        return isChanged
    }

    func price(_ index: Int, above minimum: Money) -> Bool {
        let cost = Int(minimum.cents / 100) + 1
        set(index, "items", .array([Self.item(cost: cost)]), adding: true)
        for name in ["totalDiscount", "shipping"] { remove(index, name) }
        note("the order comes to $\(cost)")
        return true
    }

    func mendItems(_ index: Int, _ again: Int) -> Bool {
        if endpoint(of: index)?.operation == "createLease" { return price(index, above: sandbox.settings.minimumOrder) }
        if again == 0, endpoint(of: index)?.body.contains(where: \.isRequired) == false {
            script.steps[index].body = nil
            script.steps[index].contentType = nil
            note("nothing is named, which means everything")
            return true
        }
        guard freshOrder(index) else { return false }
        if let endpoint = endpoint(of: script.steps.count - 1), endpoint.body.contains(where: \.isRequired) {
            script.steps[script.steps.count - 1].body = Specimen.body(of: endpoint).map { .json($0) }
        }
        return true
    }
}
