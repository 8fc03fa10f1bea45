internal import JSON

extension FuzzTarget {
    /// What is JSON reads, writes and reads as the same; every value's place and source are its own.
    static let json = FuzzTarget("json") { bytes in
        let document: JSON
        do throws(JSONError) {
            document = try JSON(bytes)
        } catch {
            try require((0...bytes.count).contains(error.offset), "the offset is \(error.offset)")
            try require(!error.reason.isEmpty, "no reason is given")
            return
        }
        let written = JSONWriter.write { $0.copy(document) }
        guard let again = try? JSON(written) else { throw Broken(description: "\(text(written)) is no JSON") }
        try require(JSONWriter.write { $0.copy(again) } == written, "\(text(written)) reads as something else")
        try compare(document, again)
        let source = try JSON(document.source)
        try compare(document, source)
        try tokens(of: document)
    }

    private static func compare(_ left: JSON, _ right: JSON) throws {
        try require(left.string == right.string, "a string has changed")
        try require(left.numberText == right.numberText, "a number has changed")
        try require(left.bool == right.bool && left.isNull == right.isNull, "a word has changed")
        let (members, others) = (left.members, right.members)
        try require(members.map(\.name) == others.map(\.name), "a name has changed")
        for (member, other) in zip(members, others) { try compare(member.value, other.value) }
        let (elements, counterparts) = (left.elements, right.elements)
        try require(elements.count == counterparts.count, "an element is lost")
        for (element, counterpart) in zip(elements, counterparts) { try compare(element, counterpart) }
        // The last of several members with one name is the one that is found.
        if let last = members.last { try require(left[last.name]?.place == last.value.place, "a member is not found") }
    }

    private static func tokens(of document: JSON) throws {
        var end = 0
        for place in 0..<document.tokenCount {
            let token = document.token(place)
            try require(token.range.upperBound <= document.document.count, "a token ends behind the text")
            try require(token.next > place && token.next <= document.tokenCount, "a token is followed by \(token.next)")
            try require(token.range.lowerBound >= end, "a token stands before the one before it")
            end = token.range.lowerBound
            if token.part == .name || token.part == .string { _ = document.text(of: token) }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func copy(_ json: JSON) {
        if json.isObject {
            object { writer in
                for member in json.members {
                    writer.escapedKey(member.name)
                    writer.copy(member.value)
                }
            }
        } else if json.isArray {
            array(json.elements) { $0.copy($1) }
        } else if let string = json.string {
            value(string)
        } else if let bool = json.bool {
            value(bool)
        } else {
            raw((json.numberText ?? "null").utf8)
        }
    }
}
