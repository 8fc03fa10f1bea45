package import JSON

/// A YAML document as the JSON that it says, with the place of every value in the file.
///
/// What is JSON is read as JSON. Of YAML 1.2 it is the core: a plain `true`, `null` or JSON number is what it looks like, every other scalar is a string. Aliases are
/// followed, within bounds; tags, merge keys and several documents in one file are refused.
package struct YAML: Sendable {
    package let json: JSON
    private let marks: [Mark]

    /// A place in a file, counted from 1, as editors do.
    package struct Mark: Hashable, Comparable, Sendable {
        package let line: Int
        package let column: Int

        package init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }

        package static func < (left: Mark, right: Mark) -> Bool {
            (left.line, left.column) < (right.line, right.column)
        }
    }

    /// What is wrong, and where.
    package struct Problem: Error, Hashable, Sendable {
        package let mark: Mark
        /// A sentence without its full stop.
        package let sentence: String

        package init(mark: Mark, sentence: String) {
            self.mark = mark
            self.sentence = sentence
        }
    }

    /// In bytes.
    package static let sizeLimit = 1 << 20
    /// Values and names, after aliases have been followed.
    static let valueLimit = 100_000
    /// In bytes, of the JSON that comes out.
    static let textLimit = 8 << 20
    static let depthLimit = 50

    /// Reads a file's bytes.
    package init(_ bytes: [UInt8]) throws(Problem) {
        guard bytes.count <= Self.sizeLimit else {
            throw Problem(
                mark: Mark(line: 1, column: 1), sentence: "the file is larger than \(Self.sizeLimit >> 20) MiB")
        }
        try Self.checkEncoding(bytes)
        // Some editors begin a file with a byte order mark.
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        var asJSON: Problem?
        if JSONText.isLikely(text) {
            do throws(Problem) {
                (json, marks) = try JSONText.read(text)
                return
            } catch {
                // It may be YAML's own notation: `{a: b}`.
                asJSON = error
            }
        }
        do throws(Problem) {
            (json, marks) = try Self.yaml(text)
        } catch {
            // Whichever reading came further says more.
            throw asJSON.map { $0.mark > error.mark ? $0 : error } ?? error
        }
    }

    private static func yaml(_ bytes: [UInt8]) throws(Problem) -> (JSON, [Mark]) {
        var reader = YAMLReader(bytes)
        let (text, marks) = try reader.read()
        do throws(JSONError) {
            return (try JSON(text), marks)
        } catch {
            preconditionFailure("the reader wrote JSON that is none: \(error)")
        }
    }

    /// Where a value of `json` stands.
    package func mark(of value: JSON) -> Mark { marks[value.place] }

    private static func checkEncoding(_ bytes: [UInt8]) throws(Problem) {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw Problem(mark: Mark(line: 1, column: 1), sentence: "the file is UTF-16; save it as UTF-8")
        }
        guard String(validating: bytes, as: UTF8.self) == nil else { return }
        var decoder = UTF8()
        var rest = bytes.makeIterator()
        var (line, column) = (1, 1)
        while case .scalarValue(let scalar) = decoder.decode(&rest) {
            (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
        }
        throw Problem(
            mark: Mark(line: line, column: column), sentence: "the file is not UTF-8 from here on; save it as UTF-8")
    }
}
