import Contract
import HTTP
import JSON
import Medusa
import MedusaAPI
import MedusaStore
import RequestJournal
import Sandbox
import Testing

@Suite struct `A verification` {
    private let run = Run()

    init() throws {
        _ = try run.create("a@example.com")
        _ = try run.create("b@example.com")
        try run.send(.post, "/v3/users", #"{"firstName":"J"}"#, fields: [("X-Real-IP", "10.0.0.1")])
        try run.send(.get, "/v3/user-exists?email=a@example.com")
    }

    /// Each holds, or does not, over two creations, one refused creation, and one question whether a user exists.
    @Test(arguments: [
        (#"{"requests":[{"operation":"createUser","count":3}]}"#, true),
        (#"{"requests":[{"operation":"createUser","count":2}]}"#, false),
        (#"{"requests":[{"operation":"createUser","status":200,"count":2}]}"#, true),
        (#"{"requests":[{"operation":"createUser","status":"4xx","count":1}]}"#, true),
        (#"{"requests":[{"operation":"createUser","status":"200,400","count":3}]}"#, true),
        (#"{"requests":[{"operation":"create*","atLeast":3}]}"#, true),
        (#"{"requests":[{"operation":"createUser","atLeast":4}]}"#, false),
        (#"{"requests":[{"operation":"createUser","atMost":3}]}"#, true),
        (#"{"requests":[{"operation":"createUser","atMost":2}]}"#, false),
        (#"{"requests":[{"operation":"createUser","atLeast":1,"atMost":3}]}"#, true),
        (#"{"requests":[{"operation":"createUser"}]}"#, true),
        (#"{"requests":[{"operation":"createLease"}]}"#, false),
        (#"{"requests":[{"operation":"createLease","never":true}]}"#, true),
        (#"{"requests":[{"operation":"createUser","never":true}]}"#, false),
        (#"{"requests":[{"method":"GET","count":1}]}"#, true),
        (#"{"requests":[{"route":"/v3/user-exists","count":1}]}"#, true),
        (#"{"requests":[{"path":"/v3/user*","count":4}]}"#, true),
        (#"{"requests":[{"body":{"email":"a@example.com"},"count":1}]}"#, true),
        (#"{"requests":[{"body":{"email":["a@example.com","b@example.com"]},"count":2}]}"#, true),
        (#"{"requests":[{"query":{"email":"a@*"},"count":1}]}"#, true),
        (#"{"requests":[{"header":{"x-real-ip":"10.*"},"count":1}]}"#, true),
        (#"{"requests":[{"answer":{"error.statusCode":{"above":399}},"count":1}]}"#, true),
        (#"{"requests":[{"warnings":true,"never":true}]}"#, true),
        (#"{"requests":[{"caller":"modal","never":true}]}"#, true),
        (#"{"requests":[{"operation":"createUser"},{"operation":"verifyUserExists"}],"inOrder":true}"#, true),
        (#"{"requests":[{"operation":"verifyUserExists"},{"operation":"createUser"}],"inOrder":true}"#, false),
        (#"{"requests":[{"operation":"createUser"},{"method":"GET"}],"nothingElse":true}"#, true),
        (#"{"requests":[{"operation":"createUser"}],"nothingElse":true}"#, false),
        (#"{"requests":[],"nothingElse":true}"#, false),
        (#"{"requests":[{"operation":"createUser","count":1}],"after":2}"#, true),
        (#"{"requests":[],"nothingElse":true,"after":4}"#, true),
    ])
    func `holds exactly where it should`(document: String, holds: Bool) throws {
        #expect(try run.verify(document).holds == holds)
    }

    @Test func `says what came nearest, and where it differs`() throws {
        let outcome = try run.verify(
            #"{"requests":[{"operation":"createUser","status":200,"body":{"email":"c@example.com"}}]}"#)
        #expect(
            outcome.problems == [
                "expected at least 1 × createUser answered 200 with body.email \"c@example.com\", found none; "
                    + "the nearest is #2 POST /v3/users, where body.email is \"b@example.com\", not \"c@example.com\""
            ])
    }

    @Test func `names what was not expected`() throws {
        let outcome = try run.verify(#"{"requests":[{"method":"POST"}],"nothingElse":true}"#)
        #expect(outcome.problems == ["expected nothing else, found 1: #4 GET /v3/user-exists?email=a@example.com"])
    }

    @Test func `does not see what was before a reset, unless it is asked to`() throws {
        try run.sandbox.replace(with: Store.Image(trusted: try run.sandbox.fresh().store.image()))
        #expect(try run.verify(#"{"requests":[],"nothingElse":true}"#).holds)
        #expect(try run.verify(#"{"requests":[{"operation":"createUser","count":3}],"all":true}"#).holds)
    }

    /// With entries gone, nothing is certain that more of them could change.
    @Test(arguments: [
        (#"{"requests":[{"operation":"createUser","atLeast":1}]}"#, true),
        (#"{"requests":[{"operation":"createUser","count":102}]}"#, false),
        (#"{"requests":[{"operation":"createLease","never":true}]}"#, false),
        (#"{"requests":[{"operation":"createUser","atMost":100}]}"#, false),
        (#"{"requests":[{"operation":"createUser"}],"nothingElse":true}"#, false),
        (#"{"requests":[{"operation":"createLease","never":true}],"after":LAST}"#, true),
    ])
    func `says so where entries that would count had to make room`(document: String, holds: Bool) throws {
        let sandbox = try run.sandbox
        sandbox.settings.journalEntries = 10
        for number in 0..<100 { _ = try run.create("more\(number)@example.com") }
        let oldest = try run.journal.extent.oldestId
        let outcome = try run.verify(document.replacing("LAST", with: String(oldest - 1)))
        #expect(outcome.holds == holds)
        if !holds { #expect(outcome.problems.first?.contains("had to make room") == true) }
    }

    @Test(arguments: [
        (#"{"requests":[{"operation":"createUsr"}]}"#, "did you mean \"createUser\""),
        (#"{"requests":[{"route":"/v3/user"}]}"#, "did you mean"),
        (#"{"requests":[{"status":"4x"}]}"#, "must look like"),
        (#"{"requests":[{"count":1,"never":true}]}"#, "must have one of"),
        (#"{"requests":[{"atLeast":3,"atMost":2}]}"#, "must have one of"),
        (#"{"requests":[]}"#, "must contain at least 1"),
        (#"{"requests":[{"method":"GET"}],"within":"PT2M"}"#, "must be at most PT1M"),
    ])
    func `that makes no sense is refused with a sentence`(document: String, sentence: String) throws {
        let json = try JSON(Array(document.utf8))
        let violation = #expect(throws: Violation.self) {
            _ = try Verification(reading: .object(json), present: try run.sandbox.now)
        }
        #expect(violation?.message.contains(sentence) == true, "\(violation?.message ?? "")")
    }
}
