package import JSON

/// A YAML document as the JSON that it says, with the place of every value in the file.
///
/// YAML 1.2's core: a plain `true`, `null` or JSON number is what it looks like, every other scalar is a string. Aliases are
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
        var reader = YAMLReader(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes)
        let (text, marks) = try reader.read()
        do throws(JSONError) {
            json = try JSON(text)
        } catch {
            preconditionFailure("the reader wrote JSON that is none: \(error)")
        }
        self.marks = marks
    }

    /// Where a value of `json` stands.
    package func mark(of value: JSON) -> Mark { marks[value.place] }

    private static func checkEncoding(_ bytes: [UInt8]) throws(Problem) {
        guard String(validating: bytes, as: UTF8.self) == nil else { return }
        // The first line that is not UTF-8 by itself.
        for (number, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        where String(validating: line, as: UTF8.self) == nil {
            var column = 1
            var valid = 0
            for end in 1...line.count where String(validating: line.prefix(end), as: UTF8.self) != nil {
                (valid, column) = (end, String(decoding: line.prefix(end), as: UTF8.self).count + 1)
                if end - valid > 4 { break }
            }
            throw Problem(mark: Mark(line: number + 1, column: column), sentence: "the file is not UTF-8 from here on")
        }
    }
}
