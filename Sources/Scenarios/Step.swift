internal import Contract
internal import JSON
internal import Medusa
internal import MedusaStore
internal import YAML

/// One request that a scenario plays.
struct Step: Sendable {
    enum Action: Sendable {
        case createUser
        case apply(expect: String?, resolves: Resolves?)
        case addPaymentMethod
        case createLease
        case sign
        case event(Play.Event)
        /// Makes no request: an agreement is there once its transaction is.
        case nameAgreement
        case collect(paymentMethod: String)
    }

    struct Resolves: Sendable {
        let after: CalendarSpan
        let status: Application.Status
        let limit: Money?
    }

    let action: Action
    /// The entry that it belongs to: `leases`, `the tyres`.
    let entry: Entry
    /// What must be there before it.
    let needs: Entry?
    let at: Timestamp
    /// The entry's object, or the part of it that is this request's body.
    let body: JSON
}

/// An entry of `given`.
struct Entry: Hashable, Comparable, Sendable {
    let section: Documents.Section
    let name: String

    static func < (left: Entry, right: Entry) -> Bool {
        (left.section.rawValue, left.name) < (right.section.rawValue, right.name)
    }

    var path: String { "given.\(section.rawValue).\(name)" }
}

/// Puts a scenario's entries into the order in which they are played, and finds references that lead nowhere.
struct StepReading {
    private let yaml: YAML
    private let present: Timestamp
    private var names: [Documents.Section: Names] = [:]
    private var times: [Entry: Timestamp] = [:]
    private var steps: [Step] = []
    private(set) var problems = ProblemList()

    /// The names of a section: in their order for people, and as a set to find one.
    private struct Names {
        let inOrder: [String]
        let known: Set<String>

        init(_ entries: [Named]) {
            inOrder = entries.map(\.name)
            known = Set(inOrder)
        }
    }

    init(_ yaml: YAML, present: Timestamp) {
        self.yaml = yaml
        self.present = present
    }

    mutating func steps(_ given: Values?) -> [Step] {
        guard let given else { return [] }
        let sections: [(Documents.Section, [Named])] = [
            (.users, given[ScenarioFile.users] ?? []), (.decisions, given[ScenarioFile.decisions] ?? []),
            (.paymentMethods, given[ScenarioFile.paymentMethods] ?? []), (.leases, given[ScenarioFile.leases] ?? []),
            (.transactions, given[ScenarioFile.transactions] ?? []),
            (.agreements, given[ScenarioFile.agreements] ?? []),
        ]
        for (section, entries) in sections { names[section] = Names(entries) }
        for (section, entries) in sections {
            for entry in entries { read(Entry(section: section, name: entry.name), entry.values) }
        }
        // At the same moment in the order above: people before their decisions, and so on.
        return steps.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }

    private mutating func read(_ entry: Entry, _ values: Values) {
        guard let body = values.json else { return }
        switch entry.section {
        case .users:
            let at = moment(values, ScenarioFile.at, entry, after: nil) ?? present
            add(.createUser, entry, needs: nil, at, body)
        case .decisions:
            guard let user = reference(values, ScenarioFile.user, .users, entry) else { return }
            let resolves = resolution(values[ScenarioFile.resolves], of: entry)
            let action = Step.Action.apply(expect: values[ScenarioFile.expect], resolves: resolves)
            add(action, entry, needs: user, moment(values, ScenarioFile.at, entry, after: user), body)
        case .paymentMethods:
            guard let user = reference(values, ScenarioFile.user, .users, entry) else { return }
            add(.addPaymentMethod, entry, needs: user, moment(values, ScenarioFile.at, entry, after: user), body)
        case .leases:
            guard let user = reference(values, ScenarioFile.user, .users, entry) else { return }
            add(.createLease, entry, needs: user, moment(values, ScenarioFile.at, entry, after: user), body)
            sign(entry, values)
        case .transactions:
            guard let lease = reference(values, ScenarioFile.lease, .leases, entry) else { return }
            times[entry] = times[lease]
            for event in values.json?["events"]?.elements ?? [] { self.event(event, of: entry, needs: lease) }
        case .agreements:
            guard let transaction = reference(values, ScenarioFile.transaction, .transactions, entry),
                let at = times[transaction]
            else { return }
            times[entry] = at
            add(.nameAgreement, entry, needs: transaction, at, body)
            for payment in values[ScenarioFile.payments] ?? [] { collect(payment, of: entry, needs: transaction) }
        }
    }

    private mutating func resolution(_ values: Values?, of entry: Entry) -> Step.Resolves? {
        guard let values else { return nil }
        let after = values[ScenarioFile.after]
        if present.adding(after, within: .clock) == nil {
            problem(values.given(ScenarioFile.after)?.json) {
                "\(entry.path).resolves.after must not lead out of the time \(Timestamp.Bounds.clock.words)"
            }
        }
        return Step.Resolves(
            after: after, status: Application.Status(rawValue: values[ScenarioFile.resolvesAs]) ?? .approved,
            limit: values[ScenarioFile.limit])
    }

    private mutating func sign(_ entry: Entry, _ values: Values) {
        guard let signed = values[ScenarioFile.signed], let json = signed.json, json.bool != false else { return }
        let details = Values.object(json)
        let at = json.isObject ? moment(details, ScenarioFile.signedAt, entry, after: entry) : times[entry]
        if let at, let none = try? JSON(Array("{}".utf8)) { add(.sign, entry, needs: entry, at, none) }
    }

    private mutating func event(_ json: JSON, of entry: Entry, needs lease: Entry) {
        let present = Play.Event.allCases.filter { json.string == $0.rawValue || json[$0.rawValue] != nil }
        guard let event = present.first, present.count == 1 else {
            return problem(json) {
                "an event of \(entry.path) must name exactly one of [\(Play.Event.allCases.map(\.rawValue).joined(separator: ", "))]"
            }
        }
        guard let body = json[event.rawValue] ?? (try? JSON(Array("{}".utf8))) else { return }
        let at = moment(.object(body), ScenarioFile.at, entry, after: entry)
        if let at { times[entry] = at }
        add(.event(event), entry, needs: lease, at, body)
    }

    private mutating func collect(_ payment: Values, of entry: Entry, needs transaction: Entry) {
        guard let json = payment.json,
            let method = reference(payment, ScenarioFile.paymentMethod, .paymentMethods, entry)
        else { return }
        let at = moment(payment, ScenarioFile.at, entry, after: entry)
        if let at { times[entry] = at }
        add(.collect(paymentMethod: method.name), entry, needs: transaction, at, json)
    }

    private mutating func add(_ action: Step.Action, _ entry: Entry, needs: Entry?, _ at: Timestamp?, _ body: JSON) {
        guard let at else { return }
        if times[entry] == nil { times[entry] = at }
        steps.append(Step(action: action, entry: entry, needs: needs, at: at, body: body))
    }

    // MARK: References and moments

    private mutating func reference(
        _ values: Values, _ key: Key<String>, _ section: Documents.Section, _ entry: Entry
    ) -> Entry? {
        let name = values[key]
        let names = names[section] ?? Names([])
        if names.known.contains(name) { return Entry(section: section, name: name) }
        problem(values.given(key)?.json) {
            let hint = hint(for: name, among: names.inOrder, of: "the file")
            return "\(entry.path) refers to \"\(name)\", which is no entry of \(section.rawValue)\(hint)"
        }
        return nil
    }

    /// When something happened: not in the future, and not before what it refers to.
    private mutating func moment(
        _ values: Values, _ key: Key<Moment?>, _ entry: Entry, after earlier: Entry?
    ) -> Timestamp? {
        let before = earlier.flatMap { times[$0] }
        // What it refers to has a problem of its own.
        if earlier != nil, before == nil { return nil }
        guard let given = values[key] else { return before }
        guard let at = given.resolved(from: present) else {
            problem(values.given(key)?.json) {
                "\(entry.path) lies out of the time that a clock can show, \(Timestamp.Bounds.clock.words)"
            }
            return nil
        }
        guard at <= present else {
            problem(values.given(key)?.json) { [present] in
                "\(entry.path) lies in the future: the scenario's clock shows \(present.iso8601)"
            }
            return nil
        }
        if let before, let earlier, at < before {
            problem(values.given(key)?.json) {
                "\(entry.path) lies before \(earlier.path), which it refers to and which is of \(before.iso8601)"
            }
            return nil
        }
        return at
    }

    private mutating func problem(_ place: JSON?, _ sentence: @escaping () -> String) {
        problems.add(yaml.mark(of: place ?? yaml.json), sentence)
    }
}
