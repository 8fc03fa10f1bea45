internal import Contract
internal import HTTP
internal import JSON
internal import Sandbox

/// Route 8: a one-time key with which a browser tokenises a card. Its answer has no envelope.
enum GetLoanPaymentProChildKey {
    static let endpoint = Endpoint(
        .post, "/v3/paymentMethods/child-transaction-key", title: "Get LoanPaymentPro Child Key", section: .customer,
        source: .documented("3.0, Customer / Add Payment Method / Get LoanPaymentPro Child Key"), security: .apiKey,
        outcomes: [
            .init(
                .ok, meaning: "A one-time key",
                body: .named(
                    "ChildKey",
                    [
                        .always("status", .text(), "Success"),
                        .sometimes("childKey", .text(), "The one-time key"),
                        .sometimes("message", .text(), "What went wrong"),
                    ]), sample: Sample(PackageResources.child_transaction_key_200_json)),
            .gateway(
                .unauthorized, meaning: "No API key", by: "leave it out",
                sample: Sample(PackageResources.child_transaction_key_401_missing_json)),
            .gateway(
                .unauthorized, meaning: "A key that is not admitted", by: "start with `--api-key`, and use another",
                sample: Sample(PackageResources.child_transaction_key_401_invalid_json)),
        ])

    static func answer(_ call: Call) throws -> Response {
        _ = try call.input()
        let key = try call.sandbox.oneTimeKey()
        return .object {
            $0.member("status", "Success")
            $0.member("childKey", key)
        }
    }
}
