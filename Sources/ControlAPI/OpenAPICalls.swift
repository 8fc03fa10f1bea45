internal import Contract
internal import HTTP
internal import MedusaAPI

/// Everything that is served, as an OpenAPI document.
enum OpenAPICalls {
    static let all = [ControlRoute(endpoint: get, answer: .open(answer))]

    static let segments = ["openapi.json"]

    static let get = Endpoint(
        .get, "/openapi.json", title: "Get OpenAPI", section: .control, source: .own, security: .none,
        outcomes: [.init(.ok, meaning: "OpenAPI 3.1", body: .object([]))])

    private static func answer(_ request: Request, version: String) -> Response {
        .json(.ok, Control.openAPI(version: version, server: request.serverOrigin))
    }
}

extension Control {
    /// The OpenAPI document of the API and of the control API.
    ///
    /// - Parameter server: its base URL; the default one when `nil`.
    package static func openAPI(version: String, server: String? = nil) -> [UInt8] {
        OpenAPI(Routes.endpoints + endpoints, version: version).document(server: server ?? "http://127.0.0.1:6338")
    }
}
