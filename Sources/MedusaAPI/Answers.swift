package import HTTP
internal import JSON
internal import Medusa
internal import SQLite
internal import Sandbox

/// The two voices: Kong's `{"message":…}` before the API, and the API's own envelope (B.5, B.6).
extension Response {
    package static func gateway(_ status: Status, _ message: String) -> Response {
        .json(status, JSONWriter.write { $0.object { $0.member("message", message) } })
    }

    /// `{"data":{…}}`.
    static func data(_ status: Status = .ok, _ body: (inout JSONWriter) -> Void) -> Response {
        .json(status, JSONWriter.write { $0.object { $0.member("data", body) } })
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
    static func error(_ status: Status, _ code: String = "", message: String) -> Response {
        error(status, message: message) { $0.member("code", code) }
    }

    private static func error(_ status: Status, message: String, code: (inout JSONWriter) -> Void) -> Response {
        .json(
            status,
            JSONWriter.write { writer in
                writer.object {
                    $0.member("error") {
                        $0.member("statusCode", status.rawValue)
                        code(&$0)
                        $0.member("message", message)
                        $0.member("data") { _ in }
                    }
                }
            })
    }

    /// The one place where a refusal becomes a status, a code and a message.
    static func refusal(_ refusal: Refusal) -> Response {
        switch refusal {
        case .invalidCredentials:
            error(.unauthorized, "InvalidCredentials", message: "Invalid client credentials")
        case .userNotFound:
            error(.notFound, "InvalidCustomer", message: "The customer requested was not found")
        case .leaseNotFound:
            error(.notFound, "LeaseNotFound", message: "The lease requested was not found")
        case .transactionNotFound:
            error(
                .notFound, "TransactionNotFound", message: "The transaction with the provided id was not found")
        case .agreementNotFound:
            error(.notFound, "NotFound", message: "The agreement requested was not found")
        case .paymentMethodNotFound:
            error(.notFound, "NotFound", message: "The payment method requested was not found")
        case .invalid(let message):
            error(.badRequest, message: message)
        case .userAlreadyExists:
            error(.conflict, "UserAlreadyExists", message: "The user already exists")
        case .customerAlreadyApplied:
            error(.conflict, "CustomerAlreadyApplied", message: "The customer already applied")
        case .gatewayFailed:
            error(.badGateway, "BadGateway", message: "Gateway returned status code")
        case .bankNotAccepted:
            error(code: 11505, message: "Bank is not accepted")
        case .bankRequiresVerification:
            error(code: 11506, message: "Bank requires verification")
        case .notPrimaryEligible:
            error(code: 11503, message: "Payment method is not primary eligible")
        case .customerMayNotLease(let standing):
            error(.badRequest, "InvalidCustomer", message: "The customer \(standing.sentence)")
        case .transactionIdInUse:
            error(.badRequest, "InvalidTransactionId", message: "The transaction id already exists")
        case .invalidItem(let sku):
            error(
                .badRequest, "InvalidItem",
                message: sku.isEmpty
                    ? "The transaction has no items left for this" : "The item \(sku) is not valid for this transaction"
            )
        case .amountNotSatisfied(let minimum):
            error(
                .badRequest, "LeaseAmountNotSatisfied",
                message: "The lease amount must be at least \(minimum.display)")
        case .exceedsSpendingLimit(let available):
            error(
                .badRequest, "ExceedSpendingLimit",
                message: "The lease amount exceeds the available spending limit of \(available.display)")
        case .leaseExpired:
            error(.gone, "LeaseExpired", message: "The lease expired. Please create a new lease.")
        case .paymentRequired:
            error(
                .paymentRequired, "PaymentRequired",
                message: "User user must make a payment to access a requested resource")
        case .notSigned:
            error(.badRequest, message: "The lease must be signed before the transaction is finalized")
        case .notFinalized:
            error(.badRequest, message: "The transaction must be finalized before its items are delivered")
        }
    }

    /// The three codes of route 7 are numbers.
    private static func error(code: Int, message: String) -> Response {
        error(.badRequest, message: message) { $0.member("code", code) }
    }

    /// The write did not happen, and says so.
    static func unsaved(_ failure: SQLiteError) -> Response {
        failure.cause == .full
            ? error(
                .serviceUnavailable, message: "The sandbox's disk is full: nothing was saved. Make room and try again.")
            : error(.internalServerError, message: "The sandbox could not save: nothing was changed")
    }

    /// The answer to a browser that asks whether a page may call (Fetch standard, CORS preflight).
    static func preflight(_ request: Request, _ origin: String) -> Response {
        Response(
            .noContent,
            fields: [
                NamedValue("Access-Control-Allow-Origin", origin),
                NamedValue("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE"),
                NamedValue(
                    "Access-Control-Allow-Headers",
                    request.fields["access-control-request-headers"] ?? "authorization, content-type, customer-token"),
                NamedValue("Access-Control-Max-Age", "600"),
                NamedValue("Vary", "Origin"),
            ])
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
