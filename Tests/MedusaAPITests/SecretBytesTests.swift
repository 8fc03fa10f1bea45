import HTTP
import JSON
import Sandbox
import Testing

@testable import MedusaAPI

/// What looks for secrets reads every byte that anybody sends: none may end the program.
@Suite struct `Whatever is looked through for secrets` {
    private static let pieces = [
        "123456789", "123-45-6789", "4111 1111 1111 1111", "1", "12", "eyJ", "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VySWQiOiI.x",
        ".",
        "GB29 NWBK 6016 1331 9268 19", "GB", "%", "%4", "%31", "&#x31;", "&#", "&amp", "\\", "\\u", "\\u{31}", "\\u{",
        "\\x3", "\\061",
        "ssn", "password", "passwrod", "=", ":", "<ssn>", "\"", "'", "MTIzNDU2Nzg5", "MTIz", "313233343536373839", " ",
        "-", "\u{2010}",
        "１２３", "\u{200B}", "\u{AD}", "\n", "+", "/", "_", "a", "f", "é", "{", "}", "[", "]", ",", "\u{1F600}",
    ].map { Array($0.utf8) }

    private struct Chance {
        var state: UInt64

        mutating func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
    }

    @Test func `ends nothing, and comes out as text`() {
        var chance = Chance(state: 3)
        var secrets = Secrets()
        let seen = SeenSecrets()
        for _ in 0..<30_000 {
            var bytes: [UInt8] = []
            for _ in 0..<chance.below(12) {
                bytes +=
                    chance.below(8) == 0 ? [UInt8(chance.below(256))] : Self.pieces[chance.below(Self.pieces.count)]
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if chance.below(16) == 0 { seen.remember(bytes) }
            _ = SecretShape.ranges(in: bytes, bytes.indices)
            _ = Disguise.readings(of: bytes)
            _ = SecretName.meaning(bytes)
            _ = secrets.sentence(text, seen)
            _ = secrets.header([NamedValue(text, text), NamedValue("X-SSN", text)], of: .request, seen)
            if let target = Target("/v3/\(text.percentEncoded)?\(text)") {
                _ = secrets.target(target, seen, isRouted: false)
            }
            if let json = try? JSON(JSONWriter.write { $0.object { $0.member("a", text) } }) {
                #expect((try? JSON(secrets.body(json, seen, learns: true))) != nil, "what is kept of JSON is JSON")
            }
            if let json = try? JSON(bytes) { _ = secrets.body(json, seen, learns: true) }
        }
    }
}
