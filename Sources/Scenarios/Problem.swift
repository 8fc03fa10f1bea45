package import YAML

extension YAML.Problem {
    /// `shop.yaml:12:5: "given.users.jane.email" is required`
    package func line(in file: String) -> String { "\(file):\(mark.line):\(mark.column): \(sentence)" }
}

/// Everything that is wrong with a scenario file, in the order of its lines.
package struct Problems: Error, Sendable, CustomStringConvertible {
    package let file: String
    package let all: [YAML.Problem]

    package init(_ all: [YAML.Problem], in file: String) {
        self.file = file
        self.all = all.sorted { ($0.mark, $0.sentence) < ($1.mark, $1.sentence) }
    }

    package var description: String { all.map { $0.line(in: file) }.joined(separator: "\n") }
}
