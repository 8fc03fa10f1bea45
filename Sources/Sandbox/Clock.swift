internal import Glibc
package import Medusa

/// A sandbox's time, and the one place that reads the machine's.
package enum Clock: Sendable {
    /// The machine's time.
    case real
    /// Always the same moment, until someone sets another.
    case frozen(Timestamp)

    package var now: Timestamp {
        switch self {
        case .real: Self.machineTime()
        case .frozen(let moment): moment
        }
    }

    package static func machineTime() -> Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
