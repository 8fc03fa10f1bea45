internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// A remedy for each refusal. Each does one thing; where that uncovers the next refusal, the next remedy follows.
extension Planner {
    /// Changes the script so that it gets further.
    ///
    /// - Parameter again: how often the same refusal has come at the same step before; then something else is tried.
    /// - Returns: whether there was anything to change.
    func mend(_ stop: Rehearsal.Stop, again: Int, _ rehearsal: Rehearsal) -> Bool {
        let index = stop.index
        guard again < 5 else { return false }
        guard let code = stop.code else { return mendGateway(stop) }
        if again == 2, !sandbox.rules.isEmpty, !script.steps.contains(where: { $0.method == .put }) {
            let none = Draft.object([Draft.Member(name: "rules", value: .array([]))])
            script.steps.insert(
                Step(.put, "_sandbox/personas", none, reason: "the rules of the scenario are set aside"), at: 0)
            return true
        }
        switch (stop.response.status.rawValue, code) {
        case (401, _): return giveToken(index)
        case (415, _):
            script.steps[index].contentType = "application/json"
            note("the body is sent as application/json")
        case (404, "InvalidCustomer"): return nameCustomer(index)
        case (404, "LeaseNotFound"), (404, "TransactionNotFound"):
            return again == 0 ? nameOrder(index) : freshOrder(index)
        case (404, "NotFound"): return nameAgreement(index, stop.message)
        case (400, ""): return mendValidation(stop, again, rehearsal)
        case (400, "InvalidCredentials"):
            return askPasscode(index, rehearsal)
        case (409, "UserAlreadyExists"):
            if endpoint(of: index)?.operation == "createUser" {
                change(index, "email", to: .text(freshEmail()), because: "the e-mail is one that is not registered")
            } else {
                change(index, "ssn", to: .text(freshSSN()), because: "the SSN is one that nobody else has")
            }
        case (409, "CustomerAlreadyApplied"), (502, _): return asNewCustomer(index, again)
        case (400, "11505"), (400, "11506"): return useOrdinaryBank(index)
        case (400, "11503"):
            change(index, "primary", to: .flag(false), because: "the payment method is not to be the primary one")
        case (400, "InvalidCustomerVerificationStatus"):
            return asNewCustomer(index, again, suffix: ".verify", applied: true)
        case (400, "TransactionTimeOut"): return answerQuestions(index, rehearsal)
        case (400, "InvalidCustomer"):
            return stop.isUndecided && again == 0 ? apply(index) : asNewCustomer(index, again, applied: true)
        case (400, "InvalidTransactionId"):
            change(index, "transactionId", to: .text(freshReference()), because: "the transaction id is a new one")
        case (400, "InvalidItem"): return mendItems(index, again)
        case (400, "LeaseAmountNotSatisfied"): return price(index, above: sandbox.settings.minimumOrder)
        case (400, "ExceedSpendingLimit"):
            return again == 0
                ? price(index, above: sandbox.settings.minimumOrder) : asNewCustomer(index, again, applied: true)
        case (410, _): return again == 0 && isSign(index) ? renewLease(index) : freshOrder(index)
        case (402, _): return addPaymentMethod(index)
        default: return false
        }
        return true
    }

    /// What the gateway refuses, in Kong's words.
    private func mendGateway(_ stop: Rehearsal.Stop) -> Bool {
        let index = stop.index
        switch stop.response.status.rawValue {
        case 401:
            script.steps[index].key = .own
            note("Authorization has the API key, once and bare")
        case 403:
            script.steps.insert(Step(.post, "_sandbox/reset", reason: "the suspended sandbox begins anew"), at: 0)
            // Nobody whom it knew is left.
            script.steps.removeAll { !$0.captures.isEmpty && $0.method == .get }
        case 404:
            guard let near = nearestEndpoint(to: script.steps[index]) else { return false }
            script.steps[index].method = near.method
            script.steps[index].segments = near.segments
            note("the route is \(near.method.rawValue) \(near.path)")
        default: return false
        }
        return true
    }

    // MARK: Who

    private func giveToken(_ index: Int) -> Bool {
        guard case .variable = script.steps[index].token else {
            if let known = script.steps[..<index].lastIndex(where: { $0.captures.contains { $0.variable == "token" } })
            {
                _ = known
            } else if let row = request.entry.customer, request.entry.status == 401, worldIsSame {
                insert(token(of: row), before: index, "the customer has a token that is not expired")
                script.steps[script.steps.count - 1].token = .variable("token")
                return true
            } else {
                insert(newCustomer(), before: index, nil)
            }
            script.steps[script.steps.count - 1].token = .variable("token")
            note("customer-token is the token of a customer of this API key")
            return true
        }
        // The customer is gone with an earlier world.
        return asNewCustomer(index, 0)
    }

    private var worldIsSame: Bool { request.entry.world == (try? sandbox.store.journal.extent.world) }

    private func nameCustomer(_ index: Int) -> Bool {
        if endpoint(of: index)?.operation == "prequalificationComplete" {
            guard let start = Routes.byOperation["prequalificationStart"] else { return false }
            var step = Step(.post, start.path, Specimen.body(of: start), reason: "a prequalification is started")
            setBody(of: &step, "email", .text(freshEmail()))
            step.captures = [Step.Capture("prequal", from: "prequalId")]
            insert(step, before: index, nil)
            set(index + 1, "prequalId", .variable("prequal"))
            return true
        }
        insert(newCustomer(), before: index, nil)
        return setParameter("userId", of: index + 1, to: .variable("user"))
    }

    private func newCustomer(_ suffix: String = "") -> Step {
        let body = Draft.object([
            Draft.Member(name: "firstName", value: .text("John")), Draft.Member(name: "lastName", value: .text("Doe")),
            Draft.Member(name: "email", value: .text(freshEmail(suffix))),
        ])
        var step = Step(.post, "v3/users", body, reason: "there is a customer")
        step.captures = [Step.Capture("token", from: "token"), Step.Capture("user", from: "userId")]
        return step
    }

    private func application() -> Step? {
        guard let endpoint = Routes.byOperation["applyForSpendingLimit"] else { return nil }
        var body = Specimen.body(of: endpoint)
        body?["bankAccount"] = .object([
            Draft.Member(name: "routing", value: .text("021000021")),
            Draft.Member(name: "account", value: .text("3483898238239")),
            Draft.Member(name: "type", value: .text("checking")),
        ])
        if sandbox.settings.uniqueSSN { body?["ssn"] = .text(freshSSN()) }
        return Step(
            endpoint.method, endpoint.path, body, token: .variable("token"),
            reason: "the customer has applied, is approved, and has a bank account")
    }

    private func apply(_ index: Int) -> Bool {
        guard let application = application() else { return false }
        insert(application, before: index, nil)
        return true
    }

    /// In the name of somebody of whom nothing is known yet.
    private func asNewCustomer(_ index: Int, _ again: Int, suffix: String = "", applied: Bool = false) -> Bool {
        // Whoever stood there before is not needed any longer.
        let turns = script.steps.filter { $0.isOfSandbox }
        defer { script.steps.insert(contentsOf: turns, at: 0) }
        guard var last = script.steps.last else { return false }
        script.steps = [last]
        if let endpoint = endpoint(of: script.steps.count - 1), endpoint.path.contains("{userId}") {
            script.steps = [newCustomer(suffix), last]
            _ = setParameter("userId", of: 1, to: .variable("user"))
        } else if endpoint(of: script.steps.count - 1)?.security == .customerToken {
            last.token = .variable("token")
            script.steps = [newCustomer(suffix)] + (applied ? [application()].compactMap(\.self) : []) + [last]
        } else {
            change(0, "email", to: .text(freshEmail()), because: "it is somebody who is new here")
            return again < 2
        }
        // What a rule of the scenario or a test value may look at.
        if again > 0, let endpoint = endpoint(of: script.steps.count - 1) {
            script.steps[script.steps.count - 1].body = Specimen.body(of: endpoint).map { .json($0) }
            note("the body is an ordinary one")
        }
        return true
    }

    private func askPasscode(_ index: Int, _ rehearsal: Rehearsal) -> Bool {
        guard let endpoint = endpoint(of: index), let place = parameterPlace("userId", endpoint) else { return false }
        let user = script.steps[index].segments[place]
        if !script.steps[..<index].contains(where: { $0.reason == "a passcode is sent" }) {
            let body = Draft.object([Draft.Member(name: "transport", value: .text("email"))])
            insert(
                Step(
                    .post, [.text("v3"), .text("users"), user, .text("send-passcode")], body,
                    reason: "a passcode is sent"), before: index, nil)
            return true
        }
        guard let code = rehearsal.latestPasscode else { return false }
        change(index, "passcode", to: .text(code), because: "the passcode is the one that was sent")
        return true
    }

    private func answerQuestions(_ index: Int, _ rehearsal: Rehearsal) -> Bool {
        guard let questions = Routes.byOperation["getVerificationQuestions"] else { return false }
        let isAsked = script.steps[..<index].contains { $0.reason == "the questions are asked" }
        if !isAsked {
            insert(
                Step(.get, questions.path, token: script.steps[index].token, reason: "the questions are asked"),
                before: index, nil)
        }
        let place = isAsked ? index - 1 : index
        guard let played = try? rehearsal.answers(script, through: place), let set = played["data"] else {
            return false
        }
        var answers: [Draft] = []
        for question in set["questions"]?.elements ?? [] {
            let choice = question["choices"]?.elements.first
            answers.append(
                .object([
                    Draft.Member(name: "questionId", value: .text(question["id"]?.string ?? "")),
                    Draft.Member(name: "choiceId", value: .text(choice?["id"]?.string ?? "")),
                ]))
        }
        guard !answers.isEmpty else { return false }
        script.steps[script.steps.count - 1].body = .json(
            .object([
                Draft.Member(name: "id", value: .text(set["id"]?.string ?? "")),
                Draft.Member(name: "answers", value: .array(answers)),
            ]))
        note("the answers are to the latest questions")
        return true
    }

    // MARK: Orders

    /// A lease of the customer who calls, else of somebody new, in the place of one that is not there.
    private func nameOrder(_ index: Int) -> Bool {
        guard case .variable = script.steps[index].token else { return freshOrder(index) }
        return renewLease(index)
    }

    private func renewLease(_ index: Int) -> Bool {
        let lease = order(token: script.steps[index].token ?? .variable("token"))
        insert(lease, before: index, nil)
        return setParameter("leaseId", of: index + 1, to: .variable("lease"))
    }

    private func order(token: Step.Piece) -> Step {
        let reference = freshReference()
        var step = Step(.post, "v3/leases", Self.orderBody(reference), token: token, reason: "there is a lease")
        step.captures = [Step.Capture("lease", from: "leaseId")]
        return step
    }

    private static func orderBody(_ reference: String) -> Draft {
        .object([
            Draft.Member(name: "transactionId", value: .text(reference)),
            Draft.Member(name: "items", value: .array([item()])),
        ])
    }

    private static func item(cost: Int = 100) -> Draft {
        .object([
            Draft.Member(name: "brand", value: .text("Apple")), Draft.Member(name: "sku", value: .text("abc123")),
            Draft.Member(name: "description", value: .text("iPad Mini")),
            Draft.Member(name: "cost", value: .number(cost)),
            Draft.Member(name: "quantity", value: .number(1)),
        ])
    }

    /// A whole purchase by somebody new, as far as the call needs it.
    private func freshOrder(_ index: Int) -> Bool {
        guard let last = script.steps.last, let endpoint = endpoint(of: script.steps.count - 1),
            let application = application()
        else { return false }
        let reference = freshReference()
        var lease = Step(
            .post, "v3/leases", Self.orderBody(reference), token: .variable("token"), reason: "there is a lease")
        lease.captures = [Step.Capture("lease", from: "leaseId")]
        var steps = [newCustomer(), application, lease]
        let after = [
            "finalizeLease", "confirmShipment", "confirmReceipt", "returnItems", "cancelItems", "refundTransaction",
        ]
        if after.contains(endpoint.operation) || endpoint.path.contains("agreement") {
            steps.append(sign([.text("v3"), .text("leases"), .variable("lease"), .text("sign")]))
        }
        if after.dropFirst().contains(endpoint.operation) || endpoint.path.contains("agreement") {
            steps.append(Step(.post, "v3/transactions/\(reference)/finalize", reason: "the transaction is finalized"))
        }
        if endpoint.operation == "returnItems" || endpoint.path.contains("agreement") {
            steps.append(Step(.post, "v3/transactions/\(reference)/confirm-receipt", reason: "the items are received"))
        }
        script.steps = script.steps.filter { $0.isOfSandbox } + steps + [last]
        if endpoint.security == .customerToken { script.steps[script.steps.count - 1].token = .variable("token") }
        let here = script.steps.count - 1
        _ = setParameter("leaseId", of: here, to: .variable("lease"))
        _ = setParameter("transactionId", of: here, to: .text(reference))
        return true
    }

    private func sign(_ segments: [Step.Piece]) -> Step {
        let body = Draft.object([
            Draft.Member(name: "ipAddress", value: .text("127.0.0.1")),
            Draft.Member(name: "signed", value: .flag(true)),
        ])
        return Step(.post, segments, body, token: .variable("token"), reason: "the lease is signed")
    }

    /// An agreement, and a payment method to pay it from.
    private func nameAgreement(_ index: Int, _ message: String) -> Bool {
        guard let methods = Routes.byOperation["getPaymentMethods"],
            let agreements = Routes.byOperation["getAgreements"]
        else { return false }
        if message.contains("payment method") {
            var step = Step(
                .get, methods.path, token: script.steps[index].token,
                reason: "the customer's payment methods are listed")
            step.captures = [Step.Capture("method", from: "id")]
            insert(step, before: index, nil)
            set(index + 1, "paymentMethodId", .variable("method"))
            return true
        }
        guard freshOrder(index) else { return false }
        var step = Step(
            .get, agreements.path, token: .variable("token"), reason: "the customer's agreements are listed")
        step.captures = [Step.Capture("agreement", from: "id")]
        let here = script.steps.count - 1
        insert(step, before: here, nil)
        return setParameter("agreementId", of: here + 1, to: .variable("agreement"))
    }

    private func isSign(_ index: Int) -> Bool { endpoint(of: index)?.operation == "signLease" }

    private func addPaymentMethod(_ index: Int) -> Bool {
        guard let endpoint = Routes.byOperation["addPaymentMethod"] else { return false }
        let body = Draft.object([
            Draft.Member(
                name: "ach",
                value: .object([
                    Draft.Member(name: "routing", value: .text("021000021")),
                    Draft.Member(name: "account", value: .text("3483898238239")),
                    Draft.Member(name: "type", value: .text("checking")),
                ])), Draft.Member(name: "label", value: .text("checking")),
            Draft.Member(name: "primary", value: .flag(true)),
        ])
        insert(
            Step(
                endpoint.method, endpoint.path, body, token: script.steps[index].token,
                reason: "the customer has a further payment method"), before: index, nil)
        return true
    }

    private func useOrdinaryBank(_ index: Int) -> Bool {
        var isChanged = false
        for path in ["ach.routing", "bankAccount.routing", "routing", "routingNumber"] {
            isChanged = set(index, path, .text("021000021")) || isChanged
        }
        if isChanged { note("the bank is an ordinary one") }
        return isChanged
    }

    private func price(_ index: Int, above minimum: Money) -> Bool {
        let cost = Int(minimum.cents / 100) + 1
        set(index, "items", .array([Self.item(cost: cost)]), adding: true)
        for name in ["totalDiscount", "shipping"] { remove(index, name) }
        note("the order comes to $\(cost)")
        return true
    }

    private func mendItems(_ index: Int, _ again: Int) -> Bool {
        if endpoint(of: index)?.operation == "createLease" { return price(index, above: sandbox.settings.minimumOrder) }
        if again == 0, endpoint(of: index)?.body.contains(where: \.isRequired) == false {
            script.steps[index].body = nil
            script.steps[index].contentType = nil
            note("nothing is named, which means everything")
            return true
        }
        guard freshOrder(index) else { return false }
        if let endpoint = endpoint(of: script.steps.count - 1), endpoint.body.contains(where: \.isRequired) {
            script.steps[script.steps.count - 1].body = Specimen.body(of: endpoint).map { .json($0) }
        }
        return true
    }

    // MARK: Validation

    private func mendValidation(_ stop: Rehearsal.Stop, _ again: Int, _ rehearsal: Rehearsal) -> Bool {
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

    private func element(of field: Field) -> Draft {
        if case .array(let elements) = Specimen.value(of: field), let first = elements.first {
            first
        } else {
            .text("1")
        }
    }

    /// What a strict sandbox refuses for being odd.
    private func drop(_ index: Int, _ path: String, _ endpoint: Endpoint) -> Bool {
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

    private func signFirst(_ index: Int) -> Bool {
        guard let order = named(index) else { return freshOrder(index) }
        let customer = sandbox.identifiers.identifier(.user, order.lease.customer)
        var authorize = Step(.get, "v3/users/\(customer)/authorize", reason: "the customer's token")
        authorize.captures = [Step.Capture("token", from: "token")]
        insert(authorize, before: index, nil)
        let lease = Step.Piece.text(sandbox.leaseId(order.lease))
        insert(sign([.text("v3"), .text("leases"), lease, .text("sign")]), before: index + 1, nil)
        return true
    }

    private func finalizeFirst(_ index: Int) -> Bool {
        guard let order = named(index) else { return freshOrder(index) }
        insert(
            Step(
                .post, [.text("v3"), .text("transactions"), .text(order.reference), .text("finalize")],
                reason: "the transaction is finalized"), before: index, nil)
        return true
    }

    /// The order that the call's path names, where there is one.
    private func named(_ index: Int) -> Transaction? {
        guard let endpoint = endpoint(of: index), let place = parameterPlace("transactionId", endpoint),
            case .text(let id) = script.steps[index].segments[place]
        else { return nil }
        return (try? sandbox.store.transactions.transaction(reference: id))
            ?? sandbox.tokens.row(ofLease: id).flatMap { try? sandbox.store.transactions.transaction($0) }
    }

    // MARK: Steps

    private func note(_ change: String) {
        if !changes.contains(change) { changes.append(change) }
    }

    private func insert(_ step: Step, before index: Int, _ change: String?) {
        script.steps.insert(step, at: index)
        if let change { note(change) }
    }

    /// The declaration that a step meets.
    func endpoint(of index: Int) -> Endpoint? {
        let step = script.steps[index]
        return Routes.endpoint(
            step.method,
            step.segments.map { piece in
                switch piece {
                case .text(let text): text
                case .variable(let name): name
                }
            })
    }

    private func parameterPlace(_ name: String, _ endpoint: Endpoint) -> Int? {
        endpoint.path.split(separator: "/").firstIndex { $0 == "{\(name)}" }
    }

    private func setParameter(_ name: String, of index: Int, to piece: Step.Piece) -> Bool {
        guard let endpoint = endpoint(of: index), let place = parameterPlace(name, endpoint) else { return false }
        script.steps[index].segments[place] = piece
        return true
    }

    private func change(_ index: Int, _ path: String, to value: Draft, because reason: String) {
        set(index, path, value, adding: true)
        note(reason)
    }

    /// - Returns: whether the member was there, or was added.
    @discardableResult
    private func set(_ index: Int, _ path: String, _ value: Draft, adding: Bool = false) -> Bool {
        guard case .json(var draft) = script.steps[index].body else { return false }
        var isChanged = false
        draft.change(at: Draft.parts(of: path)[...]) { present in
            guard present != nil || adding else { return }
            present = value
            isChanged = true
        }
        script.steps[index].body = .json(draft)
        return isChanged
    }

    private func remove(_ index: Int, _ name: String) {
        guard case .json(var draft) = script.steps[index].body else { return }
        draft[name] = nil
        script.steps[index].body = .json(draft)
    }

    private func setBody(of step: inout Step, _ name: String, _ value: Draft) {
        guard case .json(var draft) = step.body else { return }
        draft[name] = value
        step.body = .json(draft)
    }

    // MARK: What nobody has yet

    private func freshEmail(_ suffix: String = "") -> String {
        free {
            "someone.new\($0)\(suffix)@example.com"
        } isTaken: {
            (try? sandbox.store.users.id(email: $0)) != nil
        }
    }

    private func freshReference() -> String {
        free {
            "NEW-\($0)"
        } isTaken: {
            (try? sandbox.store.transactions.isTaken($0)) == true
        }
    }

    private func freshSSN() -> String {
        free { number in
            String(String(100_000_000 + number).suffix(9))
        } isTaken: { ssn in
            let digest = sandbox.tokens.digest("ssn", ssn)
            return (try? sandbox.store.users.isTaken(ssnDigest: digest, by: 0)) == true
        }
    }

    /// The first name of a row that is not taken, here or by an earlier step.
    private func free(_ name: (Int) -> String, isTaken: (String) -> Bool) -> String {
        for number in 1... {
            let candidate = name(number)
            if used.insert(candidate).inserted, !isTaken(candidate) { return candidate }
        }
        return ""
    }

    private struct Near {
        let method: Method
        let path: String
        let segments: [Step.Piece]
    }

    /// The documented route that is closest to one that is not; what its path leaves open is kept where it stands in the same place.
    private func nearestEndpoint(to step: Step) -> Near? {
        let sent = step.segments.map { piece in
            switch piece {
            case .text(let text): text
            case .variable(let name): name
            }
        }
        let spellings = Routes.endpoints.flatMap(\.spellings)
        let shapes = spellings.map { spelling in
            spelling.path.split(separator: "/").enumerated().map { place, segment in
                segment.hasPrefix("{") && place < sent.count ? sent[place] : String(segment)
            }
        }
        let candidates = ["/" + sent.joined(separator: "/"), "/v3/" + sent.joined(separator: "/")]
        let paths = shapes.map { "/" + $0.joined(separator: "/") }
        for candidate in candidates {
            guard let found = nearest(to: candidate, among: paths) else { continue }
            let places = paths.indices.filter { paths[$0] == found }
            let place = places.first { spellings[$0].method == step.method } ?? places[0]
            return Near(
                method: spellings[place].method, path: spellings[place].path,
                segments: shapes[place].map { .text($0) })
        }
        return nil
    }
}

extension Rehearsal.Stop {
    fileprivate var isUndecided: Bool { message.contains("has not applied") }
}
