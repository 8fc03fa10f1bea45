package import Contract
internal import Glibc
package import JSON
package import Medusa

/// A sandbox's time, and the one place that reads the machine's.
package enum Clock: Hashable, Sendable {
    /// The machine's time, moved by an offset.
    case real(offset: Timestamp.Span)
    /// Always the same moment, until someone sets another.
    case frozen(Timestamp)

    package static let machine = Clock.real(offset: .seconds(0))

    package var now: Timestamp {
        switch self {
        case .real(let offset): Self.machineTime() + offset
        case .frozen(let moment): moment
        }
    }

    /// Whether it shows what every other clock shows.
    package var isMachineTime: Bool { self == .machine }

    /// The same kind of clock, showing another moment.
    package func moved(to moment: Timestamp) -> Clock {
        switch self {
        case .real: .real(offset: moment - Self.machineTime())
        case .frozen: .frozen(moment)
        }
    }

    package static func machineTime() -> Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}

/// The clock as a document: in a scenario, and in `PUT /_sandbox/clock`.
extension Clock {
    private static let mode = Key.required(
        "mode", .oneOf("real", "frozen"),
        "real: time passes as it does outside; frozen: it stands still until it is moved")
    private static let moment = Key.optional(
        "now", .moment, "What the clock shows: a date, or how far from the present moment it is")
    private static let offset = Key.optional("offset", .offset, "How far a real clock is from the machine's: -P3D")
    package static let fields = Contract.fields(mode, moment, offset)

    /// - Parameter present: what a relative `now` counts from, and where a frozen clock without one stands.
    package init(reading values: Values, present: Timestamp) throws(Violation) {
        let place = values.json
        let shown = values[Self.moment]?.resolved(from: present)
        if let shown, !Self.isNameable(shown) {
            throw Violation("now", "must be between the years 1970 and 9999", at: place)
        }
        if values[Self.mode] == "frozen" {
            guard values[Self.offset] == nil else {
                throw Violation("offset", "is for a real clock; a frozen one takes \"now\"", at: place)
            }
            self = .frozen(shown ?? present)
            return
        }
        guard shown == nil || values[Self.offset] == nil else {
            throw Violation("offset", "excludes \"now\"; leave one out", at: place)
        }
        let machine = Self.machineTime()
        let offset = shown.map { $0 - machine } ?? ((machine + (values[Self.offset] ?? .zero)) - machine)
        guard Self.isNameable(machine + offset) else {
            throw Violation("offset", "must not lead out of the years 1970 to 9999", at: place)
        }
        self = .real(offset: offset)
    }

    private static func isNameable(_ moment: Timestamp) -> Bool {
        (Timestamp(milliseconds: 0)...Timestamp.latest).contains(moment)
    }

    package func members(to writer: inout JSONWriter) {
        switch self {
        case .real(let offset):
            writer.member("mode", "real")
            writer.member("offset", CalendarSpan(rest: offset).description)
        case .frozen(let moment):
            writer.member("mode", "frozen")
            writer.member("now", moment.iso8601)
        }
    }
}
