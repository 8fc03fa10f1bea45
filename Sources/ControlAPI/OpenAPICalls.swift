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
        let host = request.fields["host"].flatMap { $0.isEmpty ? nil : $0 }
        return .json(.ok, Control.openAPI(version: version, server: host.map { "http://\($0)" }))
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
