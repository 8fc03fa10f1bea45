internal import Contract

extension Endpoint {
    /// The shipped scenario that has an answer of this kind in its story; `nil` where it takes none, or none has it.
    func scenario(for status: Int, code: String?) -> String? {
        switch (status, code ?? "") {
        case (410, _): return "lease-expired"
        case (402, _): return "first-payment-declined"
        case (429, _): return "slow-gateway"
        case (500..., _): return "vendor-outage"
        case (400, "11503"), (400, "11505"), (400, "11506"): return "bank-refused"
        case (400, "InvalidCustomer"): return "denied"
        case (409, _): return "returning-customer"
        case (400, "InvalidItem"): return operation == "createLease" ? nil : "partial-shipment"
        case (400..., _): return nil
        default: break
        }
        switch section {
        case .waterfall: return "waterfall"
        case .customer, .decision: return "first-purchase"
        case .lease:
            if operation == "getAgreements" || operation == "collectPayment" { return "past-due" }
            return operation == "cancelItems" || operation == "returnItems" ? "partial-shipment" : "first-purchase"
        case .paymentMethods: return "bank-refused"
        case .checkout, .settings, .control: return nil
        }
    }
}
