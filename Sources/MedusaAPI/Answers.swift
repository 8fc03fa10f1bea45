package import HTTP
package import JSON
package import Medusa
internal import SQLite
internal import Sandbox

/// The two voices: Kong's `{"message":…}` before the API, and the API's own envelope (B.5, B.6).
extension Response {
    package static func gateway(_ status: Status, _ message: String) -> Response {
        .object(status) { $0.member("message", message) }
    }

    /// An object without an envelope, as a few routes answer.
    package static func object(_ status: Status = .ok, _ members: (inout JSONWriter) -> Void) -> Response {
        .json(status, JSONWriter.write { $0.object(members) })
    }

    /// `{"data":{…}}`.
    package static func data(_ status: Status = .ok, _ body: (inout JSONWriter) -> Void) -> Response {
        .object(status) { $0.member("data", body) }
    }

    /// A bare array, as the samples of routes 10, 22 and 23 show it, unless the sandbox is set to wrap (decisions.md 1).
    static func list<Element>(
        _ elements: [Element], in call: Call, _ body: (inout JSONWriter, Element) -> Void
    ) -> Response {
        .json(
            .ok,
            JSONWriter.write { writer in
                guard call.sandbox.settings.wrapsArrays else { return writer.array(elements, body) }
                writer.object { $0.member("data", array: elements, body) }
            })
    }

    /// The error envelope with a code that is text; empty for validation.
    ///
    /// - Parameter data: the members of `data`, which has none as a rule.
    package static func error(
        _ status: Status, _ code: String = "", message: String, data: (inout JSONWriter) -> Void = { _ in }
    ) -> Response {
        coded(status, message: message, data: data) { $0.member("code", code) }
    }

    private static func coded(
        _ status: Status, message: String, data: (inout JSONWriter) -> Void = { _ in },
        code: (inout JSONWriter) -> Void
    ) -> Response {
        .json(
            status,
            JSONWriter.write { writer in
                writer.object {
                    $0.member("error") {
                        $0.member("statusCode", status.rawValue)
                        code(&$0)
                        $0.member("message", message)
                        $0.member("data", data)
                    }
                }
            })
    }

    package static func refusal(_ refusal: Refusal) -> Response { envelope(refusal.envelope) }

    /// The error envelope with the members that a page prints.
    static func printed(_ status: Status, _ error: JSON) -> Response {
        let data = error["data"]?.members ?? []
        return coded(status, message: error["message"]?.string ?? "") { writer in
            for member in data {
                writer.key(member.name)
                writer.raw(member.value.source)
            }
        } code: { writer in
            writer.key("code")
            writer.raw(error["code"]?.source ?? [])
        }
    }

    /// The error envelope of a code in the words that belong to it, whatever the status; where pages have several, those of the status.
    ///
    /// - Parameter merchantId: whom the request came from.
    static func documented(_ status: Status, code: String, merchantId: String) -> Response? {
        switch (code, status) {
        case ("InvalidMerchantId", _):
            return error(status, code, message: "Invalid merchant id") { $0.member("merchantId", merchantId) }
        case ("UserAlreadyExists", .badRequest):
            // What nearly every page prints for its 400.
            return error(status, code, message: "User already exists with email ex@example.com")
        default: break
        }
        // The error table's own spellings of two codes.
        let spelling = ["UserAlreadyExits": "UserAlreadyExists", "ExceedSpendingLimitError": "ExceedSpendingLimit"]
        let known = Refusal.examples.map(\.envelope).filter { $0.code.text == spelling[code] ?? code }
        guard let found = known.first(where: { $0.status == status }) ?? known.first else { return nil }
        guard spelling[code] == nil else { return error(status, code, message: found.message) }
        return envelope(found, status)
    }

    private static func envelope(_ envelope: Envelope, _ status: Status? = nil) -> Response {
        coded(status ?? envelope.status, message: envelope.message) {
            switch envelope.code {
            case .word(let word): $0.member("code", word)
            case .number(let number): $0.member("code", number)
            }
        }
    }

    /// The write did not happen, and says so.
    static func unsaved(_ failure: SQLiteError) -> Response {
        switch failure.cause {
        case .full:
            error(
                .serviceUnavailable, message: "The sandbox's disk is full: nothing was saved. Make room and try again.")
        case .inaccessible:
            error(
                .serviceUnavailable,
                message:
                    "The sandbox's database cannot be read or written: nothing was saved. Check its disk, its permissions "
                    + "and how large files may be (ulimit -f), and try again.")
        case .corrupt:
            error(
                .serviceUnavailable,
                message:
                    "The sandbox's database is damaged: nothing was saved. POST /_sandbox/reset puts the file aside and begins anew."
            )
        case .duplicate, .constraint, .busy, .other:
            error(.internalServerError, message: "The sandbox could not save: nothing was changed")
        }
    }
}

/// The members of an error envelope (B.6).
struct Envelope {
    enum Code {
        case word(String)
        /// Route 7's.
        case number(Int)

        var text: String {
            switch self {
            case .word(let word): word
            case .number(let number): String(number)
            }
        }
    }

    let status: Status
    let code: Code
    let message: String

    init(_ status: Status, _ code: String, _ message: String) {
        (self.status, self.code, self.message) = (status, .word(code), message)
    }

    init(_ status: Status, _ code: Int, _ message: String) {
        (self.status, self.code, self.message) = (status, .number(code), message)
    }
}

extension Refusal {
    /// One of each that has a code, for whoever looks for the words that belong to a status.
    fileprivate static let examples: [Refusal] = [
        .invalidCredentials, .userNotFound, .leaseNotFound, .transactionNotFound, .agreementNotFound,
        .passcodeRefused, .userAlreadyExists, .verificationNotPending, .questionsExpired,
        .customerAlreadyApplied, .gatewayFailed, .bankNotAccepted, .bankRequiresVerification, .notPrimaryEligible,
        .customerMayNotLease(.denied), .transactionIdInUse, .invalidItem("abc123"),
        .amountNotSatisfied(minimum: Settings().minimumOrder), .exceedsSpendingLimit(available: .zero), .leaseExpired,
        .paymentRequired,
    ]

    /// The one place where a refusal becomes a status, a code and a message.
    fileprivate var envelope: Envelope {
        switch self {
        case .invalidCredentials:
            Envelope(.unauthorized, "InvalidCredentials", "Invalid client credentials")
        case .userNotFound:
            Envelope(.notFound, "InvalidCustomer", "The customer requested was not found")
        case .leaseNotFound:
            Envelope(.notFound, "LeaseNotFound", "The lease requested was not found")
        case .transactionNotFound:
            Envelope(.notFound, "TransactionNotFound", "The transaction with the provided id was not found")
        case .agreementNotFound:
            Envelope(.notFound, "NotFound", "The agreement requested was not found")
        case .paymentMethodNotFound:
            Envelope(.notFound, "NotFound", "The payment method requested was not found")
        case .invalid(let message):
            Envelope(.badRequest, "", message)
        case .passcodeRefused:
            Envelope(.badRequest, "InvalidCredentials", "Invalid client credentials")
        case .verificationNotPending:
            Envelope(
                .badRequest, "InvalidCustomerVerificationStatus", "The customer has no verification questions pending")
        case .questionsExpired:
            Envelope(.badRequest, "TransactionTimeOut", "The verification questions have expired")
        case .userAlreadyExists:
            Envelope(.conflict, "UserAlreadyExists", "The user already exists")
        case .customerAlreadyApplied:
            Envelope(.conflict, "CustomerAlreadyApplied", "The customer already applied")
        case .gatewayFailed:
            Envelope(.badGateway, "BadGateway", "Gateway returned status code")
        case .bankNotAccepted:
            Envelope(.badRequest, 11505, "Bank is not accepted")
        case .bankRequiresVerification:
            Envelope(.badRequest, 11506, "Bank requires verification")
        case .notPrimaryEligible:
            Envelope(.badRequest, 11503, "Payment method is not primary eligible")
        case .customerMayNotLease(let standing):
            Envelope(.badRequest, "InvalidCustomer", "The customer \(standing.sentence)")
        case .transactionIdInUse:
            Envelope(.badRequest, "InvalidTransactionId", "The transaction id already exists")
        case .invalidItem(let sku):
            Envelope(
                .badRequest, "InvalidItem",
                sku.isEmpty
                    ? "The transaction has no items left for this" : "The item \(sku) is not valid for this transaction"
            )
        case .amountNotSatisfied(let minimum):
            Envelope(
                .badRequest, "LeaseAmountNotSatisfied",
                "The lease amount must be at least \(minimum.display)")
        case .exceedsSpendingLimit(let available):
            Envelope(
                .badRequest, "ExceedSpendingLimit",
                "The lease amount exceeds the available spending limit of \(available.display)")
        case .leaseExpired:
            Envelope(.gone, "LeaseExpired", "The lease expired. Please create a new lease.")
        case .paymentRequired:
            Envelope(
                .paymentRequired, "PaymentRequired",
                "User user must make a payment to access a requested resource")
        case .notSigned:
            Envelope(.badRequest, "", "The lease must be signed before the transaction is finalized")
        case .notFinalized(.delivered):
            Envelope(.badRequest, "", "The transaction must be finalized before its items are delivered")
        case .notFinalized(.refunded):
            Envelope(.badRequest, "", "The transaction must be finalized before anything of it is refunded")
        }
    }
}

extension Refusal.Standing {
    fileprivate var sentence: String {
        switch self {
        case .undecided: "has not applied yet"
        case .pending: "has an application under review"
        case .denied: "was denied"
        case .onHold: "has a spending hold"
        }
    }
}
