/// Whoever follows what happens in a sandbox, for as long as it lives; each costs a look every few milliseconds. Above the limit
/// the one that has had nothing to tell for longest ends.
package final class Followers {
    private struct Weak {
        weak var follower: (any Follower)?
    }

    private var all: [Weak] = []

    package static let limit = 64

    package func admit(_ follower: any Follower) {
        all.removeAll { $0.follower?.hasEnded ?? true }
        if all.count >= Self.limit {
            var quietest: (any Follower)?
            for one in all {
                if let one = one.follower, one.quietTurns > quietest?.quietTurns ?? -1 { quietest = one }
            }
            quietest?.end("\(Self.limit) streams follow this sandbox, and this one had nothing to tell for longest")
        }
        all.append(Weak(follower: follower))
    }
}

/// One that follows.
package protocol Follower: AnyObject {
    /// How many looks in a row had no news.
    var quietTurns: Int { get }
    var hasEnded: Bool { get }
    /// Says why, and ends.
    func end(_ reason: String)
}
