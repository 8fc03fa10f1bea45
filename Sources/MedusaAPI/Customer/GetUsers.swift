internal import Contract
internal import HTTP
internal import JSON
internal import MedusaStore

/// Route 4: all users of the calling vendor, newest first.
enum GetUsers {
    static let endpoint = Endpoint(
        .get, "/v3/users", title: "Get Users", section: .customer, source: .documented("3.0, Customer / Get Users"),
        security: .apiKey, headers: [.consumer],
        query: fields(Page.page, Page.limit),
        outcomes: [
            .init(
                .ok, meaning: "A page of users, newest first",
                body: .data([
                    .always("users", .array(of: .user, counts: 0...1000), "The users of this page"), Page.meta,
                ]), sample: Sample(PackageResources.get_users_200_json)),
            .invalid,
        ])

    static func answer(_ call: Call) throws -> Response {
        let page = Page(try call.input().query)
        let users = try call.store.users.page(page.number, of: page.size, vendor: call.vendor)
        let count = try call.store.users.count(vendor: call.vendor)
        return .data {
            $0.member("users", array: users) { writer, user in
                writer.object { $0.members(of: user, in: call) }
            }
            page.write(count, to: &$0)
        }
    }
}
