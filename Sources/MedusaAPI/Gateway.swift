package import Contract
package import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
package import SQLite
package import Sandbox

/// The way of a request: route, key, token, payload, endpoint. What stands before the endpoint answers in the words of
/// Kong, the vendor's gateway (B.5).
package final class Gateway {
    let sandboxes: Sandboxes
    package let access: Access
    package let recording: Recording
    /// In bytes, of a body that has been inflated too.
    let bodyLimit: Int
    /// What the journal must not show is found by it.
    package var secrets = Secrets()
    /// Takes a sentence about something that went wrong on our side, or that the caller should look at.
    let report: (String) -> Void

    package init(
        _ sandboxes: Sandboxes, access: Access, recording: Recording = Recording(), bodyLimit: Int = 1 << 20,
        report: @escaping (String) -> Void
    ) {
        self.sandboxes = sandboxes
        self.access = access
        self.recording = recording
        self.bodyLimit = bodyLimit
        self.report = report
    }

    /// An answer, and the sandbox that must be settled before it may leave.
    package struct Reply {
        package var response: Response
        package var unsettled: Sandbox?
        /// The other sandbox that a misused token closes.
        package var alsoUnsettled: Sandbox?
        /// What was noticed on the way; `nil` for what is no part of the record.
        package var trace: Trace?
        /// Why there is no answer yet; the response says nothing then.
        package var deferral: Deferral?

        package init(response: Response, trace: Trace? = nil) {
            self.response = response
            self.trace = trace
        }

        /// There is no answer yet.
        package init(_ deferral: Deferral) {
            self.init(response: Response(.serviceUnavailable))
            self.deferral = deferral
        }

        /// The sandbox is away: nothing was done, and the request is to be answered once it is back.
        package init(awaiting absence: Absence) { self.init(.absence(absence)) }

        /// What was odd about the request (decisions.md 19).
        package var oddities: [Oddity] { trace?.oddities ?? [] }
    }

    /// Answers, and records that it did.
    ///
    /// - Parameter caller: who asks in the integration's name.
    package func answer(_ request: Request, by caller: Trace.Caller? = nil) -> Reply {
        recorded(request, by: caller) { access.answer(request, to: .everyone) { route($0) } }
    }

    /// Records what somebody answers to a request of the API, or of the modal.
    package func recorded(_ request: Request, by caller: Trace.Caller? = nil, _ answer: () -> Reply) -> Reply {
        let start = ContinuousClock.now
        var reply = answer()
        guard reply.deferral == nil else { return reply }
        reply.trace?.caller = caller
        record(request, &reply, since: start)
        return reply
    }

    /// The sandbox of requests that belong to none. Where it cannot be opened, they are answered all the same: nobody counts them.
    package func strays() -> Sandboxes.Found? {
        do {
            return try sandboxes.strays()
        } catch {
            report(error.description)
            return nil
        }
    }

    private func route(_ request: Request) -> Reply {
        let trace = Trace()
        switch Routes.router.find(request.method, request.target.segments) {
        case .match(let match):
            trace.operation = match.value.endpoint.operation
            trace.isRead = !match.value.endpoint.writes
            return authenticated(request, match.value, match.parameters, trace)
        case .otherMethods(let allowed):
            let allow = Self.allow(allowed)
            if request.method == .options { return Reply(response: Response(.noContent, fields: [allow])) }
            var reply = noRoute(request, trace)
            reply.response.fields.append(allow)
            return reply
        case .none:
            if case .match = Routes.router.find(request.method, ["v3"] + request.target.segments) {
                // Without the path, which could be somebody: the request's own line in the log shows it, masked.
                report(
                    "no route for a path that exists under /v3: clients that resolve by RFC 3986 "
                        + "(Guzzle, requests-toolbelt) drop the base URL's path before a path that begins with /")
            }
            return noRoute(request, trace)
        }
    }

    /// Nobody asks for a key here, but the record is that of whoever sent one.
    ///
    /// - Parameter isPatient: whether the answer cannot wait, and so the record's sandbox is opened at once.
    private func noRoute(_ request: Request, _ trace: Trace, isPatient: Bool = false) -> Reply {
        if recording.isOn {
            switch authenticate(request, isPatient: isPatient) {
            case .admitted(let admission, _): trace.sandbox = admission.sandbox
            case .away(let absence): return Reply(awaiting: absence)
            case .refused: break
            }
        }
        return Reply(response: .gateway(.notFound, "no Route matched with those values"), trace: trace)
    }

    /// What the server itself says to a request before anybody looks at what it asks for; recorded as far as it came.
    ///
    /// - Parameter head: as far as it was read.
    package func refuse(_ rejection: Rejection, _ head: RequestHead, to audience: Access.Audience) -> Reply {
        let target = Target(head.target) ?? Target(segments: [])
        let request = Request(method: head.method ?? .get, target: target, fields: head.fields)
        return recorded(request) {
            access.answer(request, to: audience) { request in
                var reply = noRoute(request, Trace(), isPatient: true)
                if let method = head.method, case .match(let match) = Routes.router.find(method, target.segments) {
                    reply.trace?.operation = match.value.endpoint.operation
                }
                reply.response = .gateway(rejection.status, rejection.message)
                return reply
            }
        }
    }

    /// Whether a request to here gets as far as its body: it has a route, and a key that may be admitted.
    package func wantsBody(_ head: RequestHead, _ target: Target) -> Bool {
        guard let method = head.method, case .match = Routes.router.find(method, target.segments) else { return false }
        return hasKey(head.fields)
    }

    /// Whether a request has a key that may be admitted. Opens nothing.
    package func hasKey(_ fields: Fields) -> Bool {
        if case .key = identify(fields) { true } else { false }
    }

    /// The API key of the sandbox that an auth key of the Payment Plugin opens. Asking opens nothing: the first call does.
    package func apiKey(ofAuthKey authKey: String) -> String? { sandboxes.apiKey(ofAuthKey: authKey) }

    /// Puts the database of the sandbox that a request names aside, if it cannot be read.
    ///
    /// - Returns: where it is now; `nil` where there was no need to.
    package func setAside(of fields: Fields) throws(Sandboxes.Failure) -> String? {
        guard case .key(let key) = identify(fields), let place = try sandboxes.setAside(key) else { return nil }
        report("a damaged database was put aside: it is at \(place) now")
        return place
    }

    /// The methods of a path: HEAD comes with GET, OPTIONS with all.
    package static func allow(_ methods: [Method]) -> NamedValue {
        let names = (methods.contains(.get) ? [.head] + methods : methods).map(\.rawValue) + ["OPTIONS"]
        return NamedValue("Allow", names.joined(separator: ", "))
    }

    /// Who calls, or what the gateway answers instead.
    package enum Authentication {
        case admitted(Sandboxes.Admission, key: String)
        /// It would be admitted, but the sandbox is away.
        case away(Absence)
        case refused(Response)
    }

    /// The key with which a request came, or what the gateway says where it admits none.
    package enum Identification {
        case key(String)
        case refused(Response)
    }

    /// Kong's key authentication (B.5). It opens no sandbox, and so may be asked before a body is read.
    package func identify(_ fields: Fields) -> Identification {
        guard fields.count(of: "authorization") < 2 else {
            return .refused(.gateway(.unauthorized, "Duplicate API key found"))
        }
        let key = APIKeyField.key(in: fields["authorization"] ?? "")
        guard !key.isEmpty else {
            var response = Response.gateway(.unauthorized, "No API key found in request")
            response.fields.append(NamedValue("WWW-Authenticate", "Key realm=\"kong\""))
            return .refused(response)
        }
        guard KeyForm.isKey(key) else {
            return .refused(.gateway(.unauthorized, "Invalid authentication credentials: an API key \(KeyForm.rule)"))
        }
        guard sandboxes.admits(key) else {
            return .refused(.gateway(.unauthorized, "Invalid authentication credentials"))
        }
        return .key(key)
    }

    /// - Parameter isPatient: whether a sandbox that is not open is opened here and now, whoever waits.
    package func authenticate(_ request: Request, isPatient: Bool = false) -> Authentication {
        switch identify(request.fields) {
        case .refused(let response): return .refused(response)
        case .key(let key):
            do throws(Sandboxes.Failure) {
                switch try sandboxes.presence(for: key, isPatient: isPatient) {
                case .here(let admission): return .admitted(admission, key: key)
                case .away(let absence): return .away(absence)
                }
            } catch {
                report(error.description)
                return .refused(.gateway(.serviceUnavailable, error.description))
            }
        }
    }

    private func authenticated(
        _ request: Request, _ route: Route, _ parameters: [NamedValue], _ trace: Trace
    ) -> Reply {
        switch authenticate(request) {
        case .refused(let response): return Reply(response: response, trace: trace)
        case .away(let absence): return Reply(awaiting: absence)
        case .admitted(let admission, let key):
            trace.sandbox = admission.sandbox
            return serve(
                Ask(
                    request: request, route: route, parameters: parameters, admission: admission, key: key, trace: trace
                ))
        }
    }

    /// A request that is known to be somebody's.
    private struct Ask {
        let request: Request
        let route: Route
        let parameters: [NamedValue]
        let admission: Sandboxes.Admission
        let key: String
        let trace: Trace

        var sandbox: Sandbox { admission.sandbox }
    }

    private func serve(_ ask: Ask) -> Reply {
        let sandbox = ask.sandbox
        let now = sandbox.now
        var reply: Reply
        do {
            try sandbox.resolveReviews(at: now)
            reply = sandbox.faults.isEmpty ? call(ask, at: now) : try struck(ask, at: now)
        } catch {
            reply = Reply(response: failed(error), trace: ask.trace)
        }
        reply.response.showTime(of: sandbox)
        if !reply.oddities.isEmpty {
            reply.response.fields.append(NamedValue("x-sandbox-warnings", String(reply.oddities.count)))
        }
        // A read that might show what is not committed yet waits for the commit, as the write itself does.
        reply.unsettled = sandbox.store.isOpen ? sandbox : nil
        return reply
    }

    /// A call in a sandbox that has faults: one may answer in its place, or spoil its answer.
    private func struck(_ ask: Ask, at now: Timestamp) throws -> Reply {
        let sandbox = ask.sandbox
        let strike = try sandbox.store.write {
            try sandbox.strike(ask.route.endpoint.operation, key: ask.key, at: now)
        }
        guard let strike else { return call(ask, at: now) }
        let isCarriedOut = strike.fault?.fault.isCarriedOut ?? true
        ask.trace.fault = strike.fault
        var reply = isCarriedOut ? call(ask, at: now) : Reply(response: Response(.ok), trace: ask.trace)
        reply.response = strike.spoil(reply.response, of: ask.route.endpoint, for: ask.admission.consumer)
        return reply
    }

    private func call(_ ask: Ask, at now: Timestamp) -> Reply {
        guard !ask.sandbox.isSuspended else {
            // The words of Kong's ACL plugin.
            return Reply(response: .gateway(.forbidden, "You cannot consume this service"), trace: ask.trace)
        }
        var reply = Reply(response: Response(.ok), trace: ask.trace)
        do {
            let call = try call(ask, at: now, &reply)
            ask.trace.oddities = call.oddities
            ask.trace.mayHoldSecrets = Routes.answeringSecrets.contains(ask.trace.operation)
            reply.response =
                ask.route.endpoint.writes
                ? try ask.sandbox.store.write(at: now) { try answer(call, ask.route) } : try answer(call, ask.route)
        } catch let refusal as Refusal {
            reply.response = .refusal(refusal)
        } catch let violation as Violation {
            ask.trace.violation = violation
            reply.response = .error(.badRequest, message: violation.message)
        } catch let refused as PayloadRefusal {
            reply.response = refused.response
        } catch {
            reply.response = failed(error)
        }
        return reply
    }

    /// An endpoint looks first for what the path names, so that the journal knows whose request it was. But the vendor's server
    /// validates before a handler runs: what is wrong with a field is the answer, whatever else is (decisions.md 14).
    private func answer(_ call: Call, _ route: Route) throws -> Response {
        do {
            return try route.answer(call)
        } catch let refusal as Refusal where refusal != .invalidCredentials {
            _ = try call.input()
            throw refusal
        }
    }

    private func call(_ ask: Ask, at now: Timestamp, _ reply: inout Reply) throws -> Call {
        let customer =
            switch ask.route.endpoint.security {
            case .none, .apiKey: Int64?.none
            case .customerToken: try customer(ask, at: now, &reply)
            }
        let (endpoint, query) = (ask.route.endpoint, ask.request.target.query)
        let payload = try payload(ask.request, of: endpoint)
        ask.trace.payload = payload
        let strictness = ask.sandbox.settings.strictness
        return Call(
            endpoint: endpoint, sandbox: ask.sandbox, consumer: ask.admission.consumer,
            boundKey: ask.admission.boundKey, vendor: ask.admission.vendor, now: now, customerRow: customer,
            parameters: ask.parameters,
            query: query, payload: payload,
            oddities: strictness == .real
                ? []
                : endpoint.oddities(
                    headers: ask.request.fields, query: query, body: payload,
                    consumer: ask.admission.consumer.field),
            trace: ask.trace)
    }

    private func customer(_ ask: Ask, at now: Timestamp, _ reply: inout Reply) throws -> Int64 {
        guard let token = ask.request.fields["customer-token"] else {
            ask.trace.tokenProblem = .missing
            throw Refusal.invalidCredentials
        }
        let (sandbox, key) = (ask.sandbox, ask.admission.boundKey)
        do throws(Refusal) {
            return try sandbox.customer(ofToken: token, at: now, key: key)
        } catch {
            let known = sandbox.tokens.customer(of: token)
            ask.trace.namedCustomer = known.flatMap { sandbox.identifiers.row(.user, $0.userId) }
            ask.trace.tokenProblem = known == nil ? .notOurs : .expired
            if let minter = sandboxes.minter(of: token, usedIn: sandbox, with: key) {
                ask.trace.tokenProblem = .ofAnotherKey
                report(
                    "violation: a customer token was used with another API key than the one that minted it; "
                        + "production may suspend both accounts")
                if sandbox.settings.tokenMisuse == .suspend {
                    try sandbox.store.write { try sandbox.suspend() }
                    if let absence = minter.absence {
                        absence.whenBack { [unowned self] in
                            do {
                                try minter.store.write { try minter.suspend() }
                                try minter.store.settle()
                            } catch {
                                _ = failed(error)
                            }
                        }
                    } else if minter !== sandbox {
                        try minter.store.write { try minter.suspend() }
                        reply.alsoUnsettled = minter
                    }
                }
            }
            throw error
        }
    }

    /// Answers a request in a copy of a sandbox as the sandbox itself would, faults included, and keeps what it has written. Nothing
    /// waits: how the answer would leave stands in its `delivery`.
    ///
    /// - Parameter key: the API key that it would come with.
    /// - Returns: the answer, and the fault that struck it.
    package func rehearse(
        _ request: Request, in sandbox: Sandbox, key: String
    ) -> (response: Response, fault: Sandbox.ActiveFault?) {
        guard let ask = ask(request, in: sandbox, key: key) else { return (Self.noRoute, nil) }
        do {
            let reply = sandbox.faults.isEmpty ? call(ask, at: sandbox.now) : try struck(ask, at: sandbox.now)
            try sandbox.store.settle()
            return (reply.response, ask.trace.fault)
        } catch {
            return (failed(error), nil)
        }
    }

    /// Answers a request in a sandbox that the caller holds: how a scenario plays its entries. No key is asked for, and no
    /// fault strikes.
    ///
    /// - Parameters:
    ///   - consumer: who calls; the sandbox's own one when `nil`.
    ///   - vendor: whose the transactions are, where the sandbox is to have several vendors.
    package func answer(
        _ request: Request, in sandbox: Sandbox, as consumer: Sandbox.Consumer? = nil, vendor: String? = nil
    ) -> Response {
        guard let ask = ask(request, in: sandbox, key: sandbox.name, as: consumer, vendor: vendor) else {
            return Self.noRoute
        }
        return call(ask, at: sandbox.now).response
    }

    private static var noRoute: Response { .gateway(.notFound, "no Route matched with those values") }

    /// A request in a sandbox that the caller holds; `nil` where there is no route.
    private func ask(
        _ request: Request, in sandbox: Sandbox, key: String, as consumer: Sandbox.Consumer? = nil,
        vendor: String? = nil
    ) -> Ask? {
        guard case .match(let match) = Routes.router.find(request.method, request.target.segments) else { return nil }
        let admission = Sandboxes.Admission(
            sandbox: sandbox, consumer: consumer ?? sandbox.defaultConsumer, boundKey: nil, vendor: vendor)
        return Ask(
            request: request, route: match.value, parameters: match.parameters, admission: admission, key: key,
            trace: Trace())
    }

    /// A failure on our side: the documented envelope for the caller, the details for the log.
    package func failed(_ error: any Error) -> Response {
        report("\(error)")
        return (error as? SQLiteError).map(Response.unsaved)
            ?? .error(.internalServerError, message: "An internal server error occurred")
    }

    /// What every answer of a batch becomes when its commit failed.
    package func unsaved(_ error: SQLiteError) -> Response {
        report("\(error)")
        return .unsaved(error)
    }
}

extension Response {
    /// `Date` in the sandbox's time. Where that is the machine's, the server's own field says the same.
    package mutating func showTime(of sandbox: Sandbox) {
        if !sandbox.clock.isMachineTime { fields.append(NamedValue("Date", sandbox.now.httpDate)) }
    }
}
