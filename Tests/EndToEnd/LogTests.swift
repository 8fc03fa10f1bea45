import Foundation
import Support
import Testing

@Suite struct `The log` {
    /// Terminal escapes, line breaks, what turns the direction of writing or is not to be seen: in paths, names, types and keys.
    private static let nasty = [
        "\u{1B}[2J", "\n", "\r", "\t", "\u{0}", "\u{7F}", "\u{85}", "\u{9B}31m", "\u{2028}", "\u{2029}", "\u{202E}",
        "\u{2066}", "\u{200B}", "\u{FEFF}", "\u{E000}", "\u{1F600}",
    ]

    @Test func `has no control character in a line, whatever was sent, and no line without end`() throws {
        let server = try Server()
        var requests: [[UInt8]] = []
        func add(_ head: String, _ body: String = "") {
            requests.append(
                Array(
                    "\(head)Host: localhost\r\nAuthorization: k\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                        .utf8))
        }
        let type = "Content-Type: application/json\r\n"
        for text in Self.nasty {
            let escaped = text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            add("GET /v3/users/a\(escaped)b HTTP/1.1\r\n")
            add("GET /\(escaped)?\(escaped)=\(escaped) HTTP/1.1\r\n")
            add("GET /v3/users?a\(escaped)=b HTTP/1.1\r\n")
            let unicode = text.utf16.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
            add("POST /v3/users HTTP/1.1\r\n\(type)", "{\"a\(unicode)b\":1}")
            if text.utf8.allSatisfy({ $0 >= 0x80 }) {
                add("GET /v3/a\(text)b HTTP/1.1\r\n")
                add("POST /v3/users HTTP/1.1\r\n\(type)X-\(text): \(text)\r\n", "{\"a\(text)b\":1}")
            }
        }
        add("GET /\(String(repeating: "x", count: 20_000)) HTTP/1.1\r\n")
        add("POST /v3/users HTTP/1.1\r\n\(type)", "{\"\(String(repeating: "y", count: 5_000))\":1}")
        for request in requests {
            let connection = try server.connect()
            try connection.send(request)
            _ = try connection.response()
        }
        let lines = server.stop().log.split(separator: "\n")
        #expect(lines.count >= requests.count / 2)
        for line in lines {
            #expect(line.utf8.count < 2_200, "\(line.prefix(100))")
            #expect(
                line.unicodeScalars.allSatisfy { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse: false
                    default: true
                    }
                }, "\(line.debugDescription)")
            #expect(
                line.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z .*/#) != nil, "\(line.debugDescription)")
        }
    }
}
