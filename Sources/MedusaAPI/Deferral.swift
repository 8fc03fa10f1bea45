package import HTTP
package import Sandbox

extension Gateway {
    /// Why an answer does not come at once.
    package enum Deferral {
        /// The sandbox is away: the request is to be answered when it is back.
        case absence(Absence)
        /// It takes long, and so another thread does it.
        case work(Work)
    }

    /// A long call. Another thread does it, while nobody else touches its sandboxes.
    package final class Work {
        package let sandboxes: [Sandbox]
        /// Not on the loop's thread.
        package let run: () -> Response
        /// On the loop's thread, once the sandboxes are back: what the answer waits for instead, if anything.
        package let wait: () -> (any Wait)?
        /// On the loop's thread, once the sandboxes are back: what is made of the answer.
        package var conclude: (Response) -> Response = { $0 }
        /// What the answer's header has besides, whatever the answer is.
        package var fields: [NamedValue] = []

        package init(
            in sandboxes: [Sandbox], run: @escaping () -> Response, wait: @escaping () -> (any Wait)? = { nil }
        ) {
            (self.sandboxes, self.run, self.wait) = (sandboxes, run, wait)
        }
    }

    /// An answer that depends on what is still to come. It belongs to the loop's thread.
    package protocol Wait: AnyObject {
        /// In milliseconds of the machine's time.
        var patienceMilliseconds: Int64 { get }
        /// To be called with the answer, once.
        var whenAnswered: ((Response) -> Void)? { get set }
        /// Whoever waits is to be answered soon.
        func timeIsOver()
    }

    /// The same way of a request, for a call on another thread: it knows no sandbox besides the one that the call is given.
    package func apart() -> Gateway {
        Gateway(
            Sandboxes(home: .memory, seed: 0, allowedKeys: []), access: access, recording: recording,
            bodyLimit: bodyLimit, report: report)
    }
}

extension Gateway.Reply {
    /// The answer, for whoever has no loop that others wait for: what takes long is done here and now. The sandbox must be settled.
    package func answeredHere() -> Response {
        guard case .work(let work) = deferral else { return response }
        var response = work.conclude(work.run())
        response.fields += work.fields
        return response
    }
}
