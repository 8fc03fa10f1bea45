internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
package import Sandbox
internal import YAML

extension Scenario {
    /// Plays the story in a world apart, to see whether its requests are answered as it takes for granted.
    package func rehearse() throws {
        let sandboxes = Sandboxes(home: .memory, seed: 1, allowedKeys: [], requestFields: Routes.ruledFields)
        _ = try perform(in: try sandboxes.sandbox(for: name))
    }

    /// Fills a sandbox: whatever was in it is gone. When something fails, nothing has changed.
    package func fill(_ sandbox: Sandbox) throws {
        let stage = try perform(in: try sandbox.fresh(seed: seed))
        try sandbox.replace(with: Store.Image(trusted: try stage.store.image()))
    }

    private func perform(in stage: Sandbox) throws -> Sandbox {
        try Performance(of: self, in: stage).run()
        return stage
    }
}

extension Sandbox {
    /// Begins anew: with the scenario that filled it, or empty.
    ///
    /// - Returns: why that scenario no longer plays, as one of an earlier version may not; then the sandbox is empty.
    @discardableResult
    package func reset() throws -> Problems? {
        var problems: Problems?
        if let origin {
            do {
                try Scenario(origin.text, name: origin.name, file: origin.name, at: Clock.machineTime()).fill(self)
                return nil
            } catch let found as Problems {
                problems = found
            }
        }
        try replace(with: Store.Image(trusted: try fresh().store.image()))
        return problems
    }
}

/// A scenario being played.
private final class Performance {
    private let scenario: Scenario
    private let stage: Sandbox
    private let gateway: Gateway
    private var rows: [Entry: Int64] = [:]
    private var failed: Set<Entry> = []
    private var problems: [YAML.Problem] = []

    init(of scenario: Scenario, in stage: Sandbox) {
        self.scenario = scenario
        self.stage = stage
        // What it would report is in its answers, which are looked at.
        gateway = Gateway(Sandboxes(home: .memory, seed: 0, allowedKeys: []), access: Access(isLoopback: false)) { _ in
        }
    }

    /// - Throws: `Problems`, when a request was refused.
    func run() throws {
        try stage.store.write {
            if let settings = scenario.settings { try stage.set(settings) }
            if let personas = scenario.personas { try stage.set(personas: personas, at: scenario.present) }
        }
        for step in scenario.steps where !isHopeless(step) {
            stage.clock = .frozen(step.at)
            try stage.resolveReviews(at: step.at)
            try play(step)
        }
        guard problems.isEmpty else { throw Problems(problems, in: scenario.file) }
        try stage.store.write {
            try stage.set(scenario.clock ?? .machine)
            for fault in scenario.faults { try stage.add(fault: fault, at: scenario.present) }
            for (entry, row) in rows.sorted(by: { $0.key < $1.key }) {
                try stage.store.documents.save(
                    Documents.Entry(section: entry.section, name: entry.name, row: row))
            }
            try stage.set(Sandbox.Origin(name: scenario.name, text: scenario.text))
        }
        try stage.resolveReviews(at: stage.now)
        try stage.store.settle()
    }

    /// Whether something that it needs was refused already: one problem is enough.
    private func isHopeless(_ step: Step) -> Bool {
        guard failed.contains(step.entry) || step.needs.map(failed.contains) ?? false else { return false }
        failed.insert(step.entry)
        return true
    }

    private func play(_ step: Step) throws {
        let entry = step.entry
        switch step.action {
        case .createUser:
            guard let answer = send(Play.createUser, step) else { return }
            rows[entry] = answer["data"]?["userId"]?.string.flatMap { stage.identifiers.row(.user, $0) }
        case .apply(let expected, let resolves):
            guard let answer = send(Play.apply, step), let user = step.needs.flatMap({ rows[$0] }) else { return }
            rows[entry] = user
            try resolve(user, resolves, step)
            let status = answer["data"]?["decision"]?["status"]?.string ?? ""
            if let expected, expected != status {
                refuse(step, "\(entry.path) was expected to be \(expected), and is \(status)")
            }
        case .addPaymentMethod:
            guard send(Play.addPaymentMethod, step) != nil, let user = step.needs.flatMap({ rows[$0] }) else { return }
            rows[entry] = try stage.store.paymentMethods.youngest(of: user)
        case .createLease:
            guard let answer = send(Play.createLease, step) else { return }
            rows[entry] = answer["data"]?["leaseId"]?.string.flatMap { stage.tokens.row(ofLease: $0) }
        case .sign: _ = send(Play.signLease, step)
        case .event(let event):
            guard send(event.request, step) != nil else { return }
            rows[entry] = step.needs.flatMap { rows[$0] }
        case .nameAgreement: rows[entry] = step.needs.flatMap { rows[$0] }
        case .collect: _ = send(Play.collectPayment, step)
        }
    }

    private func resolve(_ user: Int64, _ resolves: Step.Resolves?, _ step: Step) throws {
        guard let resolves else { return }
        let limit = resolves.limit ?? stage.settings.spendingLimit
        let resolution = Application.Resolution(
            at: step.at + resolves.after, status: resolves.status, spendingLimit: limit)
        guard try stage.store.users.user(user)?.application?.status == .pending else {
            return refuse(step, "\(step.entry.path) has \"resolves\", and is no manual review")
        }
        try stage.store.write {
            try stage.store.users.review(user, .underReview(resolution))
            try stage.reviewsChanged()
        }
    }

    // MARK: Requests

    /// Sends the step's request as its customer.
    ///
    /// - Returns: the answer; `nil` when it was refused, which is then a problem.
    private func send(_ request: Play.Request, _ step: Step) -> JSON? {
        var fields: Fields = ["Authorization": stage.name, "Content-Type": "application/json"]
        if let token = token(step) { fields.add("customer-token", token) }
        guard let target = Target(path(request, step)) else {
            refuse(step, "\(step.entry.path) has an identifier that is part of no path")
            return nil
        }
        let message = Request(
            method: request.endpoint.method, target: target, fields: fields, body: body(request, step))
        let response = gateway.answer(message, in: stage, as: scenario.keys.first?.consumer, vendor: scenario.vendor)
        let answer = try? JSON(response.body)
        let call = "\(step.entry.path): \(request.endpoint.method.rawValue) \(request.endpoint.path)"
        if let answer, response.status.rawValue < 300 {
            // Cancel and return answer 200 with what they could not do.
            let undone = answer["data"]?["failed"]?.elements ?? []
            guard !undone.isEmpty else { return answer }
            let units = undone.map { "\($0["quantity"]?.numberText ?? "") of \($0["sku"]?.string ?? "")" }
            refuse(step, "\(call) cannot do \(units.joined(separator: ", "))")
            return nil
        }
        let error = answer?["error"]
        let code = error?["code"].flatMap { $0.string ?? $0.numberText } ?? ""
        let reason = error?["message"]?.string ?? "no reason was given"
        refuse(step, "\(call) answers \(response.status.rawValue)\(code.isEmpty ? "" : " \(code)"): \(reason)")
        return nil
    }

    private func refuse(_ step: Step, _ sentence: String) {
        failed.insert(step.entry)
        problems.append(YAML.Problem(mark: mark(of: step), sentence: sentence))
    }

    /// An event's or a payment's own place; else the entry's name, for what stands behind it may be an alias.
    private func mark(of step: Step) -> YAML.Mark {
        switch step.action {
        case .event where step.body.place > 0, .collect: return scenario.yaml.mark(of: step.body)
        case .createUser, .apply, .addPaymentMethod, .createLease, .sign, .event, .nameAgreement: break
        }
        let entry = scenario.yaml.json["given"]?[step.entry.section.rawValue]?[step.entry.name]
        return scenario.yaml.mark(of: entry?.name ?? scenario.yaml.json)
    }

    private func customer(of step: Step) -> Int64? {
        switch step.entry.section {
        case .users: return nil
        case .decisions, .paymentMethods: return step.needs.flatMap { rows[$0] }
        case .leases:
            // Creating needs the customer, signing the lease.
            guard let needs = step.needs, let row = rows[needs] else { return nil }
            return needs.section == .users ? row : try? stage.store.transactions.transaction(row)?.lease.customer
        case .transactions, .agreements:
            guard let row = step.needs.flatMap({ rows[$0] }) else { return nil }
            return try? stage.store.transactions.transaction(row)?.lease.customer
        }
    }

    private func token(_ step: Step) -> String? {
        customer(of: step).map { stage.customerToken(for: $0, at: step.at, key: nil) }
    }

    private func path(_ request: Play.Request, _ step: Step) -> String {
        var path = request.endpoint.path
        guard let row = step.needs.flatMap({ rows[$0] }),
            let transaction = try? stage.store.transactions.transaction(row)
        else { return path }
        let lease = stage.leaseId(transaction.lease)
        for (name, value) in [
            ("{leaseId}", lease), ("{transactionId}", lease),
            ("{agreementId}", stage.identifiers.identifier(.agreement, row)),
        ] {
            path = path.split(separator: "/").map { $0 == name ? value : String($0) }.reduce("") { "\($0)/\($1)" }
        }
        return path
    }

    private func body(_ request: Play.Request, _ step: Step) -> [UInt8] {
        switch step.action {
        case .createUser: step.body.laid(over: request.defaults, without: ["at"])
        case .apply:
            step.body.laid(over: request.defaults, without: ["user", "at", "expect", "resolves"])
        case .addPaymentMethod:
            step.body.laid(over: request.defaults, without: ["user", "at"], setting: ["label": step.entry.name])
        case .createLease:
            step.body.laid(
                over: request.defaults, without: ["user", "at", "signed"], setting: ["transactionId": step.entry.name])
        case .sign, .event, .nameAgreement: step.body.laid(over: request.defaults, without: ["at"])
        case .collect(let method):
            JSONWriter.write { writer in
                writer.object {
                    let row = rows[Entry(section: .paymentMethods, name: method)] ?? 0
                    $0.member("paymentMethodId", stage.identifiers.identifier(.paymentMethod, row))
                    $0.key("amount")
                    $0.raw(step.body["amount"]?.source ?? [])
                }
            }
        }
    }
}
