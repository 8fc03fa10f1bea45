internal import ArgumentParser
internal import FoundationEssentials
internal import Sandbox

/// The flags that `serve` and `exec` share.
struct ServeOptions: ParsableArguments {
    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one (default: 6338; a free one for exec).")
    var port: UInt16?

    @Option(
        name: .customLong("data-dir"),
        help: "Where the databases live (default: $XDG_STATE_HOME/medusa-sandbox; in memory for exec).")
    var dataDirectory: String?

    @Flag(help: "Keep everything in memory, and forget it at the end.")
    var ephemeral = false

    @Option(
        name: .customLong("api-key"), parsing: .singleValue,
        help: "An API key to admit; repeatable. Without any, each key opens its own sandbox.")
    var apiKeys: [String] = []

    @Option(
        name: .customLong("allow-host"), parsing: .singleValue,
        help:
            "A host name by which clients may call besides addresses, localhost, names without a dot and flexshopper.com; *.example.com for all below; repeatable."
    )
    var allowedHosts: [String] = []

    @Option(
        name: .customLong("allow-origin"), parsing: .singleValue,
        help: "The origin of pages that may call everything, such as https://shop.example.com; repeatable.")
    var allowedOrigins: [String] = []

    @Option(help: "What identifiers and tokens derive from: the same seed and requests give the same identifiers.")
    var seed: UInt64 = 1

    @Option(
        name: .customLong("scenario"), parsing: .singleValue,
        help: "A scenario to begin with: the name of a shipped one, or a file; repeatable.")
    var scenarios: [String] = []

    @Flag(help: "Swap a scenario file in when it changes; a broken one is reported, and the last good one stays.")
    var watch = false

    @Option(name: .customLong("ready-file"), help: "A file that gets the URL once requests are served.")
    var readyFile: String?

    @Option(name: .customLong("body-limit"), help: "The largest request body, in bytes.")
    var bodyLimit = 1 << 20

    @Flag(name: .customLong("no-journal"), help: "Keep no record of requests: no explain, no verify, no report.")
    var isWithoutJournal = false

    @Flag(
        name: .customLong("show-pii"),
        help: "Keep SSNs, account numbers, passwords and tokens in the journal as they came, instead of ***.")
    var showsSecrets = false

    @Flag(help: "Do not log requests.")
    var quiet = false

    func validate() throws {
        if ephemeral, dataDirectory != nil {
            throw ValidationError("--ephemeral and --data-dir exclude each other; leave one out")
        }
        guard (1...(1 << 30)).contains(bodyLimit) else {
            throw ValidationError("--body-limit takes 1 to \(1 << 30) bytes")
        }
        for key in apiKeys where key.isEmpty || key.utf8.count > Sandboxes.longestKey {
            throw ValidationError("--api-key takes 1 to \(Sandboxes.longestKey) bytes")
        }
        if watch, scenarios.isEmpty { throw ValidationError("--watch needs a --scenario to watch") }
    }

    /// The XDG Base Directory Specification's place for state.
    static func defaultDirectory() -> String {
        let environment = ProcessInfo.processInfo.environment
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/medusa-sandbox" }
        return "\(environment["HOME"] ?? "/tmp")/.local/state/medusa-sandbox"
    }
}
