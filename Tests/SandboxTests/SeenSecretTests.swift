import Sandbox
import Support
import Testing

@Suite struct `Secrets that were seen` {
    /// Of few letters, so that many begin alike, and some come again.
    @Test func `are the latest ones, each found wherever it stands, and no others`() {
        var chance = Chance(seed: 1024)
        let seen = SeenSecrets()
        var latest: [[UInt8]] = []
        for round in 0..<5000 {
            let secret = (0..<7 + chance.below(3)).map { _ in chance.pick(Array("abcd".utf8)) }
            seen.remember(secret)
            if Set(secret).count >= 3, !latest.contains(secret) { latest.append(secret) }
            if latest.count > SeenSecrets.capacity { latest.removeFirst() }
            guard round % 50 == 0 else { continue }
            for known in [latest.first, latest.last, latest.isEmpty ? nil : chance.pick(latest)].compactMap(\.self) {
                let text = Array("xx".utf8) + known + Array("yyy".utf8)
                #expect(seen.ranges(in: text).contains(2..<2 + known.count), "round \(round)")
            }
            let text = (0..<200).map { _ in chance.pick(Array("abcd".utf8)) }
            let found = seen.ranges(in: text).map { Array(text[$0]) }
            #expect(found.allSatisfy(latest.contains), "round \(round)")
            for secret in latest where text.indices.contains(where: { text[$0...].starts(with: secret) }) {
                #expect(found.contains(secret), "round \(round)")
            }
        }
    }
}
