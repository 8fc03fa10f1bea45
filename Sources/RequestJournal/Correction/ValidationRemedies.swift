internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// Where a field is the obstacle: the value that the declaration asks for, in its place.
extension Planner {
    func mendValidation(_ stop: Rehearsal.Stop, _ again: Int, _ rehearsal: Rehearsal) -> Bool {
        let (index, message) = (stop.index, stop.message)
        if message.contains("must be signed") { return signFirst(index) }
        if message.contains("must be finalized") { return finalizeFirst(index) }
        if message.hasPrefix("\"answers") || message.contains("latest verification questions") {
            return answerQuestions(index, rehearsal)
        }
        guard let endpoint = endpoint(of: index) else { return false }
        if message.contains("JSON format") || message.hasPrefix("\"value\"") || again == 3 {
            script.steps[index].body = Specimen.body(of: endpoint).map { .json($0) }
            if script.steps[index].body == nil { script.steps[index].contentType = nil }
            note("the body is one that the documents would take")
            return true
        }
        guard message.hasPrefix("\"") else { return false }
        let path = String(message.dropFirst().prefix { $0 != "\"" })
        if message.contains("phone to send") { return asNewCustomer(index, 1) }
        if message.hasSuffix("is not allowed") && !message.contains("empty") { return drop(index, path, endpoint) }
        if path == "x-consumer-custom-id" {
            script.steps[index].fields.removeAll { $0.name.lowercased() == path }
            note("\(path) is left to the gateway")
            return true
        }
        if let field = endpoint.headers.first(where: { $0.name == path }) {
            script.steps[index].fields.append(
                NamedValue(path, path.hasSuffix("ip") ? "127.0.0.1" : Specimen.value(of: field).string ?? "1"))
            note("the header has \(path)")
            return true
        }
        if let field = endpoint.query.first(where: { $0.name == path }) {
            var query = script.steps[index].query.filter { $0.name != path }
            if field.isRequired || again > 0, let text = Specimen.value(of: field).string {
                query.append(NamedValue(path, text))
            }
            script.steps[index].query = query
            note("\(path) is left out or one that is allowed")
            return true
        }
        if let place = parameterPlace(path, endpoint) {
            let field = endpoint.pathField(path)
            script.steps[index].segments[place] = .text(Specimen.value(of: field).string ?? "1")
            note("{\(path)} is one that is allowed")
            return true
        }
        let parts = Draft.parts(of: path)
        guard let field = Specimen.field(at: parts, of: endpoint.body) else {
            // A value that only the domain can judge.
            script.steps[index].body = Specimen.body(of: endpoint).map { .json($0) }
            note("the body is one that the documents would take")
            return true
        }
        if case .json = script.steps[index].body {} else { script.steps[index].body = .json(.object([])) }
        script.steps[index].contentType = "application/json"
        guard case .json(var draft) = script.steps[index].body else { return false }
        let value: Draft = if case .index = parts.last { element(of: field) } else { Specimen.value(of: field) }
        draft.change(at: parts[...]) { $0 = value }
        script.steps[index].body = .json(draft)
        note("\(path) is \(value.json { $0 })")
        return true
    }

    func element(of field: Field) -> Draft {
        if case .array(let elements) = Specimen.value(of: field), let first = elements.first {
            first
        } else {
            .text("1")
        }
    }

    /// What a strict sandbox refuses for being odd.
    func drop(_ index: Int, _ path: String, _ endpoint: Endpoint) -> Bool {
        if path == "authorization" {
            // Our own key is bare already.
            script.steps[index].key = .own
            return true
        }
        let before = script.steps[index].query.count
        script.steps[index].query.removeAll { $0.name == path }
        if script.steps[index].query.count == before {
            guard case .json(var draft) = script.steps[index].body else { return false }
            let parts = Draft.parts(of: path)
            guard case .name(let name)? = parts.last else { return false }
            // A misspelt name, or an older one, gets its value to the right place.
            let siblings =
                parts.count == 1
                ? endpoint.body : Specimen.field(at: parts.dropLast(), of: endpoint.body)?.schema.fields ?? []
            let former = siblings.first { $0.formerName == name }?.name
            let right = former ?? nearest(to: name, among: siblings.map(\.name))
            var moved: Draft?
            draft.change(at: parts[...]) {
                moved = $0
                $0 = nil
            }
            if let right { draft.change(at: (parts.dropLast() + [.name(right)])[...]) { $0 = $0 ?? moved } }
            script.steps[index].body = .json(draft)
            note(right.map { "\(path) is spelt \($0)" } ?? "\(path) is left out")
        } else {
            note("\(path) is left out")
        }
        return true
    }

    func signFirst(_ index: Int) -> Bool {
        guard let order = named(index) else { return freshOrder(index) }
        var authorize = token(of: order.lease.customer)
        authorize.reason = "the customer's token"
        insert(authorize, before: index)
        let lease = Step.Piece.text(sandbox.leaseId(order.lease))
        insert(sign([.text("v3"), .text("leases"), lease, .text("sign")]), before: index + 1)
        return true
    }

    func finalizeFirst(_ index: Int) -> Bool {
        guard let order = named(index) else { return freshOrder(index) }
        insert(
            Step(
                .post, [.text("v3"), .text("transactions"), .text(order.reference), .text("finalize")],
                reason: "the transaction is finalized"), before: index)
        return true
    }

    /// The order that the call's path names, where there is one.
    func named(_ index: Int) -> Transaction? {
        guard let endpoint = endpoint(of: index), let place = parameterPlace("transactionId", endpoint),
            case .text(let id) = script.steps[index].segments[place]
        else { return nil }
        return (try? sandbox.store.transactions.transaction(reference: id))
            ?? sandbox.tokens.row(ofLease: id).flatMap { try? sandbox.store.transactions.transaction($0) }
    }
}
