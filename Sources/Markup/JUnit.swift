/// A report as CI servers read it: JUnit's XML.
package struct JUnit {
    package enum Verdict: Hashable, Sendable {
        case passed
        case failed(String)
        case skipped(String)
    }

    package struct Case: Sendable {
        package let name: String
        package let verdict: Verdict

        package init(_ name: String, _ verdict: Verdict) {
            self.name = name
            self.verdict = verdict
        }
    }

    package struct Suite: Sendable {
        package let name: String
        package let cases: [Case]

        package init(_ name: String, _ cases: [Case]) {
            self.name = name
            self.cases = cases
        }
    }

    private let name: String
    private let suites: [Suite]

    package init(_ name: String, _ suites: [Suite]) {
        self.name = name
        self.suites = suites
    }

    package var xml: String {
        let head = #"<?xml version="1.0" encoding="UTF-8"?>"#
        let all = suites.flatMap(\.cases)
        let open = #"<testsuites name="\#(name.escapedForMarkup)" \#(Self.counts(all))>"#
        return ([head, open] + suites.flatMap(lines) + ["</testsuites>"]).joined(separator: "\n")
    }

    private func lines(_ suite: Suite) -> [String] {
        let name = suite.name.escapedForMarkup
        let cases = suite.cases.map { one in
            let start = #"    <testcase classname="\#(name)" name="\#(one.name.escapedForMarkup)""#
            switch one.verdict {
            case .passed: return start + "/>"
            case .failed(let reason):
                return start + #"><failure message="\#(reason.escapedForMarkup)"/></testcase>"#
            case .skipped(let reason):
                return start + #"><skipped message="\#(reason.escapedForMarkup)"/></testcase>"#
            }
        }
        return [#"  <testsuite name="\#(name)" \#(Self.counts(suite.cases))>"#] + cases + ["  </testsuite>"]
    }

    private static func counts(_ cases: [Case]) -> String {
        var failures = 0
        var skipped = 0
        for one in cases {
            switch one.verdict {
            case .passed: break
            case .failed: failures += 1
            case .skipped: skipped += 1
            }
        }
        return #"tests="\#(cases.count)" failures="\#(failures)" skipped="\#(skipped)""#
    }
}
