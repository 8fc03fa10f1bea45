internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 22: the customer's finalized leases, as a bare array. Amounts are cents.
enum GetAgreements {
    static let signed = Key.optional(
        "signed", .boolean, "Only those whose lease is signed, or not; that of every agreement is")
    static let sort = Key.optional(
        "sort", .documented(Order.allCases.map(\.rawValue) + directions), "What they are ordered by, or which way")
    static let orderBy = Key.optional(
        "orderBy", .documented(Order.allCases.map(\.rawValue) + directions), "Likewise: whichever `sort` does not say")

    /// The members of an agreement that have an order.
    private enum Order: String, CaseIterable {
        case leaseStartDate, pastDue, estimatedOwnership, earlyPayoff, referenceId, id
    }

    private static let directions = ["asc", "desc"]

    static let endpoint = Endpoint(
        .get, "/v3/customers/me/agreements", title: "Get Agreements", section: .lease,
        source: .documented("3.0, Lease / Get Agreements"),
        security: .customerToken, query: fields(Page.page, Page.limit, signed, sort, orderBy),
        outcomes: [
            .init(
                .ok, meaning: "Every agreement, newest first; a page of them where the query asks for one",
                body: .array(of: .named("Agreement", agreement), counts: Schema.anyCount),
                sample: Sample(PackageResources.get_agreements_200_json)),
            .credentials, .invalid,
        ])

    private static let agreement: [Field] = [
        .always("id", .text(), "Agreement id"),
        .always("referenceId", .text(), "Agreement reference"),
        .always("pastDue", .count, "Past due in cents, 0 if nothing is"),
        .always("leaseStartDate", .timestamp, "The first billing date"),
        .always("estimatedOwnership", .count, "Estimated amount to own, in cents"),
        .always("earlyPayoff", .count, "Total to pay off early, in cents"),
        .always(
            "items",
            .array(
                of: .named(
                    "AgreementItem",
                    [
                        .always("description", .text(), "Item description"),
                        .always("trackingCarrierName", .text(), "Carrier; empty before shipment"),
                        .always("trackingNumber", .text(), "Tracking number; empty where there is none"),
                        .always("trackingStatus", .text(), "`pending`, `in_transit`, `delivered`"),
                    ]), counts: Schema.anyCount), "Items"),
    ]

    static func answer(_ call: Call) throws -> Response {
        let user = try call.customer()
        let query = try call.input().query
        var agreements: [Agreement] = []
        for transaction in try call.store.transactions.finalized(of: user.id, vendor: call.vendor) {
            if let agreement = try call.agreement(transaction, of: user) { agreements.append(agreement) }
        }
        return .list(page(of: ordered(agreements, by: query, in: call), query), in: call) { writer, agreement in
            writer.object {
                let row = agreement.transaction.lease.id
                $0.member("id", call.sandbox.identifiers.identifier(.agreement, row))
                $0.member("referenceId", call.sandbox.identifiers.reference(row))
                $0.member("pastDue", cents: agreement.pastDue)
                $0.member("leaseStartDate", agreement.leaseStart)
                $0.member("estimatedOwnership", cents: agreement.estimatedOwnership)
                $0.member("earlyPayoff", cents: agreement.earlyPayoff)
                $0.member("items", array: agreement.transaction.lines) { writer, line in
                    writer.object {
                        $0.member("description", line.description)
                        $0.member("trackingCarrierName", line.tracking?.carrier ?? "")
                        $0.member("trackingNumber", line.tracking?.number ?? "")
                        $0.member("trackingStatus", line.trackingStatus(at: call.now))
                    }
                }
            }
        }
    }
}

extension GetAgreements {
    /// `sort` and `orderBy` as the beta page names them; it does not say which is the member and which the direction, so either may be.
    private static func ordered(_ agreements: [Agreement], by query: Values, in call: Call) -> [Agreement] {
        // Every agreement is of a lease that was signed.
        guard query[signed] != false else { return [] }
        let words = [query[orderBy], query[sort]].compactMap { $0?.lowercased() }
        let order = Order.allCases.first { words.contains($0.rawValue.lowercased()) }
        let isDescending = words.contains("desc")
        guard let order else { return words.contains("asc") ? agreements.reversed() : agreements }
        let (identifiers, rows) = (call.sandbox.identifiers, agreements.enumerated())
        func precedes(_ left: Agreement, _ right: Agreement) -> Bool? {
            let (first, second) = (left.transaction.lease.id, right.transaction.lease.id)
            return switch order {
            case .leaseStartDate: Self.precedes(left.leaseStart, right.leaseStart)
            case .pastDue: Self.precedes(left.pastDue, right.pastDue)
            case .estimatedOwnership: Self.precedes(left.estimatedOwnership, right.estimatedOwnership)
            case .earlyPayoff: Self.precedes(left.earlyPayoff, right.earlyPayoff)
            case .referenceId: Self.precedes(identifiers.reference(first), identifiers.reference(second))
            case .id:
                Self.precedes(identifiers.identifier(.agreement, first), identifiers.identifier(.agreement, second))
            }
        }
        // Those that are equal stay newest first.
        return rows.sorted { left, right in
            guard let isBefore = precedes(left.element, right.element) else { return left.offset < right.offset }
            return isBefore != isDescending
        }.map(\.element)
    }

    /// `nil` for equals.
    private static func precedes<Value: Comparable>(_ left: Value, _ right: Value) -> Bool? {
        left == right ? nil : left < right
    }

    /// All of them, unless a page is asked for.
    private static func page(of agreements: [Agreement], _ query: Values) -> [Agreement] {
        guard query[Page.page] != nil || query[Page.limit] != nil else { return agreements }
        let page = Page(query)
        return Array(agreements.dropFirst((page.number - 1) * page.size).prefix(page.size))
    }
}

extension Call {
    /// A finalized transaction as its customer pays it off.
    func agreement(_ transaction: Transaction, of user: User) throws -> Agreement? {
        try sandbox.agreement(transaction, of: user, at: now)
    }
}

extension Line {
    /// `delivered` is the documented word; the other two are ours.
    fileprivate func trackingStatus(at now: Timestamp) -> String {
        guard !parcels.isEmpty else { return "pending" }
        return parcels.allSatisfy { $0.isDelivered(at: now) } ? "delivered" : "in_transit"
    }
}
