import Foundation
import JSON
import Medusa
import Support

/// What matters of an answer, as one text: out of the domain's values, and out of the JSON that a server wrote.
enum RacedText {
    // MARK: Of values

    static func transaction(_ deal: RacedWorld.Deal, _ world: RacedWorld) -> String {
        let transaction = deal.transaction
        let lease = transaction.lease
        let items = transaction.lines.map { line in
            let counts = line.quantityByStatus.map { "\($0.stage.rawValue) \($0.count)" }.joined(separator: ", ")
            return "\(line.sku) at \(line.cost) (\(counts))"
        }
        return
            "\(transaction.reference) of \(world.people[Int(lease.customer) - 1].email): \(lease.status.rawValue) since \(lease.createdAt.iso8601), \(items.joined(separator: "; ")), \(transaction.terms.cashPrice.cents)"
    }

    static func lease(_ deal: RacedWorld.Deal, _ world: RacedWorld) -> String {
        let lease = deal.transaction.lease
        return
            "\(deal.leaseId) \(lease.status.rawValue) \(deal.transaction.terms.payment.dollarsText) \(lease.isExpired(at: world.now))"
    }

    static func user(_ row: Int64, _ world: RacedWorld) -> String {
        let user = world.user(row)
        let orders = user.engagements.map { "\($0.reference) \($0.lease.status.rawValue)" }.sorted()
        let decision = user.application.map {
            "\($0.status.rawValue), \(user.availableBalance(at: world.now).dollarsText) of \($0.spendingLimit.dollarsText)"
        }
        return "\(user.email): \(decision ?? "undecided"), \(orders.joined(separator: ", "))"
    }

    static func agreement(_ deal: RacedWorld.Deal, _ world: RacedWorld, _ sandbox: RacedSandbox) -> String? {
        world.agreement(deal).map {
            "\(sandbox.agreementId(deal.transaction.lease.id)) from \($0.leaseStart.iso8601): \($0.pastDue.cents) past due, \($0.earlyPayoff.cents) of \($0.estimatedOwnership.cents)"
        }
    }

    static func result(_ result: Transaction.Result) -> String {
        [result.done, result.failed].map { units in
            units.map { "\($0.sku) \($0.quantity)" }.joined(separator: ", ")
        }.joined(separator: "; failed: ")
    }

    static func userState(_ row: Int64, _ world: RacedWorld) -> String {
        let user = world.user(row)
        let decision = user.application.map {
            "\($0.status.rawValue), \(user.availableBalance(at: world.now).dollarsText) of \($0.spendingLimit.dollarsText)"
        }
        return "\(user.email): \(decision ?? "undecided")\(user.spendingHold ? ", on hold" : "")"
    }

    static func leaseState(_ deal: RacedWorld.Deal, _ world: RacedWorld) -> String {
        let lease = deal.transaction.lease
        let items = deal.transaction.lines.map { line in
            let counts = line.quantityByStatus.map { "\($0.stage.rawValue) \($0.count)" }.joined(separator: ", ")
            let parcels = line.parcels.map { "\($0.deliveredAt.iso8601) \($0.shipped) \($0.received)" }
            return "\(line.sku) (\(counts)) [\(parcels.joined(separator: ", "))]"
        }
        let moments = [lease.createdAt, lease.expiresAt, lease.signedAt, lease.finalizedAt].map { $0?.iso8601 ?? "" }
        return "\(deal.transaction.reference): \(moments.joined(separator: ", ")): \(items.joined(separator: "; "))"
    }

    static func state(_ world: RacedWorld, _ sandbox: RacedSandbox) -> String {
        let users = world.people.indices.map { userState(Int64($0) + 1, world) }
        let agreements = world.deals.compactMap { agreement($0, world, sandbox) }
        return ([world.now.iso8601] + users + world.deals.map { leaseState($0, world) } + agreements)
            .joined(separator: "\n")
    }

    // MARK: Of answers

    static func transaction(_ json: JSON) -> String {
        let items = (json["items"]?.elements ?? []).map { item in
            "\(text(item["sku"])) at \(text(item["cost"])) (\(counts(item["quantityByStatus"])))"
        }
        return
            "\(text(json["id"])) of \(text(json["customer"]?["email"])): \(text(json["lease"]?["status"])) since \(text(json["createdAt"])), \(items.joined(separator: "; ")), \(text(json["purchaseTotal"]))"
    }

    static func lease(_ json: JSON) -> String {
        "\(text(json["leaseId"])) \(text(json["leaseStatus"])) \(text(json["payment"])) \(json["isExpired"]?.bool ?? false)"
    }

    static func user(_ json: JSON) -> String {
        let orders = (json["transactions"]?.elements ?? []).map { "\(text($0["id"])) \(text($0["lease"]?["status"]))" }
        return "\(text(json["email"])): \(decision(json["decision"])), \(orders.sorted().joined(separator: ", "))"
    }

    private static func decision(_ json: JSON?) -> String {
        guard let json else { return "undecided" }
        return "\(text(json["status"])), \(text(json["availableBalance"])) of \(text(json["spendingLimit"]))"
    }

    static func agreement(_ json: JSON) -> String {
        "\(text(json["id"])) from \(text(json["leaseStartDate"])): \(text(json["pastDue"])) past due, \(text(json["earlyPayoff"])) of \(text(json["estimatedOwnership"]))"
    }

    static func result(_ json: JSON, done: String) -> String {
        [done, "failed"].map { name in
            (json[name]?.elements ?? []).map { "\(text($0["sku"])) \(text($0["quantity"]))" }.joined(separator: ", ")
        }.joined(separator: "; failed: ")
    }

    static func userState(_ json: JSON) -> String {
        "\(text(json["email"])): \(decision(json["decision"]))\(json["spendingHold"]?.bool == true ? ", on hold" : "")"
    }

    static func leaseState(_ json: JSON) -> String {
        let items = (json["items"]?.elements ?? []).map { item in
            let parcels = (item["parcels"]?.elements ?? []).map {
                "\(text($0["deliveredAt"])) \(text($0["shipped"])) \(text($0["received"]))"
            }
            return
                "\(text(item["sku"])) (\(counts(item["quantityByStatus"]))) [\(parcels.joined(separator: ", "))]"
        }
        let moments = ["createdAt", "expiresAt", "signedAt", "finalizedAt"].map { text(json[$0]) }
        return "\(text(json["transactionId"])): \(moments.joined(separator: ", ")): \(items.joined(separator: "; "))"
    }

    static func state(_ json: JSON) -> String {
        let agreements = (json["agreements"]?.elements ?? []).map { agreement in
            // In dollars here.
            let amounts = ["pastDue", "earlyPayoff", "estimatedOwnership"].map { cents(agreement[$0]) }
            return
                "\(text(agreement["agreementId"])) from \(text(agreement["leaseStartDate"])): \(amounts[0]) past due, \(amounts[1]) of \(amounts[2])"
        }
        return
            ([text(json["clock"]?["now"])] + (json["users"]?.elements ?? []).map(userState)
            + (json["transactions"]?.elements ?? []).map(leaseState) + agreements).joined(separator: "\n")
    }

    private static func cents(_ json: JSON?) -> String {
        Decimal(text(json)).map { String($0.money(times: 1).cents) } ?? "?"
    }

    private static func counts(_ json: JSON?) -> String {
        (json?.members ?? []).map { "\($0.name) \(text($0.value))" }.joined(separator: ", ")
    }

    static func text(_ json: JSON?) -> String { json?.string ?? json?.numberText ?? "" }
}

extension RacedRequest {
    /// What an answer to it says.
    func heard(_ response: Support.Connection.Response) -> RacedAnswer {
        RacedAnswer(status: response.status, said: said(response), date: response.field("date") ?? "")
    }

    private func said(_ response: Support.Connection.Response) -> String {
        guard response.status < 300 else { return isControl ? code(response) : response.body }
        guard let json = try? JSON(Array(response.body.utf8)) else { return response.body }
        let data = json["data"] ?? json
        let text = RacedText.text
        switch self {
        case .createUser: return "\(text(data["userId"])) \(text(data["token"]))"
        case .authorize: return text(data["token"])
        case .apply, .user: return RacedText.user(data)
        case .createLease: return "\(text(data["leaseId"])) \(text(data["cashPrice"]))"
        case .finalize: return text(data["leaseNumber"])
        case .cancel: return RacedText.result(data, done: "canceled")
        case .takeBack: return RacedText.result(data, done: "returned")
        case .refund:
            return (data["refunded"]?.elements ?? []).map { "\(text($0["sku"])) \(text($0["lineNumber"]))" }
                .joined(separator: ", ")
        case .collect: return json.elements.map { text($0["amount"]) }.joined(separator: ", ")
        case .transaction: return RacedText.transaction(data)
        case .transactions:
            return (data["transactions"]?.elements ?? []).map(RacedText.transaction).joined(separator: "\n")
        case .lease: return RacedText.lease(data)
        case .agreements: return json.elements.map(RacedText.agreement).joined(separator: "\n")
        case .clock, .advance: return text(data["now"])
        case .state: return RacedText.state(data)
        case .spendingLimit, .minimumOrder, .transitDays, .tokenHours:
            return ["spendingLimit", "minimumOrder", "transitTime", "tokenLifetime"].map { text(data[$0]) }
                .joined(separator: " ")
        case .decide, .hold: return RacedText.userState(data)
        case .expire: return RacedText.leaseState(data)
        case .addCard, .sign, .ship, .receive, .save, .restore, .reset: return ""
        }
    }

    /// A control call's words are no part of the model; its code is.
    private func code(_ response: Support.Connection.Response) -> String {
        (try? JSON(Array(response.body.utf8)))?["error"]?["code"]?.string ?? response.body
    }

    var isControl: Bool {
        switch self {
        case .clock, .state, .advance, .spendingLimit, .minimumOrder, .transitDays, .tokenHours, .decide, .hold,
            .expire, .save, .restore, .reset:
            true
        default: false
        }
    }

    var isRead: Bool {
        switch self {
        case .transaction, .transactions, .lease, .user, .agreements, .clock, .state, .authorize: true
        default: false
        }
    }
}

/// A request as it goes over the wire.
struct RacedMessage: Hashable, Sendable {
    let method: String
    let path: String
    var body: String?
    var token: String?

    init(_ method: String, _ path: String, _ body: String? = nil, token: String? = nil) {
        (self.method, self.path, self.body, self.token) = (method, path, body, token)
    }
}

extension RacedRequest {
    func message(to sandbox: RacedSandbox) -> RacedMessage {
        switch self {
        case .createUser(let email):
            RacedMessage("POST", "/v3/users", #"{"firstName":"John","lastName":"Doe","email":"\#(email)"}"#)
        case .authorize(let userId): RacedMessage("GET", "/v3/users/\(userId)/authorize")
        case .apply(let token): RacedMessage("POST", "/v3/users/me/apply", Self.application, token: token.text)
        case .addCard(let token): RacedMessage("POST", "/v3/paymentMethods/add", Shop.card, token: token.text)
        case .createLease(let token, let reference, let items, let shipping, let discount):
            RacedMessage(
                "POST", "/v3/leases", Self.order(reference, items, shipping, discount), token: token.text)
        case .sign(let leaseId, _, let token):
            RacedMessage(
                "POST", "/v3/leases/\(leaseId)/sign", #"{"ipAddress":"127.0.0.1","signed":true}"#, token: token.text)
        case .finalize(let reference): RacedMessage("POST", "/v3/transactions/\(reference)/finalize")
        case .cancel(let reference, let selections):
            RacedMessage("POST", "/v3/transactions/\(reference)/cancel", Self.items(selections))
        case .takeBack(let reference, let selections):
            RacedMessage("POST", "/v3/transactions/\(reference)/return", Self.items(selections))
        case .ship(let reference, let selections, let shipDate):
            RacedMessage(
                "POST", "/v3/transactions/\(reference)/confirm-shipment",
                Self.items(
                    selections, also: #","carrier":"ups","trackingNumber":"1Z","shipDate":"\#(shipDate.iso8601)""#))
        case .receive(let reference, let selections):
            RacedMessage("POST", "/v3/transactions/\(reference)/confirm-receipt", Self.items(selections))
        case .refund(let reference, let line, let sku, let item, let shipping):
            RacedMessage(
                "POST", "/v3/transactions/\(reference)/refund",
                #"{"items":[{"lineNumber":\#(line),"sku":"\#(sku)","itemCredit":\#(item),"shippingCredit":\#(shipping)}]}"#
            )
        case .collect(let row, let method, let amount, let token):
            RacedMessage(
                "POST", "/v3/customers/me/agreements/\(sandbox.agreementId(row))/transactions/payment",
                #"{"paymentMethodId":"\#(sandbox.methodId(method))","amount":\#(amount.dollarsText)}"#,
                token: token.text)
        case .transaction(let reference): RacedMessage("GET", "/v3/transactions/\(reference)")
        case .transactions(let status):
            RacedMessage("GET", "/v3/transactions?limit=1000" + (status.map { "&leaseStatus=\($0.rawValue)" } ?? ""))
        case .lease(let leaseId, _, let token): RacedMessage("GET", "/v3/leases/\(leaseId)", token: token.text)
        case .user(let token): RacedMessage("GET", "/v3/users/me", token: token.text)
        case .agreements(let token): RacedMessage("GET", "/v3/customers/me/agreements", token: token.text)
        case .clock, .state, .advance, .spendingLimit, .minimumOrder, .transitDays, .tokenHours, .decide, .hold,
            .expire, .save, .restore, .reset:
            controlMessage
        }
    }

    private var controlMessage: RacedMessage {
        switch self {
        case .state: RacedMessage("GET", "/_sandbox/state")
        case .advance(let hours): RacedMessage("POST", "/_sandbox/clock/advance", #"{"by":"PT\#(hours)H"}"#)
        case .spendingLimit(let dollars): Self.setting("spendingLimit", "\(dollars)")
        case .minimumOrder(let dollars): Self.setting("minimumOrder", "\(dollars)")
        case .transitDays(let days): Self.setting("transitTime", #""P\#(days)D""#)
        case .tokenHours(let hours): Self.setting("tokenLifetime", #""PT\#(hours)H""#)
        case .decide(let userId, let status, let limit):
            RacedMessage(
                "PUT", "/_sandbox/users/\(userId)/decision",
                #"{"status":"\#(status.rawValue)","spendingLimit":\#(limit)}"#)
        case .hold(let userId, let isHeld):
            RacedMessage("PUT", "/_sandbox/users/\(userId)/hold", #"{"spendingHold":\#(isHeld)}"#)
        case .expire(let reference): RacedMessage("POST", "/_sandbox/leases/\(reference)/expire")
        case .save: RacedMessage("POST", "/_sandbox/snapshots", #"{"name":"\#(RacedSandbox.snapshot)"}"#)
        case .restore: RacedMessage("POST", "/_sandbox/snapshots/\(RacedSandbox.snapshot)/restore")
        case .reset: RacedMessage("POST", "/_sandbox/reset")
        default: RacedMessage("GET", "/_sandbox/clock")
        }
    }

    private static let application = Shop.application()

    private static func setting(_ name: String, _ value: String) -> RacedMessage {
        RacedMessage("PATCH", "/_sandbox/settings", #"{"\#(name)":\#(value)}"#)
    }

    private static func items(_ selections: [Transaction.Selection], also members: String = "") -> String? {
        guard !selections.isEmpty else { return nil }
        let items = selections.map { selection in
            #"{"sku":"\#(selection.sku)"\#(selection.quantity.map { #","quantity":\#($0)"# } ?? "")\#(members)}"#
        }
        return #"{"items":[\#(items.joined(separator: ","))]}"#
    }

    private static func order(_ reference: String, _ items: [Item], _ shipping: Int64, _ discount: Int64) -> String {
        let items = items.map {
            #"{"brand":"b","sku":"\#($0.sku)","description":"d","cost":\#(Money(cents: $0.cost).dollarsText),"quantity":\#($0.quantity)}"#
        }
        return
            #"{"transactionId":"\#(reference)","items":[\#(items.joined(separator: ","))],"shipping":{"cost":\#(shipping)},"totalDiscount":\#(discount)}"#
    }
}
