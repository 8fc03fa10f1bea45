internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 10: a bare array, as the sample shows it.
enum GetPaymentMethods {
    static let endpoint = Endpoint(
        .get, "/v3/customers/me/payment-methods", title: "Get Payment Methods", section: .customer,
        source: .documented("3.0, Customer / Get Payment Methods"),
        security: .customerToken,
        outcomes: [
            .init(
                .ok, meaning: "Every method on file",
                body: .array(of: .named("PaymentMethod", paymentMethod), counts: Schema.anyCount),
                sample: Sample(PackageResources.get_payment_methods_200_json)),
            .credentials,
        ])

    private static let paymentMethod: [Field] = [
        .always("id", .text(), "Payment method id"),
        .always("type", .oneOf(["card", "ach"]), "What it is; the page's sample is a card"),
        .sometimes("cardBrand", .text(), "Brand of a card"),
        .always("lastFour", .text(), "Last four digits of the card or account"),
        .sometimes("firstSix", .text(), "First six digits of a card"),
        .always("label", .text(), "Label"),
    ]

    static func answer(_ call: Call) throws -> Response {
        let user = try call.customer()
        _ = try call.input()
        let methods = try call.store.paymentMethods.all(of: user.id)
        return .list(methods, in: call) { writer, row in
            writer.object {
                $0.member("id", call.sandbox.identifiers.identifier(.paymentMethod, row.id))
                switch row.method.kind {
                case .card(let brand, let firstSix):
                    $0.member("type", "card")
                    $0.member("cardBrand", brand)
                    $0.member("lastFour", row.method.lastFour)
                    $0.member("firstSix", firstSix)
                case .ach:
                    $0.member("type", "ach")
                    $0.member("lastFour", row.method.lastFour)
                }
                $0.member("label", row.method.label)
            }
        }
    }
}
