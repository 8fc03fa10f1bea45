import Contract
import JSON
import Medusa
import Support

/// Values for the places of a declaration: right ones, so that a sandbox's state gets deep, and hostile ones, at and beyond every
/// bound. All of them are JSON text.
struct HostileValues {
    var chance: Chance
    /// One value in so many is hostile; 0 for none.
    var hostility = 0
    /// What answers have named, by the name of the field that takes it.
    var known: [String: [String]] = [:]
    /// Texts to choose from where a field has that name, in the present request.
    var names: [String: [String]] = [:]
    private var count = 0

    init(seed: UInt64) { chance = Chance(seed: seed) }

    /// Remembers what an answer named; the latest are the likeliest to lead on.
    mutating func learn(_ name: String, _ text: String) {
        var texts = known[name, default: []]
        guard !texts.contains(text) else { return }
        texts.append(text)
        if texts.count > 12 { texts.removeFirst(texts.count - 12) }
        known[name] = texts
    }

    /// A number that no other value of this run has.
    mutating func fresh() -> Int {
        count += 1
        return count
    }

    // MARK: An object by its fields

    mutating func object(of fields: [Field], without left: Set<String> = []) -> String {
        var members: [String] = []
        for field in fields where !left.contains(field.name) {
            let isThere = field.isRequired ? hostility == 0 || !chance.isOne(in: 40) : chance.isOne(in: 3)
            guard isThere else { continue }
            let name = field.formerName.map { chance.isOne(in: 4) ? $0 : field.name } ?? field.name
            members.append("\(quoted(name)):\(value(of: field))")
            if hostility > 0, chance.isOne(in: 100) { members.append("\(quoted(name)):\(hostile())") }
        }
        if hostility > 0, chance.isOne(in: 30) { members.append("\(quoted(text(longest: 20))):\(hostile())") }
        return "{\(members.joined(separator: ","))}"
    }

    mutating func value(of field: Field) -> String {
        // A verification must not keep the run waiting.
        if field.name == "within" { return quoted(chance.pick(["PT0.001S", "PT1M1S", "P1Y", "-PT1S", "PT0S"])) }
        if hostility > 0, chance.isOne(in: hostility) { return hostile(for: field.schema) }
        return named(field.name) ?? value(of: field.schema)
    }

    /// What leads on, for a field with a name that means something.
    private mutating func named(_ name: String) -> String? {
        if let some = names[name] { return quoted(chance.pick(some)) }
        switch name {
        case "email":
            let suffix = chance.pick(
                [
                    "", "", "", ".approve", ".qamanual", ".verify", ".verify", ".pastdue", ".decline", ".firstpayment",
                    ".limit10000000",
                ])
            return quoted("p\(fresh())\(suffix)@example.com")
        case "transactionId": return quoted("T\(fresh())")
        case "sku": return quoted(chance.pick(["A", "A", "A", "B", "DISCOUNT-1"]))
        case "ipAddress": return quoted("127.0.0.1")
        case "dateOfBirth": return quoted("1998-03-23")
        case "ssn": return quoted("88877\(1000 + chance.below(3))")
        case "password": return quoted("secret12")
        case "cost": return "\(20 + chance.below(60)).\(10 + chance.below(90))"
        case "totalDiscount": return "1.5"
        case "amount": return String(1 + chance.below(30))
        case "quantity": return String(1 + chance.below(3))
        case "lineNumber": return String(1 + chance.below(2))
        case "itemCredit", "shippingCredit": return "0.0\(1 + chance.below(9))"
        case "mobilePhone", "phone", "workPhone": return quoted("6514447773")
        case "route": return quoted("/v3/users")
        case "operation": return quoted("create*")
        default: return known[name].flatMap { $0.isEmpty ? nil : quoted(chance.pick($0)) }
        }
    }

    // MARK: Right ones

    mutating func value(of schema: Schema) -> String {
        switch schema {
        case .any, .database: return chance.pick(["1", "\"text\"", "{\"a\":[true,null]}"])
        case .text: return quoted("text")
        case .string(let length?, _): return quoted(String(repeating: chance.pick(["1", "a"]), count: length))
        case .string(_, let most): return quoted(String(chance.pick(["Ada", "b c", "Zoë", "x9"]).prefix(most)))
        case .documented(let values), .oneOf(let values): return quoted(chance.pick(values))
        case .digits(let counts): return quoted(String("021000021".prefix(counts.lowerBound)))
        case .email: return quoted("q\(fresh())@example.com")
        case .ipAddress: return quoted(chance.pick(["127.0.0.1", "2001:db8::7", "::ffff:10.0.0.1"]))
        case .phone: return quoted("(651) 444-7773")
        case .number(let range): return inside(range?.lowerBound ?? .zero, range?.upperBound ?? Decimal(whole: 100))
        case .cents: return "\(1 + chance.below(400)).5"
        case .integer(let range):
            return String(range.lowerBound + chance.below(min(20, max(1, range.upperBound - range.lowerBound))))
        case .boolean(let only): return String(only ?? chance.isOne(in: 2))
        case .date(let hasTime, _):
            return quoted("2026-0\(1 + chance.below(9))-1\(chance.below(9))\(hasTime ? "T09:00:00Z" : "")")
        case .duration: return quoted(chance.pick(["PT1H", "P1D", "P31D", "PT10M"]))
        case .moment: return quoted(chance.pick(["-PT1H", "PT1H", "2026-03-01", "-P3D"]))
        case .object(let fields), .named(_, let fields): return object(of: fields)
        case .array(let element, let counts):
            let most = max(counts.lowerBound, min(3, counts.upperBound))
            let count = max(counts.lowerBound, chance.below(most + 1))
            return "[\((0..<count).map { _ in value(of: element) }.joined(separator: ","))]"
        case .dictionary(let element):
            let pool = names["*"] ?? ["a", "b"]
            let count = 1 + chance.below(2)
            let members = (0..<count).map { _ in "\(quoted(chance.pick(pool))):\(value(of: element))" }
            return "{\(members.joined(separator: ","))}"
        case .expected(let inner, _): return value(of: inner)
        case .alternatives(let schemas): return value(of: chance.pick(schemas))
        }
    }

    private mutating func inside(_ least: Decimal, _ most: Decimal) -> String {
        let number = Decimal("\(1 + chance.below(300)).\(chance.below(100))") ?? .zero
        return number < least ? "\(least)" : number > most ? "\(most)" : "\(number)"
    }

    // MARK: Hostile ones

    mutating func hostile(for schema: Schema) -> String {
        if chance.isOne(in: 4) { return hostile() }
        switch schema {
        case .number(let range):
            return number(around: [range?.lowerBound, range?.upperBound].compactMap(\.self).map { "\($0)" })
        case .cents(let most): return number(around: ["0.01", "\(most)"])
        case .integer(let range): return number(around: [String(range.lowerBound), String(range.upperBound)])
        case .date: return quoted(date())
        case .duration: return quoted(span())
        case .moment: return quoted(chance.isOne(in: 2) ? date() : span())
        case .string(let length, let most): return quoted(text(longest: length ?? most))
        case .email: return quoted(email())
        case .array(let element, let counts): return array(of: element, counts)
        case .expected(let inner, _): return hostile(for: inner)
        case .alternatives(let schemas): return hostile(for: chance.pick(schemas))
        case .object(let fields), .named(_, let fields): return object(of: fields)
        case .dictionary(let element): return "{\(quoted(text(longest: 300))):\(hostile(for: element))}"
        case .any, .database, .text, .documented, .oneOf, .digits, .phone, .boolean, .ipAddress:
            return hostile()
        }
    }

    /// A value of any type.
    mutating func hostile() -> String {
        switch chance.below(9) {
        case 0, 1: return number(around: ["0", "1"])
        case 2: return quoted(date())
        case 3: return quoted(span())
        case 4, 5: return quoted(text(longest: 4096))
        case 6: return chance.pick(["null", "true", "false", "[]", "{}", "[null]", "{\"\":null}", "\"true\""])
        case 7: return quoted(email())
        default: return deep()
        }
    }

    mutating func number(around bounds: [String]) -> String {
        let extremes = [
            "1e-9223372036854775808", "1e9223372036854775807", "1e-9223372036854775809", "1e99999999999999999999",
            "-1e99999999999999999999", "1e400", "1e-400", "1e-324", "-0", "-0.0", "0e99999999999",
            "9223372036854775807",
            "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551616",
            "9007199254740991",
            "9007199254740993", "2147483648", "-2147483649", "9e12", "9.000001e12", "9e18", "1.0000001", "0.0000001",
            "0.9999999999999999999999", "1e15", "1e-6", "4.9e-324", "1.7976931348623157e308",
            "999999999999999999999999999",
            "0.\(String(repeating: "0", count: 400))1", String(repeating: "9", count: 400), "1E+2", "100000",
            "10000000", "0.005",
        ]
        var candidates = extremes
        for bound in bounds {
            candidates += [
                bound, bound, "\(bound)\(bound.contains(".") ? "" : ".")0000001", "-\(bound.drop { $0 == "-" })",
            ]
            if let whole = Int(bound) {
                candidates += [String(whole &- 1), String(whole &+ 1), "\(whole)e0", "\(whole).5"]
            }
        }
        let number = chance.pick(candidates)
        // Joi converts: a text that is a number is one. A text may also have what JSON has not.
        return chance.isOne(in: 4)
            ? quoted(chance.pick([number, "+\(number)", " \(number)", "\(number).", ".\(number)"])) : number
    }

    mutating func date() -> String {
        let day = chance.pick([
            "0000-01-01", "0001-01-01", "0001-01-02", "1582-10-10", "1899-12-31", "1900-01-01", "1969-12-31",
            "1970-01-01", "2000-02-29",
            "2018-03-05", "2026-03-01", "2026-02-30", "9998-12-31", "9999-01-01", "9999-12-31", "10000-01-01",
            "-001-01-01",
            "99999-12-31", "2026-00-00", "2026-13-01", "Fri Dec 31 9999", "Mon, 01 Jan 0001", "Jan 1 0000",
            "31 December 9999",
            "November 25, 2026",
        ])
        let time = chance.pick([
            "", "", "T00:00:00Z", "T00:00:00+14:00", "T23:59:59.999Z", "T23:59:59-14:00", "T23:59:59.000Z",
            "T24:00:00Z", "T23:59:60Z",
            "T00:00:00.\(String(repeating: "9", count: 90))Z", "T00:00:00+99:99", "T00:00", " 00:00:00 GMT-2359",
            "T00:00:00-23:59",
            " 03:51:27 PM", "T",
        ])
        return day + time
    }

    mutating func span() -> String {
        let sign = chance.pick(["", "", "-", "+"])
        let length = chance.pick([
            "P0D", "PT0S", "PT0.001S", "PT0.0001S", "PT1S", "P1D", "P3660D", "P3661D", "P2100Y", "P7973Y", "P7974Y",
            "P8000Y", "P9999Y",
            "P10000Y", "P10001Y", "P99999Y", "P120000M", "P999999999W", "P999999999D", "P9999999999D", "PT999999999H",
            "PT87658128H",
            "PT999999999S", "P999999999Y999999999M999999999W999999999DT999999999H999999999M999999999.999S",
            "P1Y1M1W1DT1H1M1S", "P",
            "PT", "P1", "P1DT", "P-1D", "P\(String(repeating: "0", count: 300))1D", "PT1.S", "P2026-03-01T00:00:00",
            "PT10M", "PT10M1S",
        ])
        return sign + length
    }

    mutating func text(longest: Int) -> String {
        let most = min(longest, 1 << 16)
        switch chance.below(14) {
        case 0: return ""
        case 1: return " "
        case 2: return String(repeating: "a", count: most)
        case 3: return String(repeating: "a", count: most + 1)
        case 4: return String(repeating: "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}", count: max(1, most / 8))
        case 5: return "e" + String(repeating: "\u{301}", count: min(most, 2000))
        case 6: return "a\u{0}b"
        case 7:
            return chance.pick([
                "\u{FEFF}x", "\u{202E}abc", "\u{FFFD}", "\u{10FFFF}", "\u{85}", "\u{1B}[2J", "a\nb\r\nc: d",
            ])
        case 8:
            return chance.pick([
                "*", String(repeating: "*a", count: 40), "%00", "../../etc/passwd", "{leaseId}", "';DROP TABLE users--",
            ])
        case 9: return chance.pick(["NaN", "Infinity", "undefined", "null", "true", "0x10", "1_000", "١٢٣"])
        case 10: return date()
        case 11: return number(around: []).filter { $0 != "\"" }
        case 12: return String(repeating: "ß", count: min(most, 4096))
        default: return span()
        }
    }

    mutating func email() -> String {
        let local = chance.pick([
            "a", "a.deny", "a.limit0", "a.limit10000000", "a.limit10000001", "a.limit99999999999999999999", "a.limit-1",
            "a.limit1.5",
            "a.gateway", ".", "..", "", String(repeating: "l", count: 64), String(repeating: "l", count: 65), "a\u{0}",
            "ü", "a@b", "a.limit٣",
        ])
        let domain = chance.pick([
            "example.com", "e", "", "-", String(repeating: "d", count: 63) + ".com",
            String(repeating: "d.", count: 95) + "com",
            String(repeating: "d.", count: 200) + "com", "xn--ls8h.la", "[127.0.0.1]",
        ])
        return "\(local)\(chance.isOne(in: 12) ? "" : "@")\(domain)"
    }

    private mutating func array(of element: Schema, _ counts: ClosedRange<Int>) -> String {
        let largest = min(counts.upperBound, 600)
        let count = chance.pick([0, 1, counts.lowerBound, max(0, counts.lowerBound - 1), largest, largest + 1])
        let one = value(of: element)
        return "[\(Array(repeating: one, count: count).joined(separator: ","))]"
    }

    /// As deep as a reader goes, or deeper.
    private mutating func deep() -> String {
        let depth = chance.pick([3, 60, 62, 63, 64, 65, 66, 200, 5000])
        return chance.isOne(in: 2)
            ? String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            : String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
    }

    mutating func quoted(_ text: String) -> String {
        // A lone half of a pair of surrogates, as Node's fetch sends it.
        if hostility > 0, chance.isOne(in: 400) { return "\"\\ud83d\(text.filter { $0.isLetter }.prefix(10))\"" }
        return String(decoding: JSONWriter.write { $0.value(text) }, as: UTF8.self)
    }
}
