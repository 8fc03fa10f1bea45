internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import JSON
internal import Markup

struct VerifyCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check that what should have happened has; exit 1 where it has not.",
        discussion: """
            As in: medusa-sandbox verify '{requests: [{operation: createLease, count: 1}, {operation: signLease}], inOrder: true}'
            """)
    @OptionGroup var target: ControlTarget

    @Flag(help: "Print JUnit's XML.")
    var junit = false

    @Argument(help: "A file, or YAML: requests, inOrder, nothingElse, within.")
    var verification: String

    func call() throws {
        let answer = try target.attempt(
            "POST", ["verify"], type: "application/json", body: try document(verification))
        let json = try? JSON(answer.body)
        guard let outcome = json?["data"] ?? json?["error"]?["data"], let findings = outcome["findings"]?.elements
        else {
            say("medusa-sandbox: \(answer.message)", on: STDERR_FILENO)
            throw ExitCode.failure
        }
        if junit {
            let cases = findings.map { finding in
                let problem = finding["problem"]?.string
                return JUnit.Case(
                    finding["expected"]?.string ?? "", problem.map { .failed($0 + Self.nearest(finding)) } ?? .passed)
            }
            say(JUnit("medusa-sandbox verify", [JUnit.Suite("requests", cases)]).xml)
        } else {
            for finding in findings {
                let problem = finding["problem"]?.string
                say(
                    problem.map { "fails: \($0)\(Self.nearest(finding))" }
                        ?? "holds: \(finding["expected"]?.string ?? "")")
            }
        }
        if answer.status != 200 { throw ExitCode.failure }
    }

    private static func nearest(_ finding: JSON) -> String {
        guard let nearest = finding["nearest"] else { return "" }
        let differences = (nearest["differences"]?.elements ?? []).map { difference in
            let (field, found) = (difference["field"]?.string ?? "", difference["found"]?.string ?? "")
            return "\(field) is \(found), not \(difference["expected"]?.string ?? "")"
        }
        return "; the nearest is #\(nearest["id"]?.numberText ?? "") \(nearest["request"]?.string ?? ""), where "
            + differences.joined(separator: "; ")
    }
}
