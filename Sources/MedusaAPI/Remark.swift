package import Contract
package import JSON
package import Sandbox

extension Sandbox {
    /// Members of a body as they are kept: without their secrets, as in the journal, for a state is shown to anybody who looks.
    ///
    /// - Returns: `nil` where none of them is there.
    package func remark(of body: JSON, _ fields: [Field]) -> [UInt8]? {
        var isEmpty = true
        let said = JSONWriter.write { writer in
            writer.object { object in
                for field in fields {
                    guard let value = body[field.name] ?? field.formerName.flatMap({ body[$0] }) else { continue }
                    isEmpty = false
                    object.key(field.name)
                    object.raw(Array(value.source))
                }
            }
        }
        guard !isEmpty else { return nil }
        guard !showsSecrets, let json = try? JSON(said) else { return said }
        var secrets = Secrets()
        return secrets.body(json, seenSecrets, learns: true)
    }
}
