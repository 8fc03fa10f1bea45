internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import Sandbox

/// Route 32, which Magento's module reads: the smallest order, in dollars.
enum GetLeaseSettings {
    static let endpoint = Endpoint(
        .get, "/v3/settings/lease", title: "Get Lease Settings", section: .settings,
        source: .inferred("the vendor's Magento 2 module; legacy has a page of which only the title is stored"),
        security: .apiKey,
        outcomes: [
            .init(
                .ok, meaning: "The smallest order total",
                body: .data([.always("minimumOrderValue", .number(), "In dollars")]))
        ])

    static func answer(_ call: Call) throws -> Response {
        _ = try call.input()
        return .data { $0.member("minimumOrderValue", call.sandbox.settings.minimumOrder) }
    }
}
