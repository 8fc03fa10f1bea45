internal import Contract
package import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
package import SQLite
package import Sandbox

/// The way of a request: route, key, token, payload, endpoint. What stands before the endpoint answers in the words of
/// Kong, the vendor's gateway (B.5).
package final class Gateway {
    private let sandboxes: Sandboxes
    private let allowsAnyOrigin: Bool
    /// Takes a sentence about something that went wrong on our side, or that the caller should look at.
    private let report: (String) -> Void

    /// - Parameter allowsAnyOrigin: whether a page of any origin may call; right on loopback only (decisions.md 5).
    package init(_ sandboxes: Sandboxes, allowsAnyOrigin: Bool, report: @escaping (String) -> Void) {
        self.sandboxes = sandboxes
        self.allowsAnyOrigin = allowsAnyOrigin
        self.report = report
    }

    /// An answer, and the sandbox that must be settled before it may leave.
    package struct Reply {
        package var response: Response
        package var unsettled: Sandbox?
    }

    package func answer(_ request: Request) -> Reply {
        guard let origin = request.fields["origin"] else { return route(request) }
        guard allowsAnyOrigin || Self.isLoopback(origin) else { return route(request) }
        if request.method == .options { return Reply(response: .preflight(request, origin)) }
        var reply = route(request)
        reply.response.fields.append(NamedValue("Access-Control-Allow-Origin", origin))
        reply.response.fields.append(NamedValue("Vary", "Origin"))
        return reply
    }

    private func route(_ request: Request) -> Reply {
        switch Routes.router.find(request.method, request.target.segments) {
        case .match(let match):
            return authenticate(request, match.value, match.parameters)
        case .otherMethods(let allowed):
            let names = (allowed.contains(.get) ? [.head] + allowed : allowed).map(\.rawValue) + ["OPTIONS"]
            let allow = NamedValue("Allow", names.joined(separator: ", "))
            if request.method == .options { return Reply(response: Response(.noContent, fields: [allow])) }
            var response = Response.gateway(.notFound, "no Route matched with those values")
            response.fields.append(allow)
            return Reply(response: response)
        case .none:
            if case .match = Routes.router.find(request.method, ["v3"] + request.target.segments) {
                // Without the path, which could be somebody: the request's own line in the log shows it, masked.
                report(
                    "no route for a path that exists under /v3: clients that resolve by RFC 3986 "
                        + "(Guzzle, requests-toolbelt) drop the base URL's path before a path that begins with /")
            }
            return Reply(response: .gateway(.notFound, "no Route matched with those values"))
        }
    }

    private func authenticate(
        _ request: Request, _ route: Route, _ parameters: [NamedValue]
    ) -> Reply {
        guard var key = request.fields["authorization"] else {
            var response = Response.gateway(.unauthorized, "No API key found in request")
            response.fields.append(NamedValue("WWW-Authenticate", "Key realm=\"kong\""))
            return Reply(response: response)
        }
        guard request.fields.count(of: "authorization") == 1 else {
            return Reply(response: .gateway(.unauthorized, "Duplicate API key found"))
        }
        if key.lowercased().hasPrefix("bearer ") { key.removeFirst("bearer ".count) }
        guard sandboxes.admits(key) else {
            return Reply(response: .gateway(.unauthorized, "Invalid authentication credentials"))
        }
        do throws(Sandboxes.Failure) {
            return call(request, route, parameters, try sandboxes.sandbox(for: key))
        } catch {
            report(error.description)
            return Reply(response: .gateway(.serviceUnavailable, error.description))
        }
    }

    private func call(
        _ request: Request, _ route: Route, _ parameters: [NamedValue], _ sandbox: Sandbox
    ) -> Reply {
        let response: Response
        do {
            let customer =
                switch route.endpoint.security {
                case .apiKey: Int64?.none
                case .customerToken: try customer(request, sandbox)
                }
            let call = Call(
                endpoint: route.endpoint, sandbox: sandbox, now: sandbox.now, customerRow: customer,
                parameters: parameters, query: request.target.query, payload: try payload(request))
            let isRead = route.endpoint.method == .get
            response = isRead ? try route.answer(call) : try sandbox.store.write { try route.answer(call) }
        } catch let refusal as Refusal {
            response = .refusal(refusal)
        } catch let violation as Violation {
            response = .error(.badRequest, message: violation.message)
        } catch let refused as PayloadRefusal {
            response = .error(refused.status, message: refused.message)
        } catch {
            response = failed(error)
        }
        // A read that might show what is not committed yet waits for the commit, as the write itself does.
        return Reply(response: response, unsettled: sandbox.store.isOpen ? sandbox : nil)
    }

    private func customer(_ request: Request, _ sandbox: Sandbox) throws -> Int64 {
        guard let token = request.fields["customer-token"] else { throw Refusal.invalidCredentials }
        do throws(Refusal) {
            return try sandbox.customer(ofToken: token)
        } catch {
            if sandboxes.isMinted(token, elsewhereThan: sandbox) {
                report(
                    "violation: a customer token was used with another API key than the one that minted it; "
                        + "production may suspend both accounts")
            }
            throw error
        }
    }

    private struct PayloadRefusal: Error {
        let status: Status
        let message: String
    }

    /// The body as JSON; `nil` when there is none (decisions.md 2).
    private func payload(_ request: Request) throws -> JSON? {
        guard !request.body.isEmpty, request.method != .get, request.method != .head else { return nil }
        let type = request.fields["content-type"]?.prefix { $0 != ";" }.lowercased()
        guard let type, type.split(separator: " ").joined() == "application/json" else {
            throw PayloadRefusal(status: .unsupportedMediaType, message: "Unsupported Media Type")
        }
        do throws(JSONError) {
            return try JSON(request.body)
        } catch {
            throw PayloadRefusal(status: .badRequest, message: "Invalid request payload JSON format")
        }
    }

    /// A failure on our side: the documented envelope for the caller, the details for the log.
    private func failed(_ error: any Error) -> Response {
        report("\(error)")
        return (error as? SQLiteError).map(Response.unsaved)
            ?? .error(.internalServerError, message: "An internal server error occurred")
    }

    /// What every answer of a batch becomes when its commit failed.
    package func unsaved(_ error: SQLiteError) -> Response {
        report("\(error)")
        return .unsaved(error)
    }

    /// `http://localhost:3000`, `https://shop.localhost`, `http://127.0.0.1:8080`, `http://[::1]`.
    private static func isLoopback(_ origin: String) -> Bool {
        guard let scheme = origin.firstIndex(of: ":") else { return false }
        let authority = origin[scheme...].drop { $0 == ":" || $0 == "/" }
        let host = authority.prefix { $0 != ":" }
        return host == "localhost" || host.hasSuffix(".localhost") || host.hasPrefix("127.")
            || authority.hasPrefix("[::1]")
    }
}
