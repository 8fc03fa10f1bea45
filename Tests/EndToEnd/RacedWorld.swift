import Crypto
import HTTP
import JSON
import Medusa
import MedusaAPI
import Sandbox

/// A sandbox as its callers see it: the domain's own values and rules, and around them no more than a list of each. What the server has
/// besides (tables, batches, transactions, snapshots, several connections) must not show.
struct RacedWorld: Hashable, Sendable {
    var now: Timestamp
    var settings = Settings()
    var people: [Person] = []
    var deals: [Deal] = []
    /// Whose each payment method is, in the order of their rows.
    var methods: [Int64] = []

    struct Person: Hashable, Sendable {
        let id: String
        let email: String
        var application: Application?
        var isOnHold = false
        var verification = User.Verification.pending
    }

    struct Deal: Hashable, Sendable {
        let leaseId: String
        var transaction: Transaction
        var collected: [Collected] = []
        var credits: [Credit] = []
    }

    /// With what a restore brings back.
    struct State: Hashable, Sendable {
        var world: RacedWorld
        var saved: RacedWorld?
    }

    func user(_ row: Int64) -> User {
        let person = people[Int(row) - 1]
        let engagements = deals.lazy.map(\.transaction).filter { $0.lease.customer == row }.map {
            User.Engagement(lease: $0.lease, reference: $0.reference, amount: $0.engagedAmount)
        }
        return User(
            id: row, firstName: "John", lastName: "Doe", email: person.email, createdAt: now,
            spendingHold: person.isOnHold, verification: person.verification, application: person.application,
            engagements: Array(engagements))
    }

    func row(ofPerson id: String) -> Int64? { people.firstIndex { $0.id == id }.map { Int64($0) + 1 } }
    func place(ofDeal reference: String) -> Int? { deals.firstIndex { $0.transaction.reference == reference } }

    func agreement(_ deal: Deal) -> Agreement? {
        Agreement(
            deal.transaction, collected: deal.collected, customer: user(deal.transaction.lease.customer), at: now,
            settings)
    }
}

/// What a racing client may ask for.
enum RacedRequest: Hashable, Sendable {
    struct Token: Hashable, Sendable, CustomStringConvertible {
        let text: String
        let userId: String
        let expiresAt: Timestamp

        var description: String { "token of \(userId.prefix(6)) until \(expiresAt.iso8601.prefix(16))" }
    }

    struct Item: Hashable, Sendable, CustomStringConvertible {
        let sku: String
        let cost: Int64
        let quantity: Int

        var description: String { "\(sku) at \(cost) × \(quantity)" }
    }

    case createUser(email: String)
    case authorize(userId: String)
    case apply(Token)
    case addCard(Token)
    case createLease(Token, reference: String, [Item], shipping: Int64, discount: Int64)
    case sign(leaseId: String, row: Int64, Token)
    case finalize(String)
    case cancel(String, [Transaction.Selection])
    case takeBack(String, [Transaction.Selection])
    case ship(String, [Transaction.Selection], on: Timestamp)
    case receive(String, [Transaction.Selection])
    case refund(String, line: Int, sku: String, item: Int64, shipping: Int64)
    case collect(row: Int64, method: Int64, Money, Token)

    case transaction(String)
    case transactions(Lease.Status?)
    case lease(leaseId: String, row: Int64, Token)
    case user(Token)
    case agreements(Token)
    case clock
    case state

    case advance(hours: Int64)
    case spendingLimit(Int64)
    case minimumOrder(Int64)
    case transitDays(Int64)
    case tokenHours(Int64)
    case decide(userId: String, Application.Status, limit: Int64)
    case hold(userId: String, Bool)
    case expire(String)
    case save
    case restore
    case reset
}

/// What was heard: the status, what matters of the body in one text, and the sandbox's time.
struct RacedAnswer: Hashable, Sendable, CustomStringConvertible {
    let status: Int
    let said: String
    let date: String

    var description: String { "\(status) \(said) at \(date.dropFirst(5).prefix(20))" }
}

/// One sandbox, whose calls happen one after the other. What a caller may be told, and in which order refusals come, stands here a second
/// time; how things stand and what may be done is the domain's.
final class RacedSandbox: SequentialObject {
    private let identifiers: Identifiers
    private let tokens: Tokens
    private var dates: [Timestamp: String] = [:]

    static let seed = 11
    static let beginning = "2026-03-02T09:00:00Z"
    static let emails = ["ann@example.com", "bob@example.com"]
    static let snapshot = "raced"

    /// Ann and Bob have a limit; Ann has a card too.
    static let scenario = """
        about: Two customers
        clock: {mode: frozen, now: \(beginning)}
        seed: \(seed)
        settings: {tokenLifetime: P4D, spendingLimit: 2500}
        given:
          users:
            ann: {email: \(emails[0])}
            bob: {email: \(emails[1])}
          decisions:
            ann's limit: {user: ann}
            bob's limit: {user: bob}
          paymentMethods:
            ann's card: {user: ann, token: {cardType: visa, lastFour: "1234", firstSix: "411111", token: t, billingZip: "20146"}}
        """

    /// - Parameter key: the sandbox's, which its secret comes from.
    init(key: String) {
        let secret = Array(SHA256.hash(data: Array("medusa-sandbox\0\(Self.seed)\0\(key)".utf8)))
        identifiers = Identifiers(secret: secret)
        tokens = Tokens(secret: secret)
    }

    /// How the scenario leaves it.
    var beginning: RacedWorld.State {
        var world = RacedWorld(now: Timestamp(reading: Self.beginning) ?? .earliest)
        world.settings.tokenLifetime = .days(4)
        world.settings.spendingLimit = .dollars(2500)
        for email in Self.emails { _ = create(email, &world) }
        for row in world.people.indices { _ = apply(Int64(row) + 1, &world) }
        world.methods = [1]
        return RacedWorld.State(world: world)
    }

    func agreementId(_ row: Int64) -> String { identifiers.identifier(.agreement, row) }
    func methodId(_ row: Int64) -> String { identifiers.identifier(.paymentMethod, row) }
    func userId(_ row: Int64) -> String { identifiers.identifier(.user, row) }
    func token(_ text: String) -> RacedRequest.Token? {
        tokens.customer(of: text).map { .init(text: text, userId: $0.userId, expiresAt: $0.expiresAt) }
    }
    func row(ofLease id: String) -> Int64? { tokens.row(ofLease: id) }

    // MARK: Carrying out

    private typealias Said = (status: Int, text: String)

    private struct Refused: Error {
        let said: Said
    }

    func carryOut(_ call: RacedRequest, in state: RacedWorld.State) -> (after: RacedWorld.State?, answer: RacedAnswer) {
        var after = state
        let said: Said
        do {
            said = try carryOut(call, &after)
        } catch let refusal as Refusal {
            // A refused call leaves nothing behind (decisions.md 21).
            after = state
            let response = Response.refusal(refusal)
            said = (response.status.rawValue, String(decoding: response.body, as: UTF8.self))
        } catch let refused as Refused {
            after = state
            said = refused.said
        } catch {
            preconditionFailure("\(error)")
        }
        let answer = RacedAnswer(status: said.status, said: said.text, date: date(after.world.now))
        return (after == state ? nil : after, answer)
    }

    func changesNothing(_ call: RacedRequest, answered answer: RacedAnswer) -> Bool {
        call.isRead || answer.status >= 400
    }

    private func date(_ moment: Timestamp) -> String {
        if let known = dates[moment] { return known }
        let date = moment.httpDate
        dates[moment] = date
        return date
    }

    private func carryOut(_ call: RacedRequest, _ state: inout RacedWorld.State) throws -> Said {
        switch call {
        case .save:
            state.saved = state.world
            return (201, "")
        case .restore:
            guard let saved = state.saved else { throw Refused(said: (404, "SnapshotNotFound")) }
            state.world = saved
            return (200, "")
        case .reset:
            state.world = beginning.world
            return (200, "")
        case .advance(let hours):
            state.world.now = state.world.now + .hours(hours)
            return (200, state.world.now.iso8601)
        case .spendingLimit(let dollars):
            state.world.settings.spendingLimit = .dollars(dollars)
            return (200, settings(state.world))
        case .minimumOrder(let dollars):
            state.world.settings.minimumOrder = .dollars(dollars)
            return (200, settings(state.world))
        case .transitDays(let days):
            state.world.settings.transitTime = .days(days)
            return (200, settings(state.world))
        case .tokenHours(let hours):
            state.world.settings.tokenLifetime = .hours(hours)
            return (200, settings(state.world))
        case .clock: return (200, state.world.now.iso8601)
        case .state: return (200, RacedText.state(state.world, self))
        case .transactions(let status):
            let listed = state.world.deals.reversed().filter {
                status == nil || $0.transaction.lease.status == status
            }
            return (200, listed.map { RacedText.transaction($0, state.world) }.joined(separator: "\n"))
        case .transaction(let reference):
            guard let place = state.world.place(ofDeal: reference) else { throw Refusal.leaseNotFound }
            return (200, RacedText.transaction(state.world.deals[place], state.world))
        case .createUser(let email):
            guard !state.world.people.contains(where: { $0.email == email }) else { throw Refusal.userAlreadyExists }
            let id = create(email, &state.world)
            return (200, "\(id) \(token(id, state.world))")
        case .authorize(let userId):
            guard state.world.row(ofPerson: userId) != nil else { throw Refusal.userNotFound }
            return (200, token(userId, state.world))
        case .decide, .hold, .expire: return try control(call, &state.world)
        case .apply(let token), .addCard(let token), .user(let token), .agreements(let token):
            return try ofCustomer(call, token, &state.world)
        case .createLease(let token, let reference, let items, let shipping, let discount):
            return try createLease(token, reference, items, shipping, discount, &state.world)
        case .sign(_, let row, let token): return try sign(row, token, &state.world)
        case .lease(_, let row, let token):
            let deal = state.world.deals[try place(row, try customer(token, state.world), state.world)]
            return (200, RacedText.lease(deal, state.world))
        case .collect(let row, let method, let amount, let token):
            return try collect(row, method, amount, token, &state.world)
        case .finalize(let reference):
            guard let place = state.world.place(ofDeal: reference) else { throw Refusal.leaseNotFound }
            try state.world.deals[place].transaction.finalize(at: state.world.now)
            return (200, identifiers.leaseNumber(state.world.deals[place].transaction.lease.id))
        case .cancel(let reference, _), .takeBack(let reference, _), .ship(let reference, _, _),
            .receive(let reference, _), .refund(let reference, _, _, _, _):
            guard let place = state.world.place(ofDeal: reference) else { throw Refusal.transactionNotFound }
            return try move(call, &state.world.deals[place], state.world)
        }
    }

    private func move(_ call: RacedRequest, _ deal: inout RacedWorld.Deal, _ world: RacedWorld) throws -> Said {
        switch call {
        case .cancel(_, let selections):
            return (200, RacedText.result(deal.transaction.cancel(selections, at: world.now)))
        case .takeBack(_, let selections):
            return (200, RacedText.result(deal.transaction.takeBack(selections, at: world.now)))
        case .ship(_, let selections, let shipDate):
            let isWhole = selections.isEmpty
            let shipments = (isWhole ? [nil] : selections.map(Optional.some)).map { selection in
                Transaction.Shipment(
                    sku: selection?.sku, quantity: selection?.quantity,
                    tracking: Line.Tracking(
                        carrier: isWhole ? "" : "ups", number: isWhole ? "" : "1Z", link: ""),
                    deliveredAt: (isWhole ? world.now : shipDate) + world.settings.transitTime)
            }
            try deal.transaction.ship(shipments, at: world.now)
            return (200, "")
        case .receive(_, let selections):
            let receipts =
                selections.isEmpty
                ? [Transaction.Receipt()] : selections.map { Transaction.Receipt(sku: $0.sku, quantity: $0.quantity) }
            try deal.transaction.receive(receipts, at: world.now)
            return (200, "")
        case .refund(_, let line, let sku, let item, let shipping):
            let credit = Credit(lineNumber: line, item: .dollars(item), shipping: .dollars(shipping))
            try deal.transaction.mayCredit([(sku, credit)], after: deal.credits)
            deal.credits.append(credit)
            return (200, "\(sku) \(line)")
        default: preconditionFailure("\(call) is no move")
        }
    }

    // MARK: Customers

    private func create(_ email: String, _ world: inout RacedWorld) -> String {
        let id = userId(Int64(world.people.count) + 1)
        world.people.append(RacedWorld.Person(id: id, email: email))
        return id
    }

    private func token(_ userId: String, _ world: RacedWorld) -> String {
        tokens.customerToken(userId: userId, at: world.now, lifetime: world.settings.tokenLifetime)
    }

    private func customer(_ token: RacedRequest.Token, _ world: RacedWorld) throws(Refusal) -> Int64 {
        guard world.now < token.expiresAt, let row = world.row(ofPerson: token.userId) else {
            throw .invalidCredentials
        }
        return row
    }

    private func apply(_ row: Int64, _ world: inout RacedWorld) -> Application {
        let application = Application(
            id: row, status: .approved, spendingLimit: world.settings.spendingLimit, createdAt: world.now)
        world.people[Int(row) - 1].application = application
        world.people[Int(row) - 1].verification = .succeeded
        world.people[Int(row) - 1].isOnHold = false
        return application
    }

    private func ofCustomer(_ call: RacedRequest, _ token: RacedRequest.Token, _ world: inout RacedWorld) throws -> Said
    {
        let row = try customer(token, world)
        switch call {
        case .apply:
            try world.user(row).mayApply()
            _ = apply(row, &world)
            return (200, RacedText.user(row, world))
        case .addCard:
            world.methods.append(row)
            return (201, "")
        case .user: return (200, RacedText.user(row, world))
        default:
            let own = world.deals.filter { $0.transaction.lease.customer == row }
            return (200, own.reversed().compactMap { RacedText.agreement($0, world, self) }.joined(separator: "\n"))
        }
    }

    private func control(_ call: RacedRequest, _ world: inout RacedWorld) throws -> Said {
        switch call {
        case .expire(let reference):
            guard let place = world.place(ofDeal: reference) else { throw Refused(said: (404, "LeaseNotFound")) }
            let lease = world.deals[place].transaction.lease
            guard lease.status == .pending else { throw Refused(said: (409, "LeaseSigned")) }
            var transaction = world.deals[place].transaction
            transaction.lease = Lease(
                id: lease.id, customer: lease.customer, createdAt: lease.createdAt,
                expiresAt: min(world.now, lease.expiresAt))
            world.deals[place].transaction = transaction
            return (200, RacedText.leaseState(world.deals[place], world))
        case .decide(let userId, let status, let limit):
            guard let row = world.row(ofPerson: userId) else { throw Refused(said: (404, "UserNotFound")) }
            var person = world.people[Int(row) - 1]
            guard person.application != nil else { throw Refused(said: (409, "NotApplied")) }
            let verdict = Application.Verdict.reviewed(status, limit: .dollars(limit))
            person.application?.status = verdict.status
            person.application?.spendingLimit = verdict.spendingLimit
            person.verification = verdict.verification
            person.isOnHold = verdict.spendingHold
            world.people[Int(row) - 1] = person
            return (200, RacedText.userState(row, world))
        case .hold(let userId, let isHeld):
            guard let row = world.row(ofPerson: userId) else { throw Refused(said: (404, "UserNotFound")) }
            world.people[Int(row) - 1].isOnHold = isHeld
            return (200, RacedText.userState(row, world))
        default: preconditionFailure("\(call) is no decision")
        }
    }

    // MARK: Leases

    private func createLease(
        _ token: RacedRequest.Token, _ reference: String, _ items: [RacedRequest.Item], _ shipping: Int64,
        _ discount: Int64, _ world: inout RacedWorld
    ) throws -> Said {
        let row = try customer(token, world)
        let user = world.user(row)
        let order = Order(
            reference: reference,
            items: items.map {
                Order.Item(
                    sku: $0.sku, brand: "b", description: "d", cost: Decimal($0.cost, places: 2), quantity: $0.quantity)
            }, shippingCost: .dollars(shipping), totalDiscount: .dollars(discount))
        try user.mayLease()
        guard world.place(ofDeal: reference) == nil else { throw Refusal.transactionIdInUse }
        try order.validate(available: user.availableBalance(at: world.now), world.settings)
        let id = Int64(world.deals.count) + 1
        let lease = Lease(
            id: id, customer: row, createdAt: world.now, expiresAt: world.now + world.settings.leaseLifetime)
        let transaction = Transaction(
            lease: lease, reference: reference, orderId: nil, shippingCost: order.shippingCost,
            payTomorrowTaxTotal: nil, terms: order.terms(world.settings), lines: order.lines)
        let deal = RacedWorld.Deal(
            leaseId: tokens.leaseId(userId: world.people[Int(row) - 1].id, row: id), transaction: transaction)
        world.deals.append(deal)
        return (200, "\(deal.leaseId) \(transaction.terms.cashPrice.dollarsText)")
    }

    /// A customer's own lease.
    private func place(_ lease: Int64, _ customer: Int64, _ world: RacedWorld) throws(Refusal) -> Int {
        guard lease <= world.deals.count, world.deals[Int(lease) - 1].transaction.lease.customer == customer else {
            throw .leaseNotFound
        }
        return Int(lease) - 1
    }

    private func sign(_ lease: Int64, _ token: RacedRequest.Token, _ world: inout RacedWorld) throws -> Said {
        let row = try customer(token, world)
        let place = try place(lease, row, world)
        guard world.deals[place].transaction.lease.status == .pending else { return (200, "") }
        try world.user(row).mayLease()
        try world.deals[place].transaction.maySign(at: world.now)
        guard world.methods.contains(row) else { throw Refusal.paymentRequired }
        world.deals[place].transaction.sign(at: world.now)
        return (200, "")
    }

    private func collect(
        _ lease: Int64, _ method: Int64, _ amount: Money, _ token: RacedRequest.Token, _ world: inout RacedWorld
    ) throws -> Said {
        let row = try customer(token, world)
        guard let place = try? place(lease, row, world), let agreement = world.agreement(world.deals[place]) else {
            throw Refusal.agreementNotFound
        }
        guard method <= world.methods.count, world.methods[Int(method) - 1] == row else {
            throw Refusal.paymentMethodNotFound
        }
        let payment = try Payment(of: amount, towards: agreement, from: world.user(row))
        world.deals[place].collected.append(
            Collected(amount: amount, at: world.now, isPayoff: payment.isPayoff))
        return (200, amount.dollarsText)
    }

    private func settings(_ world: RacedWorld) -> String {
        let settings = world.settings
        return
            "\(settings.spendingLimit.dollarsText) \(settings.minimumOrder.dollarsText) \(CalendarSpan(rest: settings.transitTime)) \(CalendarSpan(rest: settings.tokenLifetime))"
    }
}
