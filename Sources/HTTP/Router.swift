/// Finds what serves a path: a tree with a branch a segment. A literal segment wins over a parameter.
package struct Router<Value: Sendable>: Sendable {
    private struct Node: Sendable {
        /// Few enough that comparing beats hashing.
        var literals: [Branch] = []
        var parameter: Int?
        var values: [Served] = []

        func branch(_ segment: String) -> Int? {
            for literal in literals where literal.segment == segment { return literal.node }
            return nil
        }
    }

    private struct Served: Sendable {
        let method: Method
        let value: Value
        let parameterNames: [String]
    }

    private struct Branch: Sendable {
        let segment: String
        let node: Int
    }

    package struct Match: Sendable {
        package let value: Value
        package let parameters: [NamedValue]
    }

    package enum Outcome: Sendable {
        case match(Match)
        /// The path exists, the method does not: `allowed` is what does.
        case otherMethods(allowed: [Method])
        case none
    }

    private var nodes = [Node()]

    package init() {}

    /// - Parameter pattern: `/v3/users/{userId}/authorize`. Two values for the same pattern and method are a mistake of
    ///   ours and stop the program.
    package mutating func add(_ method: Method, _ pattern: String, _ value: Value) {
        var node = 0
        var names: [String] = []
        for segment in pattern.split(separator: "/") {
            if segment.hasPrefix("{"), segment.hasSuffix("}") {
                names.append(String(segment.dropFirst().dropLast()))
                node = nodes[node].parameter ?? append(to: node) { $0.parameter = $1 }
            } else {
                let literal = String(segment)
                node =
                    nodes[node].branch(literal)
                    ?? append(to: node) { $0.literals.append(Branch(segment: literal, node: $1)) }
            }
        }
        precondition(
            !nodes[node].values.contains { $0.method == method }, "two endpoints for \(method.rawValue) \(pattern)")
        nodes[node].values.append(Served(method: method, value: value, parameterNames: names))
    }

    private mutating func append(to parent: Int, link: (inout Node, Int) -> Void) -> Int {
        nodes.append(Node())
        link(&nodes[parent], nodes.count - 1)
        return nodes.count - 1
    }

    /// HEAD is answered as GET (RFC 9110, section 9.3.2).
    package func find(_ method: Method, _ segments: [String]) -> Outcome {
        var parameters: [String] = []
        guard let node = descend(from: 0, segments[...], &parameters), !nodes[node].values.isEmpty else { return .none }
        let wanted = method == .head ? .get : method
        guard let found = nodes[node].values.first(where: { $0.method == wanted }) else {
            return .otherMethods(allowed: nodes[node].values.map(\.method))
        }
        let named = zip(found.parameterNames, parameters).map { NamedValue($0, $1) }
        return .match(Match(value: found.value, parameters: named))
    }

    private func descend(from node: Int, _ segments: ArraySlice<String>, _ parameters: inout [String]) -> Int? {
        guard let segment = segments.first else { return node }
        if let next = nodes[node].branch(segment),
            let found = descend(from: next, segments.dropFirst(), &parameters), !nodes[found].values.isEmpty
        {
            return found
        }
        guard let next = nodes[node].parameter, !segment.isEmpty else { return nil }
        parameters.append(segment)
        if let found = descend(from: next, segments.dropFirst(), &parameters) { return found }
        parameters.removeLast()
        return nil
    }
}
