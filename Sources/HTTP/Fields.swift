/// The header fields of a message, in the order in which they came. Names compare without regard to case.
package struct Fields: Sendable, ExpressibleByDictionaryLiteral {
    package private(set) var lines: [(name: String, value: String)]

    package init() { lines = [] }

    package init(dictionaryLiteral elements: (String, String)...) {
        lines = elements.map { (name: $0.0, value: $0.1) }
    }

    /// The value of the first line with that name. `name` is lower case.
    package subscript(_ name: String) -> String? {
        for line in lines where line.name.isSame(asLowercased: name) { return line.value }
        return nil
    }

    /// How many lines carry that name. `name` is lower case.
    package func count(of name: String) -> Int {
        lines.count { $0.name.isSame(asLowercased: name) }
    }

    package mutating func add(_ name: String, _ value: String) {
        lines.append((name: name, value: value))
    }

    package mutating func removeAll() { lines.removeAll(keepingCapacity: true) }
}

extension String {
    /// ASCII comparison without regard to case; `lowercased` must be lower case already.
    fileprivate func isSame(asLowercased lowercased: String) -> Bool {
        guard utf8.count == lowercased.utf8.count else { return false }
        return zip(utf8, lowercased.utf8).allSatisfy { byte, wanted in
            (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte) == wanted
        }
    }
}
