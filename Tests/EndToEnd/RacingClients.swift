import Foundation
import Medusa
import Support

/// How racing requests get to a server and their answers back, a request a line at a time.
protocol RacedWay: AnyObject {
    func send(_ request: RacedRequest, on line: Int) throws
    /// The next answer; it waits for one.
    func nextAnswer(among lines: [Int]) throws -> (line: Int, response: Support.Connection.Response)
    /// The caller goes away without an answer.
    func leave(_ line: Int) throws
}

/// The connections of one sandbox's clients.
final class RacedLines: RacedWay {
    let server: Server
    let key: String
    let sandbox: RacedSandbox
    private var connections: [Support.Connection]
    private var last = 0

    init(_ server: Server, key: String, count: Int) throws {
        self.server = server
        self.key = key
        sandbox = RacedSandbox(key: key)
        connections = try (0..<count).map { _ in try server.connect() }
    }

    func send(_ request: RacedRequest, on line: Int) throws {
        try connections[line].send(bytes(of: request))
    }

    func bytes(of request: RacedRequest) -> String {
        let message = request.message(to: sandbox)
        return Server.request(message.method, message.path, message.body, token: message.token, key: key)
    }

    /// Whoever was heard last comes last, so that nobody waits for ever.
    func nextAnswer(among lines: [Int]) throws -> (line: Int, response: Support.Connection.Response) {
        let turned = lines.filter { $0 > last } + lines.filter { $0 <= last }
        let line = turned[try Support.Connection.firstToHear(turned.map { connections[$0] })]
        last = line
        guard let response = try connections[line].response() else {
            throw Server.Failed(description: "closed without an answer")
        }
        return (line, response)
    }

    func leave(_ line: Int) throws { connections[line] = try server.connect() }
}

/// Clients that act at random, and at once, on the same customers, leases and items of one sandbox. One thread drives all of them, so that
/// what was asked and heard has one order, which is the history's.
struct RacingClients {
    typealias Raced = RacedCall<RacedRequest, RacedAnswer>

    private let way: any RacedWay
    private let sandbox: RacedSandbox
    private let lines: Int
    private var chance: Chance
    private var history: [Raced] = []
    private var events = 0
    /// The call of each busy line.
    private var busy: [Int: Int] = [:]

    // What they know: of the past, and so perhaps no longer true.
    private var userIds: [String]
    private var tokens: [RacedRequest.Token] = []
    private var leases: [(id: String, row: Int64, owner: String)] = []
    private var newestOrder = 0
    private var finalized: [String] = []
    private var time: Timestamp
    private var abandoned = 0

    init(_ way: any RacedWay, in sandbox: RacedSandbox, lines: Int, seed: UInt64) {
        self.way = way
        self.sandbox = sandbox
        self.lines = lines
        chance = Chance(seed: seed)
        userIds = [sandbox.userId(1), sandbox.userId(2)]
        time = sandbox.beginning.world.now
    }

    /// Races so many calls, and waits for the last of them.
    mutating func race(_ count: Int) throws -> [Raced] {
        while history.count < count || !busy.isEmpty {
            let mayAsk = history.count < count && busy.count < lines
            if mayAsk, busy.isEmpty || !chance.isOne(in: 3), !isSomebodyLate { try ask() } else { try hear() }
        }
        return history
    }

    /// Whether a call waits so long that more of them would only make the search longer.
    private var isSomebodyLate: Bool { busy.values.contains { history.count - $0 > 40 } }

    private mutating func ask() throws {
        let free = (0..<lines).filter { busy[$0] == nil }
        let line = chance.pick(free)
        let request = choose()
        busy[line] = history.count
        history.append(Raced(request, asked: events))
        events += 1
        try way.send(request, on: line)
        // Now and then somebody goes away: whether it happened, nobody knows.
        if abandoned < 2, !request.isRead, chance.isOne(in: 200) {
            abandoned += 1
            busy[line] = nil
            try way.leave(line)
        }
    }

    private mutating func hear() throws {
        let (line, response) = try way.nextAnswer(among: busy.keys.sorted())
        guard let place = busy.removeValue(forKey: line) else { return }
        let answer = history[place].call.heard(response)
        history[place].heard = (answer, events)
        events += 1
        if answer.status < 300 { learn(from: answer, to: history[place].call) }
    }

    private mutating func learn(from answer: RacedAnswer, to request: RacedRequest) {
        let words = answer.said.split(separator: " ").map(String.init)
        switch request {
        case .authorize, .createUser:
            guard let token = words.last.flatMap(sandbox.token) else { return }
            tokens = tokens.filter { $0.expiresAt > time || chance.isOne(in: 4) }.suffix(5) + [token]
            if !userIds.contains(token.userId) { userIds = Array(userIds.prefix(2)) + [token.userId] }
        case .createLease(let token, let reference, _, _, _):
            if let id = words.first, let row = sandbox.row(ofLease: id) {
                leases = leases.suffix(2) + [(id, row, token.userId)]
            }
            newestOrder = max(newestOrder, (Int(reference.dropFirst()) ?? 0) + 1)
        case .finalize(let reference):
            if !finalized.contains(reference) { finalized = finalized.suffix(1) + [reference] }
        case .clock, .advance: time = words.first.flatMap { Timestamp(reading: $0) } ?? time
        case .reset:
            userIds = [sandbox.userId(1), sandbox.userId(2)]
            time = sandbox.beginning.world.now
            finalized = []
        default: break
        }
    }

    // MARK: What they ask for

    private mutating func choose() -> RacedRequest {
        guard tokens.count > 2, !chance.isOne(in: 25) else { return .authorize(userId: chance.pick(userIds)) }
        let kind = chance.below(100)
        if kind < 34 || leases.isEmpty { return kind < 14 || leases.isEmpty ? chooseLease(kind) : chooseDelivery(kind) }
        if kind < 50 { return chooseGiveBack(kind) }
        return kind < 84 ? chooseRead() : chooseControl()
    }

    private mutating func chooseLease(_ kind: Int) -> RacedRequest {
        switch leases.isEmpty ? 0 : kind {
        case 0..<4:
            return .createLease(
                token(), reference: fresh(), items(), shipping: Int64(chance.below(3) * 5),
                discount: Int64(chance.below(2) * 7))
        case 4..<10:
            let lease = chance.pick(leases)
            return .sign(leaseId: lease.id, row: lease.row, token(of: lease.owner))
        default: return .finalize(reference())
        }
    }

    private mutating func chooseDelivery(_ kind: Int) -> RacedRequest {
        kind < 25
            ? .ship(finalizedReference(), selections(), on: time + .hours(Int64(chance.below(72)) - 24))
            : .receive(finalizedReference(), selections())
    }

    private mutating func chooseGiveBack(_ kind: Int) -> RacedRequest {
        switch kind {
        case 34..<39: return .cancel(reference(), selections())
        case 39..<43: return .takeBack(finalizedReference(), selections())
        case 43..<46:
            return .refund(
                finalizedReference(), line: 1 + chance.below(2), sku: chance.pick(["a", "b"]),
                item: Int64(chance.below(30)),
                shipping: Int64(chance.below(4)))
        default:
            let lease = chance.pick(leases)
            return .collect(
                row: lease.row, method: Int64(1 + chance.below(3)), Money(cents: Int64(100 + chance.below(4000))),
                token(of: lease.owner))
        }
    }

    private mutating func chooseRead() -> RacedRequest {
        switch chance.below(20) {
        case 0..<9: return .transaction(reference())
        case 9..<12: return .user(token())
        case 12..<14:
            let lease = chance.pick(leases)
            return .lease(leaseId: lease.id, row: lease.row, token(of: lease.owner))
        case 14..<16: return .agreements(token())
        case 16: return .transactions(chance.pick([nil, .signed, .pending]))
        case 17: return .state
        default: return .clock
        }
    }

    private mutating func chooseControl() -> RacedRequest {
        switch chance.below(44) {
        case 0..<7: return .advance(hours: chance.pick([1, 1, 1, 2, 2, 5, 5, 30, 30, 170]))
        case 7..<12: return .spendingLimit(Int64(500 + chance.below(4) * 300))
        case 12..<14: return .minimumOrder(Int64(20 + chance.below(4) * 20))
        case 14..<16: return .transitDays(Int64(chance.below(3) + 1))
        case 16: return .tokenHours(Int64(24 * (1 + chance.below(50))))
        case 17..<21:
            return .decide(
                userId: chance.pick(userIds), chance.pick([.approved, .approved, .approved, .failed]),
                limit: Int64(600 + chance.below(5) * 200))
        case 21..<25: return .hold(userId: chance.pick(userIds), chance.isOne(in: 4))
        case 25: return .expire(reference())
        case 26..<29: return .save
        case 29..<31: return .restore
        case 31: return chance.isOne(in: 4) ? .reset : .clock
        case 32..<35: return .createUser(email: "x\(chance.below(4))@example.com")
        case 35..<37: return .apply(token())
        case 37..<40: return .addCard(token())
        case 40: return .minimumOrder(Int64(20 + chance.below(4) * 20))
        case 41: return .save
        default: return .restore
        }
    }

    private mutating func token() -> RacedRequest.Token { chance.pick(tokens) }

    /// Of the right customer, mostly.
    private mutating func token(of userId: String) -> RacedRequest.Token {
        let own = tokens.filter { $0.userId == userId }
        return own.isEmpty || chance.isOne(in: 8) ? token() : chance.pick(own)
    }

    private mutating func fresh() -> String { "T\(chance.isOne(in: 4) ? max(0, newestOrder - 1) : newestOrder)" }

    /// One of the latest few, so that they meet there.
    private mutating func reference() -> String { "T\(max(0, newestOrder - 1 - chance.pick([0, 0, 1, 2])))" }

    /// One of those that may be delivered, mostly.
    private mutating func finalizedReference() -> String {
        finalized.isEmpty || chance.isOne(in: 8) ? reference() : chance.pick(finalized)
    }

    private mutating func items() -> [RacedRequest.Item] {
        [
            .init(sku: "a", cost: 500 + Int64(chance.below(999)), quantity: 5 + chance.below(40)),
            .init(sku: "b", cost: 1275, quantity: 3 + chance.below(20)),
        ]
    }

    private mutating func selections() -> [Transaction.Selection] {
        switch chance.below(8) {
        case 0 where chance.isOne(in: 2): []
        case 1: [.init(sku: "a", quantity: 1), .init(sku: "b", quantity: 1)]
        case 2 where chance.isOne(in: 2): [.init(sku: chance.pick(["a", "b"]))]
        case 3: [.init(sku: chance.pick(["a", "b"]), quantity: 2)]
        default: [.init(sku: chance.pick(["a", "b"]), quantity: 1)]
        }
    }
}
