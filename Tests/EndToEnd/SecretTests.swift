import Foundation
import JSON
import Support
import Testing

/// Secrets of every kind in every wrapping, sent to the built program: none comes to light anywhere.
@Suite struct `A secret` {
    /// `make soak` asks for more.
    private static let count = ProcessInfo.processInfo.environment["MEDUSA_SECRETS"].flatMap(Int.init) ?? 300

    @Test func `is in no output, however it was wrapped`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try Server(dataDirectory: folder)
        let shop = try Shop(server, key: "shop")
        try shop.control("PATCH", "settings", #"{"journalEntries":100000,"journalBytes":1000000000}"#)
        let stream = try server.connect()
        try stream.send(
            "GET /_sandbox/requests HTTP/1.1\r\nHost: localhost\r\nAuthorization: shop\r\n"
                + "Accept: text/event-stream\r\nLast-Event-ID: 0\r\n\r\n")
        var cases = SecretCases(seed: 12, key: "shop")
        var sent: [SecretCase] = []
        let log = Collected(server)
        for _ in 0..<Self.count {
            let next = cases.next()
            for request in [next.teaching, next.case.request].compactMap(\.self) {
                let connection = try server.connect()
                try connection.send(request)
                let answer = try #require(try connection.response(), "\(next.case.wrapping)")
                expectNone(of: [next.case], in: answer.status >= 400 ? answer.body : "", "the answer")
            }
            sent.append(next.case)
        }
        try shop.send("GET", "/v3/settings/lease")
        var outputs = [("the stream", try stream.text(through: "\"target\":\"/v3/settings/lease\""))]
        outputs += try self.outputs(shop, explaining: sent.count)
        kill(server.process.processIdentifier, SIGTERM)
        server.process.waitUntilExit()
        outputs.append(("the log", log.text))
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
            outputs.append((name, String(decoding: bytes, as: UTF8.self)))
        }
        #expect(outputs.contains { $0.0.hasSuffix(".sqlite") })
        for (name, text) in outputs {
            #expect(!text.isEmpty || name.hasSuffix("lock"), "\(name)")
            expectNone(of: sent, in: text, name)
        }
    }

    private func outputs(_ shop: Shop, explaining count: Int) throws -> [(String, String)] {
        var outputs: [(String, String)] = []
        var after: String? = "0"
        while let next = after {
            let page = try shop.control("GET", "requests?limit=1000&after=\(next)")
            outputs.append(("the journal", page.text))
            after = try page.data["next"]?.numberText
        }
        outputs.append(("the strays", try shop.control("GET", "requests?strays=true&limit=1000").text))
        // Each twentieth: an explanation plays the world anew.
        for id in stride(from: 1, through: count, by: 20) {
            outputs.append(("explain", try shop.control("GET", "explain/\(id)").text))
            outputs.append(("an entry", try shop.control("GET", "requests/\(id)").text))
        }
        for format in ["json", "text", "html", "junit"] {
            outputs.append(("the report", try shop.control("GET", "report?format=\(format)").text))
        }
        outputs.append(("the state", try shop.control("GET", "state").text))
        return outputs
    }

    /// A text of some hundred kilobytes is searched for hundreds of secrets.
    private func expectNone(of cases: [SecretCase], in text: String, _ place: String) {
        let bytes = Data(text.utf8)
        for one in cases {
            for forbidden in one.forbidden where bytes.range(of: Data(forbidden.utf8)) != nil {
                let range = bytes.range(of: Data(forbidden.utf8))!
                let around = bytes[max(0, range.lowerBound - 80)..<min(bytes.count, range.upperBound + 40)]
                Issue.record(
                    "\(place): \(one.secret.kind) \(forbidden) of \(one.wrapping) (\(one.secret.name)): …\(String(decoding: around, as: UTF8.self))…"
                )
            }
        }
    }

    /// Everything that the server logs, read as it comes. Unchecked: it is read once the server has ended.
    private final class Collected: @unchecked Sendable {
        private let server: Server
        private let done = DispatchSemaphore(value: 0)
        private var lines: [String] = []

        init(_ server: Server) {
            self.server = server
            Thread.detachNewThread { [self] in
                _ = try? server.nextLogLine { line in
                    self.lines.append(line)
                    return false
                }
                done.signal()
            }
        }

        var text: String {
            done.wait()
            done.signal()
            return lines.joined(separator: "\n")
        }
    }
}
