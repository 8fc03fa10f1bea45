internal import Contract
internal import HTTP
internal import JSON
internal import Sandbox

/// What a fault makes of an answer.
extension Strike {
    /// - Parameter consumer: whose request it was.
    func spoil(_ answer: Response, of endpoint: Endpoint, for consumer: Sandbox.Consumer) -> Response {
        var response = answer
        if let fault = fault?.fault {
            if let exceeded = quotas.last(where: \.isExceeded) {
                response = .gateway(.tooManyRequests, "API rate limit exceeded")
                response.fields.append(NamedValue("Retry-After", String(exceeded.resetSeconds)))
            } else if let reply = fault.reply {
                response = reply.response(of: endpoint, for: consumer)
            }
            response = fault.content.map { $0.spoil(response) } ?? response
            var delivery = Delivery()
            delivery.delayMilliseconds = delayMilliseconds
            delivery.ending = fault.ending
            delivery.drip = fault.drip
            if delivery != Delivery() { response.delivery = delivery }
        }
        for quota in quotas { response.fields += quota.fields }
        return response
    }
}

extension Strike.Quota {
    /// The fields of Kong's rate-limiting plugin.
    fileprivate var fields: [NamedValue] {
        let name = rateLimit.window.rawValue.prefix(1).uppercased() + rateLimit.window.rawValue.dropFirst()
        return [
            NamedValue("X-RateLimit-Limit-\(name)", String(rateLimit.limit)),
            NamedValue("X-RateLimit-Remaining-\(name)", String(remaining)),
            NamedValue("RateLimit-Limit", String(rateLimit.limit)),
            NamedValue("RateLimit-Remaining", String(remaining)),
            NamedValue("RateLimit-Reset", String(resetSeconds)),
        ]
    }
}

extension Fault.Content {
    fileprivate func spoil(_ answer: Response) -> Response {
        var response = answer
        switch self {
        case .truncated: response.body.removeLast(response.body.count - response.body.count / 2)
        case .malformed: response.body.insert(contentsOf: "<!-- ".utf8, at: min(1, response.body.count))
        }
        return response
    }
}

extension Fault.Reply {
    fileprivate func response(of endpoint: Endpoint, for consumer: Sandbox.Consumer) -> Response {
        switch self {
        case .foreign:
            let page = "<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1></body></html>\n"
            return Response(
                .forbidden, fields: [NamedValue("Content-Type", "text/html")], body: Array(page.utf8))
        case .status(let status, let code, let message, let body, let fields):
            var response =
                body.map { Response.json(status, $0) }
                ?? Self.answer(status, code: code, message: message, of: endpoint, for: consumer)
            for field in fields {
                let name = field.name.lowercased()
                response.fields.removeAll { $0.name.lowercased() == name }
            }
            response.fields += fields
            return response
        }
    }

    /// The envelope that is asked for; else the documented one; else what the gateway says when nobody answers behind it.
    private static func answer(
        _ status: Status, code: String?, message: String?, of endpoint: Endpoint, for consumer: Sandbox.Consumer
    ) -> Response {
        if status.rawValue < 300 { return .data(status) { _ in } }
        let documented = endpoint.outcomes.filter { $0.status == status }.flatMap(\.codes).first { !$0.isEmpty }
        if message == nil, let code = code ?? documented {
            // As the endpoint's own page prints it; else as any page does.
            let printed = endpoint.outcomes.first { $0.status == status && $0.codes.contains(code) }?.sample
            if let printed, let body = printed.body["error"] { return .printed(status, body) }
            if let known = Response.documented(status, code: code, merchantId: consumer.vendorId) { return known }
        }
        if code == nil, message == nil {
            switch status.rawValue {
            case 429: return .gateway(status, "API rate limit exceeded")
            case 502, 503: return .gateway(status, "An invalid response was received from the upstream server")
            case 504: return .gateway(status, "The upstream server is timing out")
            default: break
            }
        }
        return .error(
            status, code ?? documented ?? "", message: message ?? "The sandbox was told to answer \(status.rawValue)")
    }
}
