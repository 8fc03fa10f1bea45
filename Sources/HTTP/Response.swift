/// One answer. The server adds `Content-Length`, `Connection`, and `Date` where it is not given.
package struct Response {
    package var status: Status
    package var fields: [NamedValue]
    package var body: [UInt8]
    /// `nil` for an answer that leaves at once and whole.
    package var delivery: Delivery?
    /// What follows the header in the place of `body`.
    package var live: (any LiveBody)?

    package init(_ status: Status, fields: [NamedValue] = [], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// A JSON answer, with the content type that decisions.md 2 gives every one of them.
    package static func json(_ status: Status, _ body: [UInt8]) -> Response {
        Response(status, fields: jsonFields, body: body)
    }

    private static let jsonFields = [NamedValue("Content-Type", "application/json; charset=utf-8")]
}
