internal import ArgumentParser
internal import JSON

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Do what a reviewer of the vendor would do to a customer.",
        subcommands: [Decide.self, Hold.self, Verify.self])

    struct Decide: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "decide", abstract: "Decide an application.")
        @OptionGroup var target: ControlTarget
        @Argument(help: "The customer: id, e-mail or a scenario's name.")
        var user: String
        @Argument(help: "approved, pending or failed.")
        var status: String
        @Option(help: "The spending limit, in dollars.")
        var spendingLimit: String?
        @Option(help: "How long a review takes.")
        var resolvesAfter: String?
        @Option(help: "What a review comes to: approved or failed.")
        var resolvesAs: String?
        func call() throws {
            try target.call("PUT", ["users", user, "decision"]) {
                $0.member("status", status)
                $0.member("spendingLimit", ifPresent: spendingLimit)
                $0.member("resolvesAfter", ifPresent: resolvesAfter)
                $0.member("resolvesAs", ifPresent: resolvesAs)
            }
        }
    }

    struct Hold: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "hold", abstract: "Put spending on hold, or lift the hold.")
        @OptionGroup var target: ControlTarget
        @Argument(help: "The customer: id, e-mail or a scenario's name.")
        var user: String
        @Flag(help: "Lift the hold.")
        var off = false
        func call() throws { try target.call("PUT", ["users", user, "hold"]) { $0.member("spendingHold", !off) } }
    }

    struct Verify: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Set the verification.")
        @OptionGroup var target: ControlTarget
        @Argument(help: "The customer: id, e-mail or a scenario's name.")
        var user: String
        @Argument(help: "pending, failed or succeeded.")
        var status: String
        func call() throws {
            try target.call("PUT", ["users", user, "verification"]) { $0.member("verificationStatus", status) }
        }
    }
}
