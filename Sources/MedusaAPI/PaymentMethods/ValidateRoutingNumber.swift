internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 29, of which only the name is stored: whether a bank's number is one, and whether the bank is accepted.
enum ValidateRoutingNumber {
    static let endpoint = Endpoint(
        .get, "/v3/routing-numbers/{routingNumber}", title: "Validate Routing Number", section: .paymentMethods,
        source: .inferred("legacy, Validate Routing Number: path and bodies are not stored"), security: .apiKey,
        outcomes: [
            .init(
                .ok, meaning: "What is known of it",
                body: .data(
                    .named(
                        "RoutingNumber",
                        [
                            .always("routingNumber", .text(), "The number"),
                            .always("valid", .boolean(), "Whether it passes the ABA's checksum"),
                            .always("accepted", .boolean(), "Whether the bank is accepted"),
                            .sometimes("bankName", .text(), "The bank, where it is known"),
                        ]))),
            .init(.badRequest, "", meaning: "Not nine digits", by: "a number of eight digits"),
        ])

    static func answer(_ call: Call) throws -> Response {
        let number = call.parameter("routingNumber")
        _ = try call.input()
        guard number.utf16.count == 9 else {
            throw Refusal.invalid("\"routingNumber\" length must be 9 characters long")
        }
        guard Bank.isRoutingNumber(number) else {
            throw Refusal.invalid("\"routingNumber\" must have digits only")
        }
        let bank = Bank(routingNumber: number, ruling: call.bankRuling(routing: number))
        return .data {
            $0.member("routingNumber", number)
            $0.member("valid", bank.isValid)
            $0.member("accepted", bank.isAccepted)
            $0.member("bankName", ifPresent: bank.name)
        }
    }
}
