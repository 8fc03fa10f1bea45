import Foundation
import JSON
import Support
import Testing

/// Many sandboxes at once, each with its own scenario and clock, driven at random: what one does never shows in another, and
/// the same requests give the same bytes.
///
/// `MEDUSA_SOAK_SECONDS` lets it run longer than a test should.
@Suite(.serialized) struct `Sandboxes in parallel` {
    private static let count = 200
    private static let soakSeconds = ProcessInfo.processInfo.environment["MEDUSA_SOAK_SECONDS"].flatMap(Double.init)

    @Test func `never meet, and each equals its own replay`() throws {
        let server = try Server("--quiet")
        let deadline = Self.soakSeconds.map { ContinuousClock.now + .seconds($0) }
        let drivers = (0..<Self.count).map { Driver(number: $0) }
        let driven = Self.inParallel(drivers) { driver in
            try driver.begin(try Shop(server, key: driver.key))
            if let deadline {
                while ContinuousClock.now < deadline { try driver.step() }
            } else {
                for _ in 0..<25 { try driver.step() }
            }
            try driver.end()
        }
        // Fewer than are driven at once: there each makes room and comes back again and again, and no byte differs.
        let again = try Server("--quiet", "--sandbox-limit", "14")
        let repeated = Self.inParallel(drivers) { driver in
            let replay = Driver(number: driver.number)
            try replay.begin(try Shop(again, key: driver.key))
            for _ in 0..<driver.steps { try replay.step() }
            try replay.end()
            let pairs = zip(driver.transcript, replay.transcript)
            if let (first, second) = pairs.first(where: { $0 != $1 }) {
                throw Difference(description: "\(driver.key):\n\(first.prefix(1000))\n\(second.prefix(1000))")
            }
            guard driver.transcript.count == replay.transcript.count else {
                throw Difference(description: "\(driver.key): one transcript is shorter")
            }
        }
        #expect(driven.isEmpty, "\(driven.first ?? "")")
        #expect(repeated.isEmpty, "\(repeated.count) of \(Self.count) differ, first \(repeated.first ?? "")")
        for driver in drivers { driver.expectOnlyOwn() }
        if Self.soakSeconds != nil {
            print(
                "soak: \(drivers.map(\.transcript.count).reduce(0, +)) requests, each answered twice with the same bytes"
            )
        }
    }

    private struct Difference: Error, CustomStringConvertible {
        let description: String
    }

    /// A few threads, for each request waits for its answer; in a soak, a thread each.
    ///
    /// - Returns: what went wrong.
    private static func inParallel(
        _ drivers: [Driver], _ body: @escaping @Sendable (Driver) throws -> Void
    ) -> [String] {
        let group = DispatchGroup()
        let failures = Failures()
        let threads =
            soakSeconds == nil
            ? (0..<16).map { part in drivers.filter { $0.number % 16 == part } } : drivers.map { [$0] }
        for own in threads {
            group.enter()
            Thread.detachNewThread {
                for driver in own {
                    do { try body(driver) } catch { failures.add("\(error)") }
                }
                group.leave()
            }
        }
        group.wait()
        return failures.all
    }

    /// Unchecked: behind a lock.
    private final class Failures: @unchecked Sendable {
        private let lock = NSLock()
        private var sentences: [String] = []

        var all: [String] { lock.withLock { sentences } }

        func add(_ sentence: String) { lock.withLock { sentences.append(sentence) } }
    }
}

/// One sandbox's client, whose every choice follows from its number. Unchecked: each belongs to one thread at a time.
private final class Driver: @unchecked Sendable {
    let number: Int
    var key: String { "sandbox-\(number)" }
    private(set) var transcript: [String] = []
    private(set) var steps = 0
    private var shop: Shop?
    private var chance: UInt64
    private var people: [(id: String, token: String)] = []
    private var leases: [(id: String, reference: String, token: String)] = []
    private static let scenarios = [
        "first-purchase", "returning-customer", "denied", "manual-review", "spending-hold", "lease-expired",
        "first-payment-declined", "bank-refused", "partial-shipment", "past-due",
    ]

    init(number: Int) {
        self.number = number
        chance = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    private func below(_ bound: Int) -> Int {
        chance = chance &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(chance >> 33) % bound
    }

    private func send(_ method: String, _ path: String, _ body: String? = nil, token: String? = nil) throws -> JSON? {
        let answer = try shop?.send(method, path, body, token: token)
        // The head as well: its Date is the sandbox's.
        transcript.append("\(method) \(path) \(answer?.head ?? "") \(answer?.text ?? "")")
        return try answer?.json
    }

    func begin(_ shop: Shop) throws {
        self.shop = shop
        let scenario = Self.scenarios[number % Self.scenarios.count]
        _ = try send("PUT", "/_sandbox/scenario", #"{"name":"\#(scenario)"}"#)
        let start = "20\(10 + number % 80)-06-01T00:00:00Z"
        _ = try send("PUT", "/_sandbox/clock", #"{"mode":"frozen","now":"\#(start)"}"#)
        _ = try send("PATCH", "/_sandbox/settings", #"{"spendingLimit":\#(1000 + number)}"#)
        _ = try send("POST", "/_sandbox/faults", #"{"operations":["getUsers"],"status":503,"probability":0.2}"#)
    }

    func end() throws { _ = try send("GET", "/_sandbox/state") }

    func step() throws {
        steps += 1
        switch below(12) {
        case 0, 1:
            let email =
                "p\(people.count)-\(steps).\(["approve", "deny", "decline", "qamanual"][below(4)])@shop\(number).example"
            let body = #"{"firstName":"J","lastName":"D","email":"\#(email)"}"#
            guard let data = try send("POST", "/v3/users", body)?["data"], let id = data["userId"]?.string,
                let token = data["token"]?.string
            else { return }
            people.append((id, token))
        case 2:
            guard let person = people.last else { return }
            _ = try send("POST", "/v3/users/me/apply", Shop.application(), token: person.token)
        case 3:
            guard let person = people.last else { return }
            _ = try send("POST", "/v3/paymentMethods/add", Shop.card, token: person.token)
        case 4, 5:
            guard !people.isEmpty else { return }
            let person = people[below(people.count)]
            let reference = "T\(number)-\(steps)"
            let body =
                #"{"transactionId":"\#(reference)","items":[{"brand":"b","sku":"s","description":"d","cost":\#(50 + below(300)),"quantity":\#(1 + below(3))}]}"#
            guard let id = try send("POST", "/v3/leases", body, token: person.token)?["data"]?["leaseId"]?.string else {
                return
            }
            leases.append((id, reference, person.token))
        case 6:
            guard let lease = leases.last else { return }
            _ = try send(
                "POST", "/v3/leases/\(lease.id)/sign", #"{"ipAddress":"127.0.0.1","signed":true}"#, token: lease.token)
        case 7:
            guard !leases.isEmpty else { return }
            let call = ["finalize", "confirm-shipment", "confirm-receipt", "cancel", "return"][below(5)]
            _ = try send("POST", "/v3/transactions/\(leases[below(leases.count)].reference)/\(call)")
        case 8: _ = try send("POST", "/_sandbox/clock/advance", #"{"by":"PT\#(1 + below(40))M"}"#)
        case 9:
            switch below(10) {
            case 0: _ = try send("POST", "/_sandbox/snapshots", #"{"name":"s"}"#)
            case 1: _ = try send("POST", "/_sandbox/snapshots/s/restore")
            case 2:
                _ = try send("POST", "/_sandbox/reset")
                _ = try send("GET", "/_sandbox/state")
            default: _ = try send("POST", "/_sandbox/clock/advance", #"{"toNextEvent":true}"#)
            }
        case 10: _ = try send("GET", "/v3/transactions?limit=3")
        default: _ = try send("GET", "/v3/users?limit=5")
        }
    }

    /// Its transcript has no other shop's e-mails in it, and no other shop's transactions.
    func expectOnlyOwn() {
        for line in transcript {
            for piece in line.split(separator: "@shop").dropFirst() {
                #expect(piece.hasPrefix("\(number).example"), "sandbox \(number) shows another's customer")
            }
        }
    }
}
