import JSON
import Support
import Testing

/// What is odd about a request, as its sender and the log see it (Docs/Strictness.md).
@Suite struct `A warning` {
    private func user(_ email: String, adding member: String) -> String {
        #"{"firstName":"John","lastName":"Doe","email":"\#(email)",\#(member)}"#
    }

    @Test func `is counted in the header, and a sentence in the log, without anybody's data`() throws {
        let server = try Server()
        let odd = try server.call(
            "POST", "/v3/users", user("a@example.com", adding: #""pasword":"hunter2","locale":"klingon""#))
        #expect(odd.status == 200)
        #expect(odd.head.contains("x-sandbox-warnings: 2\r\n"))
        let plain = try server.call("POST", "/v3/users", user("b@example.com", adding: #""locale":"en""#))
        #expect(!plain.head.contains("x-sandbox-warnings"))
        _ = try server.call("POST", "/v3/users", user("c@example.com", adding: #""john@example.com":1"#))
        let log = server.stop().log
        #expect(log.contains(#"warning: "pasword" is not documented; did you mean "password"?"#))
        #expect(log.contains(#"warning: "locale" has a value beside en, es"#))
        #expect(log.contains("warning: a name that is not documented"))
        for secret in ["hunter2", "klingon", "john@example.com"] { #expect(!log.contains(secret)) }
    }

    @Test func `becomes a refusal by a setting, over the control API`() throws {
        let server = try Server("--quiet")
        let shop = try Shop(server, key: "k")
        #expect(try shop.control("PATCH", "settings", #"{"strictness":"strict"}"#).status == 200)
        let refused = try shop.send("POST", "/v3/users", user("a@example.com", adding: #""pasword":"hunter2""#))
        #expect((refused.status, refused.message) == (400, #""pasword" is not allowed"#))
        #expect(try shop.send("GET", "/v3/user-exists?email=a@example.com").data["exists"]?.bool == false)
    }

    @Test func `does not keep a page of another origin from reading the OpenAPI document`() throws {
        let server = try Server("--quiet")
        let connection = try server.connect()
        for (path, isShown) in [("/openapi.json", true), ("/_sandbox/health", false)] {
            try connection.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\nOrigin: https://editor.example\r\n\r\n")
            let answer = try #require(try connection.response())
            #expect(answer.head.contains("Access-Control-Allow-Origin: https://editor.example") == isShown)
        }
    }
}
