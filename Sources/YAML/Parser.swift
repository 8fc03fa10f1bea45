internal import CYAML

/// What libyaml finds next.
struct Event {
    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd
        case sequenceStart, sequenceEnd, mappingStart, mappingEnd
        case alias(String)
        /// - Parameter isPlain: whether it stands without quotes.
        case scalar(String, isPlain: Bool)
    }

    let kind: Kind
    let mark: YAML.Mark
    let anchor: String?
    /// Whether it has a tag that says more than that it is text.
    let hasTag: Bool
}

/// libyaml's parser over a text in memory.
@safe final class Parser {
    private var parser: UnsafeMutablePointer<yaml_parser_t>
    private let bytes: UnsafeMutableBufferPointer<UInt8>

    init(_ text: [UInt8]) {
        unsafe parser = .allocate(capacity: 1)
        // A byte more, because an empty buffer would have no address.
        unsafe bytes = .allocate(capacity: text.count + 1)
        _ = unsafe bytes.update(fromContentsOf: text)
        guard unsafe yaml_parser_initialize(parser) == 1 else { preconditionFailure("libyaml: out of memory") }
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, bytes.baseAddress, text.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe bytes.deallocate()
    }

    func next() throws(YAML.Problem) -> Event {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw unsafe problem(parser.pointee) }
        defer { unsafe yaml_event_delete(&event) }
        let mark = unsafe YAML.Mark(event.start_mark)
        func made(
            _ kind: Event.Kind, anchor: UnsafeMutablePointer<yaml_char_t>? = nil,
            tag: UnsafeMutablePointer<yaml_char_t>? = nil
        ) -> Event {
            let tag = unsafe tag.map { unsafe String(cString: $0) }
            let isText = tag == nil || tag == "tag:yaml.org,2002:str" || tag == "!"
            return Event(
                kind: kind, mark: mark, anchor: unsafe anchor.map { unsafe String(cString: $0) }, hasTag: !isText)
        }
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: return made(.streamStart)
        case YAML_DOCUMENT_START_EVENT: return made(.documentStart)
        case YAML_DOCUMENT_END_EVENT: return made(.documentEnd)
        case YAML_SEQUENCE_START_EVENT:
            return unsafe made(
                .sequenceStart, anchor: event.data.sequence_start.anchor, tag: event.data.sequence_start.tag)
        case YAML_SEQUENCE_END_EVENT: return made(.sequenceEnd)
        case YAML_MAPPING_START_EVENT:
            return unsafe made(
                .mappingStart, anchor: event.data.mapping_start.anchor, tag: event.data.mapping_start.tag)
        case YAML_MAPPING_END_EVENT: return made(.mappingEnd)
        case YAML_ALIAS_EVENT: return made(.alias(unsafe String(cString: event.data.alias.anchor)))
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let text = unsafe String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            let isPlain = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.tag == nil
            return unsafe made(.scalar(text, isPlain: isPlain), anchor: scalar.anchor, tag: scalar.tag)
        default: return made(.streamEnd)
        }
    }

    private func problem(_ parser: yaml_parser_t) -> YAML.Problem {
        let reason = unsafe parser.problem.map { unsafe String(cString: $0) } ?? "this cannot be read"
        if unsafe parser.error == YAML_READER_ERROR {
            return YAML.Problem(mark: mark(atOffset: unsafe Int(parser.problem_offset)), sentence: reason)
        }
        var mark = unsafe YAML.Mark(parser.problem_mark)
        let context = unsafe parser.context.map { unsafe String(cString: $0) }
        switch reason {
        case "found character that cannot start any token":
            let isTab = unsafe character(at: Int(parser.problem_mark.index)) == UInt8(ascii: "\t")
            let advice =
                isTab ? "a tab cannot indent; use spaces" : "text that begins with this character needs quotes"
            return YAML.Problem(mark: mark, sentence: advice)
        case "mapping values are not allowed in this context":
            return YAML.Problem(
                mark: mark, sentence: "a colon is not expected here; check the indentation, or put the text in quotes")
        case "did not find expected key":
            return YAML.Problem(mark: mark, sentence: "this is no name; check the indentation")
        default:
            if mark == YAML.Mark(line: 1, column: 1), unsafe parser.context_mark.line > 0 {
                mark = unsafe YAML.Mark(parser.context_mark)
            }
            return YAML.Problem(mark: mark, sentence: context.map { "\($0), \(reason)" } ?? reason)
        }
    }

    private func character(at index: Int) -> UInt8? {
        unsafe index < bytes.count ? bytes[index] : nil
    }

    private func mark(atOffset offset: Int) -> YAML.Mark {
        let before = unsafe bytes.prefix(min(offset, bytes.count))
        let line = unsafe before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = unsafe before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
        return YAML.Mark(line: line, column: column)
    }
}

extension YAML.Mark {
    fileprivate init(_ mark: yaml_mark_t) { self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1) }
}
