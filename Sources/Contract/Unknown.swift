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
    ///
    /// - Parameter limit: how many are looked for; looking for the nearest name of each costs time.
    package func unknownMembers(of document: JSON, path: String = "", atMost limit: Int = .max) -> [UnknownMember] {
        var found: [UnknownMember] = []
        collectUnknown(in: document, path, limit, &found)
        return found
    }

    fileprivate func collectUnknown(in document: JSON, _ path: String, _ limit: Int, _ found: inout [UnknownMember]) {
        for member in document.members {
            guard found.count < limit else { return }
            if let field = first(where: { $0.name == member.name || $0.formerName == member.name }) {
                guard field.schema.isDeep else { continue }
                field.schema.collectUnknown(in: member.value, join(path, member.name), limit, &found)
            } else {
                let nearest = Contract.nearest(to: member.name, among: map(\.name))
                found.append(UnknownMember(path: join(path, member.name), nearest: nearest, value: member.value))
            }
        }
    }
}

extension Schema {
    fileprivate func collectUnknown(in value: JSON, _ path: String, _ limit: Int, _ found: inout [UnknownMember]) {
        switch self {
        case .object(let fields), .named(_, let fields):
            // An object without declared members is one of which the documents say nothing.
            if !fields.isEmpty { fields.collectUnknown(in: value, path, limit, &found) }
        case .dictionary(let element):
            for member in value.members {
                element.collectUnknown(in: member.value, join(path, member.name), limit, &found)
            }
        case .array(let element, _):
            for (index, value) in value.elements.enumerated() {
                element.collectUnknown(in: value, "\(path)[\(index)]", limit, &found)
            }
        case .expected(let inner, _): inner.collectUnknown(in: value, path, limit, &found)
        case .alternatives(let schemas):
            schemas.first { $0.hasType(of: .json(value)) }?.collectUnknown(in: value, path, limit, &found)
        case .string, .text, .digits, .email, .ipAddress, .phone, .oneOf, .documented, .number, .cents, .integer,
            .boolean, .date,
            .duration, .moment,
            .any, .database:
            return
        }
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
