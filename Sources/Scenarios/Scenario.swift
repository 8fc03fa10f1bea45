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
        var problems = ProblemList()
        for violation in ScenarioFile.all.violations(of: document.json) { problems.add(violation, in: document) }
        guard problems.isEmpty else { throw problems.problems(in: file) }
        let values = Values.object(document.json)
        func read<Result>(_ path: String, _ body: () throws(Violation) -> Result) -> Result? {
            do throws(Violation) {
                return try body()
            } catch {
                problems.add(error, in: document, under: path)
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
        problems.add(document.repeatedKeys(values[ScenarioFile.keys] ?? []))
        problems.add(document.unusableKeys(values))
        personas = document.json[ScenarioFile.personas.field.name]
        for (index, rule) in (values[ScenarioFile.personas] ?? []).enumerated() {
            _ = read("personas[\(index)]") { () throws(Violation) in
                try Rule(reading: rule, requestFields: Routes.ruledFields, at: present)
            }
        }
        faults = document.json[ScenarioFile.faults.field.name]?.elements ?? []
        for (index, fault) in faults.enumerated() {
            _ = read("faults[\(index)]") { () throws(Violation) in try Fault(reading: .object(fault), at: present) }
            problems.add(document.strangers(in: fault, at: "faults[\(index)]", keys: keys.map(\.key)))
        }
        var reading = StepReading(document, present: present)
        steps = reading.steps(values[ScenarioFile.given])
        problems.add(reading.problems)
        guard problems.isEmpty else { throw problems.problems(in: file) }
    }
}

extension ProblemList {
    mutating func add(_ violation: Violation, in yaml: YAML, under path: String = "") {
        let place = violation.place ?? yaml.json
        let full =
            path.isEmpty ? violation.path : violation.path == "fault" ? path : "\(path).\(violation.path)"
        add(yaml.mark(of: place)) {
            var sentence = "\"\(full)\" \(violation.complaint)"
            if violation.complaint == "must be a string", place.isNumber { sentence += "; put it in quotes" }
            return sentence + didYouMean(violation.nearestAllowed)
        }
    }
}

extension YAML {
    func repeatedKeys(_ keys: [Values]) -> ProblemList {
        var problems = ProblemList()
        var seen: Set<String> = []
        for entry in keys {
            let key = entry[ScenarioFile.key]
            guard !seen.insert(key).inserted, let place = entry.given(ScenarioFile.key)?.json else { continue }
            problems.add(mark(of: place)) { "the key \"\(key)\" stands in \"keys\" a second time" }
        }
        return problems
    }

    /// Keys that no request can have.
    func unusableKeys(_ scenario: Values) -> ProblemList {
        let keys = (scenario[ScenarioFile.keys] ?? []).compactMap { $0.given(ScenarioFile.key)?.json }
        let authKey = json[ScenarioFile.settings.field.name]?[Settings.authKeyName]
        var problems = ProblemList()
        for (name, json) in keys.map({ ("key", $0) }) + (authKey.map { [("settings.authKey", $0)] } ?? []) {
            guard let key = json.string, !KeyForm.isKey(key) else { continue }
            problems.add(mark(of: json)) { "\"\(name)\" \(KeyForm.rule)" }
        }
        return problems
    }

    /// Keys of a fault that nobody can use.
    func strangers(in fault: JSON, at path: String, keys: [String]) -> ProblemList {
        var problems = ProblemList()
        guard !keys.isEmpty else { return problems }
        for element in fault["keys"]?.elements ?? [] {
            guard let key = element.string, !keys.contains(key) else { continue }
            problems.add(mark(of: element)) {
                let hint = didYouMean(nearest(to: key, among: keys))
                return "\"\(path).keys\" names \"\(key)\", which is none of the scenario's keys\(hint)"
            }
        }
        return problems
    }
}
