/// One answer. The server adds `Date`, `Content-Length` and `Connection`.
package struct Response: Sendable {
    package var status: Status
    package var fields: [(name: String, value: String)]
    package var body: [UInt8]

    package init(_ status: Status, fields: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// A JSON answer, with the content type that decisions.md 2 gives every one of them.
    package static func json(_ status: Status, _ body: [UInt8]) -> Response {
        Response(status, fields: jsonFields, body: body)
    }

    private static let jsonFields = [(name: "Content-Type", value: "application/json; charset=utf-8")]
}
