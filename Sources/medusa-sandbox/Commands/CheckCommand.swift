internal import ArgumentParser
internal import Conformance
internal import FoundationEssentials
internal import Glibc
internal import Medusa
internal import Sandbox

/// `medusa-sandbox check`: whether a server answers as the documents say.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract:
            "Compare any server that claims to be Medusa with the documents, answer by answer; exit 1 on a difference.",
        discussion: """
            It creates customers, leases and payments in whatever account the key opens. A sandbox is saved before and restored behind. What only \
            a sandbox can be told (an expiry, a passcode, a printed error that nobody knows to provoke) is not reachable elsewhere.
            """)

    @Option(help: "The server, as in https://apis.sandbox.flexshopper.com (default: $MEDUSA_BASE_URL).")
    var baseURL: String?

    @Option(help: "The API key (default: $MEDUSA_API_KEY).")
    var apiKey: String?

    @Option(help: "The domain of the customers' e-mails; the vendor's own tests use flexshopper.com.")
    var domain = "example.com"

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print JUnit's XML.")
    var junit = false

    func validate() throws {
        if json, junit { throw ValidationError("--json and --junit exclude each other") }
    }

    func run() throws {
        try explained {
            let environment = ProcessInfo.processInfo.environment
            guard let url = baseURL ?? environment["MEDUSA_BASE_URL"] else {
                throw ValidationError("which server? name it with --base-url, or in MEDUSA_BASE_URL")
            }
            guard let key = apiKey ?? environment["MEDUSA_API_KEY"] else {
                throw ValidationError("which account? name its API key with --api-key, or in MEDUSA_API_KEY")
            }
            let curl = try Curl(url: url)
            let run = String(Clock.machineTime().milliseconds, radix: 36)
            let conformance = try Conformance(
                Walk(key: key, run: run, domain: domain) { try curl.send($0) }, snapshot: "check-\(run)")
            say(json ? indented(conformance.json) : junit ? conformance.junit : conformance.table)
            if let leftover = conformance.leftover { say("medusa-sandbox: \(leftover)", on: STDERR_FILENO) }
            if conformance.hasDifferences || conformance.leftover != nil { throw ExitCode.failure }
        }
    }
}
