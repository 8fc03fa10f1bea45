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

    /// A running clock that has come to its end stands there; everything else goes on.
    package var now: Timestamp {
        switch self {
        case .real(let offset): min(Self.machineTime() + offset, Self.last)
        case .frozen(let moment): moment
        }
    }

    /// 9999-12-31T23:59:59.000Z, the last moment that a clock shows: what begins then can still end later.
    package static let last = Timestamp(milliseconds: 253_402_300_799_000)
    /// The last moment that a running clock is set to. It has a year to go, and may stay longer.
    private static let lastOfRunning = Timestamp(milliseconds: 253_370_764_799_999)

    private static func range(isFrozen: Bool) -> ClosedRange<Timestamp> {
        Timestamp.Bounds.clock.range.lowerBound...(isFrozen ? last : lastOfRunning)
    }

    /// Why this kind of clock cannot be set to a moment; `nil` when it can.
    package func complaint(about moment: Timestamp) -> String? {
        switch self {
        case .real: Self.complaint(about: moment, isFrozen: false)
        case .frozen: Self.complaint(about: moment, isFrozen: true)
        }
    }

    private static func complaint(about moment: Timestamp, isFrozen: Bool) -> String? {
        let range = range(isFrozen: isFrozen)
        guard !range.contains(moment) else { return nil }
        let bounds = "must not lead out of the time from \(range.lowerBound.date) to \(range.upperBound.date)"
        return isFrozen ? bounds : "\(bounds): a running clock goes on from there; freeze it to go further"
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
        return Timestamp(seconds: Int64(time.tv_sec)) + .milliseconds(Int64(time.tv_nsec) / 1_000_000)
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
        let shown = try values.moment(Self.moment, from: present)
        if let shown, let complaint = Self.complaint(about: shown, isFrozen: values[Self.mode] == "frozen") {
            throw Violation("now", complaint, at: values.given(Self.moment)?.json ?? place)
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
        let start = shown ?? machine + (values[Self.offset] ?? .zero)
        if let complaint = Self.complaint(about: start, isFrozen: false) {
            throw Violation("offset", complaint, at: values.given(Self.offset)?.json ?? place)
        }
        self = .real(offset: start - machine)
    }

    /// A clock that a database keeps, which was right when it was set: what lies beyond the bounds now becomes the nearest within them.
    init(kept values: Values) {
        let machine = Self.machineTime()
        func within(_ moment: Timestamp) -> Timestamp {
            min(max(moment, Timestamp.Bounds.clock.range.lowerBound), Self.last)
        }
        let shown = values[Self.moment].map { within($0.nearest(from: machine)) }
        if values[Self.mode] == "frozen" {
            self = .frozen(shown ?? within(machine))
        } else {
            self = .real(offset: (shown ?? within(machine + (values[Self.offset] ?? .zero))) - machine)
        }
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
