internal import Contract
internal import JSON
package import Medusa
internal import MedusaAPI
package import Sandbox
internal import YAML

/// A scenario that has been read and found right as far as a file can be without being played.
package struct Scenario: Sendable {
    /// The file's name without its ending.
    package let name: String
    package let text: [UInt8]
    package let about: String
    /// The API keys that share the sandbox, the first of which names it; empty where the file names none.
    package let keys: [(key: String, consumer: Sandbox.Consumer?)]
    let file: String
    let seed: UInt64?
    let clock: Clock?
    let settings: Settings?
    let personas: JSON?
    let faults: [JSON]
    let steps: [Step]
    let yaml: YAML

    /// Whose the story's transactions are, where its keys have several vendors: the first key's, as whom it is played.
    var vendor: String? {
        let vendors = Set(keys.map { $0.consumer?.vendorId })
        return vendors.count > 1 ? keys.first?.consumer?.vendorId : nil
    }

    /// When the story begins, which relative moments count from.
    let present: Timestamp

    /// Reads a scenario.
    ///
    /// - Parameters:
    ///   - file: what problems name.
    ///   - now: what the clock of a scenario without one shows.
    /// - Throws: everything that is wrong with it.
    package init(_ text: [UInt8], name: String, file: String, at now: Timestamp) throws(Problems) {
        self.name = name
        self.text = text
        self.file = file
        do throws(YAML.Problem) {
            yaml = try YAML(text)
        } catch {
            throw Problems([error], in: file)
        }
        let document = yaml
        let violations = ScenarioFile.all.violations(of: document.json)
        guard violations.isEmpty else {
            throw Problems(violations.map { document.problem($0) }, in: file)
        }
        let values = Values.object(document.json)
        var problems: [YAML.Problem] = []
        func read<Result>(_ path: String, _ body: () throws(Violation) -> Result) -> Result? {
            do throws(Violation) {
                return try body()
            } catch {
                problems.append(document.problem(error, under: path))
                return nil
            }
        }
        about = values[ScenarioFile.about]
        seed = values[ScenarioFile.seed].map { UInt64($0) }
        clock = values[ScenarioFile.clock].flatMap { clock in
            read("clock") { () throws(Violation) in try Clock(reading: clock, present: now) }
        }
        let present = clock?.now ?? now
        self.present = present
        settings = values[ScenarioFile.settings].flatMap { settings in
            read("settings") { () throws(Violation) in try Settings(reading: settings) }
        }
        keys = (values[ScenarioFile.keys] ?? []).map { entry in
            let consumer = Sandbox.Consumer(
                channel: entry[ScenarioFile.channel] ?? "sandbox",
                vendorId: entry[ScenarioFile.vendorId]
                    ?? Sandboxes.fingerprint(of: entry[ScenarioFile.key], length: 8))
            return (entry[ScenarioFile.key], consumer)
        }
        problems += document.repeatedKeys(values[ScenarioFile.keys] ?? [])
        problems += document.unusableKeys(values)
        personas = document.json[ScenarioFile.personas.field.name]
        for (index, rule) in (values[ScenarioFile.personas] ?? []).enumerated() {
            _ = read("personas[\(index)]") { () throws(Violation) in
                try Rule(reading: rule, requestFields: Routes.ruledFields, at: present)
            }
        }
        faults = document.json[ScenarioFile.faults.field.name]?.elements ?? []
        for (index, fault) in faults.enumerated() {
            _ = read("faults[\(index)]") { () throws(Violation) in try Fault(reading: .object(fault), at: present) }
            problems += document.strangers(in: fault, at: "faults[\(index)]", keys: keys.map(\.key))
        }
        var reading = StepReading(document, present: present)
        steps = reading.steps(values[ScenarioFile.given])
        problems += reading.problems
        guard problems.isEmpty else { throw Problems(problems, in: file) }
    }
}

extension YAML {
    func problem(_ violation: Violation, under path: String = "") -> YAML.Problem {
        let place = violation.place ?? json
        let full =
            path.isEmpty ? violation.path : violation.path == "fault" ? path : "\(path).\(violation.path)"
        var sentence = "\"\(full)\" \(violation.complaint)"
        if violation.complaint == "must be a string", place.isNumber { sentence += "; put it in quotes" }
        sentence += didYouMean(violation.nearestAllowed)
        return YAML.Problem(mark: mark(of: place), sentence: sentence)
    }

    func repeatedKeys(_ keys: [Values]) -> [YAML.Problem] {
        var seen: Set<String> = []
        return keys.compactMap { entry in
            let key = entry[ScenarioFile.key]
            guard !seen.insert(key).inserted, let place = entry.given(ScenarioFile.key)?.json else { return nil }
            return YAML.Problem(mark: mark(of: place), sentence: "the key \"\(key)\" stands in \"keys\" a second time")
        }
    }

    /// Keys that no request can have.
    func unusableKeys(_ scenario: Values) -> [YAML.Problem] {
        let keys = (scenario[ScenarioFile.keys] ?? []).compactMap { $0.given(ScenarioFile.key)?.json }
        let authKey = json[ScenarioFile.settings.field.name]?[Settings.authKeyName]
        return (keys.map { ("key", $0) } + (authKey.map { [("settings.authKey", $0)] } ?? [])).compactMap {
            name, json in
            guard let key = json.string, !KeyForm.isKey(key) else { return nil }
            return YAML.Problem(mark: mark(of: json), sentence: "\"\(name)\" \(KeyForm.rule)")
        }
    }

    /// Keys of a fault that nobody can use.
    func strangers(in fault: JSON, at path: String, keys: [String]) -> [YAML.Problem] {
        guard !keys.isEmpty else { return [] }
        return (fault["keys"]?.elements ?? []).compactMap { element in
            guard let key = element.string, !keys.contains(key) else { return nil }
            let hint = didYouMean(nearest(to: key, among: keys))
            return YAML.Problem(
                mark: mark(of: element),
                sentence: "\"\(path).keys\" names \"\(key)\", which is none of the scenario's keys\(hint)")
        }
    }
}
