internal import Medusa
internal import MedusaStore

/// While a long call works on a sandbox on another thread, nobody else touches the sandbox. Whoever needs it waits for its return, and is
/// served in the order in which they came: so the order of effects is the order of requests, as if nothing had been elsewhere.
///
/// A sandbox that is being opened, or put away, is absent too.
///
/// An absence belongs to the thread that runs the loop. So does `Sandbox.absence`; it is the only part of an absent sandbox that may be
/// looked at.
package final class Absence {
    /// What its tokens are signed with meanwhile.
    let tokens: Tokens?
    private var waiting: [() -> Void] = []

    init(tokens: Tokens? = nil) { self.tokens = tokens }

    /// - Parameter resume: called once the sandbox is back, unless somebody who came earlier has sent it away again; then when it is back
    ///   from there.
    package func whenBack(_ resume: @escaping () -> Void) { waiting.append(resume) }

    /// - Parameter next: why the sandbox is absent again, if it is.
    func end(next: () -> Absence?) {
        for (place, resume) in waiting.enumerated() {
            if let next = next() {
                // Those who still wait came before anybody who waits for the next return.
                next.waiting.insert(contentsOf: waiting[place...], at: 0)
                return
            }
            resume()
        }
    }
}

extension Sandbox {
    /// Leaves the sandbox, which is here, to a call on another thread.
    package func leave() {
        // Whoever sends it away has settled it; what nobody waits for is committed before anybody else comes.
        if store.isOpen { try? store.settle() }
        absence = Absence(tokens: tokens)
    }

    /// Takes the sandbox back from the other thread, and serves those who have waited for it.
    ///
    /// - Parameter first: what comes before them.
    package func comeBack(first: () -> Void) {
        let ended = absence
        absence = nil
        tellAuthKey()
        follower?.lookAgain()
        first()
        ended?.end { absence }
    }

    /// Does something with the sandbox once nobody else has it: at once, as a rule.
    package func whenPresent(_ body: @escaping () -> Void) {
        if let absence { absence.whenBack(body) } else { body() }
    }
}
