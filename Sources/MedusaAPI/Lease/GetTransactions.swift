internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore

/// Route 13: the merchant's transactions, newest first.
enum GetTransactions {
    static let leaseStatus = Key.optional("leaseStatus", .oneOf("signed", "pending"), "Filter by lease status")
    static let fromDate = Key.optional("fromDate", .date(within: .calendar), "Start date to retrieve")
    static let toDate = Key.optional(
        "toDate", .lastMoment(within: .calendar), "End date to retrieve; a date without a time includes that day")

    static let endpoint = Endpoint(
        .get, "/v3/transactions", title: "Get Transactions", section: .lease,
        source: .documented("3.0, Lease / Get Transactions"), security: .apiKey, headers: [.consumer],
        query: fields(Page.page, Page.limit, leaseStatus, fromDate, toDate),
        outcomes: [
            .init(
                .ok, meaning: "A page of transactions, newest first",
                body: .data([
                    .always(
                        "transactions", .array(of: .transaction, counts: 0...1000), "The transactions of this page"),
                    Page.meta,
                ]), sample: Sample(PackageResources.get_transactions_200_json)),
            .invalid,
        ])

    static func answer(_ call: Call) throws -> Response {
        let query = try call.input().query
        let page = Page(query)
        let filter = Transactions.Filter(
            status: query[leaseStatus].flatMap(Lease.Status.init), from: query[fromDate],
            before: query[toDate].map { $0 + .milliseconds(1) }, vendor: call.vendor)
        let listed = try call.store.transactions.page(page.number, of: page.size, filter)
        let count = try call.store.transactions.count(filter)
        return .data {
            $0.member("transactions", array: listed) { writer, row in
                writer.object {
                    $0.members(
                        of: row.transaction, firstName: row.firstName, lastName: row.lastName, email: row.email,
                        in: call)
                }
            }
            page.write(count, to: &$0)
        }
    }
}
