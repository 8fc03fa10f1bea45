internal import Glibc
internal import HTTP
package import Medusa
internal import MedusaStore

/// What the faults of a sandbox make of one request.
package struct Strike: Sendable {
    /// The one that struck; `nil` when only rate limits counted.
    package let fault: Sandbox.ActiveFault?
    package let delayMilliseconds: Int64
    /// The rate limits that counted the request.
    package let quotas: [Quota]

    /// A rate limit after it has counted a request.
    package struct Quota: Hashable, Sendable {
        package let rateLimit: Fault.RateLimit
        package let remaining: Int
        package let resetSeconds: Int64
        package let isExceeded: Bool
    }
}

extension Sandbox {
    /// Asks the faults, first one first: one that strikes is the last that is asked. Every rate limit on the way counts.
    ///
    /// Belongs inside `store.write`, for each remembers how far it has come.
    package func strike(_ operation: String, key: String, at now: Timestamp) throws -> Strike? {
        var quotas: [Strike.Quota] = []
        for index in faults.indices where faults[index].fault.concerns(operation, key: key, at: now) {
            let fault = faults[index].fault
            var progress = faults[index].progress
            let chance = identifiers.chance(faults[index].id, progress.seen)
            var isStruck = fault.strikes(seen: progress.seen, struck: progress.struck, chance: chance)
            progress.seen += 1
            if let rateLimit = fault.rateLimit, isStruck {
                let quota = rateLimit.count(&progress, at: now)
                quotas.append(quota)
                isStruck = quota.isExceeded
            }
            if isStruck { progress.struck += 1 }
            setProgress(progress, at: index)
            try store.faults.save(progress, of: faults[index].id)
            guard isStruck else { continue }
            let delay = fault.delay?.milliseconds { identifiers.chance(~faults[index].id, progress.seen &* 2 &+ $0) }
            return Strike(fault: faults[index], delayMilliseconds: delay ?? 0, quotas: quotas)
        }
        return quotas.isEmpty ? nil : Strike(fault: nil, delayMilliseconds: 0, quotas: quotas)
    }
}

extension Fault.RateLimit {
    /// Counts in windows of the sandbox's time that begin with the clock's own minutes and hours, as Kong's do.
    fileprivate func count(_ progress: inout Faults.Progress, at now: Timestamp) -> Strike.Quota {
        let begun = window.span * ((now - Timestamp(milliseconds: 0)) / window.span)
        let present = Int64((now - Timestamp(milliseconds: 0)) / window.span)
        if progress.window != present { (progress.window, progress.counted) = (present, 0) }
        progress.counted += 1
        let end = Timestamp(milliseconds: 0) + begun + window.span + .milliseconds(999)
        let left = Int64((end - now) / .seconds(1))
        return Strike.Quota(
            rateLimit: self, remaining: max(0, limit - Int(clamping: progress.counted)), resetSeconds: left,
            isExceeded: progress.counted > Int64(limit))
    }
}

extension Fault.Delay {
    /// - Parameter chance: two independent numbers from 0 to 1.
    fileprivate func milliseconds(_ chance: (Int64) -> Double) -> Int64 {
        switch self {
        case .fixed(let length): return length
        case .between(let shortest, let longest):
            return shortest + Self.whole(chance(0) * Double(longest - shortest + 1))
        case .logNormal(let median, let p99):
            // Box and Muller's normal deviate; 2.326 of them is the 99th percentile.
            let deviate = sqrt(-2 * log(1 - chance(0))) * cos(2 * Double.pi * chance(1))
            let length = Double(median) * exp(log(Double(p99) / Double(median)) / 2.3263 * deviate)
            return Self.whole(length)
        }
    }

    /// Whole milliseconds, and no more than a delay may have, however unlikely the draw.
    private static func whole(_ length: Double) -> Int64 {
        length < Double(Fault.longestDelayMilliseconds) ? Int64(max(0, length)) : Fault.longestDelayMilliseconds
    }
}
