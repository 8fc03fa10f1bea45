internal import Contract
internal import Medusa
package import Sandbox

/// The scenarios that a server plays, and which API key meets which.
package final class Repertoire {
    private let sandboxes: Sandboxes
    private var scenarios: [Scenario] = []

    /// - Parameter sandboxes: those that are new from now on begin with their scenario.
    package init(_ sandboxes: Sandboxes) {
        self.sandboxes = sandboxes
        sandboxes.beginning = { [unowned self] name in beginning(of: name) }
    }

    /// The key that opens the first scenario.
    package var firstKey: String? { scenarios.first?.primaryKey }

    /// Takes scenarios up, and fills their sandboxes. One that was filled from the same file before goes on where it was.
    package func stage(_ scenarios: [Scenario]) throws(Sandboxes.Failure) {
        var owners: [String: String] = [:]
        for scenario in scenarios {
            try Self.checkName(scenario)
            for key in scenario.allKeys {
                if let other = owners.updateValue(scenario.name, forKey: key) {
                    throw Sandboxes.Failure(
                        description: "the scenarios \(other) and \(scenario.name) both have the key \"\(key)\"; "
                            + "give one of them others in \"keys\"")
                }
            }
        }
        self.scenarios = scenarios
        for scenario in scenarios {
            assign(scenario)
            let sandbox = try sandboxes.sandbox(for: scenario.primaryKey)
            if sandbox.origin?.text != scenario.text { try Self.fill(sandbox, with: scenario) }
        }
    }

    /// Puts a changed scenario in the place of the one of the same name, in every sandbox that was filled from it.
    ///
    /// - Throws: why it does not play; then nothing has changed.
    package func swap(_ scenario: Scenario) throws(Sandboxes.Failure) {
        do {
            try scenario.rehearse()
        } catch {
            throw Sandboxes.Failure(description: "\(error)")
        }
        try swap(rehearsed: scenario)
    }

    /// The same for one that is known to play.
    package func swap(rehearsed scenario: Scenario) throws(Sandboxes.Failure) {
        guard let index = scenarios.firstIndex(where: { $0.name == scenario.name }) else { return }
        try Self.checkName(scenario)
        for other in scenarios where other.name != scenario.name {
            guard let key = scenario.allKeys.first(where: other.allKeys.contains) else { continue }
            throw Sandboxes.Failure(
                description: "\(scenario.name) has the key \"\(key)\" now, which \(other.name) has already")
        }
        let before = scenarios[index]
        scenarios[index] = scenario
        if before.allKeys != scenario.allKeys { sandboxes.release(before.primaryKey) }
        assign(scenario)
        try sandboxes.change { sandbox throws(Sandboxes.Failure) in
            guard sandbox.name == scenario.primaryKey || sandbox.origin?.name == scenario.name else { return }
            try Self.fill(sandbox, with: scenario)
        }
        try sandboxes.change(only: scenario.primaryKey) { sandbox throws(Sandboxes.Failure) in
            if sandbox.origin?.text != scenario.text { try Self.fill(sandbox, with: scenario) }
        }
    }

    /// A scenario that names no keys has its own name for one.
    private static func checkName(_ scenario: Scenario) throws(Sandboxes.Failure) {
        guard scenario.keys.isEmpty, !KeyForm.isKey(scenario.name) else { return }
        throw Sandboxes.Failure(
            description:
                "the scenario \"\(scenario.name.printable)\" names no keys, and its own name is none: an API key "
                + "\(KeyForm.rule); give it \"keys\", or its file another name")
    }

    private func assign(_ scenario: Scenario) {
        sandboxes.assign(scenario.keys.isEmpty ? [(scenario.name, nil)] : scenario.keys)
    }

    /// The scenario of its key; else the one that is for everybody, which is the only one that names no keys.
    private func beginning(of name: String) -> Sandboxes.Change? {
        let own = scenarios.first { $0.primaryKey == name }
        let common = scenarios.filter(\.keys.isEmpty)
        guard let scenario = own ?? (common.count == 1 ? common.first : nil) else { return nil }
        return { sandbox throws(Sandboxes.Failure) in try Self.fill(sandbox, with: scenario) }
    }

    private static func fill(_ sandbox: Sandbox, with scenario: Scenario) throws(Sandboxes.Failure) {
        do {
            try scenario.fill(sandbox)
        } catch {
            throw Sandboxes.Failure(description: "\(error)")
        }
    }
}

extension Scenario {
    /// The key that names the sandbox.
    package var primaryKey: String { keys.first?.key ?? name }

    fileprivate var allKeys: [String] { keys.isEmpty ? [name] : keys.map(\.key) }
}
