package import JSON

/// A member that the declaration does not name.
package struct UnknownMember: Sendable {
    /// `items[0].quantty`
    package let path: String
    /// Its name.
    private let name: String
    /// Those that are declared where it stands.
    private let declared: [Field]
    /// Its value; the name stands right before it.
    package let value: JSON

    fileprivate init(_ path: String, _ name: String, among declared: [Field], _ value: JSON) {
        (self.path, self.name, self.declared, self.value) = (path, name, declared, value)
    }

    /// The declared name that is closest, if one is close. Looking for it takes time.
    package var nearest: String? { Contract.nearest(to: name, among: declared.map(\.name)) }

    package var violation: Violation {
        Violation(path, "is not known here\(didYouMean(nearest))", at: value.name)
    }

    /// The same without its hint, which `Violation.nearestAllowed` gives to whoever asks.
    var plainViolation: Violation {
        Violation(path, "is not known here", at: value.name, allowed: declared.map(\.name))
    }
}

extension [Field] {
    /// The members of a document, at any depth, that these fields do not name.
    ///
    /// - Parameter limit: how many are looked for.
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
                found.append(UnknownMember(join(path, member.name), member.name, among: self, member.value))
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
    let wanted = Array(word.lowercased().unicodeScalars.prefix(100))
    var best: (name: String, edits: Int)?
    for name in names {
        let most = best?.edits ?? max(1, wanted.count / 3)
        let letters = Array(name.lowercased().unicodeScalars.prefix(100))
        guard let edits = edits(wanted, letters, atMost: most) else { continue }
        if best.map({ (edits, name) < ($0.edits, $0.name) }) ?? true { best = (name, edits) }
    }
    return best?.name
}

/// How many insertions, deletions, replacements and swaps of neighbours lead from one word to the other; `nil` for more than `most`,
/// which for most words is clear after a few letters.
private func edits(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar], atMost most: Int) -> Int? {
    guard (left.count - right.count).magnitude <= most else { return nil }
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var before: [Int] = []
    var above = Array(0...right.count)
    var least = 0
    for row in 1...left.count {
        var current = [row]
        var leastHere = row
        for column in 1...right.count {
            let isSame = left[row - 1] == right[column - 1]
            var cost = min(above[column] + 1, current[column - 1] + 1, above[column - 1] + (isSame ? 0 : 1))
            if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                cost = min(cost, before[column - 2] + 1)
            }
            current.append(cost)
            leastHere = min(leastHere, cost)
        }
        // A swap comes from two rows above; whatever else is left can only cost more.
        guard min(least, leastHere) <= most else { return nil }
        least = leastHere
        before = above
        above = current
    }
    return above[right.count] <= most ? above[right.count] : nil
}
