internal import CYAML

/// libyaml's events, written down as JSON text with a mark for each of its values and names, in their order.
struct YAMLReader {
    private let parser: Parser
    private var text: [UInt8] = []
    private var marks: [YAML.Mark] = []
    private var anchors: [String: Anchor] = [:]

    /// What stands behind an anchor, once it is complete.
    private struct Anchor {
        let mark: YAML.Mark
        var text: Range<Int>?
        var marks: Range<Int>?
        /// How many values stand in each other there; 1 for a scalar.
        var levels = 0
    }

    init(_ bytes: [UInt8]) { parser = Parser(bytes) }

    mutating func read() throws(YAML.Problem) -> (text: [UInt8], marks: [YAML.Mark]) {
        _ = try parser.next()
        guard case .documentStart = try parser.next().kind else {
            throw YAML.Problem(mark: YAML.Mark(line: 1, column: 1), sentence: "the file is empty")
        }
        _ = try value(try parser.next(), depth: 0)
        _ = try parser.next()
        let end = try parser.next()
        guard case .streamEnd = end.kind else {
            throw YAML.Problem(mark: end.mark, sentence: "a second document begins here; a file holds one")
        }
        return (text, marks)
    }

    /// - Returns: how many values stand in each other here.
    private mutating func value(_ event: Event, depth: Int) throws(YAML.Problem) -> Int {
        guard depth < YAML.depthLimit else { throw Self.tooDeep(event.mark) }
        guard !event.hasTag else {
            throw YAML.Problem(mark: event.mark, sentence: "tags such as !!set are not understood; leave it out")
        }
        if case .alias(let name) = event.kind { return try follow(name, at: event.mark, depth: depth) }
        try begin(event)
        let (textStart, marksStart) = (text.count, marks.count - 1)
        var levels = 1
        switch event.kind {
        case .scalar(let scalar, let isPlain): append(scalar, isPlain: isPlain)
        case .sequenceStart: levels += try sequence(depth: depth)
        case .mappingStart: levels += try mapping(depth: depth)
        case .alias, .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            preconditionFailure("libyaml gives no such event where a value stands")
        }
        guard let name = event.anchor else { return levels }
        anchors[name]?.text = textStart..<text.count
        anchors[name]?.marks = marksStart..<marks.count
        anchors[name]?.levels = levels
        return levels
    }

    private static func tooDeep(_ mark: YAML.Mark) -> YAML.Problem {
        YAML.Problem(mark: mark, sentence: "this is nested deeper than \(YAML.depthLimit) levels")
    }

    private mutating func begin(_ event: Event) throws(YAML.Problem) {
        if let name = event.anchor {
            if let first = anchors[name] {
                throw YAML.Problem(
                    mark: event.mark,
                    sentence: "the anchor &\(name) stands here a second time; the first is in line \(first.mark.line)")
            }
            anchors[name] = Anchor(mark: event.mark)
        }
        try add(event.mark)
    }

    private mutating func add(_ mark: YAML.Mark) throws(YAML.Problem) {
        guard marks.count < YAML.valueLimit, text.count < YAML.textLimit else {
            throw YAML.Problem(mark: mark, sentence: "the file holds more than \(YAML.valueLimit) values here")
        }
        marks.append(mark)
    }

    /// An alias is a copy of what it names, as deep as that.
    private mutating func follow(_ name: String, at mark: YAML.Mark, depth: Int) throws(YAML.Problem) -> Int {
        guard let anchor = anchors[name] else {
            let hint = anchors.keys.sorted().prefix(10).map { "&\($0)" }.joined(separator: ", ")
            throw YAML.Problem(
                mark: mark,
                sentence: "nothing is anchored as &\(name) before this" + (hint.isEmpty ? "" : "; there is \(hint)"))
        }
        guard let textRange = anchor.text, let marksRange = anchor.marks else {
            throw YAML.Problem(
                mark: mark, sentence: "*\(name) stands inside of what it names, in line \(anchor.mark.line): a cycle")
        }
        guard depth + anchor.levels <= YAML.depthLimit else { throw Self.tooDeep(mark) }
        guard marks.count + marksRange.count <= YAML.valueLimit, text.count + textRange.count <= YAML.textLimit else {
            throw YAML.Problem(
                mark: mark, sentence: "with this alias the file would hold more than \(YAML.valueLimit) values")
        }
        // A slice would share its storage with the whole, all of which would be copied before anything could be appended.
        text.append(contentsOf: Array(text[textRange]))
        marks.append(contentsOf: Array(marks[marksRange]))
        return anchor.levels
    }

    /// - Returns: how many levels its elements have.
    private mutating func sequence(depth: Int) throws(YAML.Problem) -> Int {
        text.append(UInt8(ascii: "["))
        var isFirst = true
        var levels = 0
        while true {
            let event = try parser.next()
            if case .sequenceEnd = event.kind { break }
            if !isFirst { text.append(UInt8(ascii: ",")) }
            isFirst = false
            levels = max(levels, try value(event, depth: depth + 1))
        }
        text.append(UInt8(ascii: "]"))
        return levels
    }

    /// - Returns: how many levels its members have.
    private mutating func mapping(depth: Int) throws(YAML.Problem) -> Int {
        text.append(UInt8(ascii: "{"))
        var lines: [String: Int] = [:]
        var levels = 0
        while true {
            let key = try parser.next()
            if case .mappingEnd = key.kind { break }
            guard case .scalar(let name, _) = key.kind, key.anchor == nil else {
                throw YAML.Problem(mark: key.mark, sentence: "a name must be plain text")
            }
            guard name != "<<" else {
                throw YAML.Problem(mark: key.mark, sentence: "merge keys are not understood; write the members out")
            }
            if let line = lines.updateValue(key.mark.line, forKey: name) {
                throw YAML.Problem(
                    mark: key.mark, sentence: "\"\(name)\" stands here a second time; the first is in line \(line)")
            }
            if lines.count > 1 { text.append(UInt8(ascii: ",")) }
            try add(key.mark)
            append(name, isPlain: false)
            text.append(UInt8(ascii: ":"))
            levels = max(levels, try value(try parser.next(), depth: depth + 1))
        }
        text.append(UInt8(ascii: "}"))
        return levels
    }

    private mutating func append(_ scalar: String, isPlain: Bool) {
        if isPlain {
            switch scalar {
            case "", "~", "null", "Null", "NULL": return text.append(contentsOf: "null".utf8)
            case "true", "True", "TRUE": return text.append(contentsOf: "true".utf8)
            case "false", "False", "FALSE": return text.append(contentsOf: "false".utf8)
            default: if isNumber(scalar) { return text.append(contentsOf: scalar.utf8) }
            }
        }
        text.append(UInt8(ascii: "\""))
        for byte in scalar.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                text.append(contentsOf: "\\u00\(digits.count < 2 ? "0" : "")\(digits)".utf8)
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }

    /// RFC 8259's numbers. What YAML also takes for one (`0x1F`, `.5`, `007`) is a string here.
    private func isNumber(_ scalar: String) -> Bool {
        var rest = scalar.utf8[...]
        func digits() -> Int {
            let found = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            rest = rest.dropFirst(found.count)
            return found.count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, whole == 1 || !startsWithZero else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits() > 0 else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }
}
