internal import Contract
internal import HTTP
internal import MedusaAPI

/// Everything that is served, as an OpenAPI document.
enum OpenAPICalls {
    static let all = [ControlRoute(endpoint: get, answer: .document)]

    static let segments = ["openapi.json"]

    static let get = Endpoint(
        .get, "/openapi.json", title: "Get OpenAPI", section: .control, source: .own, security: .none,
        outcomes: [
            .init(.ok, meaning: "OpenAPI 3.1; with a key, as that sandbox is set", body: .object([]))
        ])

    /// - Parameter wrapsArrays: whether the sandbox of whoever asks answers lists in an envelope.
    static func answer(_ request: Request, version: String, wrapsArrays: Bool) -> Response {
        .json(.ok, Control.openAPI(version: version, server: request.serverOrigin, wrapsArrays: wrapsArrays))
    }
}

extension Control {
    /// The OpenAPI document of the API and of the control API.
    ///
    /// - Parameters:
    ///   - server: its base URL; the default one when `nil`.
    ///   - wrapsArrays: the setting `arrayResponses: wrapped` of the sandbox that it describes.
    package static func openAPI(version: String, server: String? = nil, wrapsArrays: Bool = false) -> [UInt8] {
        let api = wrapsArrays ? Routes.endpoints.map(\.wrappingArrays) : Routes.endpoints
        return OpenAPI(api + endpoints, version: version).document(server: server ?? "http://127.0.0.1:6338")
    }
}
