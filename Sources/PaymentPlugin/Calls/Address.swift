internal import Contract
internal import HTTP
internal import JSON
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// Where the customer lives, as the application said.
enum Address {
    static let endpoint = Endpoint.plugin(.get, "/address", "Get Address", security: .customerToken)

    static func answer(_ call: PluginCall) throws -> Response {
        let profile = try call.sandbox.store.users.profile(of: try call.customer())
        return .data {
            guard let profile else { return }
            $0.member("street1", profile.street1)
            $0.member("street2", profile.street2)
            $0.member("city", profile.city)
            $0.member("region", profile.region)
            $0.member("postalCode", profile.postalCode)
        }
    }
}
