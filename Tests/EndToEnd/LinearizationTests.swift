import Support
import Testing

/// The search that finds races, held against one that tries every order.
@Suite struct `A search for an order that explains racing calls` {
    /// A number that can be set, added to, saved, brought back, and taken from as long as it is not below zero.
    private struct Register: SequentialObject {
        struct State: Hashable {
            var value = 0
            var saved = 0
        }

        enum Call: Hashable, Sendable {
            case read, save, restore
            case set(Int)
            case add(Int)
            case take(Int)
        }

        func carryOut(_ call: Call, in state: State) -> (after: State?, answer: Int) {
            var after = state
            var answer = 0
            switch call {
            case .read: answer = state.value
            case .save: after.saved = state.value
            case .restore: after.value = state.saved
            case .set(let value): after.value = value
            case .add(let value):
                after.value += value
                answer = after.value
            case .take(let value):
                if state.value < value { answer = -1 } else { after.value -= value }
            }
            return (after == state ? nil : after, answer)
        }

        func changesNothing(_ call: Call, answered answer: Int) -> Bool { call == .read || answer == -1 }
    }

    private typealias Raced = RacedCall<Register.Call, Int>

    /// A history of a few calls that overlap at random; its answers are those of one order, some of them changed.
    private static func history(_ chance: inout Chance) -> [Raced] {
        let count = 2 + chance.below(5)
        var moments = (0..<count).map { _ in (asked: chance.below(20) * 2, length: 1 + chance.below(8) * 2) }
        moments.sort { $0.asked < $1.asked }
        var state = Register.State()
        let order = (0..<count).sorted { moments[$0].asked + chance.below(6) < moments[$1].asked + chance.below(6) }
        let calls = (0..<count).map { _ in
            chance.pick([
                Register.Call.read, .read, .save, .restore, .set(chance.below(3)), .add(1 + chance.below(2)),
                .take(1 + chance.below(2)),
            ])
        }
        var answers = [Int](repeating: 0, count: count)
        for place in order {
            let (after, answer) = Register().carryOut(calls[place], in: state)
            answers[place] = chance.isOne(in: 12) ? answer + 1 : answer
            state = after ?? state
        }
        return (0..<count).map { place in
            Raced(
                calls[place], asked: moments[place].asked,
                heard: chance.isOne(in: 10)
                    ? nil : (answers[place], moments[place].asked + moments[place].length))
        }
    }

    /// Tries every order of every set of calls that has all the answered ones.
    private static func isExplained(_ rest: [Raced], from state: Register.State = .init()) -> Bool {
        guard rest.contains(where: { $0.heard != nil }) else { return true }
        for place in rest.indices {
            let call = rest[place]
            var others = rest
            others.remove(at: place)
            guard others.allSatisfy({ ($0.heard?.at ?? .max) > call.asked }) else { continue }
            let (after, answer) = Register().carryOut(call.call, in: state)
            if let heard = call.heard, heard.answer != answer { continue }
            if isExplained(others, from: after ?? state) { return true }
        }
        return false
    }

    @Test func `finds one exactly where one of all orders explains every answer`() {
        var chance = Chance(seed: 14)
        var explained = 0
        for number in 0..<4000 {
            let history = Self.history(&chance)
            var search = Linearization(of: history, on: Register())
            let isFound = search.search(from: .init()) == .explained
            guard isFound == Self.isExplained(history) else {
                Issue.record("history \(number): \(history), found: \(isFound)")
                return
            }
            explained += isFound ? 1 : 0
        }
        #expect((1000...3600).contains(explained), "\(explained) of 4000: nearly all of one kind say little")
    }

    @Test func `says so where more calls overlap than it can hold`() {
        let history = (0..<200).map { Raced(.add(1), asked: $0, heard: ($0, 1000 + $0)) }
        var search = Linearization(of: history, on: Register())
        #expect(search.search(from: .init()) == .tooEntangled)
    }
}
