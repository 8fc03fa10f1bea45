import Foundation
import Medusa
import MedusaAPI
import MedusaStore
import Sandbox
import Scenarios
import Support
import Testing

@Suite struct `The shipped scenarios` {
    private static let now = Timestamp(milliseconds: 1_772_442_000_000)

    @Test(arguments: Shipped.all.map(\.name))
    func `are right, and play`(name: String) throws {
        let shipped = try #require(Shipped.all.first { $0.name == name })
        try Scenario(shipped.text, name: shipped.name, file: shipped.file, at: Self.now).rehearse()
    }

    @Test func `are the files of the folder, each with its own text`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Repository.path("Scenarios"))
        #expect(files.sorted() == Shipped.all.map(\.file).sorted())
        for shipped in Shipped.all { #expect(try Repository.bytes("Scenarios/\(shipped.file)") == shipped.text) }
        #expect(Shipped.all.count >= 12)
    }

    @Test func `give the same world every time`() throws {
        for shipped in Shipped.all {
            let images = try (0..<2).map { _ in
                let sandboxes = Sandboxes(home: .memory, seed: 1, allowedKeys: [], requestFields: Routes.ruledFields)
                let sandbox = try sandboxes.sandbox(for: "k")
                try Scenario(shipped.text, name: shipped.name, file: shipped.file, at: Self.now).fill(sandbox)
                return try sandbox.store.image()
            }
            #expect(images[0] == images[1], "\(shipped.name)")
        }
    }
}
