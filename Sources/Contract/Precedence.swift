internal import HTTP

extension Endpoint {
    /// Every refusal of the endpoint, in order of precedence: where several hold, the first one is the answer. The gateway's come first
    /// (the key is looked at before a body is read), then what a fault says, then the API's; a body that cannot be read is refused behind the token.
    package var precedence: [Outcome] {
        let shared = sharedOutcomes
        func isShared(_ status: Status) -> (Outcome) -> Bool {
            { $0.status == status && $0.codes.isEmpty }
        }
        let gateway = [Status.unauthorized, .contentTooLarge, .tooManyRequests, .serviceUnavailable, .forbidden]
            .flatMap { status in shared.filter(isShared(status)) }
        let failures = shared.filter { $0.status == .internalServerError }
        let payload = [Status.unsupportedMediaType, .badRequest].flatMap { status in
            shared.filter { $0.status == status }
        }
        let own = outcomes.filter(\.isRefusal)
        let credentials = own.prefix { $0.status == .unauthorized }
        let full = shared.filter { $0.status == .serviceUnavailable && !$0.codes.isEmpty }
        return gateway + failures + credentials + (body.isEmpty ? [] : payload) + own.dropFirst(credentials.count)
            + full
    }
}
