/// A name and its value: a header field, a query parameter, a path parameter. A struct and not a tuple, because arrays of
/// tuples ask the runtime for their type again and again.
package struct NamedValue: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The header fields of a message, in the order in which they came. Names compare without regard to case.
package struct Fields: Sendable, ExpressibleByDictionaryLiteral {
    package private(set) var lines: [NamedValue]

    package init() { lines = [] }

    package init(dictionaryLiteral elements: (String, String)...) { lines = elements.map { NamedValue($0, $1) } }

    /// The value of the first line with that name. `name` is lower case.
    package subscript(_ name: String) -> String? {
        for line in lines where line.name.isSame(asLowercased: name) { return line.value }
        return nil
    }

    /// How many lines carry that name. `name` is lower case.
    package func count(of name: String) -> Int {
        lines.count { $0.name.isSame(asLowercased: name) }
    }

    package mutating func add(_ name: String, _ value: String) { lines.append(NamedValue(name, value)) }

    package mutating func removeAll() { lines.removeAll(keepingCapacity: true) }
}

extension String {
    /// ASCII comparison without regard to case; `lowercased` must be lower case already.
    fileprivate func isSame(asLowercased lowercased: String) -> Bool {
        let bytes = utf8
        let wanted = lowercased.utf8
        guard bytes.count == wanted.count else { return false }
        var place = wanted.startIndex
        for byte in bytes {
            let folded = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
            guard folded == wanted[place] else { return false }
            place = wanted.index(after: place)
        }
        return true
    }
}
