import Foundation
import Medusa
import Support
import Testing

/// Random lives of leases, money and quantities. `MEDUSA_LIVES` lets there be more than a test should take: `make lives`.
@Suite struct `Whatever is done to a lease` {
    private static let lives = ProcessInfo.processInfo.environment["MEDUSA_LIVES"].flatMap(Int.init) ?? 300
    private static let stepsOfALife = 50

    /// - Returns: what was broken, and how often somebody looked until then.
    private static func live(_ seed: Int, planted: Life.Planted? = nil) -> (broken: Invariant, life: Life)? {
        var life = Life(seed: UInt64(seed), planted: planted)
        var before: Found?
        for _ in 0..<stepsOfALife {
            let found = life.found
            let broken =
                planted.map { $0.breaks.holds(of: found, after: before) ? nil : $0.breaks }
                ?? Invariant.broken(in: found, after: before)
            if let broken { return (broken, life) }
            before = found
            life.step()
        }
        return nil
    }

    @Test func `no invariant is ever broken`() {
        let start = ContinuousClock.now
        var operations = 0
        for seed in 0..<Self.lives {
            if let (broken, life) = Self.live(seed) {
                Issue.record("life \(seed), step \(life.operations): \(broken.rawValue)")
                return
            }
            operations += Self.stepsOfALife
        }
        if Self.lives > 1000 {
            print(
                "lives: \(operations) operations over \(Self.lives) lives in \(ContinuousClock.now - start), none broken"
            )
        }
    }

    @Test(arguments: Life.Planted.allCases) func `a planted fault breaks the invariant that is there for it`(
        planted: Life.Planted
    ) {
        let start = ContinuousClock.now
        let noticed = (0..<2000).first { Self.live($0, planted: planted) != nil }
        #expect(noticed != nil, "\(planted) is not noticed")
        if Self.lives > 1000, let noticed {
            print("planted: \(planted) was noticed in life \(noticed), after \(ContinuousClock.now - start)")
        }
    }

    @Test func `the planted faults break every invariant`() {
        #expect(Set(Life.Planted.allCases.map(\.breaks)) == Set(Invariant.allCases))
    }

    @Test func `the balance is the limit less what live leases take`() {
        var chance = Chance(seed: 7)
        for _ in 0..<2000 {
            let now = Samples.now + .hours(Int64(chance.below(72)))
            let limit = Money.dollars(Int64(chance.below(3000)))
            let leases = (0..<chance.below(6)).map { index in
                User.Engagement(
                    lease: Samples.lease(signed: chance.isOne(in: 2)), reference: "T\(index)",
                    amount: Money(cents: Int64(chance.below(60_000))))
            }
            var left = limit
            for engagement in leases where engagement.lease.signedAt != nil || now < Samples.now + .hours(24) {
                left = left - engagement.amount
            }
            let user = Samples.user(limit: limit, engagements: leases)
            #expect(user.availableBalance(at: now) == max(.zero, left))
        }
    }
}
