internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import HTTP
internal import JSON
internal import Sandbox
internal import YAML

/// Which running sandbox a command turns.
struct ControlTarget: ParsableArguments {
    @Option(help: "The server (default: $MEDUSA_BASE_URL, or http://127.0.0.1:6338).")
    var url: String?

    @Option(help: "The API key of the sandbox (default: $MEDUSA_API_KEY).")
    var key: String?

    /// Calls the control API, and prints what it answers.
    ///
    /// - Parameter path: below `/_sandbox`, a segment each.
    func call(_ method: String, _ path: [String], _ body: ((inout JSONWriter) -> Void)? = nil) throws {
        try call(method, path, json: body.map { body in JSONWriter.write { $0.object(body) } })
    }

    func call(_ method: String, _ path: [String], json: [UInt8]?) throws {
        let answer = try send(method, path, type: json == nil ? nil : "application/json", body: json ?? [])
        guard let document = try? JSON(answer) else { return }
        say(indented(document["data"] ?? document))
    }

    /// The bytes of an answer. One that is no success is a sentence on standard error, and exit code 1.
    func send(
        _ method: String, _ path: [String], query: [(name: String, value: String)] = [], type: String? = nil,
        body: [UInt8] = []
    ) throws -> [UInt8] {
        let answer = try attempt(method, path, query: query, type: type, body: body)
        guard (200..<300).contains(answer.status) else {
            say("medusa-sandbox: \(answer.message)", on: STDERR_FILENO)
            throw ExitCode.failure
        }
        return answer.body
    }

    /// An answer, whatever its status.
    func attempt(
        _ method: String, _ path: [String], query: [(name: String, value: String)] = [], type: String? = nil,
        body: [UInt8] = []
    ) throws -> Client.Answer {
        let (client, key) = try place()
        return try client.send(method, try target(path, query), key: key, type: type, body: body)
    }

    /// Reads events as they come, until the server ends.
    func follow(
        _ path: [String], query: [(name: String, value: String)], event: ([UInt8]) -> Void
    ) throws {
        let (client, key) = try place()
        try client.follow(try target(path, query), key: key, event: event)
    }

    private func place() throws -> (Client, key: String) {
        let environment = ProcessInfo.processInfo.environment
        let named = environment["MEDUSA_API_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        guard let key = key ?? named else {
            throw ValidationError("which sandbox? name its API key with --key, or in MEDUSA_API_KEY")
        }
        guard KeyForm.isKey(key) else { throw ValidationError("an API key \(KeyForm.rule)") }
        return (Client(url: url ?? environment["MEDUSA_BASE_URL"] ?? "http://127.0.0.1:\(Serve.defaultPort)"), key)
    }

    /// - Parameter path: the segments, as they are: whatever somebody's name has in it stays in its segment.
    private func target(_ path: [String], _ query: [(name: String, value: String)]) throws -> String {
        guard !path.contains("") else {
            throw ValidationError("which one? its name or id is empty; is a variable not set?")
        }
        let path = "/_sandbox/" + path.map(\.percentEncoded).joined(separator: "/")
        let pairs = query.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }
        return pairs.isEmpty ? path : "\(path)?\(pairs.joined(separator: "&"))"
    }
}

/// A document of a command line: a file's, or the argument itself, as YAML or JSON.
func document(_ argument: String) throws -> [UInt8] {
    let isFile = unsafe access(argument, R_OK) == 0
    let bytes = isFile ? try ScenarioSource.bytes(of: argument) : Array(argument.utf8)
    do throws(YAML.Problem) {
        return try YAML(bytes).json.source
    } catch {
        throw ValidationError(
            "\(isFile ? argument : "the argument"):\(error.mark.line):\(error.mark.column): \(error.sentence)")
    }
}

/// JSON for people: a line a value.
func indented(_ json: [UInt8]) -> String {
    (try? JSON(json)).map { indented($0) } ?? String(decoding: json, as: UTF8.self)
}

func indented(_ json: JSON, _ margin: String = "") -> String {
    func lines(_ open: String, _ inner: [String], _ close: String) -> String {
        inner.isEmpty
            ? open + close : "\(open)\n\(margin)  \(inner.joined(separator: ",\n\(margin)  "))\n\(margin)\(close)"
    }
    if json.isObject {
        let members = json.members.map { member in
            let name = member.value.name.map { String(decoding: $0.source, as: UTF8.self) } ?? ""
            return "\(name): \(indented(member.value, margin + "  "))"
        }
        return lines("{", members, "}")
    }
    if json.isArray { return lines("[", json.elements.map { indented($0, margin + "  ") }, "]") }
    return String(decoding: json.source, as: UTF8.self)
}

extension Client.Answer {
    /// What a refusal says.
    var message: String {
        let json = try? JSON(body)
        return json?["error"]?["message"]?.string ?? json?["message"]?.string ?? "the server answered \(status)"
    }
}
