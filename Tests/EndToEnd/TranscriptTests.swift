import Foundation
import JSON
import Scenarios
import Support
import Testing

/// The same scenario, the same requests: the same bytes, heads included.
@Suite struct `A replay` {
    @Test(arguments: Shipped.all.map(\.name))
    func `gives the same bytes, on another server and after a reset`(scenario: String) throws {
        let first = try Server("--quiet", "--scenario", scenario)
        let once = try transcript(first, scenario)
        let again = try transcript(try Server("--quiet", "--scenario", scenario), scenario)
        #expect(once == again)
        _ = try Shop(first, key: scenario).control("POST", "reset")
        #expect(try transcript(first, scenario).map(withoutId) == once.map(withoutId))
    }

    /// The journal outlives a reset, and so its ids go on.
    private func withoutId(_ text: String) -> String {
        text.components(separatedBy: "\r\n").filter { !$0.hasPrefix("x-sandbox-request-id:") }.joined(separator: "\n")
    }

    /// A story of everything, with whatever the scenario's faults make of it.
    private func transcript(_ server: Server, _ key: String) throws -> [String] {
        let shop = try Shop(server, key: key)
        var lines: [String] = []
        @discardableResult
        func send(_ method: String, _ path: String, _ body: String? = nil, token: String? = nil) throws -> JSON? {
            let answer = try shop.attempt(method, path, body, token: token)
            lines.append("\(method) \(path): \(answer.map { "\($0.head)\n\($0.text)" } ?? "no answer")")
            return try? answer?.json
        }
        try send("GET", "/_sandbox/state")
        let person = try send("POST", "/v3/users", #"{"firstName":"A","lastName":"B","email":"new@example.com"}"#)
        let token = person?["data"]?["token"]?.string
        for _ in 0..<3 { try send("POST", "/v3/users/me/apply", Shop.application(), token: token) }
        try send("POST", "/v3/paymentMethods/add", Shop.card, token: token)
        try send("POST", "/v3/paymentMethods/child-transaction-key")
        let order =
            #"{"transactionId":"NEW-1","items":[{"brand":"b","sku":"s","description":"d","cost":100,"quantity":2}]}"#
        let lease = try send("POST", "/v3/leases", order, token: token)?["data"]?["leaseId"]?.string ?? "lost"
        try send("POST", "/v3/leases/\(lease)/sign", #"{"ipAddress":"127.0.0.1","signed":true}"#, token: token)
        try send("POST", "/v3/transactions/NEW-1/finalize")
        try send("POST", "/v3/transactions/NEW-1/confirm-shipment")
        try send("POST", "/_sandbox/clock/advance", #"{"by":"P40D"}"#)
        try send("GET", "/v3/transactions")
        try send("GET", "/v3/users")
        try send("GET", "/v3/gateways/clover/pkms")
        try send("GET", "/_sandbox/state")
        return lines
    }
}
