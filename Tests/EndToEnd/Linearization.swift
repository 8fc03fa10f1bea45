/// Something whose calls have their effect one after the other: what a history of racing calls is checked against.
protocol SequentialObject {
    associatedtype State: Hashable
    associatedtype Call
    associatedtype Answer: Equatable

    /// - Returns: what is answered, and the state afterwards; `nil` where it is the same.
    func carryOut(_ call: Call, in state: State) -> (after: State?, answer: Answer)

    /// Whether a call that was answered so has changed nothing, whatever the state was: a read, a refusal. (A write that finds things as it
    /// would leave them is none of these: elsewhere in the order it would change something.)
    func changesNothing(_ call: Call, answered answer: Answer) -> Bool
}

/// What somebody asked and heard, at which places of the history.
struct RacedCall<Call, Answer> {
    let call: Call
    /// When it was asked.
    let asked: Int
    /// What was heard, and when; `nil` for a call whose caller went away, or waits: it may have happened at any time since, or never.
    var heard: (answer: Answer, at: Int)?

    init(_ call: Call, asked: Int, heard: (answer: Answer, at: Int)? = nil) {
        self.call = call
        self.asked = asked
        self.heard = heard
    }
}

/// Looks for an order of racing calls that explains every answer: one in which no call comes before another that had been answered when
/// it was asked (Herlihy and Wing's linearizability).
///
/// It is Wing and Gong's search, with what has been visited remembered, as Lowe has it: a set of calls that have been carried out, and the
/// state that they have led to. A read or a refusal that is explained is carried out at once, for it may as well come now as later; so only
/// writes make branches.
struct Linearization<Object: SequentialObject> {
    typealias Raced = RacedCall<Object.Call, Object.Answer>

    enum Outcome: Equatable {
        case explained
        /// No order explains it. The calls that had been carried out where the search came furthest, and those that could come next, and the
        /// state that these would meet.
        case inexplicable(carriedOut: Int, next: [Int], in: Object.State)
        /// More calls race each other at once than a set of them can hold.
        case tooEntangled
    }

    /// How many orders were tried, a call at a time.
    private(set) var steps = 0
    /// How many states and sets of calls were met.
    private(set) var visited = 0

    private let object: Object
    /// Those that were answered, in the order of their asking, and those that were not.
    private let answered: [Int]
    private let unanswered: [Int]
    private let calls: [Raced]
    private let effectless: Set<Int>
    private var states: [Object.State] = []
    private var numbers: [Object.State: Int] = [:]
    private var known: [Transition: (after: Int, isExplained: Bool)] = [:]

    /// A call in a state.
    private struct Transition: Hashable {
        let state: Int
        let call: Int
    }

    /// Which calls have been carried out: all the answered ones before a place, some behind it, and some that were never answered.
    private struct Configuration: Hashable {
        var before = 0
        var behind: UInt128 = 0
        var unanswered: UInt64 = 0
        var state: Int
        /// How many have been carried out.
        var count = 0
    }

    private struct Frame {
        let configuration: Configuration
        var candidates: [Int]
    }

    init(of calls: [Raced], on object: Object) {
        self.object = object
        self.calls = calls
        let order = calls.indices.sorted { calls[$0].asked < calls[$1].asked }
        answered = order.filter { calls[$0].heard != nil }
        unanswered = order.filter { calls[$0].heard == nil }
        effectless = Set(
            order.filter { place in
                calls[place].heard.map { object.changesNothing(calls[place].call, answered: $0.answer) } ?? false
            })
    }

    mutating func search(from start: Object.State) -> Outcome {
        var seen: Set<Configuration> = []
        guard var first = settled(Configuration(state: number(of: start))) else { return .tooEntangled }
        var furthest = first
        guard let candidates = self.candidates(in: &first) else { return .tooEntangled }
        var stack = [Frame(configuration: first, candidates: candidates)]
        while var frame = stack.popLast() {
            if frame.configuration.before == answered.count { return .explained }
            guard let candidate = frame.candidates.popLast() else { continue }
            stack.append(frame)
            guard let after = self.after(candidate, in: frame.configuration.state) else { continue }
            // One that was not answered need not be carried out.
            if after == frame.configuration.state, calls[candidate].heard == nil { continue }
            var next = frame.configuration
            next.state = after
            carryOut(candidate, &next)
            guard var next = settled(next) else { return .tooEntangled }
            guard seen.insert(next).inserted else { continue }
            visited += 1
            if next.count > furthest.count { furthest = next }
            guard let candidates = self.candidates(in: &next) else { return .tooEntangled }
            stack.append(Frame(configuration: next, candidates: candidates))
        }
        return .inexplicable(
            carriedOut: furthest.count, next: self.candidates(in: &furthest) ?? [], in: states[furthest.state])
    }

    /// - Returns: the state after a call, where it explains what its caller heard.
    private mutating func after(_ call: Int, in state: Int) -> Int? {
        let transition = Transition(state: state, call: call)
        if let known = known[transition] { return known.isExplained ? known.after : nil }
        steps += 1
        let (after, answer) = object.carryOut(calls[call].call, in: states[state])
        let isExplained = calls[call].heard.map { $0.answer == answer } ?? true
        let number = isExplained ? after.map { self.number(of: $0) } ?? state : state
        known[transition] = (number, isExplained)
        return isExplained ? number : nil
    }

    private mutating func number(of state: Object.State) -> Int {
        if let found = numbers[state] { return found }
        numbers[state] = states.count
        states.append(state)
        return states.count - 1
    }

    // MARK: Sets of calls

    private func carryOut(_ call: Int, _ configuration: inout Configuration) {
        configuration.count += 1
        guard calls[call].heard != nil else {
            if let place = unanswered.firstIndex(of: call) { configuration.unanswered |= 1 << UInt64(place) }
            return
        }
        var place = configuration.before
        while answered[place] != call { place += 1 }
        configuration.behind |= 1 << UInt128(place - configuration.before)
        while configuration.behind & 1 == 1 {
            configuration.behind >>= 1
            configuration.before += 1
        }
    }

    /// The calls that may come next: nobody had heard an answer before they were asked that is still to be carried out.
    ///
    /// - Returns: those whose callers heard first last, for the search begins there; `nil` where there are too many.
    private func candidates(in configuration: inout Configuration) -> [Int]? {
        var end = Int.max
        var found: [Int] = []
        var place = configuration.before
        while place < answered.count, calls[answered[place]].asked < end {
            guard place - configuration.before < 128 else { return nil }
            if configuration.behind >> UInt128(place - configuration.before) & 1 == 0 {
                end = min(end, calls[answered[place]].heard?.at ?? .max)
                found.append(answered[place])
            }
            place += 1
        }
        found = found.filter { calls[$0].asked < end }
        found.sort { (calls[$0].heard?.at ?? .max) > (calls[$1].heard?.at ?? .max) }
        guard unanswered.count <= 64 else { return nil }
        let open = unanswered.indices.filter {
            configuration.unanswered >> UInt64($0) & 1 == 0 && calls[unanswered[$0]].asked < end
        }
        return open.map { unanswered[$0] } + found
    }

    /// Carries out the reads and refusals that are explained.
    private mutating func settled(_ configuration: Configuration) -> Configuration? {
        var settled = configuration
        while true {
            guard let candidates = self.candidates(in: &settled) else { return nil }
            var isSame = true
            for call in candidates where effectless.contains(call) && after(call, in: settled.state) != nil {
                carryOut(call, &settled)
                isSame = false
            }
            if isSame { return settled }
        }
    }
}
