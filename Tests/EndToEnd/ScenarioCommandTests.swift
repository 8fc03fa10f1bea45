import Foundation
import JSON
import Support
import Testing

@Suite struct `The scenario command` {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())").path

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    private func file(_ name: String, _ text: String) throws -> String {
        let path = "\(folder)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    private func done() { try? FileManager.default.removeItem(atPath: folder) }

    @Test func `checks files, and prints every problem with its place`() throws {
        let broken = Repository.path("Tests/Fixtures/broken")
        let expected = try String(contentsOfFile: "\(broken)/expected.txt", encoding: .utf8)
        let files = Set(expected.split(separator: "\n").compactMap { $0.split(separator: ":").first }).sorted()
        let run = try Program.run(
            command: "bash",
            ["-c", "cd '\(broken)' && '\(Program.url.path)' scenario check \(files.joined(separator: " "))"])
        #expect(run.code == 1)
        #expect(run.output.split(separator: "\n").sorted() == expected.split(separator: "\n").sorted())
        #expect(run.errors.isEmpty)
    }

    @Test func `prints nothing for files that are right`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Repository.path("Scenarios"))
        let run = try Program.run(["scenario", "check"] + files.map { Repository.path("Scenarios/\($0)") })
        #expect(run.code == 0)
        #expect(run.output.isEmpty)
    }

    /// With 300 MB of address space, of which the program itself takes a good part.
    @Test(arguments: ["bomb", "fifty-megabytes", "nested", "not-utf8", "endless"])
    func `ends soon and small with a file that is meant to hurt`(kind: String) throws {
        defer { done() }
        let path =
            switch kind {
            case "bomb": Repository.path("Tests/Fixtures/broken/bomb.yaml")
            case "fifty-megabytes": try file("big.yaml", "about: " + String(repeating: "x", count: 50 << 20))
            case "nested": try file("nested.yaml", "about: " + String(repeating: "[", count: 1 << 19))
            case "endless": "/dev/zero"
            default: "\(folder)/latin1.yaml"
            }
        if kind == "not-utf8" {
            try Data("about: caf\u{00}".utf8.dropLast() + [0xE9, 0x0A]).write(to: URL(filePath: path))
        }
        let run = try Program.run(
            command: "bash", ["-c", "ulimit -v 300000; exec timeout 10 '\(Program.url.path)' scenario check '\(path)'"])
        #expect(run.code == 1, "\(run.errors)")
        #expect(run.output.hasPrefix("\(path):"), "\(run.output.prefix(200))")
        #expect(run.output.split(separator: "\n").count == 1)
    }

    @Test func `says that a file is not there`() throws {
        let run = try Program.run(["scenario", "check", "nowhere.yaml"])
        #expect(run.code == 1)
        #expect(run.output == "nowhere.yaml:1:1: the file cannot be opened: No such file or directory\n")
    }

    @Test func `lists the shipped scenarios with their stories, and shows their files`() throws {
        let list = try Program.run(["scenario", "list"])
        #expect(list.code == 0)
        #expect(list.output.hasPrefix("first-purchase\n    A shop's first sale."))
        let show = try Program.run(["scenario", "show", "denied"])
        #expect(show.output == String(decoding: try Repository.bytes("Scenarios/denied.yaml"), as: UTF8.self))
        let none = try Program.run(["scenario", "show", "denid"])
        #expect(none.code == 1)
        #expect(none.errors.hasPrefix("medusa-sandbox: no shipped scenario is called denid; there is first-purchase,"))
    }

    /// With PyPI's jsonschema and PyYAML, as an editor would.
    @Test func `has a JSON Schema that takes the shipped scenarios, and finds what is misspelt`() throws {
        let script = """
            import json, sys, yaml, jsonschema
            class Plain(yaml.SafeLoader): pass
            Plain.yaml_implicit_resolvers = {
                first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
                for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()}
            schema = json.load(open(sys.argv[1]))
            jsonschema.Draft202012Validator.check_schema(schema)
            for name in sys.argv[2:]:
                document = yaml.load(open(name), Plain)
                errors = sorted(error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(document))
                print(name.rsplit("/", 1)[1], *errors[:1])
            """
        let shipped = try FileManager.default.contentsOfDirectory(atPath: Repository.path("Scenarios")).sorted()
        let broken = ["settings-unknown", "user-without-email", "fault-operation", "clock-mode", "keys-empty"]
        let run = try Program.run(
            command: Repository.path(".build/venv/bin/python"),
            ["-c", script, Repository.path("Docs/scenario.schema.json")]
                + shipped.map { Repository.path("Scenarios/\($0)") }
                + broken.map { Repository.path("Tests/Fixtures/broken/\($0).yaml") })
        #expect(run.code == 0, "\(run.errors)")
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(Array(lines.prefix(shipped.count)) == shipped)
        for line in lines.dropFirst(shipped.count) { #expect(line.contains(".yaml ")) }
    }

    // MARK: serve --scenario

    @Test func `serves a scenario on the key of its name, and to everybody else`() throws {
        let server = try Server("--quiet", "--scenario", "denied")
        for key in ["denied", "worker-7"] {
            #expect(try Shop(server, key: key).state()["scenario"]?.string == "denied")
        }
    }

    @Test func `serves several scenarios, each on its key`() throws {
        let file = try file(
            "mine.yaml", "about: Mine.\nkeys: [{key: shop}]\ngiven: {users: {jane: {email: j@example.com}}}\n")
        defer { done() }
        let server = try Server("--quiet", "--scenario", "denied", "--scenario", file)
        #expect(try Shop(server, key: "shop").state()["users"]?.elements.count == 1)
        #expect(try Shop(server, key: "denied").state()["scenario"]?.string == "denied")
    }

    @Test func `does not serve a scenario that is broken`() throws {
        let file = try file("broken.yaml", "about: Broken.\nsede: 1\n")
        defer { done() }
        let run = try Program.run(["serve", "--ephemeral", "--port", "0", "--scenario", file])
        #expect(run.code == 1)
        #expect(run.errors == "medusa-sandbox: \(file):2:1: \"sede\" is not known here; did you mean \"seed\"?\n")
    }

    @Test func `goes on where it was when the same scenario is served again`() throws {
        defer { done() }
        let text =
            "about: Kept.\nclock: {mode: frozen, now: 2026-03-02}\ngiven: {users: {jane: {email: j@example.com}}}\n"
        let file = try file("kept.yaml", text)
        let arguments = ["--quiet", "--scenario", file]
        var server = try Server(dataDirectory: "\(folder)/data", arguments[0], arguments[1], arguments[2])
        _ = try Shop(server, key: "kept").create("new@example.com")
        server.stop()
        server = try Server(dataDirectory: "\(folder)/data", arguments[0], arguments[1], arguments[2])
        #expect(try Shop(server, key: "kept").state()["users"]?.elements.count == 2)
        server.stop()
        _ = try self.file("kept.yaml", text + "seed: 9\n")
        server = try Server(dataDirectory: "\(folder)/data", arguments[0], arguments[1], arguments[2])
        #expect(try Shop(server, key: "kept").state()["users"]?.elements.count == 1, "a changed file begins anew")
    }

    @Test func `swaps a changed file in, and keeps the last good one when it is broken`() throws {
        defer { done() }
        func text(_ email: String) -> String { "about: Watched.\ngiven: {users: {jane: {email: \(email)}}}\n" }
        let path = try file("watched.yaml", text("one@example.com"))
        let server = try Server("--scenario", path, "--watch")
        let shop = try Shop(server, key: "watched")
        func email() throws -> String? { try shop.state()["users"]?.elements.first?["email"]?.string }
        #expect(try email() == "one@example.com")
        // As many editors do: a new file in the old one's place.
        let new = try file("watched.yaml.new", text("two@example.com"))
        #expect(unsafe rename(new, path) == 0)
        #expect(try server.nextLogLine { $0.contains("swapped in") } != nil)
        #expect(try email() == "two@example.com")
        _ = try file("watched.yaml", "about: Watched.\ngivne: {}\n")
        #expect(try server.nextLogLine { $0.contains("the last good one stays") } != nil)
        #expect(
            try server.nextLogLine {
                $0.contains("watched.yaml:2:1: \"givne\" is not known here; did you mean \"given\"?")
            }
                != nil)
        #expect(try email() == "two@example.com")
    }
}
