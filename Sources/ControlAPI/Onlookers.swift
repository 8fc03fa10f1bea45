internal import MedusaAPI
internal import MedusaStore
internal import RequestJournal
internal import Sandbox

/// Whoever waits for what comes into a journal: verifications and streams, of every sandbox. All of it belongs to the loop's thread.
///
/// What comes is looked at while nothing else is ready, and beside requests for a twentieth of the time, so that a request costs the same
/// however many wait.
final class Onlookers {
    var start: Sandboxes.WorkInSandbox = { Sandboxes.doAtOnce($1, $2) }

    /// Those with something that was not looked at.
    private var behind: [Followers] = []
    private var nextSlice = ContinuousClock.now

    private static let slice = Duration.milliseconds(1)
    private static let share = 20

    /// Those of a sandbox, which must be here.
    func followers(of sandbox: Sandbox) -> Followers {
        if let known = sandbox.follower as? Followers { return known }
        let made = Followers(of: sandbox, self)
        sandbox.follower = made
        return made
    }

    /// - Parameter progress: a verification that does not hold yet.
    func wait(for progress: Verification.Progress, in sandbox: Sandbox, _ gateway: Gateway) -> any Gateway.Wait {
        followers(of: sandbox).admit(progress, gateway)
    }

    // MARK: In its own time

    var hasMore: Bool { !behind.isEmpty }

    func doSome() {
        let end = ContinuousClock.now + Self.slice
        while let next = behind.first {
            guard next.lookAtSome(until: end) else { return }
            behind.removeFirst()
        }
    }

    /// Looks at what has come, if it is time to.
    func fellBehind(_ followers: Followers) {
        if !behind.contains(where: { $0 === followers }) { behind.append(followers) }
        let start = ContinuousClock.now
        guard start >= nextSlice else { return }
        doSome()
        let end = ContinuousClock.now
        nextSlice = end + start.duration(to: end) * Self.share
    }
}
