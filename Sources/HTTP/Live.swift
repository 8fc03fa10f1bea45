/// A body that goes on as long as somebody reads it, such as a stream of events.
package protocol LiveBody: AnyObject {
    /// What there is to send; empty when there is nothing yet, `nil` at the end.
    func next() -> [UInt8]?

    /// Set by the server while nothing is to be sent; to be called, on the server's thread, once there is something.
    var wake: (() -> Void)? { get set }

    /// After how many milliseconds without anything it is asked all the same.
    var quietMilliseconds: Int64 { get }
}
