internal import HTTP
internal import JSON
internal import MedusaStore
internal import RequestJournal
internal import Sandbox

/// Requests as they come, as server-sent events (HTML Living Standard, 9.2).
final class RequestStream: LiveBody {
    /// Weak: it may make room for others meanwhile, and then the stream ends. Whoever asks again goes on where it was.
    private weak var sandbox: Sandbox?
    private let pattern: Pattern
    private let onlookers: Onlookers
    private var last: Int64
    /// Whether everything up to now has been read, and what comes is told by the followers.
    private var isUpToDate = false
    private var isAdmitted = false
    private var events: [UInt8] = []
    private(set) var lastTold = ContinuousClock.now
    private var lastSent = ContinuousClock.now
    private var farewell: String?
    private(set) var hasEnded = false
    var wake: (() -> Void)?

    /// - Parameter last: the id behind which it begins.
    init(of sandbox: Sandbox, _ pattern: Pattern, after last: Int64, _ onlookers: Onlookers) {
        self.sandbox = sandbox
        self.pattern = pattern
        self.last = last
        self.onlookers = onlookers
    }

    /// After so long without news a comment follows, by which a client that went away is noticed.
    private static let longestSilence = Duration.seconds(10)
    /// In bytes. A client that reads more slowly than requests come is told of them from the journal.
    private static let mostWaiting = 1 << 20
    /// How many entries of the journal are looked at in one go.
    private static let mostAtOnce = 200

    var quietMilliseconds: Int64 { isUpToDate ? 10_000 : 1 }

    func end(_ reason: String) {
        farewell = reason
        wake?()
    }

    func next() -> [UInt8]? {
        guard !hasEnded else { return nil }
        guard let sandbox, farewell == nil else {
            hasEnded = true
            let reason = farewell ?? "the sandbox was unused the longest, and made room for another"
            return Array(": \(reason); ask again to go on after \(last)\n\n".utf8)
        }
        guard sandbox.absence == nil else {
            sandbox.whenPresent { [weak self] in self?.wake?() }
            return []
        }
        if !isAdmitted {
            isAdmitted = true
            onlookers.followers(of: sandbox).admit(self)
        }
        if !isUpToDate { catchUp(sandbox) }
        if events.isEmpty, ContinuousClock.now - lastSent >= Self.longestSilence { events = Array(":\n\n".utf8) }
        guard !events.isEmpty else { return [] }
        lastSent = .now
        defer { events = [] }
        return events
    }

    /// Reads some of what is in the journal already.
    private func catchUp(_ sandbox: Sandbox) {
        // What is not committed yet may still be taken back.
        guard !sandbox.store.isOpen, let newest = try? sandbox.store.journal.extent.newestId else { return }
        // A client may have asked for what is still to come.
        guard newest > last else {
            isUpToDate = true
            return
        }
        var count = 0
        try? sandbox.store.journal.visit(from: last + 1, through: newest) { entry in
            append(RecordedRequest(entry))
            count += 1
            return count < Self.mostAtOnce && events.count < Self.mostWaiting
        }
        // What is gone cannot be told.
        if count == 0 { last = newest }
        isUpToDate = last >= newest
    }

    /// A request has come.
    func met(_ request: RecordedRequest) {
        guard isUpToDate, request.entry.id > last else { return }
        append(request)
        if events.count > Self.mostWaiting { isUpToDate = false }
        if !events.isEmpty { wake?() }
    }

    private func append(_ request: RecordedRequest) {
        last = request.entry.id
        guard pattern.fits(request) else { return }
        lastTold = .now
        events.append(contentsOf: "id: \(request.entry.id)\nevent: request\ndata: ".utf8)
        events.append(contentsOf: JSONWriter.write { $0.object { request.members(to: &$0) } })
        events.append(contentsOf: "\n\n".utf8)
    }
}
