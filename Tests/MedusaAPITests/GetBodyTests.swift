import Contract
import HTTP
import MedusaAPI
import Testing

/// The document declares of each operation what the server answers, and no more.
@Suite struct `The answers that are declared` {
    @Test func `of a GET have nothing of a body, which is not looked at`() throws {
        let world = try World()
        let customer = try world.create()
        for endpoint in Routes.endpoints where endpoint.method == .get {
            let path = endpoint.path.replacing("{userId}", with: customer.id)
            let usual = try world.send(.get, path, token: customer.token).status
            for (body, type) in [
                ("{", "application/json"), ("x", "text/plain"), ("{", ""), ("a=%", "application/x-www-form-urlencoded"),
            ] {
                let answer = try world.send(
                    .get, path, body, token: customer.token, fields: [NamedValue("Content-Type", type)])
                #expect(answer.status == usual, "\(path) with \(type)")
            }
            #expect(!(endpoint.outcomes + endpoint.sharedOutcomes).contains { $0.status == .unsupportedMediaType })
        }
    }

    @Test func `of all others have those of a body that cannot be read`() throws {
        let world = try World()
        let customer = try world.create()
        for endpoint in Routes.endpoints where endpoint.method != .get {
            let path = endpoint.path.replacing("{userId}", with: customer.id)
            #expect(try world.send(endpoint.method, path, "{", token: customer.token).status == 400, "\(path)")
            let plain = try world.send(
                endpoint.method, path, "x", token: customer.token, fields: [NamedValue("Content-Type", "text/plain")])
            #expect(plain.status == 415, "\(path)")
        }
    }
}
