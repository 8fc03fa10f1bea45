internal import Contract
package import YAML

extension YAML.Problem {
    /// `shop.yaml:12:5: "given.users.jane.email" is required`
    package func line(in file: String) -> String { "\(file):\(mark.line):\(mark.column): \(sentence)" }
}

/// What is wrong with a scenario file, in the order of its lines: the first hundred, and how many more there are. Nobody mends more at
/// once, and an answer stays short whatever the file is.
package struct Problems: Error, Sendable, CustomStringConvertible {
    /// How many are told.
    package static let most = 100

    package let file: String
    package let all: [YAML.Problem]
    /// How many are not told.
    package let others: Int

    package init(_ all: [YAML.Problem], in file: String) {
        var list = ProblemList()
        for problem in all { list.add(problem.mark) { problem.sentence } }
        self = list.problems(in: file)
    }

    fileprivate init(_ all: [YAML.Problem], others: Int, in file: String) {
        self.file = file
        self.all = all.sorted { ($0.mark, $0.sentence) < ($1.mark, $1.sentence) }
        self.others = others
    }

    package var description: String {
        let more = others > 0 ? ["\(file): and \(others) more"] : []
        return (all.map { $0.line(in: file) } + more).joined(separator: "\n")
    }
}

/// Problems as they are found. A sentence costs time, above all to find the name that was meant, so it is made for those alone that are
/// told.
struct ProblemList {
    private var found: [(mark: YAML.Mark, sentence: () -> String)] = []

    var isEmpty: Bool { found.isEmpty }

    mutating func add(_ mark: YAML.Mark, _ sentence: @escaping () -> String) { found.append((mark, sentence)) }

    mutating func add(_ others: ProblemList) { found += others.found }

    func problems(in file: String) -> Problems {
        let told = found.enumerated().sorted { ($0.element.mark, $0.offset) < ($1.element.mark, $1.offset) }
            .prefix(Problems.most).map(\.element)
        return Problems(
            told.map { YAML.Problem(mark: $0.mark, sentence: Self.shortened($0.sentence())) },
            others: found.count - told.count, in: file)
    }

    /// Names and values are as long as their writer likes.
    private static func shortened(_ sentence: String) -> String {
        sentence.utf8.count <= 2000 ? sentence : "\(sentence.prefix(1000))…"
    }
}

/// What could have been meant by a name: the nearest of the first thousand, or else the first ten. A file may have thirty thousand.
///
/// - Parameter place: what they are names in, for the sentence: `the file`.
func hint(for name: String, among known: [String], of place: String) -> String {
    if let meant = nearest(to: name, among: Array(known.prefix(1000))) { return didYouMean(meant) }
    guard !known.isEmpty else { return "; \(place) has none" }
    let shown = known.prefix(10).map { "\"\($0)\"" }.joined(separator: ", ")
    return "; there is \(shown)\(known.count > 10 ? " and \(known.count - 10) more" : "")"
}
