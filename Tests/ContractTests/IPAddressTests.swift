import Contract
import Glibc
import JSON
import Testing

/// The C library reads addresses too, and by other code.
@Suite struct `An IP address` {
    private struct Stream {
        var state: UInt64
        mutating func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
    }

    private func isAddress(_ text: String) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 16)
        return unsafe inet_pton(AF_INET, text, &bytes) == 1 || inet_pton(AF_INET6, text, &bytes) == 1
    }

    /// An address, or something that nearly is one.
    private func draw(_ chance: inout Stream) -> String {
        func number(_ chance: inout Stream) -> String {
            String([0, 1, 9, 10, 99, 100, 255, 256, 300][chance.below(9)])
        }
        func group(_ chance: inout Stream) -> String {
            String(["0", "1", "ab", "FFFF", "0db8", "12345", "g", ""][chance.below(chance.below(4) == 0 ? 8 : 5)])
        }
        func short(_ chance: inout Stream) -> String {
            (0..<(chance.below(6) == 0 ? chance.below(6) : 4)).map { _ in number(&chance) }.joined(separator: ".")
        }
        if chance.below(3) == 0 { return short(&chance) }
        var text = (0..<(chance.below(3) == 0 ? 8 : chance.below(10))).map { _ in group(&chance) }.joined(
            separator: ":")
        if chance.below(2) == 0, let colon = text.firstIndex(of: ":") { text.insert(":", at: colon) }
        if chance.below(4) == 0 { text += ":" + short(&chance) }
        if chance.below(6) == 0 { text = "::" + text }
        if chance.below(10) == 0 { text += "::" }
        return text
    }

    @Test func `is taken exactly where the C library takes it`() {
        var chance = Stream(state: 11)
        var counts = (good: 0, bad: 0)
        for _ in 0..<20_000 {
            let text = draw(&chance)
            let isGood = isAddress(text)
            if isGood { counts.good += 1 } else { counts.bad += 1 }
            #expect(IPAddress.isOne(text) == isGood, "\(text)")
        }
        #expect(counts.good > 2000 && counts.bad > 2000, "\(counts)")
    }

    @Test(arguments: [
        ("10.0.0.0/8", true), ("10.0.0.0/33", false), ("::/128", true), ("::/129", false), ("::1/", false),
        ("1.2.3.4/08", false), ("/8", false), ("1.2.3.4/8/8", false), ("fe80::1%eth0", false), ("１.2.3.4", false),
    ])
    func `may have the length of a network behind it, as in Joi`(text: String, isGood: Bool) {
        #expect(IPAddress.isOne(text) == isGood)
    }
}
