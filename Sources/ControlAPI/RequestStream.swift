internal import HTTP
internal import JSON
internal import MedusaStore
internal import RequestJournal
internal import Sandbox

/// Requests as they come, as server-sent events (HTML Living Standard, 9.2).
final class RequestStream: LiveBody, Follower {
    /// Weak: it may make room for others meanwhile, and then the stream ends. Whoever asks again goes on where it was.
    private weak var sandbox: Sandbox?
    private let pattern: Pattern
    private var last: Int64
    /// Since the latest event, and since the latest piece of anything.
    private(set) var quietTurns = 0
    private var idleTurns = 0
    private var farewell: String?
    private(set) var hasEnded = false

    init(of sandbox: Sandbox, _ pattern: Pattern, after last: Int64) {
        self.sandbox = sandbox
        self.pattern = pattern
        self.last = last
        sandbox.followers.admit(self)
    }

    /// After so many looks without news a comment follows, by which a client that went away is noticed.
    private static let mostIdleTurns = 1000

    func end(_ reason: String) { farewell = reason }

    func next() -> [UInt8]? {
        guard !hasEnded else { return nil }
        guard let journal = sandbox?.store.journal, farewell == nil else {
            hasEnded = true
            let reason = farewell ?? "the sandbox was unused the longest, and made room for another"
            return Array(": \(reason); ask again to go on after \(last)\n\n".utf8)
        }
        let events = news(in: journal)
        quietTurns = events.isEmpty ? quietTurns + 1 : 0
        idleTurns = events.isEmpty ? idleTurns + 1 : 0
        guard idleTurns >= Self.mostIdleTurns else { return events }
        idleTurns = 0
        return Array(":\n\n".utf8)
    }

    private func news(in journal: Journal) -> [UInt8] {
        // What is not committed yet may still be taken back.
        guard sandbox?.store.isOpen == false, let newest = try? journal.extent.newestId, newest > last else {
            return []
        }
        var events: [UInt8] = []
        try? journal.visit(from: last + 1, through: newest) { entry in
            last = entry.id
            let request = RecordedRequest(entry)
            guard pattern.fits(request) else { return true }
            events.append(contentsOf: "id: \(entry.id)\nevent: request\ndata: ".utf8)
            events.append(contentsOf: JSONWriter.write { $0.object { request.members(to: &$0) } })
            events.append(contentsOf: "\n\n".utf8)
            return events.count < 1 << 20
        }
        // Nothing fits, or nothing is left: what there was has been seen.
        if events.isEmpty { last = newest }
        return events
    }
}
