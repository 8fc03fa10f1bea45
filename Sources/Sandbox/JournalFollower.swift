package import MedusaStore

/// Is told of each request that comes into a sandbox's journal, once it is committed.
package protocol JournalFollower: AnyObject {
    /// - Parameter entries: those that are new, in order.
    func news(_ entries: [Journal.Entry])

    /// Everything may be different: another world, an empty journal. The sandbox is here.
    func lookAgain()

    /// The sandbox makes room for others, or the server ends.
    func end(_ reason: String)
}
