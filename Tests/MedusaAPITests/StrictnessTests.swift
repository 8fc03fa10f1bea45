import Contract
import HTTP
import JSON
import Medusa
import MedusaAPI
import Sandbox
import Testing

/// What becomes of a request that is odd, and not wrong (decisions.md 19).
@Suite struct `Strictness` {
    private func world(_ strictness: Settings.Strictness) throws -> World {
        let world = try World()
        try world.sandbox().settings.strictness = strictness
        return world
    }

    struct Odd: CustomTestStringConvertible {
        let what: String
        /// A body for Create Lease.
        var body = World.order()
        var query = ""
        var fields: [NamedValue] = []
        var count = 1
        let refusal: String

        var testDescription: String { what }
    }

    static let odd = [
        Odd(
            what: "an unknown member", body: World.order().replacing(#""orderId""#, with: #""ordrId""#),
            refusal: #""ordrId" is not allowed"#),
        Odd(
            what: "an unknown member inside",
            body: World.order().replacing(#""brand""#, with: #""colour":"red","brand""#),
            refusal: #""items[0].colour" is not allowed"#),
        Odd(
            what: "an undocumented value",
            body: World.order().replacing(#""brand""#, with: #""condition":"worn","brand""#),
            refusal: #""items[0].condition" must be one of [new, used, refurbished]"#),
        Odd(
            what: "a price of three decimal places", body: World.order(cost: "199.995"),
            refusal: #""items[0].cost" must have no more than 2 decimal places"#),
        Odd(what: "an unknown parameter", query: "?asPDF=false", refusal: #""asPDF" is not allowed"#),
        Odd(
            what: "two at once", body: World.order().replacing(#""orderId""#, with: #""ordrId""#), query: "?x=1",
            count: 2,
            refusal: #""x" is not allowed"#),
    ]

    private func create(_ world: World, _ odd: Odd) throws -> World.Answer {
        let customer = try world.approved()
        return try world.send(.post, "/v3/leases\(odd.query)", odd.body, token: customer.token, fields: odd.fields)
    }

    @Test(arguments: odd) func `real says nothing`(odd: Odd) throws {
        let answer = try create(world(.real), odd)
        #expect(answer.status == 200)
        #expect(answer.field("x-sandbox-warnings") == nil)
    }

    @Test(arguments: odd) func `warn answers the same to the letter, and counts`(odd: Odd) throws {
        let answer = try create(world(.warn), odd)
        let plain = try create(world(.real), odd)
        #expect(answer.text == plain.text)
        #expect(answer.field("x-sandbox-warnings") == String(odd.count))
    }

    @Test(arguments: odd) func `strict refuses, in the words of the validation`(odd: Odd) throws {
        let answer = try create(world(.strict), odd)
        #expect((answer.status, answer.code, answer.message) == (400, "", odd.refusal))
        #expect(answer.field("x-sandbox-warnings") == String(odd.count))
    }

    @Test func `warn is the default, and a plain request gets no warning`() throws {
        let world = try World()
        #expect(try world.sandbox().settings.strictness == .warn)
        let customer = try world.approved()
        let answer = try world.send(.post, "/v3/leases", World.order(), token: customer.token)
        #expect(answer.field("x-sandbox-warnings") == nil)
    }

    private static let oldSpelling = World.application.replacing("payFrequency", with: "payFrquency").replacing(
        #""monthlyIncome""#, with: #""nextPay":"2026-01-01","monthlyIncome""#)

    @Test func `an older page's spelling is read as the present one, and counted`() throws {
        let world = try World()
        let fields = [NamedValue("customer-ip", "127.0.0.1")]
        let customer = try world.create()
        let applied = try world.send(
            .post, "/v3/users/me/apply", Self.oldSpelling, token: customer.token, fields: fields)
        #expect(applied.data?["decision"]?["approved"]?.bool == true)
        #expect(applied.field("x-sandbox-warnings") == "2")
    }

    @Test func `an older page's spelling is refused where the sandbox is strict`() throws {
        let world = try world(.strict)
        let customer = try world.create()
        let fields = [NamedValue("customer-ip", "127.0.0.1")]
        let applied = try world.send(
            .post, "/v3/users/me/apply", Self.oldSpelling, token: customer.token, fields: fields)
        #expect(applied.message == #""employmentInformation.payFrquency" is not allowed"#)
    }

    @Test func `a missing header that the documents would have is counted, and refused where the sandbox is strict`()
        throws
    {
        let lenient = try World()
        let applied = try lenient.send(
            .post, "/v3/users/me/apply", World.application, token: lenient.create().token)
        #expect(applied.field("x-sandbox-warnings") == "1")
        let strict = try world(.strict)
        let refused = try strict.send(.post, "/v3/users/me/apply", World.application, token: strict.create().token)
        #expect(refused.message == #""customer-ip" is required"#)
    }

    @Test func `a key with a scheme is counted`() throws {
        let world = try World()
        let answer = try world.send(.get, "/v3/settings/lease", key: "Bearer test-key")
        #expect(answer.field("x-sandbox-warnings") == "1")
    }

    @Test(arguments: Routes.endpoints.map(\.operation))
    func `strict reaches every endpoint`(operation: String) throws {
        let endpoint = try #require(Routes.endpoints.first { $0.operation == operation })
        guard endpoint.body.isEmpty, endpoint.query.isEmpty else { return }
        let world = try world(.strict)
        let customer = try world.finalized("x.verify@example.com")
        let lease = try #require(
            try world.send(.get, "/v3/users/me", token: customer.token).data?["transactions"]?.elements[0]["lease"]?[
                "id"]?
                .string)
        let path = endpoint.path.replacing("{userId}", with: customer.id).replacing("{leaseId}", with: lease)
            .replacing("{transactionId}", with: "ABC-1").replacing("{routingNumber}", with: "021000021")
        let answer = try world.send(endpoint.method, "\(path)?odd=1", token: customer.token)
        #expect((answer.status, answer.message) == (400, #""odd" is not allowed"#))
    }

    @Test func `a strict sandbox refuses a bad token before an odd request, and that before an unknown lease`() throws {
        let world = try world(.strict)
        #expect(try world.send(.get, "/v3/users/me?odd=1", token: "x").status == 401)
        #expect(try world.send(.get, "/v3/leases/x?odd=1", token: world.create().token).status == 400)
    }

    @Test func `a hundred unknown names are enough to count`() throws {
        let names = (0..<5000).map { #""x\#($0)":1"# }.joined(separator: ",")
        let world = try World()
        let body = #"{"email":"a@b.co",\#(names)}"#
        #expect(try world.send(.post, "/v3/users/exists", body).field("x-sandbox-warnings") == "100")
    }
}
