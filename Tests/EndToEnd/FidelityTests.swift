import Contract
import Foundation
import JSON
import MedusaAPI
import Support
import Testing

/// Docs/Fidelity.md is read by people who decide by it: its tables must be whole, and what it says is absent must be.
@Suite struct `The page on fidelity` {
    private static func lines() throws -> [String] {
        String(decoding: try Repository.bytes("Docs/Fidelity.md"), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The rows below a heading, cell by cell, without the head of the table.
    private static func rows(_ heading: String) throws -> [[String]] {
        let section = try lines().drop { $0 != "## \(heading)" }.dropFirst().prefix { !$0.hasPrefix("## ") }
        return section.filter { $0.hasPrefix("| ") }.dropFirst().map(cells)
    }

    private static func cells(_ line: String) -> [String] {
        line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map {
            $0.trimmingCharacters(in: .whitespaces)
        }
    }

    @Test func `has no row number twice`() throws {
        let numbers = try Self.rows("Gaps between the documents and the sandbox").map { $0[0] }
        let twice = Dictionary(grouping: numbers) { $0 }.filter { $1.count > 1 }.keys
        #expect(numbers.count > 60)
        #expect(twice.sorted() == [])
    }

    @Test func `has no blank line inside a table`() throws {
        let lines = try Self.lines()
        // What begins with a row must be the head of a table: its second line is the rule.
        let torn = lines.indices.filter { index in
            lines[index].hasPrefix("|") && (index == 0 || !lines[index - 1].hasPrefix("|"))
                && !lines[index + 1].hasPrefix("|---")
        }
        #expect(torn.map { lines[$0] } == [])
    }

    @Test func `has as many cells in each row as its table has columns`() throws {
        var columns: Int?
        for line in try Self.lines() {
            guard line.hasPrefix("|") else {
                columns = nil
                continue
            }
            let count = Self.cells(line).count
            if columns == nil { columns = count }
            #expect(count == columns, "\(line)")
        }
    }

    @Test(arguments: ["10", "12", "22", "24", "29", "32", "35", "37", "40", "52"])
    func `calls the documents silent on no row of which a page speaks`(number: String) throws {
        let row = try #require(
            try Self.rows("Gaps between the documents and the sandbox").first { $0[0] == number })
        #expect(!row[2].hasPrefix("silent"))
    }

    @Test func `names the page of each thing that is absent, and what is here instead`() throws {
        let absent = try Self.rows("Absent")
        #expect(absent.count > 25)
        for row in absent { #expect(row.count == 4 && !row.contains(""), "\(row)") }
    }

    @Test(arguments: ["collectorId", "processor", "pastDueAmount", "createAt"])
    func `lists as absent a member of older pages that no endpoint has`(name: String) throws {
        func has(_ fields: [Field]) -> Bool { fields.contains { $0.name == name || has($0.schema.fields) } }
        let absent = try Self.rows("Absent").contains { $0[1].contains("`\(name)`") }
        #expect(absent)
        for endpoint in Routes.endpoints {
            #expect(!has(endpoint.body) && !has(endpoint.query), "\(endpoint.operation)")
            #expect(!endpoint.outcomes.contains { has($0.body.fields) }, "\(endpoint.operation)")
        }
    }

    /// A finalized order of two units, with its customer.
    private func ordered(_ shop: Shop) throws -> String {
        let token = try shop.create("absent@example.com").token
        _ = try shop.apply(token)
        _ = try shop.addCard(token)
        let lease = try #require(try shop.lease(token, "A", cost: 50, quantity: 2).data["leaseId"]?.string)
        _ = try shop.sign(lease, token)
        _ = try shop.send("POST", "/v3/transactions/A/finalize")
        return token
    }

    @Test func `is right that a list of delivery dates is refused`() throws {
        let shop = try Shop(try Server("--quiet"), key: "k")
        _ = try ordered(shop)
        let answer = try shop.send(
            "POST", "/v3/transactions/A/confirm-shipment",
            #"{"items":[{"sku":"s","carrier":"ups","shipDate":"2026-03-02","deliveryDate":["2026-03-05"]}]}"#)
        #expect(answer.message == #""items[0].deliveryDate" must be a valid date"#)
    }

    @Test func `is right that a collector is taken as an unknown field, with a warning`() throws {
        let shop = try Shop(try Server("--quiet"), key: "k")
        let token = try ordered(shop)
        let agreements = try shop.send("GET", "/v3/customers/me/agreements", token: token).json.elements
        let methods = try shop.send("GET", "/v3/customers/me/payment-methods", token: token).json.elements
        let agreement = try #require(agreements.first?["id"]?.string)
        let method = try #require(methods.first?["id"]?.string)
        let answer = try shop.send(
            "POST", "/v3/customers/me/agreements/\(agreement)/transactions/payment",
            #"{"paymentMethodId":"\#(method)","amount":1,"collectorId":"1"}"#, token: token)
        #expect(answer.status == 200)
        #expect(answer.head.lowercased().contains("x-sandbox-warnings: 1"), "\(answer.head)")
    }

    @Test func `is right that units may be a string`() throws {
        let shop = try Shop(try Server("--quiet"), key: "k")
        _ = try ordered(shop)
        let answer = try shop.send(
            "POST", "/v3/transactions/A/cancel", #"{"items":[{"sku":"s","quantity":"1"}]}"#)
        #expect(try answer.data["canceled"]?.elements.first?["quantity"]?.numberText == "1")
    }
}
