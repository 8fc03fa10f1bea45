internal import Contract
internal import Crypto
package import JSON
package import Medusa
package import MedusaStore
package import SQLite

/// One isolated world: its own database, clock, settings, rules, faults, identifiers and tokens (decisions.md 6).
package final class Sandbox {
    /// The API key that it was made for; further ones may share it.
    package let name: String
    package let store: Store
    package let snapshots: Snapshots
    /// Whoever is told of what comes into the journal.
    package var follower: (any JournalFollower)?
    /// Who calls with a key of which nobody said more (decisions.md 7).
    package let defaultConsumer: Consumer

    package private(set) var identifiers: Identifiers
    package private(set) var tokens: Tokens
    package var settings = Settings() {
        didSet {
            guard settings.authKey != oldValue.authKey else { return }
            isAuthKeyUntold = true
            // What is not committed yet may never be.
            if !store.isOpen { tellAuthKey() }
        }
    }
    /// Told when another auth key opens it, or none of its own any more.
    var authKeyChanged: ((String?) -> Void)?
    private var isAuthKeyUntold = false
    /// While a long call works on it on another thread; nobody may touch anything else of it then.
    package internal(set) var absence: Absence?
    package var clock = Clock.machine
    /// The rules of the scenario, first one first, and the documents that they were read from.
    package private(set) var rules: [Rule] = []
    package private(set) var faults: [ActiveFault] = []
    /// What it was filled from; `nil` for one that began empty.
    package private(set) var origin: Origin?
    /// Closed for the misuse of a token (decisions.md 8).
    package private(set) var isSuspended = false
    /// When the next manual review resolves by itself.
    private var nextReview: Timestamp?
    private let seed: UInt64
    private let requestFields: [String]

    /// What its journal must not show, though nothing but an earlier request says so.
    package let seenSecrets = SeenSecrets()
    /// Whether its state shows them as they came.
    package var showsSecrets = false

    /// Tokens that were found good a moment ago, so that a customer's next request costs no signature.
    private var knownTokens: [String: KnownToken] = [:]
    private var knownLeaseIds: [LeaseKey: String] = [:]

    /// `channel:vendorId` (B.4): what the gateway would put into `x-consumer-custom-id`.
    package struct Consumer: Hashable, Sendable {
        package let channel: String
        package let vendorId: String

        package init(channel: String, vendorId: String) {
            self.channel = channel
            self.vendorId = vendorId
        }

        /// What the gateway puts into the field.
        package var field: String { "\(channel):\(vendorId)" }
    }

    /// A scenario that a sandbox was filled from, so that a reset can begin again, here and on another machine.
    package struct Origin: Hashable, Sendable {
        package let name: String
        /// The file, as it was.
        package let text: [UInt8]

        package init(name: String, text: [UInt8]) {
            self.name = name
            self.text = text
        }
    }

    /// A fault, and how far it has come.
    package struct ActiveFault: Sendable {
        package let id: Int64
        package let definition: [UInt8]
        package let fault: Fault
        package var progress: Faults.Progress
    }

    /// What the database kept and nobody could read, a sentence each: a default has taken its place.
    package private(set) var losses: [String] = []

    /// What a database says that this program cannot read.
    package struct Unreadable: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    /// - Parameters:
    ///   - name: the API key that it is made for.
    ///   - seed: mixed with the name, so that two keys have no identifier in common. A database that exists keeps its own.
    ///   - requestFields: the fields that rules may ask for.
    package init(
        _ location: Connection.Location, name: String, seed: UInt64, snapshots: Snapshots, requestFields: [String]
    ) throws {
        self.name = name
        self.snapshots = snapshots
        self.seed = seed
        self.requestFields = requestFields
        store = try Store(location)
        let kept = try store.secret()
        let secret = kept ?? Self.secret(name: name, seed: seed)
        identifiers = Identifiers(secret: secret)
        tokens = Tokens(secret: secret)
        defaultConsumer = Consumer(channel: "sandbox", vendorId: Sandboxes.fingerprint(of: name, length: 8))
        isNew = kept == nil
        // The secret comes last, so whoever has customers has had one.
        if isNew, try store.users.count() > 0 || store.journal.extent.newestId > 0 {
            throw Unreadable(description: "has lost its secret")
        }
        store.journal.warnings = { notes in
            (try? JSON(notes))?["warnings"]?.elements.compactMap(\.string) ?? []
        }
        store.committed = { [weak self] in self?.tellAuthKey() }
        if !isNew { try load() }
    }

    func tellAuthKey() {
        // Whoever is told belongs to the loop's thread.
        guard isAuthKeyUntold, absence == nil else { return }
        isAuthKeyUntold = false
        authKeyChanged?(settings.authKey)
    }

    /// Whether the database was made a moment ago, or nobody got as far as to fill it.
    package let isNew: Bool

    /// Keeps the secret, which makes the database a sandbox's. Last of all: when the program ends before, the sandbox is new the
    /// next time, and is filled again. What fills it with another world has brought that one's secret along.
    package func becomeWhole() throws {
        if try store.secret() == nil { try store.keep(secret: Self.secret(name: name, seed: seed)) }
    }

    private static func secret(name: String, seed: UInt64) -> [UInt8] {
        Array(SHA256.hash(data: Array("medusa-sandbox\0\(seed)\0\(name)".utf8)))
    }

    package var now: Timestamp { clock.now }

    // MARK: What it is told

    private enum Document: String, CaseIterable {
        case clock, settings, personas, origin, suspension
    }

    /// Forgets what a failed commit has taken back.
    package func reload() throws { try load() }

    /// Reads everything that the database keeps of what the sandbox was told. What cannot be read costs no more than itself.
    private func load() throws {
        store.journal.reload()
        guard let secret = try store.secret() else { throw Unreadable(description: "has no secret") }
        identifiers = Identifiers(secret: secret)
        tokens = Tokens(secret: secret)
        knownTokens.removeAll()
        knownLeaseIds.removeAll()
        losses = []
        clock = try document(.clock, otherwise: .machine) { json throws(Violation) in
            try Clock.fields.validate(json)
            return Clock(kept: .object(json))
        }
        settings = try document(.settings, otherwise: Settings()) { json throws(Violation) in
            try Settings.fields.validate(json)
            return try Settings(reading: .object(json))
        }
        rules = try document(.personas, otherwise: []) { json throws(Violation) in try read(rules: json, at: nil) }
        origin = try document(.origin, otherwise: nil) { json throws(Violation) in
            guard let name = json["name"]?.string, let text = json["text"]?.string else {
                throw Violation("origin", "must have a name and a text")
            }
            return Origin(name: name, text: Array(text.utf8))
        }
        try loadFaults()
        isSuspended = try store.documents.find(Document.suspension.rawValue) != nil
        nextReview = try store.users.nextReview()
    }

    /// The database may have come from elsewhere, or from an earlier version, so nothing in it is taken for granted.
    private func document<Result>(
        _ document: Document, otherwise: Result, _ read: (JSON) throws(Violation) -> Result
    ) throws(SQLiteError) -> Result {
        guard let text = try store.documents.find(document.rawValue) else { return otherwise }
        do throws(Unreadable) {
            return try Self.read(text, read)
        } catch {
            losses.append("its \(document.rawValue) could not be read, and is the default now: \(error)")
            try forget { () throws(SQLiteError) in try store.documents.remove(document.rawValue) }
            return otherwise
        }
    }

    private func loadFaults() throws(SQLiteError) {
        faults = []
        let fields = Fault.fields(operations: nil)
        for kept in try store.faults.all() {
            do throws(Unreadable) {
                let fault = try Self.read(kept.definition) { json throws(Violation) in
                    try fields.validate(json)
                    return try Fault(reading: .object(json), at: now, isKept: true)
                }
                faults.append(
                    ActiveFault(id: kept.id, definition: kept.definition, fault: fault, progress: kept.progress))
            } catch {
                losses.append("its fault \(kept.id) could not be read, and is gone: \(error)")
                try forget { () throws(SQLiteError) in try store.faults.remove(kept.id) }
            }
        }
    }

    /// - Throws: why a text cannot be read, in a few words.
    private static func read<Result>(
        _ text: [UInt8], _ read: (JSON) throws(Violation) -> Result
    ) throws(Unreadable) -> Result {
        let json: JSON
        do throws(JSONError) {
            json = try JSON(text)
        } catch {
            throw Unreadable(description: error.reason)
        }
        do throws(Violation) {
            return try read(json)
        } catch {
            throw Unreadable(description: error.message)
        }
    }

    /// Takes away what nobody can read, so that the database says what the sandbox does, and its snapshot is a good one.
    private func forget(_ removal: () throws(SQLiteError) -> Void) throws(SQLiteError) {
        guard !store.isOpen else { return }
        try removal()
    }

    private func save(_ document: Document, _ body: (inout JSONWriter) -> Void) throws {
        try store.documents.save(document.rawValue, JSONWriter.write { $0.object(body) })
    }

    /// - Parameter now: when they are set; `nil` for those that the database keeps.
    private func read(rules document: JSON, at now: Timestamp?) throws(Violation) -> [Rule] {
        var rules: [Rule] = []
        for element in document.elements {
            try Rule.fields.validate(element)
            rules.append(try Rule(reading: .object(element), requestFields: requestFields, at: now))
        }
        return rules
    }

    /// The rules as they were given; an array of documents.
    package var personasDocument: [UInt8]? {
        get throws { try store.documents.find(Document.personas.rawValue) }
    }

    // Each of these belongs inside `store.write`.

    package func set(_ clock: Clock) throws {
        try save(.clock, clock.members)
        self.clock = clock
    }

    package func set(_ settings: Settings) throws {
        try save(.settings, settings.members)
        self.settings = settings
    }

    /// - Parameters:
    ///   - document: an array of rules that have been validated.
    ///   - present: from when on they hold, which their lengths of time are checked with.
    package func set(personas document: JSON, at present: Timestamp) throws {
        rules = try read(rules: document, at: present)
        try store.documents.save(Document.personas.rawValue, document.source)
    }

    /// - Parameters:
    ///   - definition: a fault that has been validated.
    ///   - present: what relative moments in it count from; they are kept as dates.
    @discardableResult
    package func add(fault definition: JSON, at present: Timestamp) throws -> ActiveFault {
        let fault = try Fault(reading: .object(definition), at: present)
        let kept = fault.dated(definition)
        let id = try store.faults.add(kept)
        let added = ActiveFault(id: id, definition: kept, fault: fault, progress: Faults.Progress())
        faults.append(added)
        return added
    }

    package func remove(fault id: Int64) throws {
        try store.faults.remove(id)
        faults.removeAll { $0.id == id }
    }

    package func removeFaults() throws {
        try store.faults.removeAll()
        faults = []
    }

    package func set(_ origin: Origin) throws {
        try save(.origin) {
            $0.member("name", origin.name)
            $0.member("text", String(decoding: origin.text, as: UTF8.self))
        }
        self.origin = origin
    }

    package func suspend() throws {
        try store.documents.save(Document.suspension.rawValue, [])
        isSuspended = true
    }

    // MARK: Another world in its place

    /// Puts a database in the place of everything: a snapshot, a scenario, an empty one. What was before is gone.
    package func replace(with image: Store.Image) throws {
        try store.replace(with: image)
        try load()
    }

    /// A world of the same name that nobody has touched, apart from this one, in memory: what is in this one, or was, makes no
    /// difference to it.
    ///
    /// - Parameter seed: of a scenario; the server's when `nil`.
    package func fresh(seed: UInt64? = nil) throws -> Sandbox {
        let fresh = try Sandbox(
            .memory, name: name, seed: seed ?? self.seed, snapshots: snapshots, requestFields: requestFields)
        try fresh.becomeWhole()
        return fresh
    }

    func setProgress(_ progress: Faults.Progress, at index: Int) { faults[index].progress = progress }

    // MARK: Events

    /// Resolves the manual reviews whose time has come. Costs nothing while there are none.
    package func resolveReviews(at now: Timestamp) throws {
        guard let nextReview, nextReview <= now else { return }
        let due = try store.users.reviews(through: now)
        try store.write(at: due.last?.1.at) {
            for (user, resolution) in due {
                try store.users.review(user, resolution.verdict)
            }
            try reviewsChanged()
        }
    }

    /// To be called when an application may have got or lost a set time.
    package func reviewsChanged() throws { nextReview = try store.users.nextReview() }

    // MARK: Identifiers and tokens

    /// A key that is used once and then forgotten: LoanPaymentPro's child key, Clover's PKMS key.
    package func oneTimeKey() throws -> String { identifiers.oneTimeKey(try store.nextOneTimeKey()) }

    /// A code that lets a customer into the payment modal: 43 characters, as the sample has.
    package func authCode() throws -> String {
        var code: [UInt8] = []
        Base64URL.append(tokens.digest("auth-code", String(try store.nextOneTimeKey())), to: &code)
        return String(decoding: code, as: UTF8.self)
    }

    package func tokenExpiry(at now: Timestamp) -> Timestamp { now + settings.tokenLifetime }

    /// - Parameter key: the API key that mints it, where several share the sandbox: a token is bound to its key (B.3).
    package func customerToken(for user: Int64, at now: Timestamp, key: String?) -> String {
        tokens.customerToken(
            userId: identifiers.identifier(.user, user), at: now, lifetime: settings.tokenLifetime, key: key)
    }

    /// The row of the customer whose token it is: signed here, for this key, and not expired.
    package func customer(ofToken token: String, at now: Timestamp, key: String?) throws(Refusal) -> Int64 {
        if let known = knownTokens[token], known.key == key {
            guard now < known.expiresAt else { throw .invalidCredentials }
            return known.user
        }
        guard let customer = tokens.customer(of: token), let user = identifiers.row(.user, customer.userId),
            now < customer.expiresAt,
            customer.keyDigest == key.map({ Sandboxes.fingerprint(of: $0, length: 8) })
        else { throw .invalidCredentials }
        if knownTokens.count >= 1024 { knownTokens.removeAll(keepingCapacity: true) }
        knownTokens[token] = KnownToken(user: user, expiresAt: customer.expiresAt, key: key)
        return user
    }

    /// A lease's public id. The same ones are asked for again and again, and each costs a signature.
    package func leaseId(_ lease: Lease) -> String {
        // With the customer: a creation that was taken back gives its row number to the next one.
        let key = LeaseKey(row: lease.id, customer: lease.customer)
        if let known = knownLeaseIds[key] { return known }
        let id = tokens.leaseId(userId: identifiers.identifier(.user, lease.customer), row: lease.id)
        if knownLeaseIds.count >= 1024 { knownLeaseIds.removeAll(keepingCapacity: true) }
        knownLeaseIds[key] = id
        return id
    }

    private struct LeaseKey: Hashable {
        let row: Int64
        let customer: Int64
    }

    private struct KnownToken {
        let user: Int64
        let expiresAt: Timestamp
        let key: String?
    }
}
