/// A parsed JSON document (RFC 8259): the bytes it came in, and a tape with an entry a value, parents before children.
/// Nothing is converted until someone asks, so a number keeps its text and a string its place in the source.
package struct JSON: Sendable {
    enum Kind: UInt8 {
        case null, `true`, `false`, number, string, array, object
    }

    /// One value on the tape. An object's children alternate between key and value.
    struct Entry {
        var kind: Kind
        /// A string with a `\` in it must be unescaped when it is read.
        var isEscaped: Bool
        /// Whether it is the name of a member.
        var isName = false
        /// Where the value's text is in the source; a string's without its quotes.
        var start: UInt32
        var end: UInt32
        /// The place on the tape behind the value and all that it holds.
        var next: UInt32
    }

    final class Storage: Sendable {
        let bytes: [UInt8]
        let tape: [Entry]

        init(bytes: [UInt8], tape: [Entry]) {
            self.bytes = bytes
            self.tape = tape
        }
    }

    let storage: Storage
    let index: Int

    /// Parses a whole text. Depth is limited to 64, size to 4 GiB.
    package init(_ bytes: [UInt8]) throws(JSONError) {
        var reader = JSONReader(bytes)
        storage = Storage(bytes: bytes, tape: try reader.read())
        index = 0
    }

    init(_ storage: Storage, at index: Int) {
        self.storage = storage
        self.index = index
    }

    var entry: Entry { storage.tape[index] }
}

/// Where and why a text is not JSON.
package struct JSONError: Error, Equatable {
    package let offset: Int
    package let reason: String

    package init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }
}

// MARK: - Reading values

extension JSON {
    package var isNull: Bool { entry.kind == .null }
    package var isObject: Bool { entry.kind == .object }
    package var isArray: Bool { entry.kind == .array }
    package var isString: Bool { entry.kind == .string }
    package var isNumber: Bool { entry.kind == .number }

    package var bool: Bool? {
        switch entry.kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    package var string: String? {
        guard entry.kind == .string else { return nil }
        return text(of: entry)
    }

    /// The number as it was written.
    package var numberText: String? {
        guard entry.kind == .number else { return nil }
        return text(of: entry)
    }

    private func text(of entry: Entry) -> String {
        let source = storage.bytes[Int(entry.start)..<Int(entry.end)]
        return entry.isEscaped ? unescape(source) : String(decoding: source, as: UTF8.self)
    }

    /// The member of an object with that name; the last one, as `JSON.parse` does, when there are several.
    package subscript(_ name: String) -> JSON? {
        guard entry.kind == .object else { return nil }
        var found: JSON?
        var place = index + 1
        let end = Int(entry.next)
        while place < end {
            let key = storage.tape[place]
            if isKey(key, name) { found = JSON(storage, at: place + 1) }
            place = Int(storage.tape[place + 1].next)
        }
        return found
    }

    private func isKey(_ key: Entry, _ name: String) -> Bool {
        if key.isEscaped { return text(of: key) == name }
        let utf8 = name.utf8
        guard utf8.count == Int(key.end - key.start) else { return false }
        return storage.bytes[Int(key.start)..<Int(key.end)].elementsEqual(utf8)
    }

    /// The members of an object in source order.
    package var members: [(name: String, value: JSON)] {
        guard entry.kind == .object else { return [] }
        var members: [(name: String, value: JSON)] = []
        var place = index + 1
        while place < Int(entry.next) {
            members.append((name: text(of: storage.tape[place]), value: JSON(storage, at: place + 1)))
            place = Int(storage.tape[place + 1].next)
        }
        return members
    }

    /// The elements of an array.
    package var elements: [JSON] {
        guard entry.kind == .array else { return [] }
        var elements: [JSON] = []
        var place = index + 1
        while place < Int(entry.next) {
            elements.append(JSON(storage, at: place))
            place = Int(storage.tape[place].next)
        }
        return elements
    }

    /// The value's place in the document, counted over all values and names in their order.
    package var place: Int { index }

    /// The name that stands before a member's value, as a value of its own.
    package var name: JSON? { index > 0 ? JSON(storage, at: index - 1) : nil }

    /// The source of the value, as it was written.
    package var source: [UInt8] {
        let quote = entry.kind == .string ? 1 : 0
        return Array(storage.bytes[Int(entry.start) - quote..<Int(entry.end) + quote])
    }
}
