internal import Foundation
package import JSON

/// A documented sample body, with its source. The files are in Sources/MedusaAPI/Samples.
package struct Fixture: Sendable {
    package let name: String
    package let source: String
    package let status: Int
    package let body: JSON

    package init(_ name: String) throws {
        let json = try JSON(Repository.bytes("\(Self.folder)/\(name).json"))
        self.name = name
        source = json["source"]?.string ?? ""
        status = json["status"]?.numberText.flatMap { Int($0) } ?? 0
        guard let body = json["body"] else { throw Missing(name: name) }
        self.body = body
    }

    struct Missing: Error {
        let name: String
    }

    /// A documented request body.
    package static func request(_ name: String) throws -> String {
        String(decoding: try Fixture("\(name).request").body.source, as: UTF8.self)
    }

    private static let folder = "Sources/MedusaAPI/Samples"

    /// The printed answers.
    package static var names: [String] {
        let files = try? FileManager.default.contentsOfDirectory(atPath: Repository.path(folder))
        return (files ?? []).map { String($0.dropLast(".json".count)) }.filter { !$0.hasSuffix(".request") }.sorted()
    }
}

/// The project's own folder.
package enum Repository {
    private static let root = String(#filePath.dropLast("/Tests/Support/Fixture.swift".count))

    package static func path(_ relative: String) -> String { "\(root)/\(relative)" }

    package static func bytes(_ relative: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path(relative))))
    }
}

/// How an answer's shape differs from a sample's: other keys, other types, at any depth; empty when they are the same.
package func differences(_ answer: JSON, _ sample: JSON, at path: String = "body") -> [String] {
    if sample.isObject {
        guard answer.isObject else { return ["\(path) is no object"] }
        let (given, documented) = (Set(answer.members.map(\.name)), Set(sample.members.map(\.name)))
        let keys =
            documented.subtracting(given).sorted().map { "\(path).\($0) is missing" }
            + given.subtracting(documented).sorted().map { "\(path).\($0) is not documented" }
        return keys
            + sample.members.flatMap { member in
                answer[member.name].map { differences($0, member.value, at: "\(path).\(member.name)") } ?? []
            }
    }
    if sample.isArray {
        guard answer.isArray else { return ["\(path) is no array"] }
        guard let element = sample.elements.first else { return [] }
        return answer.elements.enumerated().flatMap { differences($1, element, at: "\(path)[\($0)]") }
    }
    let isSameType =
        sample.isString == answer.isString && sample.isNumber == answer.isNumber
        && (sample.bool == nil) == (answer.bool == nil) && sample.isNull == answer.isNull
    return isSameType ? [] : ["\(path) has another type"]
}
