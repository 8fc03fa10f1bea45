internal import Contract
internal import HTTP

/// Statuses that many endpoints share, in the order of `Refusal`.
extension Endpoint.Outcome {
    static let invalid = Self(
        .badRequest, "", meaning: "The first field that is missing or wrong, in documented order, query first",
        by: "leave out a required field, or give one another type")
    static let credentials = Self(
        .unauthorized, "InvalidCredentials", meaning: "The customer token is missing, malformed, expired or foreign",
        by: "leave it out")
    static let leaseNotFound = Self(.notFound, "LeaseNotFound", meaning: "No such lease", by: "any other id")
    static let transactionNotFound = Self(
        .notFound, "TransactionNotFound", meaning: "No such transaction", by: "any other id")
    static let userNotFound = Self(.notFound, "InvalidCustomer", meaning: "No such customer", by: "any other id")
    static let bankNotAccepted = Self(
        .badRequest, "11505", meaning: "Bank is not accepted", by: "routing number 000000000 or 084009519")
    static let bankRequiresVerification = Self(
        .badRequest, "11506", meaning: "Bank requires verification, until Verify ACH has seen the account",
        by: "routing number 991150603")
    static let notFinalized = Self(
        .badRequest, "", meaning: "The transaction is not finalized", by: "deliver before finalizing")
}

extension Field {
    /// What Kong would put there from the key (B.4); a client's own value is never needed and never trusted (decisions.md 7).
    static let consumer = Field(
        name: "x-consumer-custom-id", schema: .text(), isRequired: false,
        meaning: "Consumer data as `channel:vendorId`; the gateway sets it from the key")
}
