internal import HTTP
internal import MedusaAPI
internal import MedusaStore
internal import RequestJournal
internal import Sandbox

/// Whoever waits for what comes into the journal of one sandbox. Each request is looked at once, for all of them.
final class Followers: JournalFollower {
    /// Weak: it may make room for others meanwhile, which ends whatever follows it.
    private(set) weak var sandbox: Sandbox?
    private unowned let onlookers: Onlookers
    private var streams: [Weak] = []
    private var waits: [VerificationWait] = []
    /// Those that only requests of some operations concern, by operation in lower case; and the others.
    private var byOperation: [String: [VerificationWait]] = [:]
    private var others: [VerificationWait] = []
    /// What has come, and was not looked at.
    private var unseen: [Journal.Entry] = []
    private var nextUnseen = 0
    /// Those of the present one that have not been asked yet.
    private var candidates: [VerificationWait] = []
    private var current: RecordedRequest?
    private var world: Int64 = 0
    private var emptyings: UInt64 = 0
    /// Whose time is over.
    private var overdue: [VerificationWait] = []
    private var isAnsweringOverdue = false

    private struct Weak {
        weak var stream: RequestStream?
    }

    /// Above this many, the stream ends that has had nothing to tell for longest.
    static let streamLimit = 64
    /// More entries than these are looked at at once: they take memory, too.
    private static let mostUnseen = 4096

    init(of sandbox: Sandbox, _ onlookers: Onlookers) {
        self.sandbox = sandbox
        self.onlookers = onlookers
        note(sandbox)
    }

    private func note(_ sandbox: Sandbox) {
        world = (try? sandbox.store.journal.extent.world) ?? 0
        emptyings = sandbox.store.journal.emptyings
    }

    private func followsNow() {
        streams.removeAll { $0.stream?.hasEnded ?? true }
        let isFollowed = !streams.isEmpty || !waits.isEmpty
        guard let sandbox, sandbox.absence == nil, sandbox.store.journal.isFollowed != isFollowed else { return }
        sandbox.store.journal.isFollowed = isFollowed
        if isFollowed { note(sandbox) }
    }

    // MARK: Admitting

    func admit(_ stream: RequestStream) {
        streams.removeAll { $0.stream?.hasEnded ?? true }
        if streams.count >= Self.streamLimit {
            streams.compactMap(\.stream).min { $0.lastTold < $1.lastTold }?.end(
                "\(Self.streamLimit) streams follow this sandbox, and this one had nothing to tell for longest")
        }
        streams.append(Weak(stream: stream))
        followsNow()
    }

    func admit(_ progress: Verification.Progress, _ gateway: Gateway) -> VerificationWait {
        let wait = VerificationWait(progress, self, gateway)
        waits.append(wait)
        if let operations = progress.verification.operations {
            for operation in operations { byOperation[operation, default: []].append(wait) }
        } else {
            others.append(wait)
        }
        followsNow()
        return wait
    }

    private func dismiss(_ wait: VerificationWait) {
        waits.removeAll { $0 === wait }
        others.removeAll { $0 === wait }
        for operation in wait.progress.verification.operations ?? [] {
            byOperation[operation]?.removeAll { $0 === wait }
            if byOperation[operation]?.isEmpty == true { byOperation[operation] = nil }
        }
        followsNow()
    }

    // MARK: What comes

    func news(_ entries: [Journal.Entry]) {
        if streams.isEmpty, others.isEmpty {
            let own = entries.filter { byOperation[$0.operation.lowercased()] != nil }
            guard !own.isEmpty else { return }
            unseen += own
        } else {
            unseen += entries
        }
        if unseen.count - nextUnseen > Self.mostUnseen { _ = lookAtSome(until: nil) }
        onlookers.fellBehind(self)
    }

    /// - Parameter end: when to stop; `nil` for no earlier than everything has been looked at.
    /// - Returns: whether nothing is left.
    func lookAtSome(until end: ContinuousClock.Instant?) -> Bool {
        var count = 0
        while true {
            if let wait = candidates.popLast(), let current {
                if wait.isWaiting {
                    wait.progress.add(current)
                    if wait.progress.holds { answer(wait) }
                }
            } else if nextUnseen < unseen.count {
                let request = RecordedRequest(unseen[nextUnseen])
                nextUnseen += 1
                current = request
                for one in streams { one.stream?.met(request) }
                candidates = others + (byOperation[request.entry.operation.lowercased()] ?? [])
            } else {
                (unseen, nextUnseen, current) = ([], 0, nil)
                return true
            }
            count += 1
            // Asking for the time costs as much as a look.
            if count % 16 == 0, let end, ContinuousClock.now >= end { return false }
        }
    }

    func lookAgain() {
        guard let sandbox else { return }
        let journal = sandbox.store.journal
        let isEmptied = journal.emptyings != emptyings
        let isOtherWorld = (try? journal.extent.world) != world
        guard isEmptied || isOtherWorld else { return }
        note(sandbox)
        // What came before is not to be counted.
        (unseen, nextUnseen, candidates, current) = ([], 0, [], nil)
        for wait in waits {
            wait.progress.restart(isEmptied: isEmptied)
            if wait.progress.holds { answer(wait) }
        }
    }

    func end(_ reason: String) {
        for one in streams { one.stream?.end(reason) }
        streams = []
        for wait in waits { answer(wait, with: Self.closed) }
    }

    private static var closed: Response {
        .error(.conflict, "NotVerified", message: "The sandbox was closed meanwhile; ask again")
    }

    // MARK: Answering

    private func answer(_ wait: VerificationWait) {
        answer(wait, with: wait.answer(sandbox))
    }

    private func answer(_ wait: VerificationWait, with response: Response) {
        dismiss(wait)
        wait.give(response)
    }

    /// One whose time is over is told what came nearest, for which the journal is looked through again: once for all of them.
    func timeIsOver(for wait: VerificationWait) {
        guard wait.isWaiting else { return }
        dismiss(wait)
        guard let sandbox else { return wait.give(Self.closed) }
        overdue.append(wait)
        answerOverdue(of: sandbox)
    }

    private func answerOverdue(of sandbox: Sandbox) {
        guard !isAnsweringOverdue, !overdue.isEmpty else { return }
        isAnsweringOverdue = true
        let ended = overdue
        overdue = []
        var answers: [Response] = []
        onlookers.start(sandbox) {
            answers = ended.map { $0.lastAnswer(sandbox) }
        } _: { [self] in
            isAnsweringOverdue = false
            for (wait, answer) in zip(ended, answers) { wait.give(answer) }
            // Those whose time has ended meanwhile.
            answerOverdue(of: sandbox)
        }
    }
}

/// A verification that does not hold yet, and whose answer comes as soon as it does.
final class VerificationWait: Gateway.Wait {
    let progress: Verification.Progress
    let patienceMilliseconds: Int64
    var whenAnswered: ((Response) -> Void)?
    private let followers: Followers
    private let gateway: Gateway
    private(set) var isWaiting = true

    init(_ progress: Verification.Progress, _ followers: Followers, _ gateway: Gateway) {
        self.progress = progress
        self.followers = followers
        self.gateway = gateway
        patienceMilliseconds = progress.verification.patienceMilliseconds
    }

    func timeIsOver() { followers.timeIsOver(for: self) }

    func give(_ response: Response) {
        isWaiting = false
        let told = whenAnswered
        whenAnswered = nil
        told?(response)
    }

    func answer(_ sandbox: Sandbox?) -> Response { VerifyCalls.response(progress.outcome, gateway, sandbox) }

    func lastAnswer(_ sandbox: Sandbox) -> Response {
        do {
            return VerifyCalls.response(
                try progress.verification.outcome(in: sandbox.store.journal), gateway, sandbox)
        } catch {
            return gateway.failed(error)
        }
    }
}
