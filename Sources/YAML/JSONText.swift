internal import JSON

/// A text that is JSON, with the place of each value: nothing in it means something else in YAML.
enum JSONText {
    /// Whether it can be JSON at all: every document of ours is an object or an array.
    static func isLikely(_ bytes: [UInt8]) -> Bool {
        switch bytes.first(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }) {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""): true
        default: false
        }
    }

    static func read(_ bytes: [UInt8]) throws(YAML.Problem) -> (json: JSON, marks: [YAML.Mark]) {
        var places = Places(bytes)
        let json: JSON
        do throws(JSONError) {
            json = try JSON(bytes)
        } catch {
            throw YAML.Problem(mark: places.mark(at: error.offset), sentence: error.reason)
        }
        var marks: [YAML.Mark] = []
        marks.reserveCapacity(json.tokenCount)
        for number in 0..<json.tokenCount {
            let token = json.token(number)
            let isQuoted = token.part == .string || token.part == .name
            let mark = places.mark(at: token.range.lowerBound - (isQuoted ? 1 : 0))
            guard number < YAML.valueLimit else {
                throw YAML.Problem(mark: mark, sentence: "the file holds more than \(YAML.valueLimit) values here")
            }
            marks.append(mark)
        }
        return (json, marks)
    }
}

/// Lines and columns of a text, asked for in the order of the text: each byte is passed once.
struct Places {
    private let bytes: [UInt8]
    private var place = 0
    private var line = 1
    private var column = 1

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func mark(at offset: Int) -> YAML.Mark {
        while place < min(offset, bytes.count) {
            switch bytes[place] {
            case UInt8(ascii: "\n"): (line, column) = (line + 1, 1)
            // The rest of a character.
            case 0x80..<0xC0: break
            default: column += 1
            }
            place += 1
        }
        return YAML.Mark(line: line, column: column)
    }
}
