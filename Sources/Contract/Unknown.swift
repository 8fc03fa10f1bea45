package import JSON

/// A member that the declaration does not name.
package struct UnknownMember: Sendable {
    /// `items[0].quantty`
    package let path: String
    /// The declared name that is closest, if one is close.
    package let nearest: String?
    /// Its value; the name stands right before it.
    package let value: JSON

    package var violation: Violation {
        Violation(path, "is not known here\(didYouMean(nearest))", at: value.name)
    }
}

extension [Field] {
    /// The members of a document, at any depth, that these fields do not name.
    package func unknownMembers(of document: JSON, path: String = "") -> [UnknownMember] {
        document.members.flatMap { member -> [UnknownMember] in
            let place = join(path, member.name)
            guard let field = first(where: { $0.name == member.name || $0.formerName == member.name }) else {
                return [
                    UnknownMember(
                        path: place, nearest: Contract.nearest(to: member.name, among: map(\.name)), value: member.value
                    )
                ]
            }
            return unknown(in: member.value, field.schema, place)
        }
    }
}

private func unknown(in value: JSON, _ schema: Schema, _ path: String) -> [UnknownMember] {
    switch schema {
    // An object without declared members is one of which the documents say nothing.
    case .object(let fields), .named(_, let fields): fields.isEmpty ? [] : fields.unknownMembers(of: value, path: path)
    case .dictionary(let element):
        value.members.flatMap { unknown(in: $0.value, element, join(path, $0.name)) }
    case .array(let element, _):
        value.elements.enumerated().flatMap { unknown(in: $1, element, "\(path)[\($0)]") }
    case .alternatives(let schemas):
        schemas.first { $0.hasType(of: .json(value)) }.map { unknown(in: value, $0, path) } ?? []
    case .string, .text, .email, .phone, .oneOf, .documented, .number, .integer, .boolean, .date, .duration, .moment, .any,
        .database:
        []
    }
}

/// What a sentence about a misspelt name ends with; nothing when no name is near.
package func didYouMean(_ nearest: String?) -> String { nearest.map { "; did you mean \"\($0)\"?" } ?? "" }

/// The name that a misspelt one was probably meant to be: the fewest edits away, at most a third of its length.
package func nearest(to word: String, among names: [String]) -> String? {
    let wanted = Array(word.lowercased().prefix(100))
    let ranked = names.map { (name: $0, edits: edits(wanted, Array($0.lowercased().prefix(100)))) }
    guard let best = ranked.min(by: { ($0.edits, $0.name) < ($1.edits, $1.name) }) else { return nil }
    return best.edits <= max(1, wanted.count / 3) ? best.name : nil
}

/// How many insertions, deletions, replacements and swaps of neighbours lead from one word to the other.
private func edits(_ left: [Character], _ right: [Character]) -> Int {
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var before: [Int] = []
    var above = Array(0...right.count)
    for row in 1...left.count {
        var current = [row]
        for column in 1...right.count {
            let isSame = left[row - 1] == right[column - 1]
            var cost = min(above[column] + 1, current[column - 1] + 1, above[column - 1] + (isSame ? 0 : 1))
            if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                cost = min(cost, before[column - 2] + 1)
            }
            current.append(cost)
        }
        before = above
        above = current
    }
    return above[right.count]
}
