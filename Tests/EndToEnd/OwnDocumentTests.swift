import JSON
import Testing

/// The OpenAPI document of whoever asks with a key is that of the sandbox.
@Suite struct `A sandbox's own OpenAPI document` {
    private static let lists = [
        ("get", "/v3/customers/me/payment-methods"), ("get", "/v3/customers/me/agreements"),
        ("post", "/v3/customers/me/agreements/{agreementId}/transactions/payment"),
    ]

    private func type(of method: String, _ path: String, in document: JSON) -> String? {
        let answer = document["paths"]?[path]?[method]?["responses"]?["200"]
        return answer?["content"]?["application/json"]?["schema"]?["type"]?.string
    }

    @Test func `declares lists in an envelope where the sandbox is set to wrap them, and bare ones elsewhere`() throws {
        let server = try Server("--quiet")
        let shop = try Shop(server, key: "wrapped")
        try shop.control("PATCH", "settings", #"{"arrayResponses":"wrapped"}"#)
        let own = try shop.send("GET", "/openapi.json").json
        let other = try server.call("GET", "/openapi.json", key: "other").json
        for (method, path) in Self.lists {
            #expect(type(of: method, path, in: own) == "object", "\(path)")
            #expect(type(of: method, path, in: other) == "array", "\(path)")
        }
    }
}
