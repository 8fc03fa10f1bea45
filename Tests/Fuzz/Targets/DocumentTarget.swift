internal import ContentCoding
internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import Sandbox

extension FuzzTarget {
    /// What turns a sandbox, as documents: settings, rules, faults and clocks. What is checked and right reads; what is kept reads back.
    static let documents = FuzzTarget("documents") { bytes in
        guard let document = try? JSON(bytes), document.isObject else { return }
        let present = Timestamp(milliseconds: 1_772_442_000_000)
        if Settings.fields.violations(of: document).isEmpty, let settings = try read({ try Settings(reading: $0) }) {
            let written = JSONWriter.write { $0.object { settings.members(to: &$0) } }
            let again = try JSON(written)
            try require(Settings.fields.violations(of: again).isEmpty, "\(text(written)) is not taken back")
            let kept = try Settings(reading: .object(again))
            try require(
                JSONWriter.write { $0.object { kept.members(to: &$0) } } == written, "\(text(written)) reads otherwise")
        }
        if Rule.fields.violations(of: document).isEmpty {
            let rule = try read { try Rule(reading: $0, requestFields: Routes.ruledFields, at: present) }
            _ = rule?.fits(document, also: document, customer: nil)
        }
        if Clock.fields.violations(of: document).isEmpty,
            let clock = try read({ try Clock(reading: $0, present: present) })
        {
            let written = JSONWriter.write { $0.object { clock.members(to: &$0) } }
            try require(Clock.fields.violations(of: try JSON(written)).isEmpty, "\(text(written)) is not taken back")
            try require(Timestamp.Bounds.clock.range.contains(clock.now), "the clock shows \(clock.now.iso8601)")
        }
        if Fault.fields(operations: Routes.operations).violations(of: document).isEmpty {
            guard try read({ try Fault(reading: $0, at: present) }) != nil else { return }
            _ = try Fault(reading: .object(document), at: present, isKept: true)
        }

        /// A document may be refused with what is wrong with it, and with nothing else.
        func read<Result>(_ body: (Values) throws -> Result) throws -> Result? {
            do {
                return try body(.object(document))
            } catch let violation as Violation {
                try require(!violation.message.isEmpty, "a violation says nothing")
                return nil
            }
        }
    }

    /// A body in gzip or deflate: never more comes out than the limit, and what is cut short is no body.
    static let inflation = FuzzTarget("inflation") { bytes in
        for coding in [ContentCoding.gzip, .deflate] {
            let limit = 1 << 16
            guard let inflated = try? coding.inflate(bytes, limit: limit) else { continue }
            try require(inflated.count <= limit, "\(inflated.count) bytes come out")
            try require(
                (try? coding.inflate(bytes, limit: inflated.count)) == inflated, "the limit itself is not allowed")
            guard !inflated.isEmpty else { continue }
            do throws(ContentCoding.Failure) {
                _ = try coding.inflate(bytes, limit: inflated.count - 1)
                throw .broken
            } catch {
                if case .broken = error { throw Broken(description: "more comes out than the limit") }
            }
        }
    }

    /// A body whose secrets are masked: it stays JSON, and what a name says to be a secret is nowhere in it.
    static let secrets = FuzzTarget("secrets") { bytes in
        guard let document = try? JSON(bytes) else { return }
        var secrets = Secrets()
        let seen = SeenSecrets()
        let masked = secrets.body(document, seen, learns: true)
        guard let again = try? JSON(masked) else { throw Broken(description: "\(text(masked)) is no JSON") }
        try require(again.isObject == document.isObject, "it is another kind of value")
        // Under a name that nobody can mistake, at the top, whatever stands around it.
        let secret = "Zq7-hidden-Xy9"
        let body = JSONWriter.write { writer in
            writer.object {
                $0.member("password", secret)
                $0.key("rest")
                $0.raw(document.source)
                $0.member("note", "it was \(secret)!")
            }
        }
        guard let whole = try? JSON(body) else { return }
        var others = Secrets()
        let shown = text(others.body(whole, SeenSecrets(), learns: true))
        try require(!shown.contains(secret), "the password is shown in \(shown)")
    }
}
