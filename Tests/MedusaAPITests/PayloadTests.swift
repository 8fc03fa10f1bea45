import HTTP
import JSON
import MedusaAPI
import MedusaStore
import Sandbox
import Support
import Testing

/// What the vendor's server, built on hapi, takes for a body.
@Suite struct `A body` {
    private let world: World
    private static let person = #"{"firstName":"J","lastName":"D","email":"a@b.co"}"#

    init() throws { world = try World() }

    /// - Parameter type: `nil` sends none.
    private func post(
        _ body: [UInt8], type: String? = "application/json", _ fields: [(String, String)] = [],
        to path: String = "/v3/users"
    ) throws -> (status: Int, text: String) {
        var header: Fields = ["Authorization": "test-key"]
        if let type { header.add("Content-Type", type) }
        for field in fields { header.add(field.0, field.1) }
        let request = Request(method: .post, target: try #require(Target(path)), fields: header, body: body)
        let reply = world.gateway.answer(request)
        try reply.unsettled?.store.settle()
        return (reply.response.status.rawValue, String(decoding: reply.response.body, as: UTF8.self))
    }

    @Test(arguments: [
        nil, "", " ", "application/json", "Application/JSON ; charset=utf-8", "application/vnd.api+json",
        "application/problem+json;v=1",
    ])
    func `is JSON without a type, and with each that ends so`(type: String?) throws {
        #expect(try post(Array(Self.person.utf8), type: type).status == 200)
        #expect(try post(Array("{".utf8), type: type).text.contains("Invalid request payload JSON format"))
    }

    @Test(arguments: [
        "text/plain", "text/json", "application/jsonp", "multipart/form-data; boundary=x", "application/octet-stream",
        "text/plain;application/json", "application/xml", "json", "+json", "*/*",
    ])
    func `of any other type is refused, so that no foreign page's plain text is taken`(type: String) throws {
        let answer = try post(Array(Self.person.utf8), type: type)
        #expect(answer.status == 415)
        #expect(answer.text.contains("Unsupported Media Type"))
    }

    // MARK: Forms

    @Test(arguments: [
        ("firstName=J&lastName=D&email=a%40b.co", 200, ""),
        ("firstName=J+K&lastName=%C3%A9&email=a@b.co&", 200, ""),
        ("firstName=J&lastName=D", 400, #"\"email\" is required"#),
        ("firstName=J&firstName=K&lastName=D&email=a@b.co", 400, #"\"firstName\" must be a string"#),
        ("firstName=J&lastName=D&email=nobody", 400, #"\"email\" must be a valid email"#),
        (#"{"firstName":"J"}"#, 400, #"\"firstName\" is required"#), ("%zz=%zz", 400, #"\"firstName\" is required"#),
    ])
    func `that is a form has strings for fields, which are then validated`(
        form: String, status: Int, message: String
    ) throws {
        let answer = try post(Array(form.utf8), type: "application/x-www-form-urlencoded; charset=UTF-8")
        #expect(answer.status == status, "\(answer.text)")
        #expect(answer.text.contains(message), "\(answer.text)")
    }

    // MARK: Codings

    @Test(arguments: ["gzip", "x-gzip", " GZip ", "identity, gzip", "deflate", "raw deflate", "gzip, gzip", ""])
    func `is inflated`(coding: String) throws {
        let plain = Array(Self.person.utf8)
        let body: [UInt8] =
            switch coding {
            case "": plain
            case "deflate": Deflated.zlib(plain)
            case "raw deflate": Deflated.stored(plain)
            case "gzip, gzip": Deflated.gzip(Deflated.gzip(plain))
            default: Deflated.gzip(plain)
            }
        let field = coding == "raw deflate" ? "deflate" : coding
        let answer = try post(body, [("Content-Encoding", field)])
        #expect(answer.status == 200, "\(answer.text)")
    }

    @Test func `may be two files of gzip, one behind the other`() throws {
        let plain = Array(Self.person.utf8)
        let body = Deflated.gzip(Array(plain[..<10])) + Deflated.gzip(Array(plain[10...]))
        #expect(try post(body, [("Content-Encoding", "gzip")]).status == 200)
    }

    /// As many as fit into a body. Were what is left of it copied for each, everybody would wait for seconds.
    @Test func `may be tens of thousands of files of gzip, one behind the other`() throws {
        let empty = Deflated.gzip([])
        let files = Array(repeatElement(empty, count: 1_000_000 / empty.count).joined())
        #expect(try post(files + Deflated.gzip(Array(Self.person.utf8)), [("Content-Encoding", "gzip")]).status == 200)
    }

    @Test(arguments: ["br", "zstd", "compress", "gzip, br", "gzip, gzip, gzip", "nonsense"])
    func `of an unknown coding is refused`(coding: String) throws {
        #expect(try post(Deflated.gzip(Array(Self.person.utf8)), [("Content-Encoding", coding)]).status == 415)
    }

    /// Every cut, and every changed byte.
    @Test func `whose coding is broken is no JSON`() throws {
        let whole = Deflated.gzip(Array(Self.person.utf8))
        for length in 1..<whole.count {
            let answer = try post(Array(whole[..<length]), [("Content-Encoding", "gzip")])
            #expect(answer.status == 400, "\(length)")
            #expect(answer.text.contains("Invalid request payload JSON format"))
        }
        for place in whole.indices {
            var changed = whole
            changed[place] ^= 0xFF
            let status = try post(changed, [("Content-Encoding", "gzip")]).status
            // Some bytes of gzip's head say nothing that counts.
            #expect([200, 400, 409].contains(status), "\(place)")
        }
    }

    /// A hundred megabytes of zeros in 640 kB; and a bomb within a bomb.
    @Test func `that inflates to more than a body may have is refused before it does`() throws {
        let bomb = Deflated.gzip([], deflated: Deflated.zeros(400_000))
        #expect(bomb.count < 1 << 20)
        for body in [bomb, Deflated.gzip(bomb)] {
            let coding = body == bomb ? "gzip" : "gzip, gzip"
            let answer = try post(body, [("Content-Encoding", coding)])
            #expect(answer.status == 413)
            #expect(answer.text == #"{"message":"Request size limit exceeded"}"#)
        }
        let largest = Array("[\(String(repeating: " ", count: (1 << 20) - 2))]".utf8)
        #expect(try post(Deflated.gzip(largest), [("Content-Encoding", "gzip")]).status == 400)
        let larger = Array("[\(String(repeating: " ", count: (1 << 20) - 1))]".utf8)
        #expect(try post(Deflated.gzip(larger), [("Content-Encoding", "gzip")]).status == 413)
    }

    // MARK: Nothing

    @Test(arguments: ["", "{}", "[]", "null", " [ ] "], ["finalize", "confirm-shipment", "confirm-receipt", "cancel"])
    func `may say nothing where nothing is required`(body: String, call: String) throws {
        _ = try world.finalized()
        let answer = try post(Array(body.utf8), to: "/v3/transactions/ABC-1/\(call)")
        #expect(answer.status == 200, "\(answer.text)")
    }

    @Test(arguments: ["[1]", "[[]]", "0", "false", "\"\"", "[null]"])
    func `that says something else is refused`(body: String) throws {
        _ = try world.finalized()
        let answer = try post(Array(body.utf8), to: "/v3/transactions/ABC-1/finalize")
        #expect(answer.status == 400)
        #expect(answer.text.contains(#"\"value\" must be of type object"#))
    }

    @Test(arguments: ["[]", "null"])
    func `that says nothing is refused where something is required`(body: String) throws {
        #expect(try post(Array(body.utf8)).text.contains(#"\"value\" must be of type object"#))
    }

    @Test func `of half a surrogate pair comes back as U+FFFD`() throws {
        let body = #"{"firstName":"A\ud83d","lastName":"D\ude00","email":"a@b.co"}"#
        #expect(try post(Array(body.utf8)).status == 200)
        let list = try world.send(.get, "/v3/users")
        #expect(list.text.contains("\"A\u{FFFD}\""))
    }
}
