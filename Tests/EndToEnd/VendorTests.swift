import Foundation
import JSON
import Testing

/// Keys of one sandbox that belong to several vendors: customers are FlexShopper's, orders are a vendor's own.
@Suite struct `Vendors that share a sandbox` {
    private let acme: Shop
    private let globex: Shop

    init() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "vendors-\(UUID()).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try """
        about: Two vendors, one FlexShopper.
        keys:
          - {key: acme, channel: web, vendorId: "1"}
          - {key: acme-store, channel: store, vendorId: "1"}
          - {key: globex, channel: phone, vendorId: "2"}
        """.write(to: file, atomically: true, encoding: .utf8)
        let server = try Server("--quiet", "--scenario", file.path)
        acme = try Shop(server, key: "acme")
        globex = try Shop(server, key: "globex")
    }

    private func leased(_ shop: Shop, _ email: String, _ reference: String) throws -> (
        id: String, token: String, lease: String
    ) {
        let person = try shop.create(email)
        _ = try shop.apply(person.token)
        _ = try shop.addCard(person.token)
        let lease = try #require(try shop.lease(person.token, reference).data["leaseId"]?.string)
        return (person.id, person.token, lease)
    }

    private func references(_ shop: Shop) throws -> [String?] {
        try shop.send("GET", "/v3/transactions").data["transactions"]?.elements.map { $0["id"]?.string } ?? []
    }

    private func people(_ shop: Shop) throws -> [String?] {
        try shop.send("GET", "/v3/users").data["users"]?.elements.map { $0["email"]?.string } ?? []
    }

    @Test func `list their own customers and transactions, and count them`() throws {
        _ = try leased(acme, "a@b.co", "A-1")
        _ = try leased(globex, "g@b.co", "G-1")
        #expect(try references(acme) == ["A-1"])
        #expect(try references(globex) == ["G-1"])
        #expect(try people(acme) == ["a@b.co"])
        #expect(try people(globex) == ["g@b.co"])
        let meta = try globex.send("GET", "/v3/users").data["meta"]
        #expect(meta?["total"]?.numberText ?? meta?["count"]?.numberText == "1", "\(String(describing: meta))")
        let sibling = try Shop(acme.server, key: "acme-store")
        #expect(try references(sibling) == ["A-1"], "a second key of the same vendor sees the same")
    }

    @Test func `find no transaction of another, by no call`() throws {
        let person = try leased(acme, "a@b.co", "A-1")
        #expect(try acme.sign(person.lease, person.token).status == 200)
        #expect(try acme.send("POST", "/v3/transactions/A-1/finalize").status == 200)
        let item = #"{"items":[{"lineNumber":1,"sku":"s","carrier":"ups","shipDate":"2026-02-01","itemCredit":1}]}"#
        let calls = [
            ("GET", "", nil), ("POST", "/finalize", nil), ("POST", "/cancel", item), ("POST", "/return", item),
            ("POST", "/confirm-shipment", item), ("POST", "/confirm-receipt", item), ("POST", "/refund", item),
        ]
        for (method, path, body) in calls {
            for id in ["A-1", person.lease] {
                let answer = try globex.send(method, "/v3/transactions/\(id)\(path)", body)
                #expect(answer.status == 404, "\(method) \(path)")
            }
        }
        let token = try #require(try globex.send("GET", "/v3/users/\(person.id)/authorize").data["token"]?.string)
        #expect(try globex.send("GET", "/v3/leases/\(person.lease)", token: token).code == "LeaseNotFound")
        #expect(try globex.sign(person.lease, token).code == "LeaseNotFound")
        #expect(try globex.send("GET", "/v3/customers/me/agreements", token: token).json.elements.isEmpty)
        #expect(try acme.send("POST", "/v3/transactions/A-1/confirm-shipment").status == 200)
    }

    @Test func `use one transaction id each`() throws {
        _ = try leased(acme, "a@b.co", "ORDER-1")
        _ = try leased(globex, "g@b.co", "ORDER-1")
        let email = { (shop: Shop) in
            try shop.send("GET", "/v3/transactions/ORDER-1").data["customer"]?["email"]?.string
        }
        #expect(try email(acme) == "a@b.co")
        #expect(try email(globex) == "g@b.co")
        let again = try acme.send("GET", "/v3/users/\(acme.create("c@b.co").id)/authorize").data["token"]?.string
        _ = try acme.apply(again ?? "")
        #expect(try acme.lease(again ?? "", "ORDER-1").code == "InvalidTransactionId")
    }

    @Test func `do nothing to another's lease through the control API, whatever it is called by`() throws {
        let mine = try leased(acme, "a@b.co", "ORDER-1")
        let theirs = try leased(globex, "g@b.co", "ORDER-1")
        #expect(try globex.control("POST", "leases/\(mine.lease)/expire").status == 404)
        #expect(try globex.control("POST", "leases/ORDER-1/expire").data["leaseId"]?.string == theirs.lease)
        func expired(_ shop: Shop, _ person: (id: String, token: String, lease: String)) throws -> Bool? {
            try shop.send("GET", "/v3/leases/\(person.lease)", token: person.token).data["isExpired"]?.bool
        }
        #expect(try expired(acme, mine) == false)
        #expect(try expired(globex, theirs) == true)
        _ = try acme.lease(mine.token, "ONLY-1")
        #expect(try globex.control("POST", "leases/ONLY-1/expire").status == 404)
        #expect(try acme.control("POST", "leases/ONLY-1/expire").status == 200)
    }

    @Test func `have remarks of their own about a transaction of the same name, and the state says whose each is`()
        throws
    {
        for (shop, email, address) in [(acme, "a@b.co", "192.0.2.1"), (globex, "g@b.co", "192.0.2.2")] {
            let person = try leased(shop, email, "ORDER-1")
            let body = #"{"ipAddress":"\#(address)","signed":true}"#
            #expect(
                try shop.send("POST", "/v3/leases/\(person.lease)/sign", body, token: person.token).status == 200)
            let contract = try shop.send("GET", "/v3/leases/\(person.lease)", token: person.token).data["contract"]
            let page = String(decoding: Data(base64Encoded: contract?.string ?? "") ?? Data(), as: UTF8.self)
            #expect(page.contains(address))
        }
        let transactions = try acme.state()["transactions"]?.elements ?? []
        #expect(transactions.map { $0["vendorId"]?.string } == ["1", "2"])
        #expect(
            transactions.map { $0["said"]?["signLease"]?["ipAddress"]?.string } == ["192.0.2.1", "192.0.2.2"])
    }

    @Test func `share customers, their limit, and the channel that applied`() throws {
        let person = try leased(acme, "a@b.co", "A-1")
        #expect(try globex.send("GET", "/v3/user-exists?email=a@b.co").text.contains("true"))
        let token = try #require(try globex.send("GET", "/v3/users/\(person.id)/authorize").data["token"]?.string)
        let decision = try globex.send("GET", "/v3/users/me", token: token).data["decision"]
        #expect(decision?["funnel"]?.string == "web")
        #expect(decision?["availableBalance"]?.numberText == "1100", "acme's lease draws on the one limit")
        #expect(try globex.send("GET", "/v3/users/me", token: token).data["transactions"]?.elements.isEmpty == true)
        #expect(try globex.lease(token, "G-1").status == 200)
        #expect(try people(globex) == ["a@b.co"], "a customer who leases from a vendor is one of its own")
    }
}
