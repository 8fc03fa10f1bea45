/// A body that goes on as long as somebody reads it, such as a stream of events.
package protocol LiveBody: AnyObject {
    /// What there is to send; empty when there is nothing yet, `nil` at the end.
    func next() -> [UInt8]?
}

/// An answer that may come later: it is looked for again and again until it is there.
package final class Later {
    /// Of the machine's time, from the request's arrival.
    package let patienceMilliseconds: Int64
    private let look: (_ isOver: Bool) -> Response?

    /// - Parameter look: the answer, if there is one; asked for one when the time is over.
    package init(patienceMilliseconds: Int64, look: @escaping (_ isOver: Bool) -> Response?) {
        self.patienceMilliseconds = patienceMilliseconds
        self.look = look
    }

    package func response(isOver: Bool) -> Response? { look(isOver) }
}
