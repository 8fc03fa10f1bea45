import Foundation
import JSON
import Support
import Testing

/// `--watch` sees whatever makes another text stand at a scenario's path.
@Suite struct `A watched scenario` {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path

    /// How a new text comes to stand at `place/scenario.yaml` of the folder.
    enum Change: String, CaseIterable {
        case writtenInPlace, renamedOver, deletedAndMadeAgain, movedAwayAndBack, hardLinked
        case linkTurned, linkToLinkTurned, folderLinkTurned, folderSwapped, folderDeletedAndMadeAgain
        case kubernetes

        /// A script in the folder; `new` has the text, `old` is what was there before, and `n` counts.
        var script: String {
            switch self {
            case .writtenInPlace: "cat new > place/scenario.yaml"
            case .renamedOver: "cp new new2; mv new2 place/scenario.yaml"
            case .deletedAndMadeAgain: "rm place/scenario.yaml; cat new > place/scenario.yaml"
            case .movedAwayAndBack:
                "mv place/scenario.yaml place/aside; cat new > place/aside; mv place/aside place/scenario.yaml"
            case .hardLinked: "cp new hard$n; rm place/scenario.yaml; ln hard$n place/scenario.yaml"
            case .linkTurned: "cp new to$n; ln -s ../to$n link; mv -T link place/scenario.yaml"
            case .linkToLinkTurned:
                "cp new end$n; ln -s end$n l; mv -T l middle; ln -sfn ../middle place/scenario.yaml; ln -sfn end$n middle"
            case .folderLinkTurned:
                "mkdir f$n; cp new f$n/scenario.yaml; ln -s f$n fl; if [ -L place ]; then mv -T fl place; "
                    + "else mv place old$n; mv -T fl place; fi"
            case .folderSwapped: "mkdir s$n; cp new s$n/scenario.yaml; mv place gone$n; mv s$n place"
            case .folderDeletedAndMadeAgain:
                "d=$(readlink -f place); rm -rf \"$d\" place; mkdir place; cp new place/scenario.yaml"
            case .kubernetes:
                // As the kubelet writes a ConfigMap: `..data` is turned by one rename, what is mounted are links through it.
                """
                mkdir -p k8s; mkdir k8s/..$n; cp new k8s/..$n/scenario.yaml; ln -sfn ..data/scenario.yaml k8s/scenario.yaml
                if [ "$(readlink place)" != k8s ]; then mv place before$n; ln -s k8s place; fi
                ln -s ..$n k8s/..data_tmp; mv -T k8s/..data_tmp k8s/..data
                """
            }
        }
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }

    private func text(_ number: Int, of name: String = "jane") -> String {
        "about: Watched.\ngiven: {users: {jane: {email: \(name)\(number)@example.com}}}\n"
    }

    private func email(_ shop: Shop) throws -> String? { try shop.state()["users"]?.elements.first?["email"]?.string }

    /// In any order, for one change prepares the ground for the next.
    @Test(arguments: 0..<4)
    func `is swapped in however its text changes`(seed: UInt64) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var chance = Chance(seed: seed)
        try FileManager.default.createDirectory(atPath: "\(folder)/place", withIntermediateDirectories: true)
        try write(text(0), to: "place/scenario.yaml")
        let server = try Server("--scenario", "\(folder)/place/scenario.yaml", "--watch")
        let shop = try Shop(server, key: "scenario")
        var changes = Change.allCases + Change.allCases
        for place in changes.indices { changes.swapAt(place, chance.below(changes.count)) }
        for (number, change) in changes.enumerated() {
            try write(text(number + 1), to: "new")
            let run = try Program.run(command: "bash", ["-c", "set -e; cd \(folder); n=\(number); \(change.script)"])
            try #require(run.code == 0, "\(changes[...number]) \(run.errors)")
            try #require(
                FileManager.default.contents(atPath: "\(folder)/place/scenario.yaml") == Data(text(number + 1).utf8),
                "\(changes[...number])")
            // On the way to the new text there may be an older one at the path for a moment, which is swapped in as well.
            repeat {
                try #require(
                    try server.nextLogLine { $0.contains("swapped in") } != nil, "\(changes[...number]) \(run.errors)")
            } while try email(shop) != "jane\(number + 1)@example.com"
        }
    }

    @Test func `is not filled anew where its text is the same as before`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in ["one.yaml", "two.yaml"] { try write(text(0), to: name) }
        let server = try Server(
            "--scenario", "\(folder)/one.yaml", "--scenario", "\(folder)/two.yaml", "--watch")
        let shop = try Shop(server, key: "one")
        _ = try shop.create("new@example.com")
        try write(text(0), to: "one.yaml")
        try write(text(1), to: "two.yaml")
        #expect(try server.nextLogLine { $0.contains("swapped in") }?.contains("two.yaml") == true)
        #expect(try shop.state()["users"]?.elements.count == 2)
    }

    @Test func `stays when it is deleted`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in ["one.yaml", "two.yaml"] { try write(text(0), to: name) }
        let server = try Server(
            "--scenario", "\(folder)/one.yaml", "--scenario", "\(folder)/two.yaml", "--watch")
        try FileManager.default.removeItem(atPath: "\(folder)/one.yaml")
        try write(text(1), to: "two.yaml")
        #expect(try server.nextLogLine { $0.contains("swapped in") } != nil)
        #expect(try email(try Shop(server, key: "one")) == "jane0@example.com")
    }
}
