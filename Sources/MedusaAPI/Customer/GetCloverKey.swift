internal import Contract
internal import HTTP
internal import JSON
internal import Sandbox

/// Route 9: Clover's public key for tokenisation.
enum GetCloverKey {
    static let endpoint = Endpoint(
        .get, "/v3/gateways/clover/pkms", title: "Get Clover PKMS Key", section: .customer,
        source: .documented("3.0, Customer / Add Payment Method / Get Clover PKMS Key"),
        security: .apiKey, writes: true,
        outcomes: [
            .init(.ok, meaning: "The key", body: .data(.text()), sample: Sample(PackageResources.clover_pkms_200_json))
        ])

    static func answer(_ call: Call) throws -> Response {
        _ = try call.input()
        let key = try call.sandbox.oneTimeKey().filter { $0 != "-" }.prefix(21)
        return .object { $0.member("data", String(key)) }
    }
}
