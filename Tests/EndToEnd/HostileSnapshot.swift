import Crypto
import Foundation
import SQLite
import Support

/// A good database with something in it that no sandbox makes.
struct HostileSnapshot {
    private let connection: SQLite.Connection

    init(_ image: [UInt8]) throws { connection = try SQLite.Connection(image: image) }

    /// The secret with which the sandbox signs.
    var secret: [UInt8]? { try? connection.statement("SELECT secret FROM sandbox").row { $0.blob(0) } }

    /// Every column of the world, by its table.
    private func columns() throws -> [(table: String, name: String, type: String)] {
        let tables = try connection.statement("SELECT name FROM sqlite_schema WHERE type = 'table'").rows { $0.text(0) }
        return try tables.flatMap { table in
            try connection.statement("SELECT name, type FROM pragma_table_info('\(table)')").rows {
                (table: table, name: $0.text(0), type: $0.text(1))
            }
        }
    }

    /// Changes a value or a few, where the schema lets it.
    func spoiled(_ values: inout HostileValues) throws -> [UInt8] {
        let columns = try columns()
        try connection.execute("PRAGMA foreign_keys = OFF")
        if values.chance.isOne(in: 3) { try connection.execute("PRAGMA ignore_check_constraints = ON") }
        var changes = 1 + values.chance.below(3)
        for _ in 0..<200 where changes > 0 {
            let column = values.chance.pick(columns)
            let isFilled = try connection.statement("SELECT 1 FROM \(column.table) LIMIT 1").row { _ in true } ?? false
            guard isFilled else { continue }
            let sql = "UPDATE \(column.table) SET \(column.name) = \(literal(column.name, column.type, &values))"
            do { try connection.execute(sql) } catch { continue }
            changes -= 1
        }
        return try connection.image()
    }

    private func literal(_ name: String, _ type: String, _ values: inout HostileValues) -> String {
        if values.chance.isOne(in: 12) { return "NULL" }
        switch type {
        case "INTEGER":
            return values.chance.pick([
                "9223372036854775807", "-9223372036854775808", "0", "-1", "1", "2", "4611686018427387904",
                "1000000000000000",
                "-1000000000000000", "1000000000000001", "253402300799999", "253402300800000", "-62135596800000",
                "-62135596800001",
                "9007199254740992", "9007199254740993", "100000", "100001", "521", "500", "-62198755200000",
                "\(name) + 1",
                "\(name) - 1", "\(name) * 1000000",
            ])
        case "BLOB":
            return values.chance.pick([
                "x''", "x'00'", "zeroblob(31)", "zeroblob(32)", "zeroblob(33)", "zeroblob(100000)",
            ])
        default:
            if name == "body" || name == "definition" { return text(document(&values)) }
            return values.chance.pick([
                "''", "CAST(x'ff' AS TEXT)", "CAST(x'61ff62' AS TEXT)", "'a' || char(0) || 'b'",
                "printf('%.*c', 70000, 'x')", "'clock'",
                "'approved'", "'manualReview'", "'all'", "'nobody'", "lower(\(name))", "char(55357)", "'agreements'",
            ])
        }
    }

    private func document(_ values: inout HostileValues) -> String {
        values.chance.pick([
            "", "{", "null", "[]", "{}", "[{}]", #"{"mode":"real","offset":"P10000Y"}"#,
            #"{"mode":"real","offset":"-P10000Y"}"#,
            #"{"mode":"frozen","now":"9999-12-31T23:59:59.999Z"}"#, #"{"mode":"frozen","now":"0001-01-01"}"#,
            #"{"mode":"frozen"}"#,
            #"{"mode":"odd"}"#, #"{"term":0}"#, #"{"leaseLifetime":"P9999999D"}"#, #"{"journalBytes":1e99}"#,
            #"[{"when":{"email":"*"},"outcome":"manualReview","resolvesAfter":"P10000Y"}]"#,
            #"[{"when":{},"outcome":"deny"}]"#,
            #"{"status":503,"until":"9999-12-31","from":"0001-01-01"}"#,
            #"{"name":"x","text":"nothing: [that, plays"}"#,
            #"{"name":1}"#, String(repeating: "[", count: 5000),
        ])
    }

    private func text(_ value: String) -> String { "'\(value.replacing("'", with: "''"))'" }

    // MARK: Tokens

    /// A token with the sandbox's own signature.
    static func token(_ claims: String, secret: [UInt8]) -> String {
        let payload = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\(base64URL(Array(claims.utf8)))"
        let code = HMAC<SHA256>.authenticationCode(for: Array(payload.utf8), using: SymmetricKey(data: secret))
        return "\(payload).\(base64URL(Array(code)))"
    }

    private static func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
