import Foundation
import Support
import Testing

/// Swift ends the program where a number overflows, an index is out of its range, or something is forced that is not there. So whatever
/// could do that with a value from outside is either not written at all, or stands in Tests/Fixtures/unchecked.txt with the reason why it
/// cannot. A new one turns this red: use a bounded type, or say why it is safe.
@Suite struct `An expression that could trap` {
    /// The targets that calculate with what comes from outside.
    private static let targets = [
        "Medusa", "Contract", "Sandbox", "MedusaStore", "MedusaAPI", "ControlAPI", "RequestJournal", "Scenarios",
        "PaymentPlugin", "HTTP",
    ]

    /// The files of the bounded types, whose operators are the checked ones.
    private static let boundedTypes = ["Money", "Timestamp", "TimestampReading", "Decimal", "CalendarSpan"].map {
        "Sources/Medusa/\($0).swift"
    }

    private struct Kind {
        let pattern: NSRegularExpression
        /// Whether it is asked for in the files of the bounded types too.
        var isEverywhere = true
        /// Whether it is asked for only where a file calculates with floating point.
        var needsFloat = false

        init(_ pattern: String, isEverywhere: Bool = true, needsFloat: Bool = false) throws {
            self.pattern = try NSRegularExpression(pattern: pattern)
            self.isEverywhere = isEverywhere
            self.needsFloat = needsFloat
        }
    }

    private static func kinds() throws -> [Kind] {
        [
            try Kind(#"\b(fatalError|preconditionFailure|precondition|assertionFailure)\("#),
            try Kind(#"\btry!|\bas!|[\w\])]!(?!=)|unsafelyUnwrapped"#),
            // abs(Int.min) has no answer; .magnitude has.
            try Kind(#"\babs\("#),
            try Kind(
                #"\b(U?Int8|U?Int16|U?Int32|UInt|UInt64)\((?!clamping:|truncatingIfNeeded:|exactly:|bitPattern:|ascii:)"#
            ),
            try Kind(#"\bInt(64)?\((?!clamping:|truncatingIfNeeded:|exactly:|bitPattern:)"#, needsFloat: true),
            // Arithmetic on the bare number of a bounded type: its own operators are bounded.
            try Kind(
                #"\.(milliseconds|cents)\b(?!\()\s*[-+*/%]|[-+*/%]\s*[\w.]*\.(milliseconds|cents)\b(?!\()"#,
                isEverywhere: false),
            // An index that was calculated.
            try Kind(#"\w\[[^\[\]"]*[-+*][^\[\]"]*\]"#),
            try Kind(#"\.remove(First|Last)\(\w"#),
        ]
    }

    @Test func `stands in the list, with the reason why it cannot`() throws {
        let found = try Self.found()
        let listed = try Self.listed()
        for expression in found.subtracting(listed.keys).sorted() {
            Issue.record("not in Tests/Fixtures/unchecked.txt: \(expression)")
        }
        for expression in Set(listed.keys).subtracting(found).sorted() {
            Issue.record("in Tests/Fixtures/unchecked.txt, and no longer in the sources: \(expression)")
        }
        for (expression, reason) in listed where reason.count < 10 {
            Issue.record("no reason is given for \(expression)")
        }
    }

    @Test(arguments: [
        ("let a = b!", true), ("if a != b {}", false), ("// a!", false), (#"say("stop!")"#, false),
        (#"say("\(a!)")"#, true),
        ("abs(n)", true), ("try! f()", true), ("a.cents + 1", true), ("a + b.cents", true),
        (".milliseconds(5) + x", false),
        ("UInt8(n)", true), ("UInt8(ascii: x)", false), ("a[i + 1]", true), ("a[i]", false),
        (#"fatalError("x")"#, true),
    ])
    func `is known by its looks`(line: String, isFound: Bool) throws {
        let code = Self.code(line)[0]
        #expect(try Self.kinds().contains { !$0.needsFloat && Self.matches($0.pattern, code) } == isFound)
    }

    /// `file: line` of the source, each once.
    private static func found() throws -> Set<String> {
        let kinds = try kinds()
        var found: Set<String> = []
        for file in try targets.flatMap(files) {
            let text = String(decoding: try Repository.bytes(file), as: UTF8.self)
            let isBounded = boundedTypes.contains(file)
            let hasFloat = text.contains("Double")
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            for (line, code) in zip(lines, code(text)) where !code.isEmpty {
                let isUnchecked = kinds.contains { kind in
                    (kind.isEverywhere || !isBounded) && (!kind.needsFloat || hasFloat) && matches(kind.pattern, code)
                }
                if isUnchecked { found.insert("\(file): \(line.trimmingCharacters(in: .whitespaces))") }
            }
        }
        return found
    }

    private static func matches(_ pattern: NSRegularExpression, _ code: String) -> Bool {
        pattern.firstMatch(in: code, range: NSRange(code.startIndex..., in: code)) != nil
    }

    private static func files(_ target: String) throws -> [String] {
        let folder = "Sources/\(target)"
        let names = try FileManager.default.subpathsOfDirectory(atPath: Repository.path(folder))
        return names.filter { $0.hasSuffix(".swift") }.sorted().map { "\(folder)/\($0)" }
    }

    /// By expression, the reason: a line of the file, then an indented one.
    private static func listed() throws -> [String: String] {
        let text = String(decoding: try Repository.bytes("Tests/Fixtures/unchecked.txt"), as: UTF8.self)
        var listed: [String: String] = [:]
        var last = ""
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            if line.hasPrefix(" ") {
                listed[last] = line.trimmingCharacters(in: .whitespaces)
            } else {
                last = String(line)
            }
            if listed[last] == nil { listed[last] = "" }
        }
        return listed
    }

    /// The lines without their comments, and without their texts but for what is interpolated.
    private static func code(_ text: String) -> [String] {
        var isInBlock = false
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var code: [UInt8] = []
            var isInText = isInBlock
            // Of each interpolation that is open, how many parentheses.
            var depths: [Int] = []
            let bytes = Array(line.utf8)
            var place = 0
            func next(_ text: String) -> Bool { bytes[place...].starts(with: text.utf8) }
            while place < bytes.count {
                if next("\"\"\"") {
                    isInBlock.toggle()
                    isInText = isInBlock
                    place += 3
                } else if isInText, next("\\(") {
                    depths.append(1)
                    isInText = false
                    place += 2
                } else if isInText, next("\\") {
                    place += 2
                } else if next("\"") {
                    isInText.toggle()
                    code.append(UInt8(ascii: "\""))
                    place += 1
                } else if !isInText, next("//") {
                    break
                } else {
                    if !isInText, let depth = depths.last {
                        let change = bytes[place] == UInt8(ascii: "(") ? 1 : bytes[place] == UInt8(ascii: ")") ? -1 : 0
                        depths[depths.count - 1] = depth + change
                        if depth + change == 0 {
                            depths.removeLast()
                            isInText = true
                        }
                    }
                    if !isInText { code.append(bytes[place]) }
                    place += 1
                }
            }
            return String(decoding: code, as: UTF8.self)
        }
    }
}
