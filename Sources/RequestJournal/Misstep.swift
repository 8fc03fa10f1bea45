internal import JSON
internal import Medusa
internal import MedusaStore

/// What an integration does against the documented order: it works here, or is refused, and would cost something in production.
package enum Misstep: String, CaseIterable, Sendable {
    case finalizedBeforeSigned, deliveredBeforeFinalized, leasedBeforeDecided, shipmentNeverConfirmed
    case contractNeverSeen, tokenOfAnotherKey, transactionIdReused, retriedWithoutPause

    /// What is wrong, and what to do instead.
    package var sentence: String {
        switch self {
        case .finalizedBeforeSigned:
            "a transaction was finalized before its lease was signed; ask Get Transaction for the lease's status first"
        case .deliveredBeforeFinalized: "a delivery was confirmed before the transaction was finalized"
        case .leasedBeforeDecided:
            "a lease was asked for before the customer had an approval; look at the decision first"
        case .shipmentNeverConfirmed:
            "a finalized transaction was never shipped, received or cancelled; FlexShopper pays once it has a delivery confirmation"
        case .contractNeverSeen:
            "a lease was created, and its contract neither fetched nor signed; show it to the customer in full"
        case .tokenOfAnotherKey:
            "a customer token was used with another API key than the one that minted it; production may suspend both accounts"
        case .transactionIdReused: "a transaction id was used for a second lease; make a new one for each"
        case .retriedWithoutPause:
            "a request was repeated within a tenth of a second of a 5xx or 429; wait before trying again"
        }
    }

    /// The page that says so.
    package var page: String {
        switch self {
        case .tokenOfAnotherKey: "3.0, Authentication"
        case .shipmentNeverConfirmed: "Payment Plugin guide"
        case .finalizedBeforeSigned, .deliveredBeforeFinalized, .leasedBeforeDecided, .contractNeverSeen:
            "Medusa integration guide"
        case .transactionIdReused: "3.0, Lease / Create Lease"
        case .retriedWithoutPause: "good manners; no page has it"
        }
    }
}

/// Follows a run from request to request, and notices the missteps.
struct MisstepFinder {
    private var found: [Misstep: [Int64]] = [:]
    private var counts: [Misstep: Int] = [:]
    private var contracts: [Order: Int64] = [:]
    private var deliveries: [Order: Int64] = [:]
    private var lastFailure: [Repetition: Timestamp] = [:]

    /// An order of a world; another world gives the same rows to others.
    private struct Order: Hashable {
        let world: Int64
        let lease: Int64
    }

    private struct Repetition: Hashable {
        let method: String
        let target: String
        let body: [UInt8]
    }

    private static let pause = Timestamp.Span.milliseconds(100)
    private static let mostIds = 20

    mutating func meet(_ request: RecordedRequest) {
        let entry = request.entry
        notice(refusal: request)
        retries(request)
        guard entry.status < 400, let lease = entry.lease else { return }
        let order = Order(world: entry.world, lease: lease)
        switch entry.operation {
        case "createLease": if request.caller != "modal" { contracts[order] = entry.id }
        case "getLeaseByID", "signLease": contracts[order] = nil
        case "finalizeLease": if deliveries[order] == nil { deliveries[order] = entry.id }
        case "confirmShipment", "confirmReceipt": deliveries[order] = -1
        case "cancelItems":
            if request.notes?["after"]?["lease"]?["status"]?.string == "canceled" {
                deliveries[order] = -1
                contracts[order] = nil
            }
        default: break
        }
    }

    /// What can only be said at the end.
    mutating func finish() -> [(misstep: Misstep, count: Int, ids: [Int64])] {
        for id in contracts.values.sorted() { note(.contractNeverSeen, id) }
        for id in deliveries.values.sorted() where id > 0 { note(.shipmentNeverConfirmed, id) }
        return Misstep.allCases.compactMap { misstep in
            counts[misstep].map { (misstep, $0, found[misstep] ?? []) }
        }
    }

    private mutating func note(_ misstep: Misstep, _ id: Int64) {
        counts[misstep, default: 0] += 1
        if found[misstep, default: []].count < Self.mostIds { found[misstep, default: []].append(id) }
    }

    private mutating func notice(refusal request: RecordedRequest) {
        let entry = request.entry
        guard entry.status >= 400, request.notes?["fault"] == nil else { return }
        if request.notes?["tokenProblem"]?.string == "ofAnotherKey" { note(.tokenOfAnotherKey, entry.id) }
        guard entry.status == 400, let refusal = request.refusal else { return }
        switch (entry.operation, refusal.code ?? "") {
        case ("createLease", "InvalidTransactionId"): note(.transactionIdReused, entry.id)
        case ("createLease", "InvalidCustomer"):
            if request.notes?["before"]?["customer"]?["decision"]?.string == "undecided" {
                note(.leasedBeforeDecided, entry.id)
            }
        case ("finalizeLease", ""):
            if refusal.message.contains("must be signed") { note(.finalizedBeforeSigned, entry.id) }
        case ("confirmShipment", ""), ("confirmReceipt", ""):
            if refusal.message.contains("must be finalized") { note(.deliveredBeforeFinalized, entry.id) }
        default: break
        }
    }

    private mutating func retries(_ request: RecordedRequest) {
        let entry = request.entry
        let repetition = Repetition(method: entry.method, target: entry.target, body: entry.requestBody)
        if let failed = lastFailure[repetition], entry.arrived - failed < Self.pause {
            note(.retriedWithoutPause, entry.id)
        }
        let isFailure = entry.status >= 500 || entry.status == 429
        lastFailure[repetition] = isFailure ? entry.arrived : nil
    }
}
