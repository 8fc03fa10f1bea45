package import Contract
internal import JSON
package import Medusa
package import MedusaStore
internal import Sandbox

/// Whether the journal holds what it should: each pattern so many times, in an order, and nothing else.
package struct Verification {
    private let expectations: [Expectation]
    private let isInOrder: Bool
    private let excludesOthers: Bool
    private let after: Int64
    private let coversAllWorlds: Bool
    /// How long to wait for it, in milliseconds of the machine's time.
    package let patienceMilliseconds: Int64

    private struct Expectation {
        let pattern: Pattern
        let counts: ClosedRange<Int>

        var sentence: String {
            let times =
                if counts.upperBound == 0 {
                    "never"
                } else if counts.lowerBound == counts.upperBound {
                    "exactly \(counts.lowerBound) ×"
                } else if counts.upperBound == .max {
                    "at least \(counts.lowerBound) ×"
                } else {
                    "at most \(counts.upperBound) ×"
                }
            return "\(times) \(pattern.sentence)"
        }
    }

    // MARK: As a document

    private static let numbers = 0...1_000_000_000
    private static let count = Key.optional("count", .integer(numbers), "Exactly so often")
    private static let atLeast = Key.optional("atLeast", .integer(numbers), "So often or more; 1 where nothing is said")
    private static let atMost = Key.optional("atMost", .integer(numbers), "So often or less")
    private static let never = Key.optional("never", .boolean(only: true), "Not once")
    private static let requests = Key.required(
        "requests", .array(of: Pattern.fields + Contract.fields(count, atLeast, atMost, never), 0...100),
        "What is looked for, each with count, atLeast, atMost or never")
    private static let inOrder = Key.optional(
        "inOrder", .boolean, "Whether the requests came in the order in which they stand here")
    private static let nothingElse = Key.optional(
        "nothingElse", .boolean, "Whether every request in the journal is one of these")
    private static let within = Key.optional(
        "within", .duration, "How long to wait until it holds, at most PT1M: the answer comes as soon as it does")
    private static let afterKey = Key.optional(
        "after", .integer(0...1 << 53), "Only requests with a larger id count")
    private static let all = Key.optional(
        "all", .boolean, "Whether requests before the latest reset, restore or scenario count too")

    package static let fields = Contract.fields(requests, inOrder, nothingElse, within, afterKey, all)

    private static let longestWaitMilliseconds: Int64 = 60_000

    package init(reading values: Values, present: Timestamp) throws(Violation) {
        var read: [Expectation] = []
        for values in values[Self.requests] {
            read.append(
                Expectation(
                    pattern: try Pattern(reading: values, present: present), counts: try Self.counts(values)))
        }
        expectations = read
        isInOrder = values[Self.inOrder] ?? false
        excludesOthers = values[Self.nothingElse] ?? false
        after = Int64(values[Self.afterKey] ?? 0)
        coversAllWorlds = values[Self.all] ?? false
        let wait = values[Self.within]?.fixed?.milliseconds ?? 0
        guard wait <= Self.longestWaitMilliseconds else {
            throw Violation("within", "must be at most PT1M", at: values.given(Self.within)?.json)
        }
        patienceMilliseconds = wait
        guard !expectations.isEmpty || excludesOthers else {
            throw Violation("requests", "must contain at least 1 items", at: values.given(Self.requests)?.json)
        }
    }

    private static func counts(_ values: Values) throws(Violation) -> ClosedRange<Int> {
        let (exactly, least, most) = (values[count], values[atLeast], values[atMost])
        let said = [exactly != nil, least != nil || most != nil, values[never] == true]
        guard said.count(where: \.self) <= 1, least ?? 0 <= most ?? .max else {
            throw Violation("requests", "must have one of count, atLeast with atMost, and never", at: values.json)
        }
        if values[never] == true { return 0...0 }
        if let exactly { return exactly...exactly }
        return (least ?? (most == nil ? 1 : 0))...(most ?? .max)
    }

    // MARK: Looking

    /// What was found.
    package struct Finding {
        package let sentence: String
        package let found: Int
        /// The first of them.
        package let ids: [Int64]
        package let problem: String?
        package let nearest: Nearest?
    }

    /// The request that came nearest, and where it differs.
    package struct Nearest {
        package let id: Int64
        package let line: String
        package let differences: [Pattern.Difference]
    }

    package struct Outcome {
        package let findings: [Finding]
        /// Entries that would have counted, and had to make room.
        package let evicted: Int64

        package var holds: Bool { findings.allSatisfy { $0.problem == nil } }

        /// A line for each thing that is wrong.
        package var problems: [String] {
            findings.compactMap { finding in
                guard let problem = finding.problem else { return nil }
                guard let nearest = finding.nearest else { return problem }
                let differences = nearest.differences.map(\.sentence).joined(separator: "; ")
                return "\(problem); the nearest is #\(nearest.id) \(nearest.line), where \(differences)"
            }
        }
    }

    private static let mostIds = 100

    /// How far a look at the journal has come, and what it has found. Requests that come later can be added.
    package final class Progress {
        package let verification: Verification
        private var matches: [[Int64]]
        private var counts: [Int]
        private var others: [RecordedRequest] = []
        private var otherCount = 0
        private var nearest: [(request: RecordedRequest, mismatches: Int)?]
        private var order: Order
        /// Whether something that would count is no longer there.
        private var evicted: Int64 = 0

        fileprivate init(_ verification: Verification) {
            self.verification = verification
            let count = verification.expectations.count
            matches = Array(repeating: [], count: count)
            counts = Array(repeating: 0, count: count)
            nearest = Array(repeating: nil, count: count)
            order = Order(count)
        }

        fileprivate func look(at journal: Journal) throws {
            let extent = try journal.extent
            let (after, all) = (verification.after, verification.coversAllWorlds)
            evicted = extent.evicted(after: after, inAllWorlds: all)
            try journal.visit(from: after + 1, sinceWorld: all ? 0 : extent.world) { entry in
                add(RecordedRequest(entry), looksForNearest: true)
                return true
            }
        }

        /// Counts a request that has come since. Which one is nearest is not looked for then.
        package func add(_ request: RecordedRequest) {
            if request.entry.id > verification.after { add(request, looksForNearest: false) }
        }

        private func add(_ request: RecordedRequest, looksForNearest: Bool) {
            var isExpected = false
            var fits = [Bool](repeating: false, count: verification.isInOrder ? counts.count : 0)
            for (index, expectation) in verification.expectations.enumerated() {
                let best = looksForNearest ? nearest[index]?.mismatches ?? .max : 0
                let mismatches = expectation.pattern.mismatches(
                    in: request, upTo: best == .max ? .max : max(1, best + 1))
                if mismatches == 0 {
                    isExpected = true
                    if verification.isInOrder { fits[index] = true }
                    counts[index] += 1
                    if matches[index].count < Verification.mostIds { matches[index].append(request.entry.id) }
                } else if looksForNearest, mismatches <= best {
                    nearest[index] = (request, mismatches)
                }
            }
            if verification.isInOrder { order.met { fits[$0] } }
            guard !isExpected else { return }
            otherCount += 1
            if others.count < Verification.mostIds { others.append(request) }
        }

        /// Forgets everything: the requests are gone, or are no longer those that count.
        ///
        /// - Parameter isEmptied: whether the journal is empty now; else another world has begun.
        package func restart(isEmptied: Bool) {
            guard isEmptied || !verification.coversAllWorlds else { return }
            let fresh = Progress(verification)
            (matches, counts, others, otherCount) = (fresh.matches, fresh.counts, fresh.others, fresh.otherCount)
            (nearest, order, evicted) = (fresh.nearest, fresh.order, fresh.evicted)
        }

        /// Whether it holds so far; as `outcome` says, and sooner.
        package var holds: Bool {
            for (expectation, count) in zip(verification.expectations, counts) {
                guard expectation.counts.contains(count), evicted == 0 || expectation.counts.upperBound == .max else {
                    return false
                }
            }
            return (!verification.isInOrder || order.next == order.count)
                && (!verification.excludesOthers || otherCount == 0 && evicted == 0)
        }

        package var outcome: Outcome {
            var findings = verification.expectations.enumerated().map { index, expectation in
                verification.finding(expectation, counts[index], matches[index], nearest[index]?.request, evicted)
            }
            if verification.isInOrder { findings.append(verification.ordered(order, evicted)) }
            if verification.excludesOthers { findings.append(verification.alone(others, otherCount, evicted)) }
            return Outcome(findings: findings, evicted: evicted)
        }
    }

    /// Looks through the journal.
    package func look(at journal: Journal) throws -> Progress {
        let progress = Progress(self)
        try progress.look(at: journal)
        return progress
    }

    package func outcome(in journal: Journal) throws -> Outcome { try look(at: journal).outcome }

    /// The operations of which a request must be to make a difference, in lower case; `nil` where any may.
    package var operations: Set<String>? {
        guard !excludesOthers else { return nil }
        var operations: Set<String> = []
        for expectation in expectations {
            guard let operation = expectation.pattern.onlyOperation else { return nil }
            operations.insert(operation)
        }
        return operations
    }

    private func finding(
        _ expectation: Expectation, _ count: Int, _ ids: [Int64], _ nearest: RecordedRequest?, _ evicted: Int64
    ) -> Finding {
        let counts = expectation.counts
        var problem: String?
        if count > counts.upperBound || count < counts.lowerBound && evicted == 0 {
            problem = "expected \(expectation.sentence), found \(count == 0 ? "none" : String(count))"
        } else if evicted > 0, count < counts.lowerBound || counts.upperBound != .max {
            problem =
                "expected \(expectation.sentence), found \(count) among those that are left; \(Self.unknown(evicted))"
        }
        let isMissing = problem != nil && count < counts.lowerBound
        return Finding(
            sentence: expectation.sentence, found: count, ids: ids, problem: problem,
            nearest: isMissing
                ? nearest.map {
                    Nearest(id: $0.entry.id, line: $0.line, differences: expectation.pattern.differences(in: $0))
                } : nil)
    }

    private static func unknown(_ evicted: Int64) -> String {
        "\(evicted) entries had to make room, so nobody can say: raise journalEntries or journalBytes"
    }

    /// How far the requests have come in their order.
    private struct Order {
        let count: Int
        var next = 0

        init(_ count: Int) { self.count = count }

        mutating func met(_ fits: (Int) -> Bool) {
            if next < count, fits(next) { next += 1 }
        }
    }

    private func ordered(_ order: Order, _ evicted: Int64) -> Finding {
        let wanted = expectations.map(\.pattern.sentence)
        let sentence = "in this order: " + wanted.joined(separator: ", then ")
        var problem: String?
        if order.next < order.count {
            let reached = order.next == 0 ? "from the start" : "behind \(wanted[order.next - 1])"
            problem = "\(reached), there is no \(wanted[order.next])"
            if evicted > 0 { problem? += "; \(Self.unknown(evicted))" }
        }
        return Finding(sentence: sentence, found: order.next, ids: [], problem: problem, nearest: nil)
    }

    private func alone(_ others: [RecordedRequest], _ count: Int, _ evicted: Int64) -> Finding {
        var problem: String?
        if count > 0 {
            let shown = others.prefix(3).map { "#\($0.entry.id) \($0.line)" }.joined(separator: ", ")
            problem = "expected nothing else, found \(count): \(shown)\(count > 3 ? ", …" : "")"
        } else if evicted > 0 {
            problem = "expected nothing else; \(Self.unknown(evicted))"
        }
        return Finding(
            sentence: "nothing else", found: count, ids: others.map(\.entry.id), problem: problem, nearest: nil)
    }
}
