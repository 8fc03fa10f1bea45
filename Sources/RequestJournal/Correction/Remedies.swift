internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// A remedy for each refusal. Each does one thing; where that uncovers the next refusal, the next remedy follows.
extension Planner {
    /// Changes the script so that it gets further.
    ///
    /// - Parameter again: how often the same refusal has come at the same step before; then something else is tried.
    /// - Returns: whether there was anything to change.
    func mend(_ stop: Rehearsal.Stop, again: Int, _ rehearsal: Rehearsal) -> Bool {
        let index = stop.index
        guard again < 5 else { return false }
        guard let code = stop.code else { return mendGateway(stop) }
        if again == 2, !sandbox.rules.isEmpty, !script.steps.contains(where: { $0.method == .put }) {
            let none = Draft.object([Draft.Member(name: "rules", value: .array([]))])
            script.steps.insert(
                Step(.put, "_sandbox/personas", none, reason: "the rules of the scenario are set aside"), at: 0)
            return true
        }
        switch (stop.response.status.rawValue, code) {
        case (401, _): return giveToken(index)
        case (415, _):
            script.steps[index].contentType = "application/json"
            note("the body is sent as application/json")
        case (404, "InvalidCustomer"): return nameCustomer(index)
        case (404, "LeaseNotFound"), (404, "TransactionNotFound"):
            return again == 0 ? nameOrder(index) : freshOrder(index)
        case (404, "NotFound"): return nameAgreement(index, stop.message)
        case (400, ""): return mendValidation(stop, again, rehearsal)
        case (400, "InvalidCredentials"):
            return askPasscode(index, rehearsal)
        case (409, "UserAlreadyExists"):
            if endpoint(of: index)?.operation == "createUser" {
                change(index, "email", to: .text(freshEmail()), because: "the e-mail is one that is not registered")
            } else {
                change(index, "ssn", to: .text(freshSSN()), because: "the SSN is one that nobody else has")
            }
        case (409, "CustomerAlreadyApplied"), (502, _): return asNewCustomer(index, again)
        case (400, "11505"), (400, "11506"): return useOrdinaryBank(index)
        case (400, "11503"):
            change(index, "primary", to: .flag(false), because: "the payment method is not to be the primary one")
        case (400, "InvalidCustomerVerificationStatus"):
            return asNewCustomer(index, again, suffix: ".verify", applied: true)
        case (400, "TransactionTimeOut"): return answerQuestions(index, rehearsal)
        case (400, "InvalidCustomer"):
            return stop.isUndecided && again == 0 ? apply(index) : asNewCustomer(index, again, applied: true)
        case (400, "InvalidTransactionId"):
            change(index, "transactionId", to: .text(freshReference()), because: "the transaction id is a new one")
        case (400, "InvalidItem"): return mendItems(index, again)
        case (400, "LeaseAmountNotSatisfied"): return price(index, above: sandbox.settings.minimumOrder)
        case (400, "ExceedSpendingLimit"):
            return again == 0
                ? price(index, above: sandbox.settings.minimumOrder) : asNewCustomer(index, again, applied: true)
        case (410, _): return again == 0 && isSign(index) ? renewLease(index) : freshOrder(index)
        case (402, _): return addPaymentMethod(index)
        default: return false
        }
        return true
    }

    /// What the gateway refuses, in Kong's words.
    func mendGateway(_ stop: Rehearsal.Stop) -> Bool {
        let index = stop.index
        switch stop.response.status.rawValue {
        case 401:
            script.steps[index].key = .own
            note("Authorization has the API key, once and bare")
        case 403:
            script.steps.insert(Step(.post, "_sandbox/reset", reason: "the suspended sandbox begins anew"), at: 0)
            // Nobody whom it knew is left.
            script.steps.removeAll { !$0.captures.isEmpty && $0.method == .get }
        // A reset in front of it has taken the fault away already.
        case 404 where script.steps[index].isOfSandbox: script.steps.remove(at: index)
        case 404:
            guard let near = nearestEndpoint(to: script.steps[index]) else { return false }
            script.steps[index].method = near.method
            script.steps[index].segments = near.segments
            note("the route is \(near.method.rawValue) \(near.path)")
        default: return false
        }
        return true
    }
}

extension Rehearsal.Stop {
    var isUndecided: Bool { message.contains("has not applied") }
}
