internal import ArgumentParser
internal import Contract
internal import FoundationEssentials
internal import MedusaAPI
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

    @Option(
        name: .customLong("sandbox-limit"),
        help: "How many sandboxes are open at once; the longest unused one makes room for another.")
    var sandboxLimit = Sandboxes.openLimit

    @Option(
        help: """
            What becomes of the longest unused one in memory: spill puts it into a temporary file, from which it comes back as it \
            was; drop forgets it. One in --data-dir is closed.
            """)
    var evict = Sandboxes.Eviction.spill

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
        if dataDirectory == "" {
            throw ValidationError("--data-dir takes a folder, and got nothing; is a variable not set?")
        }
        for host in allowedHosts where !Access.isHostPattern(host) {
            throw ValidationError("--allow-host takes a name, *.example.com or *, and got \(host.printable)")
        }
        for origin in allowedOrigins where !Access.isOriginPattern(origin) {
            throw ValidationError(
                "--allow-origin takes a scheme and a host, such as https://shop.example.com, null or *, and got \(origin.printable)"
            )
        }
        guard (1...(1 << 30)).contains(bodyLimit) else {
            throw ValidationError("--body-limit takes 1 to \(1 << 30) bytes")
        }
        guard apiKeys.allSatisfy(KeyForm.isKey) else { throw ValidationError("--api-key: an API key \(KeyForm.rule)") }
        guard (1...Self.mostSandboxes).contains(sandboxLimit) else {
            throw ValidationError("--sandbox-limit takes 1 to \(Self.mostSandboxes)")
        }
        if watch, scenarios.isEmpty { throw ValidationError("--watch needs a --scenario to watch") }
    }

    private static let mostSandboxes = 10_000

    /// The XDG Base Directory Specification's place for state: an address that is not absolute counts for nothing.
    ///
    /// - Returns: where it is, and what to say where the environment does not lead there.
    static func defaultDirectory() throws(Sandboxes.Failure) -> (path: String, remark: String?) {
        let environment = ProcessInfo.processInfo.environment
        let state = environment["XDG_STATE_HOME"] ?? ""
        if state.hasPrefix("/") { return ("\(state)/medusa-sandbox", nil) }
        let remedy = "name a data directory with --data-dir, or use --ephemeral"
        let named = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        guard let home = named ?? HomeDirectory.ofUser() else {
            throw Sandboxes.Failure(
                description:
                    "there is no place for the databases: HOME is not set, and this user has no home; \(remedy)")
        }
        guard OwnFile.isFolder(home) else {
            throw Sandboxes.Failure(
                description: "there is no place for the databases: the home \(home.printable) is no folder; \(remedy)")
        }
        let path = "\(home)/.local/state/medusa-sandbox"
        let reason: String? =
            if named == nil {
                environment["HOME"].map { $0.isEmpty } ?? true
                    ? "HOME is not set" : "HOME is no absolute path"
            } else {
                state.isEmpty ? nil : "XDG_STATE_HOME is no absolute path"
            }
        return (path, reason.map { "\($0): the databases are in \(path.printable); \(remedy)" })
    }
}

extension Sandboxes.Eviction: ExpressibleByArgument {}
