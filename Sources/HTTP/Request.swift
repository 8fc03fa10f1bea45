/// One request as it arrived, complete with its body.
package struct Request: Sendable {
    package var method: Method
    package var target: Target
    package var fields: Fields
    package var body: [UInt8]

    package init(method: Method, target: Target, fields: Fields = Fields(), body: [UInt8] = []) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
    }
}
