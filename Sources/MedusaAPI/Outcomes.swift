internal import Contract
internal import HTTP

/// Statuses that many endpoints share, in the order of `Refusal`.
extension Endpoint.Outcome {
    static let invalid = Self(.badRequest, "", meaning: "The first field that is missing or wrong")
    static let credentials = Self(.unauthorized, "InvalidCredentials", meaning: "The customer token is not valid")
    static let leaseNotFound = Self(.notFound, "LeaseNotFound", meaning: "No such lease")
    static let transactionNotFound = Self(.notFound, "TransactionNotFound", meaning: "No such transaction")
    static let userNotFound = Self(.notFound, "InvalidCustomer", meaning: "No such customer")
}
