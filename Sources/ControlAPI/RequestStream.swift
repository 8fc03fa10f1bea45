internal import HTTP
internal import JSON
internal import MedusaStore
internal import RequestJournal
internal import Sandbox

/// Requests as they come, as server-sent events (HTML Living Standard, 9.2).
final class RequestStream: LiveBody {
    /// Weak: one on disk may be closed meanwhile, and then the stream ends.
    private weak var sandbox: Sandbox?
    private let pattern: Pattern
    private var last: Int64
    private var idleTurns = 0

    init(of sandbox: Sandbox, _ pattern: Pattern, after last: Int64) {
        self.sandbox = sandbox
        self.pattern = pattern
        self.last = last
    }

    /// After so many looks without news a comment follows, by which a client that went away is noticed.
    private static let mostIdleTurns = 1000

    func next() -> [UInt8]? {
        guard let journal = sandbox?.store.journal else { return nil }
        let events = news(in: journal)
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
