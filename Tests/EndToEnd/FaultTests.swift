import Foundation
import JSON
import Support
import Testing

/// What a fault does on the wire.
@Suite struct `A fault on the wire` {
    private let server: Server
    private let shop: Shop

    init() throws {
        server = try Server("--quiet")
        shop = try Shop(server, key: "k")
    }

    private func add(_ fault: String) throws {
        let answer = try shop.control("POST", "faults", fault)
        #expect(answer.status == 201, "\(answer.text)")
    }

    @Test func `closes the connection before the answer`() throws {
        try add(#"{"operations":["getUsers"],"connection":"closeBefore"}"#)
        #expect(try shop.attempt("GET", "/v3/users") == nil)
        #expect(try shop.attempt("GET", "/v3/user-exists?email=a@b.co")?.status == 200)
    }

    @Test func `closes the connection in the middle of the answer`() throws {
        try add(#"{"operations":["getUsers"],"connection":"closeDuring"}"#)
        let connection = try server.connect()
        try connection.send(Server.request("GET", "/v3/users"))
        let received = try connection.everything()
        let head = try #require(received.range(of: "\r\n\r\n"))
        let body = received[head.upperBound...]
        let length = try #require(Int(received.split(separator: "Content-Length: ").last?.prefix { $0.isNumber } ?? ""))
        #expect(received.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(body.utf8.count == length / 2)
    }

    @Test(arguments: ["truncated", "malformed"])
    func `spoils a body that HTTP finds whole`(content: String) throws {
        try add(#"{"operations":["getUsers"],"content":"\#(content)","times":1}"#)
        let spoiled = try shop.send("GET", "/v3/users")
        #expect(spoiled.status == 200)
        #expect(throws: (any Error).self) { try spoiled.json }
        #expect(try shop.send("GET", "/v3/users").json["data"] != nil)
    }

    @Test func `drips a body, and everybody else is served meanwhile`() throws {
        // Some forty pieces, one a tenth of a second: whoever else asks has long been answered.
        try add(#"{"operations":["getUsers"],"drip":{"bytes":2,"every":"PT0.1S"}}"#)
        let dripping = try server.connect()
        try dripping.send(Server.request("GET", "/v3/users"))
        _ = try dripping.some()
        for _ in 0..<50 { #expect(try shop.send("GET", "/v3/user-exists?email=a@b.co").status == 200) }
        #expect(try shop.control("DELETE", "faults").status == 200)
        // A stop finishes it at once.
        kill(server.process.processIdentifier, SIGTERM)
        #expect(try dripping.everything().hasSuffix(#""limit":20}}}"#))
        #expect(server.stop().code == 0)
    }

    @Test func `delays an answer, and everybody else is served meanwhile`() throws {
        try add(#"{"operations":["getUsers"],"delay":"PT10M"}"#)
        let waiting = try (0..<64).map { _ in try server.connect() }
        for connection in waiting { try connection.send(Server.request("GET", "/v3/users")) }
        for _ in 0..<50 { #expect(try shop.send("GET", "/v3/user-exists?email=a@b.co").status == 200) }
        // A stop lets them all go at once.
        kill(server.process.processIdentifier, SIGTERM)
        for connection in waiting { #expect(try connection.response()?.status == 200) }
        #expect(server.stop().code == 0)
    }

    @Test func `delays by what it says`() throws {
        try add(#"{"operations":["getUsers"],"delay":"PT0.3S"}"#)
        let start = ContinuousClock.now
        #expect(try shop.send("GET", "/v3/users").status == 200)
        #expect(ContinuousClock.now - start >= .milliseconds(300))
    }

    @Test func `delays a write, which is durable before it is answered`() throws {
        try add(#"{"operations":["createUser"],"delay":"PT0.1S","times":1}"#)
        _ = try shop.create("a@b.co")
        #expect(try shop.send("GET", "/v3/user-exists?email=a@b.co").data["exists"]?.bool == true)
    }

    @Test func `does not keep a client that has gone`() throws {
        try add(#"{"operations":["getUsers"],"delay":"PT0.2S"}"#)
        for _ in 0..<20 { try server.connect().send(Server.request("GET", "/v3/users")) }
        #expect(try shop.send("GET", "/v3/users").status == 200)
        #expect(server.stop().code == 0)
    }

    struct Answered: Sendable {
        let fault: String
        let method: String
        let path: String
        let status: Int
        let body: String
    }

    @Test(arguments: [
        // The documented error of that very call.
        Answered(
            fault: #""status":404"#, method: "POST", path: "/v3/transactions/x/finalize", status: 404,
            body:
                #"{"error":{"statusCode":404,"code":"LeaseNotFound","message":"The lease requested was not found","data":{}}}"#
        ),
        Answered(
            fault: #""status":404"#, method: "POST", path: "/v3/transactions/x/cancel", status: 404,
            body:
                #"{"error":{"statusCode":404,"code":"TransactionNotFound","message":"The transaction with the provided id was not found","data":{}}}"#
        ),
        Answered(
            fault: #""status":400,"code":"11506""#, method: "POST", path: "/v3/paymentMethods/add", status: 400,
            body:
                #"{"error":{"statusCode":400,"code":11506,"message":"Bank requires verification","data":{}}}"#),
        // What the gateway says.
        Answered(
            fault: #""status":502"#, method: "GET", path: "/v3/users", status: 502,
            body: #"{"message":"An invalid response was received from the upstream server"}"#),
        Answered(
            fault: #""status":429"#, method: "GET", path: "/v3/users", status: 429,
            body: #"{"message":"API rate limit exceeded"}"#),
        // What the file says.
        Answered(
            fault: #""status":500,"code":"Oops","message":"No""#, method: "GET", path: "/v3/users", status: 500,
            body: #"{"error":{"statusCode":500,"code":"Oops","message":"No","data":{}}}"#),
        Answered(
            fault: #""status":503,"body":{"a":[1]}"#, method: "GET", path: "/v3/users", status: 503, body: #"{"a":[1]}"#
        ),
        Answered(
            fault: #""status":503,"body":"<html>","headers":{"Content-Type":"text/html"}"#, method: "GET",
            path: "/v3/users", status: 503, body: "<html>"),
    ])
    func `answers in the documented words, or those it was given`(example: Answered) throws {
        try add("{\(example.fault)}")
        let answer = try shop.send(example.method, example.path)
        #expect(answer.status == example.status)
        #expect(answer.text == example.body)
    }

    @Test func `takes a status without a body, as HTTP has it`() throws {
        try add(#"{"status":204}"#)
        let answer = try shop.send("GET", "/v3/users")
        #expect(answer.status == 204)
        #expect(try shop.control("GET", "health").status == 200)
    }
}
