import HTTP
import JSON
import Medusa
import MedusaAPI
import MedusaStore
import RequestJournal
import Sandbox
import Testing

@Suite struct `A recorded request` {
    private let run = Run()

    private func all(_ entry: RecordedRequest) -> String {
        let bytes = JSONWriter.write { $0.object { entry.members(to: &$0) } }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `has no SSN, account number, password, token or key in it`() throws {
        let body = #"{"firstName":"J","lastName":"D","email":"a@b.co","password":"sesame open"}"#
        let token = try #require(try run.send(.post, "/v3/users", body).body?["data"]?["token"]?.string)
        try run.send(.post, "/v3/users/me/apply", Run.application, token: token)
        try run.send(.get, "/v3/users?token=\(token)&ssn=888776666", key: "k")
        for id in Int64(1)...3 {
            let text = all(try run.entry(id))
            for secret in ["888776666", "3483898238239", "sesame open", token] {
                #expect(!text.contains(secret), "\(id): \(secret)")
            }
        }
        #expect(try run.entry(1).requestBody?["password"]?.string == "***")
        #expect(try run.entry(1).responseBody?["data"]?["token"]?.string == "***")
        #expect(try run.entry(2).requestBody?["bankAccount"]?["routing"]?.string == "021000021")
    }

    /// However a secret is wrapped.
    @Test(arguments: [
        #"{"SSN":"888776666"}"#, #"{"s_s-n" : "888776666"}"#, #"{"_ssn":"888776666"}"#, #"{"ss\u006e":"888776666"}"#,
        #"{"ssn":888776666}"#,
        #"{"ssn":["888776666"]}"#, #"{"ssn":{"value":"888776666"}}"#, #"{"a":{"b":[{"ssn":"888776666"}]}}"#,
        #"{"ssn":"888776666"#, #"{"ssn":"88877\"6666"}"#, "ssn=888776666", "<ssn>888776666</ssn>",
        #"{"token":{"number":"888776666"},"x":1}"#, #"{"password":"888776666","ssn":"888776666"}"#,
    ])
    func `hides a secret however it comes`(body: String) throws {
        try run.send(.post, "/v3/users", body)
        let entry = try run.entry(1)
        let text = String(decoding: entry.entry.requestBody, as: UTF8.self)
        #expect(!text.contains("888776666") && !text.contains("6666"), "\(text)")
        #expect(!text.isEmpty)
    }

    @Test func `shows everything where the sandbox was started so`() throws {
        let open = Run(recording: Recording(showsSecrets: true))
        let token = try open.create("a@b.co")
        try open.send(.post, "/v3/users/me/apply", Run.application, token: token)
        #expect(all(try open.entry(2)).contains("888776666"))
        #expect(all(try open.entry(2)).contains(token))
    }

    @Test func `is not there where there is no journal`() throws {
        let silent = Run(recording: Recording(isOn: false))
        #expect(try silent.send(.get, "/v3/settings/lease").id == nil)
        #expect(try silent.journal.extent.newestId == 0)
    }

    @Test func `says what it found and what it left`() throws {
        let token = try run.create("a@b.co")
        try run.send(.post, "/v3/users/me/apply", Run.application, token: token)
        let notes = try run.entry(2).notes
        #expect(notes?["before"]?["customer"]?["decision"]?.string == "undecided")
        #expect(notes?["after"]?["customer"]?["decision"]?.string == "approved")
        let order =
            #"{"transactionId":"T1","items":[{"brand":"b","sku":"s","description":"d","cost":200,"quantity":2}]}"#
        let lease = try run.send(.post, "/v3/leases", order, token: token).body?["data"]?["leaseId"]?.string ?? ""
        try run.send(.post, "/v3/leases/\(lease)/sign", #"{"ipAddress":"127.0.0.1","signed":true}"#, token: token)
        let signing = try run.entry(4).notes
        #expect(signing?["before"]?["lease"]?["status"]?.string == "pending")
        #expect(signing?["before"]?["lease"]?["moves"]?.elements.compactMap(\.string) == ["sign", "cancel"])
        #expect(signing?["after"]?["lease"]?["status"]?.string == "signed")
        #expect(signing?["after"]?["lease"]?["moves"]?.elements.compactMap(\.string) == ["finalize", "cancel"])
    }

    @Test func `says which rule or test value decided`() throws {
        let token = try run.create("a.deny@b.co")
        try run.send(.post, "/v3/users/me/apply", Run.application, token: token)
        #expect(try run.entry(2).notes?["decidedBy"]?.elements.first?["outcome"]?.string == "deny")
        let sandbox = try run.sandbox
        try sandbox.store.write {
            try sandbox.set(
                personas: try JSON(Array(#"[{"when":{"city":"Hollywood"},"outcome":"manualReview"}]"#.utf8)),
                at: sandbox.now)
        }
        let other = try run.create("b@b.co")
        try run.send(.post, "/v3/users/me/apply", Run.application, token: other)
        #expect(try run.entry(4).notes?["decidedBy"]?.elements.first?["rule"]?.numberText == "1")
    }

    /// Why a token let nobody in.
    @Test func `says what was wrong with a token`() throws {
        try run.send(.get, "/v3/users/me")
        try run.send(.get, "/v3/users/me", token: "abc")
        let other = try #require(
            try run.send(.post, "/v3/users", #"{"firstName":"J","lastName":"D","email":"a@b.co"}"#, key: "l")
                .body?["data"]?["token"]?.string)
        try run.send(.get, "/v3/users/me", token: other)
        let token = try run.create("a@b.co")
        try run.sandbox.clock = .frozen(run.sandbox.now + .hours(2))
        try run.send(.get, "/v3/users/me", token: token)
        let problems = try [1, 2, 3, 5].map { try run.entry($0).notes?["tokenProblem"]?.string }
        #expect(problems == ["missing", "notOurs", "ofAnotherKey", "expired"])
    }

    @Test func `without a key is nobody's, and found among the strays`() throws {
        let target = try #require(Target("/v3/users"))
        let reply = run.gateway.answer(Request(method: .get, target: target, fields: [:], body: []))
        #expect(reply.response.fields.contains { $0.name == Gateway.requestIdField && $0.value == "stray-1" })
        #expect(try run.gateway.strays()?.sandbox?.store.journal.find(1)?.status == 401)
        #expect(try run.journal.extent.newestId == 0)
    }

    @Test func `keeps the beginning of a body that is very long`() throws {
        let body = #"{"firstName":"\#(String(repeating: "x", count: 200_000))"}"#
        try run.send(.post, "/v3/users", body)
        let kept = try run.entry(1).entry.requestBody
        #expect(kept.count < 70_000)
        #expect(String(decoding: kept.suffix(20), as: UTF8.self).hasSuffix("(200016 bytes)"))
    }
}
