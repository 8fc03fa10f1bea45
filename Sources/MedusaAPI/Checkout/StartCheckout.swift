internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 30: begins the redirect-style payment. The page prints GET, with a body; both verbs are served.
enum StartCheckout {
    static let transactionId = Key.required("transactionId", .string(maximum: 256), "The caller's own id")
    static let images = Key.optional("images", .strings(.string(), 0...50), "URLs of images")
    static let shipping = Key.optional(
        "shipping",
        .object(fields(CreateLease.shippingCost, CreateLease.shippingDate, CreateLease.shippingMethod)), "Shipping")
    static let items = Key.required(
        "items",
        .array(
            of: CreateLease.itemFields + fields(images, shipping), 1...500),
        "Items to pay for")
    static let total = Key.optional("total", .price, "Items and shipping less discounts, in dollars")
    static let discountValue = Key.optional("value", .dollars, "Dollars")
    static let discountItems = Key.optional("items", .array(of: fields(discountValue)), "Discounts on items")
    static let discounts = Key.optional("discounts", .array(of: fields(discountItems)), "Discounts")
    static let couponCode = Key.optional("couponCode", .string, "Coupon code")

    static let firstName = Key.optional("firstName", .string, "First name")
    static let lastName = Key.optional("lastName", .string, "Last name")
    static let email = Key.optional("email", .email, "E-mail")
    static let home = Key.optional("home", .phone, "Home phone")
    static let mobile = Key.optional("mobile", .phone, "Mobile phone")
    static let phones = Key.optional("phones", .object(fields(home, mobile)), "Phones")
    static let street1 = Key.optional("street1", .string, "Line 1")
    static let street2 = Key.optional("street2", .string, "Line 2")
    static let city = Key.optional("city", .string, "City")
    static let region = Key.optional("region", .string, "State")
    static let postalCode = Key.optional("postalCode", .string, "Postal code")
    static let address = Key.optional(
        "address", .object(fields(street1, street2, city, region, postalCode)), "Address")
    static let customer = Key.optional(
        "customer", .object(fields(firstName, lastName, email, phones, address)), "The customer")

    static let endpoint = Endpoint(
        .post, "/v3/checkout",
        aliases: [Endpoint.Alias(.get, "/v3/checkout", source: .documented("legacy, Checkout"))], title: "Checkout",
        section: .checkout, source: .inferred("legacy, Checkout, which prints GET"), security: .apiKey,
        body: fields(transactionId, items, shipping, total, discounts, couponCode, customer),
        request: Sample(PackageResources.checkout_request_json),
        outcomes: [
            .init(
                .ok, meaning: "Where to send the customer; the sandbox has no such page",
                body: .data([.always("id", .text(), "Checkout id"), .always("redirectUri", .text(), "The page")]),
                sample: Sample(PackageResources.checkout_200_json)),
            .invalid,
            .init(
                .badRequest, "InvalidTransactionId", meaning: "A lease has that transaction id",
                by: "the transaction id of a lease"),
        ])

    static func answer(_ call: Call) throws -> Response {
        let reference = try call.input().body[transactionId]
        guard try !call.store.transactions.isTaken(reference, vendor: call.vendor) else {
            throw Refusal.transactionIdInUse
        }
        // What is only kept need not hold what only the caller should know.
        var secrets = Secrets()
        let kept = call.payload.map { secrets.body($0, call.sandbox.seenSecrets, learns: false) }
        let row = try call.store.checkouts.add(reference, body: kept ?? [], at: call.now)
        let id = call.sandbox.identifiers.identifier(.checkout, row)
        return .data {
            $0.member("id", id)
            $0.member("redirectUri", "https://pay.flexshopper.com/?id=\(id)")
        }
    }
}
