import Foundation
import Sandbox
import Testing

@Suite struct `The file of auth keys` {
    /// As a full disk, or an end at the wrong moment, may leave it.
    @Test func `keeps what is set from then on, wherever it was cut`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())").path
        try OwnFile.makeOwnFolder(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = Array(#"{"key":"a","authKey":"x"}"#.utf8)
        let whole = first + [10] + Array(#"{"key":"b","authKey":"y"}"#.utf8) + [10]
        for length in 0...whole.count {
            try OwnFile.write(Array(whole.prefix(length)), to: "\(folder)/auth-keys")
            AuthKeys(directory: folder).set("z", of: "c")
            let again = AuthKeys(directory: folder)
            #expect(again.authKey(of: "c") == "z", "cut at \(length)")
            #expect(again.authKey(of: "a") == (length >= first.count ? "x" : nil), "cut at \(length)")
        }
    }
}
