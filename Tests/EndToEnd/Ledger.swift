import Foundation
import JSON
import Sandbox
import Support

/// One request, kept so that it can be sent to two servers.
struct Deed: Sendable {
    /// What an answer tells the writer who asked.
    enum Lesson: Sendable {
        case nothing
        case person(email: String)
        case token(email: String, id: String)
        case lease(reference: String, token: String)
        case agreements(token: String)
        case methods(token: String)
        /// Everybody whom the writer knows may be gone.
        case world
    }

    let name: String
    let method: String
    let path: String
    var body: [UInt8]?
    var token: String?
    var lesson = Lesson.nothing
    /// Whether it is kept in a file of its own, which the state does not show.
    var isFile = false

    init(
        _ name: String, _ method: String, _ path: String, _ body: String? = nil, token: String? = nil,
        learning lesson: Lesson = .nothing
    ) {
        (self.name, self.method, self.path, self.token, self.lesson) = (name, method, path, token, lesson)
        self.body = body.map { Array($0.utf8) }
    }

    func bytes(key: String) -> [UInt8] {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: \(key)\r\n"
        if let token { head += "customer-token: \(token)\r\n" }
        if let body {
            head += "Content-Type: \(method == "PUT" && isFile ? "application/octet-stream" : "application/json")\r\n"
            head += "Content-Length: \(body.count)\r\n"
        }
        return Array("\(head)\r\n".utf8) + (body ?? [])
    }
}

/// A sandbox's only client, whose every choice follows from its seed, and its ledger: what was acknowledged, and what was asked
/// and not answered. A second server, which nobody kills, is told the same and shows what must be there. Unchecked: each belongs
/// to one thread at a time.
final class Writer: @unchecked Sendable {
    let key: String
    /// Told of every answer.
    var heard: @Sendable () -> Void = {}
    /// How often it turns the sandbox instead of using the API: one time in so many.
    var controlsOneIn = 5
    private let directory: String
    private var chance: Chance
    private var number = 0
    private var people: [(email: String, id: String, token: String)] = []
    private var leases: [(id: String, reference: String, token: String)] = []
    private var agreements: [(id: String, token: String)] = []
    private var methods: [(id: String, token: String)] = []
    private var snapshots: Set<String> = []

    private var acknowledged: [(deed: Deed, answer: Support.Connection.Response)] = []
    private var unanswered: [Deed] = []

    /// What became of everything so far.
    struct Tally: Sendable {
        var acknowledged = 0
        var foundWhole = 0
        var notFound = 0
        var refused = 0
        /// By the name of the deed, those that were answered with success.
        var successes: [String: Int] = [:]

        mutating func add(_ other: Tally) {
            acknowledged += other.acknowledged
            foundWhole += other.foundWhole
            notFound += other.notFound
            refused += other.refused
            successes.merge(other.successes, uniquingKeysWith: +)
        }
    }

    private(set) var tally = Tally()

    /// - Parameter directory: of the databases of the server that is killed.
    init(key: String, directory: String, seed: UInt64) {
        self.key = key
        self.directory = directory
        chance = Chance(seed: seed)
    }

    // MARK: Writing

    /// What every run begins with: a clock that stands, so that two servers are told the same time.
    static let beginning = [
        Deed("scenario", "PUT", "/_sandbox/scenario", #"{"name":"first-purchase"}"#),
        Deed(
            "settings", "PATCH", "/_sandbox/settings",
            #"{"tokenLifetime":"P300D","spendingLimit":3000,"journalEntries":400}"#),
    ]

    func begin(at server: Server) { write(Self.beginning, to: server) }

    /// Writes until the server is gone, or so many times.
    ///
    /// - Parameter refused: told of every answer that says that nothing was saved; such a deed is not in the ledger.
    func write(to server: Server, most: Int = .max, refused: (Support.Connection.Response) -> Void = { _ in }) {
        guard let connection = try? server.connect() else { return }
        var count = 0
        while count < most {
            let deeds = next()
            count += deeds.count
            guard send(deeds, on: connection, refused) else { return }
        }
    }

    private func write(_ deeds: [Deed], to server: Server) {
        guard let connection = try? server.connect() else { return }
        _ = send(deeds, on: connection) { _ in }
    }

    /// - Returns: whether all were answered.
    private func send(
        _ deeds: [Deed], on connection: Support.Connection, _ refused: (Support.Connection.Response) -> Void
    ) -> Bool {
        unanswered = deeds
        guard (try? connection.send(deeds.flatMap { $0.bytes(key: key) })) != nil else { return false }
        while !unanswered.isEmpty {
            guard let answer = try? connection.response() else { return false }
            let deed = unanswered.removeFirst()
            heard()
            if answer.status >= 500 {
                tally.refused += 1
                refused(answer)
            } else {
                acknowledged.append((deed, answer))
                learn(from: answer, to: deed)
            }
        }
        return true
    }

    private func learn(from answer: Support.Connection.Response, to deed: Deed) {
        guard answer.status < 300 else { return }
        tally.successes[deed.name, default: 0] += 1
        let json = try? answer.json
        switch deed.lesson {
        case .nothing: break
        case .person(let email):
            if let id = json?["data"]?["userId"]?.string, let token = json?["data"]?["token"]?.string {
                people = people.suffix(5) + [(email, id, token)]
            }
        case .token(let email, let id):
            if let token = json?["data"]?["token"]?.string { people = people.suffix(5) + [(email, id, token)] }
        case .lease(let reference, let token):
            if let id = json?["data"]?["leaseId"]?.string { leases = leases.suffix(7) + [(id, reference, token)] }
        case .agreements(let token):
            agreements = (json?.elements ?? []).compactMap { $0["id"]?.string.map { ($0, token) } }
        case .methods(let token): methods = (json?.elements ?? []).compactMap { $0["id"]?.string.map { ($0, token) } }
        case .world: (people, leases, agreements, methods) = ([], [], [], [])
        }
        if deed.isFile,
            let name = deed.path == "/_sandbox/snapshots"
                ? deed.body.flatMap({ try? JSON($0) })?["name"]?.string
                : deed.path.split(separator: "/").last.map(String.init)
        {
            if deed.method == "DELETE" { snapshots.remove(name) } else { snapshots.insert(name) }
        }
    }

    // MARK: What is next

    /// One deed, or a few that are sent in one go.
    private func next() -> [Deed] {
        if chance.isOne(in: controlsOneIn) { return [control()] }
        if people.isEmpty || chance.isOne(in: 8) { return (0...chance.below(4)).map { _ in create() } }
        let person = chance.pick(people)
        if leases.isEmpty || chance.isOne(in: 4) {
            return [
                Deed("apply", "POST", "/v3/users/me/apply", Shop.application(), token: person.token),
                Deed("card", "POST", "/v3/paymentMethods/add", Shop.card, token: person.token),
                lease(person.token),
            ]
        }
        return journey(chance.pick(leases), person)
    }

    private func create() -> Deed {
        number += 1
        let suffix = chance.pick(["", "", "", ".deny", ".pastdue", ".limit500"])
        let email = "\(key).n\(number)\(suffix)@example.com"
        return Deed(
            "create", "POST", "/v3/users", #"{"firstName":"J","lastName":"D","email":"\#(email)"}"#,
            learning: .person(email: email))
    }

    private func lease(_ token: String) -> Deed {
        number += 1
        let reference = "\(key)-T\(number)"
        let items = ["a", "b"].map {
            #"{"brand":"b","sku":"\#($0)","description":"d","cost":\#(60 + chance.below(60)),"quantity":\#(1 + chance.below(3))}"#
        }
        return Deed(
            "lease", "POST", "/v3/leases",
            #"{"transactionId":"\#(reference)","items":[\#(items.joined(separator: ","))]}"#, token: token,
            learning: .lease(reference: reference, token: token))
    }

    private func journey(
        _ lease: (id: String, reference: String, token: String), _ person: (email: String, id: String, token: String)
    ) -> [Deed] {
        let transaction = "/v3/transactions/\(lease.reference)"
        let units = #"{"items":[{"sku":"\#(chance.pick(["a", "b"]))","quantity":1}]}"#
        switch chance.below(15) {
        case 0, 1, 2:
            return [
                Deed(
                    "sign", "POST", "/v3/leases/\(lease.id)/sign", #"{"ipAddress":"127.0.0.1","signed":true}"#,
                    token: lease.token),
                Deed("finalize", "POST", "\(transaction)/finalize", "{}"),
            ]
        case 3, 4:
            let ship = #"{"items":[{"sku":"a","carrier":"ups","shipDate":"2026-03-05","quantity":1}]}"#
            return [Deed("ship", "POST", "\(transaction)/confirm-shipment", ship)]
        case 5, 6: return [Deed("receive", "POST", "\(transaction)/confirm-receipt", "{}")]
        case 7: return [Deed("return", "POST", "\(transaction)/return", units)]
        case 8: return [Deed("cancel", "POST", "\(transaction)/cancel", units)]
        case 9:
            let credit = #"{"items":[{"lineNumber":1,"sku":"a","itemCredit":1.5}]}"#
            return [Deed("refund", "POST", "\(transaction)/refund", credit)]
        case 10, 11:
            guard let agreement = agreements.last, let method = methods.last(where: { $0.token == agreement.token })
            else {
                return [
                    Deed(
                        "agreements", "GET", "/v3/customers/me/agreements", token: lease.token,
                        learning: .agreements(token: lease.token)),
                    Deed(
                        "methods", "GET", "/v3/customers/me/payment-methods", token: lease.token,
                        learning: .methods(token: lease.token)),
                ]
            }
            agreements = []
            return [
                Deed(
                    "collect", "POST", "/v3/customers/me/agreements/\(agreement.id)/transactions/payment",
                    #"{"paymentMethodId":"\#(method.id)","amount":5}"#, token: agreement.token)
            ]
        case 12:
            return [
                Deed("passcode", "POST", "/v3/users/\(person.id)/send-passcode", #"{"transport":"email"}"#),
                Deed("one-time key", "POST", "/v3/paymentMethods/child-transaction-key", "{}", token: person.token),
            ]
        case 13: return [Deed("list", "GET", "/v3/transactions?limit=3")]
        default:
            return [
                Deed(
                    "authorize", "GET", "/v3/users/\(person.id)/authorize",
                    learning: .token(email: person.email, id: person.id))
            ]
        }
    }

    private func control() -> Deed {
        let person = people.isEmpty ? nil : chance.pick(people)
        switch chance.below(20) {
        case 0, 1, 2: return Deed("advance", "POST", "/_sandbox/clock/advance", #"{"by":"P\#(1 + chance.below(9))D"}"#)
        case 3: return Deed("next event", "POST", "/_sandbox/clock/advance", #"{"toNextEvent":true}"#)
        case 4, 5:
            return Deed(
                "settings", "PATCH", "/_sandbox/settings",
                #"{"spendingLimit":\#(2000 + chance.below(2000)),"journalEntries":\#(150 + chance.below(300))}"#)
        case 6:
            return Deed(
                "fault", "POST", "/_sandbox/faults",
                #"{"operations":["getTransactions"],"status":404,"probability":0.5}"#)
        case 7: return Deed("faults", "DELETE", "/_sandbox/faults")
        case 8:
            return Deed(
                "personas", "PUT", "/_sandbox/personas", #"[{"when":{"email":"*.n\#(number)@*"},"outcome":"deny"}]"#)
        case 9, 10, 11: return save()
        case 12, 13: return Deed("restore", "POST", "/_sandbox/snapshots/\(known())/restore", learning: .world)
        case 14, 15: return upload()
        case 16: return drop()
        case 17: return Deed("reset", "POST", "/_sandbox/reset", learning: .world)
        case 18:
            guard let person else { fallthrough }
            return Deed(
                "hold", "PUT", "/_sandbox/users/\(person.id)/hold", #"{"spendingHold":\#(chance.isOne(in: 2))}"#)
        default:
            guard let person else { return save() }
            return Deed(
                "decision", "PUT", "/_sandbox/users/\(person.id)/decision",
                #"{"status":"approved","spendingLimit":\#(2000 + chance.below(1000))}"#)
        }
    }

    private func known() -> String { snapshots.isEmpty ? "s0" : chance.pick(snapshots.sorted()) }

    private func save() -> Deed {
        var deed = Deed("save", "POST", "/_sandbox/snapshots", #"{"name":"s\#(chance.below(3))"}"#)
        deed.isFile = true
        return deed
    }

    private func drop() -> Deed {
        var deed = Deed("drop", "DELETE", "/_sandbox/snapshots/\(known())")
        deed.isFile = true
        return deed
    }

    /// One of its own snapshots, under another name.
    private func upload() -> Deed {
        guard !snapshots.isEmpty, let image = FileManager.default.contents(atPath: path(of: known())) else {
            return save()
        }
        var deed = Deed("upload", "PUT", "/_sandbox/snapshots/u\(chance.below(2))")
        deed.isFile = true
        deed.body = Array(image)
        return deed
    }

    private func path(of snapshot: String) -> String {
        "\(directory)/snapshots/\(Sandboxes.fingerprint(of: key, length: 32))/\(snapshot).sqlite"
    }

    // MARK: The reckoning

    /// Everything that a server says of the sandbox.
    private struct Facts: Equatable {
        let state: String
        let snapshots: [String]
        let journal: [String]

        /// Where two differ, in a few words.
        func difference(from other: Facts) -> String {
            if snapshots != other.snapshots { return "snapshots \(snapshots), and must be \(other.snapshots)" }
            for (one, two) in zip(journal, other.journal) where one != two {
                return "journal \(one), and must be \(two)"
            }
            if journal.count != other.journal.count {
                return "journal of \(journal.count) entries, which must be \(other.journal.count)"
            }
            let (left, right) = (Array(state.utf8), Array(other.state.utf8))
            let place = max(0, zip(left, right).prefix { $0 == $1 }.map { _ in 1 }.count - 120)
            func piece(_ text: [UInt8]) -> String { String(decoding: text.dropFirst(place).prefix(300), as: UTF8.self) }
            return "state \(piece(left)), and must be \(piece(right))"
        }
    }

    private func facts(of server: Server) throws -> Facts {
        let connection = try server.connect()
        func get(_ path: String) throws -> JSON {
            try connection.send(Deed("", "GET", path).bytes(key: key))
            guard let answer = try connection.response() else {
                throw Server.Failed(description: "no answer to \(path)")
            }
            guard answer.status == 200, let data = try answer.json["data"] else {
                throw Server.Failed(description: "\(path): \(answer.status) \(answer.body.prefix(300))")
            }
            return data
        }
        let state = try get("/_sandbox/state")
        var text = String(decoding: state.source, as: UTF8.self)
        // A sandbox that nobody has told a time shows the machine's.
        if state["clock"]?["mode"]?.string == "real", let now = state["clock"]?["now"]?.string {
            text = text.replacing(now, with: "now")
        }
        let names = try get("/_sandbox/snapshots")["snapshots"]?.elements.compactMap { $0["name"]?.string } ?? []
        let requests = try get("/_sandbox/requests?all=true&latest=true&limit=50")
        let entries = requests["requests"]?.elements.map { entry in
            ["id", "at", "world", "method", "target", "operation", "status"].map {
                String(decoding: entry[$0]?.source ?? [], as: UTF8.self)
            }.joined(separator: " ")
        }
        let counts = ["found", "evicted"].map { requests[$0]?.numberText ?? "" }.joined(separator: " ")
        return Facts(state: text, snapshots: names, journal: [counts] + (entries ?? []))
    }

    /// Compares the server that was killed, and is up again, with the one that was not.
    ///
    /// Everything that was acknowledged must be there. What was not answered may be there: all of the first deed, or of the first
    /// two, and so on, for a connection's requests are served in their order; but never a part of one.
    ///
    /// - Returns: what is wrong.
    func reckon(_ killed: Server, _ twin: Server) throws -> [String] {
        var problems: [String] = []
        let connection = try twin.connect()
        func repeated(_ deed: Deed) throws -> Support.Connection.Response {
            try connection.send(deed.bytes(key: key))
            guard let answer = try connection.response() else {
                throw Server.Failed(description: "the twin does not answer")
            }
            return answer
        }
        for (deed, answer) in acknowledged {
            let second = try repeated(deed)
            let isSame =
                answer.status == second.status && (deed.isFile || answer.body == second.body)
                && answer.field("x-sandbox-request-id") == second.field("x-sandbox-request-id")
            if !isSame {
                problems.append(
                    "\(key): \(deed.method) \(deed.path) was answered \(answer.status) \(answer.body.prefix(300)), and the twin "
                        + "\(second.status) \(second.body.prefix(300))")
            }
        }
        tally.acknowledged += acknowledged.count
        acknowledged.removeAll()
        let found = try facts(of: killed)
        var expected = try facts(of: twin)
        let first = expected
        var kept = 0
        while found != expected, kept < unanswered.count {
            let answer = try repeated(unanswered[kept])
            learn(from: answer, to: unanswered[kept])
            expected = try facts(of: twin)
            kept += 1
        }
        if found != expected {
            let asked = unanswered.map { "\($0.method) \($0.path)" }
            problems.append(
                "\(key): with \(asked) not answered: \(found.difference(from: first))"
                    + (asked.isEmpty ? "" : "; or else \(found.difference(from: expected))"))
        }
        tally.foundWhole += kept
        tally.notFound += unanswered.count - kept
        // Nobody can see which of two files is there: both get the same one now.
        for deed in unanswered where deed.isFile {
            for server in [killed, twin] {
                let again = try server.connect()
                try again.send(deed.bytes(key: key))
                let answer = try again.response()
                if server === killed, let answer { learn(from: answer, to: deed) }
            }
        }
        unanswered.removeAll()
        return problems
    }
}
