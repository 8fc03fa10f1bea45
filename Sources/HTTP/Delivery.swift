/// How an answer leaves, where it does not leave at once and whole: a fault that was asked for.
package struct Delivery: Hashable, Sendable {
    package enum Ending: Hashable, Sendable {
        case whole
        /// The connection closes without a byte.
        case beforeAnswer
        /// The connection closes in the middle of the body.
        case duringAnswer
    }

    /// A body that comes a few bytes at a time.
    package struct Drip: Hashable, Sendable {
        package let bytes: Int
        package let everyMilliseconds: Int64

        package init(bytes: Int, everyMilliseconds: Int64) {
            self.bytes = bytes
            self.everyMilliseconds = everyMilliseconds
        }
    }

    /// Of the machine's time, from the request's arrival.
    package var delayMilliseconds: Int64 = 0
    package var ending = Ending.whole
    package var drip: Drip?

    package init() {}
}
