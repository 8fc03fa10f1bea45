import ControlAPI
import HTTP
import JSON
import Medusa
import MedusaAPI
import MedusaStore
import Sandbox
import Testing

@Suite struct `A call that replaces the world` {
    /// A review whose time has come is a write, made by the first request after it, whichever that is.
    @Test(arguments: [("POST", "/_sandbox/reset"), ("GET", "/_sandbox/explain/1"), ("POST", "/_sandbox/snapshots")])
    func `may be the first one after a review has ended`(method: String, path: String) throws {
        let sandboxes = Sandboxes(home: .memory, seed: 1, allowedKeys: ["k"])
        let gateway = Gateway(sandboxes, access: Access(isLoopback: false)) { _ in }
        let control = Control(gateway)
        let sandbox = try sandboxes.sandbox(for: "k")
        func send(_ method: String, _ path: String, _ body: String, token: String = "") throws -> Response {
            let request = Request(
                method: try #require(Method(rawValue: method)), target: try #require(Target(path)),
                fields: ["Authorization": "k", "customer-token": token, "Content-Type": "application/json"],
                body: Array(body.utf8))
            let reply =
                Control.owns(request.target) ? control.answer(request, version: "") : gateway.answer(request)
            try sandbox.store.settle()
            return reply.answeredHere()
        }
        let created = try send("POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"a.qamanual@b.co"}"#)
        let token = try JSON(created.body)["data"]?["token"]?.string ?? ""
        let application = """
            {"street1":"s","city":"c","regionAbbr":"FL","postalCode":"33021","country":"US","mobilePhone":"6514447773",\
            "dateOfBirth":"1998-03-23","ssn":"888776666",\
            "employmentInformation":{"monthlyIncome":1250,"payFrequency":"weekly"}}
            """
        #expect(try send("POST", "/v3/users/me/apply", application, token: token).status == .ok)
        let decision = #"{"status":"pending","resolvesAfter":"PT1H","resolvesAs":"approved"}"#
        #expect(try send("PUT", "/_sandbox/users/a.qamanual@b.co/decision", decision).status == .ok)
        sandbox.clock = .frozen(sandbox.now + .hours(2))
        let answer = try send(method, path, path.hasSuffix("snapshots") ? #"{"name":"s"}"# : "")
        #expect(answer.status.rawValue < 300, "\(String(decoding: answer.body, as: UTF8.self))")
    }
}
