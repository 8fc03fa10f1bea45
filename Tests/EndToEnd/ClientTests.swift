import Foundation
import JSON
import Support
import Testing

/// What people really run against the sandbox.
@Suite struct `Clients` {
    private let server: Server

    init() throws { server = try Server("--quiet") }

    @Test func `walk the guide, and get every documented status and shape`() throws {
        let script = Repository.path("Docs/journey.py")
        let run = try Program.run(command: "python3", [script, server.url])
        #expect(run.code == 0, "\(run.output)\(run.errors)")
        #expect(run.output.hasSuffix("24 of 24 documented routes answered with their documented status and shape\n"))
    }

    @Test func `walk the guide with the script alone, away from the repository`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = folder.appending(path: "journey.py").path
        try FileManager.default.copyItem(atPath: Repository.path("Docs/journey.py"), toPath: script)
        let run = try Program.run(command: "python3", [script, server.url])
        #expect(run.code == 0, "\(run.output)\(run.errors)")
        #expect(run.output.contains("24 of 24 documented routes"))
        let nowhere = try Program.run(command: "python3", [script, "http://127.0.0.1:1"])
        #expect(nowhere.code == 1)
        #expect(nowhere.errors.hasPrefix("journey.py: no samples to compare with"))
    }

    @Test func `walk the guide twice over the same sandbox`() throws {
        for _ in 0..<2 {
            #expect(try Program.run(command: "python3", [Repository.path("Docs/journey.py"), server.url]).code == 0)
        }
    }

    @Test func `are told by the guide's script when a server differs`() throws {
        let closed = try Server("--quiet", "--api-key", "another")
        #expect(try Program.run(command: "python3", [Repository.path("Docs/journey.py"), closed.url]).code == 1)
    }

    struct Sample: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let command: String
        let file: String
    }

    /// The three samples of the Payment Plugin page, with the very libraries that they name.
    private static let samples = [
        Sample(testDescription: "axios", command: "node", file: "validate-order.js"),
        Sample(testDescription: "Guzzle", command: "php", file: "validate-order.php"),
        Sample(
            testDescription: "Flask with requests-toolbelt", command: Repository.path(".build/venv/bin/python"),
            file: "validate_order.py"),
    ]

    @Test(arguments: samples)
    func `validate an order, then finalize it`(sample: Sample) throws {
        let token = try approvedCustomer()
        let order =
            #"{"transactionId":"ABC-129384","items":[{"brand":"b","sku":"s","description":"d","cost":120.34,"quantity":1}]}"#
        let lease = try data(server.call("POST", "/v3/leases", order, token: token))["leaseId"]?.string ?? ""

        let early = try run(sample)
        #expect(early["status"]?.numberText == "400")
        #expect(early["valid"]?.bool == false)
        _ = try server.call(
            "POST", "/v3/leases/\(lease)/sign", #"{"ipAddress":"127.0.0.1","signed":true}"#, token: token)
        #expect(try server.call("POST", "/v3/transactions/ABC-129384/confirm-shipment").status == 400)
        let late = try run(sample)
        #expect(late["status"]?.numberText == "200")
        #expect(late["valid"]?.bool == true)
        #expect(
            try server.call("POST", "/v3/transactions/ABC-129384/confirm-shipment").status == 200,
            "the sample has finalized the order")
    }

    /// An order that a customer has leased and signed, as it is when the samples are called.
    private static let signedOrder = """
        about: An order that waits to be validated.
        clock: {mode: frozen, now: 2026-03-02T09:00:00Z}
        given:
          users:
            anna: {firstName: Anna, lastName: Able, email: anna@example.com}
          decisions:
            annas: {user: anna}
          paymentMethods:
            annas: {user: anna, ach: {routing: "021000021", account: "3483898238239", accountType: checking}}
          leases:
            annas:
              user: anna
              transactionId: ABC-129384
              items: [{brand: b, sku: s, description: d, cost: 120.34, quantity: 1}]
              signed: true
        """

    @Test(arguments: samples)
    func `get a report by exec that names exactly what they leave out`(sample: Sample) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "medusa-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (scenario, file) = (folder.appending(path: "order.yaml").path, folder.appending(path: "report.json").path)
        try Self.signedOrder.write(toFile: scenario, atomically: true, encoding: .utf8)
        let run = try Program.run(
            [
                "exec", "--scenario", scenario, "--report", file, "--", sample.command,
                Repository.path("Tests/Clients/\(sample.file)"), "ABC-129384",
            ], environment: Self.environment)
        #expect(run.code == 0, "\(run.errors)")
        #expect(try JSON(Array(run.output.utf8))["valid"]?.bool == true)

        let report = try JSON(Array(try Data(contentsOf: URL(filePath: file))))
        func texts(_ list: String, _ name: String) -> [String] {
            report[list]?.elements.compactMap { $0[name]?.string } ?? []
        }
        #expect(report["requests"]?.numberText == "2")
        #expect(texts("violations", "violation") == ["shipmentNeverConfirmed"])
        #expect(texts("warnings", "sentence") == [])
        #expect(
            texts("missing", "step") == [
                "ask whether the customer exists", "create a customer", "give a payment method",
                "apply for a spending limit", "create a lease", "sign the lease", "confirm shipment or receipt",
                "cancel, return or refund items",
            ])
        let exercised = (report["routes"]?.elements ?? []).flatMap { route in
            (route["statuses"]?.elements ?? []).filter { $0["count"]?.numberText != "0" }.map {
                "\(route["operation"]?.string ?? "") \($0["status"]?.numberText ?? "")"
            }
        }
        #expect(exercised == ["getTransactionByID 200", "finalizeLease 200"])
        #expect(run.errors.contains("not ready for certification: 1 against the documented order"))
        #expect(run.errors.contains("a finalized transaction was never shipped, received or cancelled"))
    }

    /// Where Debian puts the modules of a Node.js that may not be Debian's.
    private static let environment = ["NODE_PATH": "/usr/share/nodejs"]

    private func run(_ sample: Sample) throws -> JSON {
        let run = try Program.run(
            command: sample.command, [Repository.path("Tests/Clients/\(sample.file)"), "ABC-129384"],
            environment: Self.environment.merging(["MEDUSA_BASE_URL": server.url, "MEDUSA_API_KEY": "k"]) { $1 })
        #expect(run.code == 0, "\(run.errors)")
        return try JSON(Array(run.output.utf8))
    }

    private func data(_ response: Connection.Response) throws -> JSON {
        try #require(try response.json["data"], "\(response.body)")
    }

    private func approvedCustomer() throws -> String {
        let created = try server.call("POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"a@b.co"}"#)
        let token = try data(created)["token"]?.string ?? ""
        _ = try server.call("POST", "/v3/users/me/apply", try Fixture.request("apply"), token: token)
        return token
    }
}
