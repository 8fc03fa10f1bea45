internal import JSON
internal import Medusa
internal import Scenarios
internal import YAML

extension FuzzTarget {
    /// A YAML file: what is read says the same when it is written as JSON, and every value has its place; what is JSON reads as JSON.
    static let yaml = FuzzTarget("yaml") { bytes in
        let plain = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let lines = bytes.count { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } + 3 * bytes.count + 2
        let document: YAML
        do throws(YAML.Problem) {
            document = try YAML(bytes)
        } catch {
            try require(!error.sentence.isEmpty, "a problem says nothing")
            try require((1...lines).contains(error.mark.line) && error.mark.column > 0, "a problem is at \(error.mark)")
            let isJSON = (try? JSON(plain)).map { $0.isObject || $0.isArray } ?? false
            try require(!isJSON || plain.count > 100_000, "what is JSON is refused: \(error.sentence)")
            return
        }
        for value in everything(in: document.json) {
            let mark = document.mark(of: value)
            try require((1...lines).contains(mark.line) && mark.column > 0, "a value is at \(mark)")
        }
        let source = document.json.source
        guard source.first == UInt8(ascii: "{") || source.first == UInt8(ascii: "[") else { return }
        let again = try YAML(source)
        try require(again.json.source == source, "\(text(source)) reads as \(text(again.json.source))")
    }

    /// Every name and value, the document itself included.
    private static func everything(in json: JSON) -> [JSON] {
        var found = [json]
        for member in json.members {
            if let name = member.value.name { found.append(name) }
            found += everything(in: member.value)
        }
        for element in json.elements { found += everything(in: element) }
        return found
    }

    /// A scenario: whatever is wrong with it is told with its place, a hundred times at most; what is right plays, or says why not.
    static let scenario = FuzzTarget("scenario") { bytes in
        do {
            let scenario = try Scenario(
                bytes, name: "fuzz", file: "fuzz.yaml", at: Timestamp(milliseconds: 1_772_442_000_000))
            try scenario.rehearse()
        } catch let problems as Problems {
            try require((1...Problems.most).contains(problems.all.count), "\(problems.all.count) problems are told")
            try require(
                problems.others == 0 || problems.all.count == Problems.most, "some are told, and \(problems.others) not"
            )
            for problem in problems.all {
                try require(!problem.sentence.isEmpty, "a problem says nothing")
                try require(problem.sentence.utf8.count <= 8000, "a problem of \(problem.sentence.utf8.count) bytes")
                try require(problem.mark.line > 0 && problem.mark.column > 0, "a problem is at \(problem.mark)")
            }
            try require(problems.all == problems.all.sorted { $0.mark < $1.mark }, "problems are not in order")
        }
    }
}
