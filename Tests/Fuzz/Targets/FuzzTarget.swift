/// Something that reads bytes from outside, and what must hold of it whatever they are.
package struct FuzzTarget: Sendable, CustomStringConvertible {
    /// Of its folder in Tests/Fuzz/Corpus, and of its fixtures in Tests/Fixtures/fuzz.
    package let name: String
    package var description: String { name }
    private let check: @Sendable ([UInt8]) throws -> Void

    init(_ name: String, _ check: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.name = name
        self.check = check
    }

    /// - Throws: `Broken`, where a property does not hold.
    package func run(_ bytes: [UInt8]) throws { try check(bytes) }

    /// Each in a file of its own.
    package static let all: [FuzzTarget] = [
        requestHead, chunked, requestTarget, inflation, json, numbers, dates, addresses, yaml, scenario, documents,
        wildcards, verification, tokens, authKeys, secrets, snapshot, columns, requests,
    ]
}

/// A property that does not hold.
package struct Broken: Error, CustomStringConvertible {
    package let description: String
}

/// The inputs are in the files of the corpus, so a sentence and the two sides of it are enough.
func require(_ holds: Bool, _ sentence: @autoclosure () -> String) throws {
    guard !holds else { return }
    throw Broken(description: sentence())
}

/// Takes an input apart: a few choices first, what they apply to behind them.
struct Bytes {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isEmpty: Bool { rest.isEmpty }

    /// 0 behind the end.
    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    mutating func number() -> Int64 {
        var number: UInt64 = 0
        for _ in 0..<8 { number = number << 8 | UInt64(byte()) }
        return Int64(bitPattern: number)
    }

    /// Up to the next line feed, or the end.
    mutating func line() -> [UInt8] {
        let line = Array(rest.prefix { $0 != UInt8(ascii: "\n") })
        rest = rest.dropFirst(line.count + 1)
        return line
    }

    /// All that is left.
    mutating func remainder() -> [UInt8] {
        defer { rest = [] }
        return Array(rest)
    }
}

func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
