internal import Contract
internal import HTTP
internal import JSON
internal import MedusaStore

/// Route 4: all users of the calling vendor, newest first.
enum GetUsers {
    static let endpoint = Endpoint(
        .get, "/v3/users", title: "Get Users", section: .customer, source: "A.4", security: .apiKey,
        query: fields(Page.page, Page.limit),
        outcomes: [.init(.ok, meaning: "A page of users"), .invalid])

    static func answer(_ call: Call) throws -> Response {
        let page = Page(try call.input().query)
        let users = try call.store.users.page(page.number, of: page.size)
        let count = try call.store.users.count()
        return .data {
            $0.member("users", array: users) { writer, user in
                writer.object { $0.members(of: user, in: call) }
            }
            page.write(count, to: &$0)
        }
    }
}
