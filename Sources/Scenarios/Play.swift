internal import Contract
internal import HTTP
internal import JSON
internal import MedusaAPI

/// The real requests that a scenario's entries are made by.
enum Play {
    /// A call of the API, and the fields that a scenario need not write.
    struct Request: Sendable {
        let endpoint: Endpoint
        let defaults: JSON

        init(_ operation: String, defaults: String = "{}") {
            guard let endpoint = Routes.endpoints.first(where: { $0.operation == operation }),
                let json = try? JSON(Array(defaults.utf8))
            else { preconditionFailure("there is no operation \(operation), or its defaults are no JSON") }
            self.endpoint = endpoint
            self.defaults = json
        }
    }

    static let createUser = Request("createUser", defaults: #"{"firstName":"John","lastName":"Doe"}"#)

    /// The documented sample (A.11), without what could decide something.
    static let apply = Request(
        "applyForSpendingLimit",
        defaults: """
            {"street1":"123 Test Dr.","city":"Hollywood","regionAbbr":"FL","postalCode":"33021","country":"US",\
            "mobilePhone":"6514447773","dateOfBirth":"1998-03-23","ssn":"888776666",\
            "employmentInformation":{"monthlyIncome":1250,"payFrequency":"weekly"}}
            """)

    static let addPaymentMethod = Request("addPaymentMethod", defaults: #"{"primary":true,"label":""}"#)
    static let createLease = Request("createLease", defaults: #"{"transactionId":""}"#)
    static let signLease = Request("signLease", defaults: #"{"ipAddress":"127.0.0.1","signed":true}"#)
    static let collectPayment = Request("collectPayment")

    /// What happens to a transaction, in the words of the routes.
    enum Event: String, CaseIterable {
        case finalize
        case confirmShipment = "confirm-shipment"
        case confirmReceipt = "confirm-receipt"
        case cancel
        case `return`

        private static let finalizeLease = Request("finalizeLease")
        private static let shipment = Request("confirmShipment")
        private static let receipt = Request("confirmReceipt")
        private static let cancelItems = Request("cancelItems")
        private static let returnItems = Request("returnItems")

        var request: Request {
            switch self {
            case .finalize: Self.finalizeLease
            case .confirmShipment: Self.shipment
            case .confirmReceipt: Self.receipt
            case .cancel: Self.cancelItems
            case .return: Self.returnItems
            }
        }

        /// A member an event; one of them is there.
        static let fields: [Field] = allCases.flatMap { event in
            let body = Contract.fields(ScenarioFile.at) + event.request.endpoint.body
            return Contract.fields(
                Key.optional(event.rawValue, .object(body), "As in \(event.request.endpoint.path), and when"))
        }
    }
}

extension JSON {
    /// An object's members over those of another, as deep as both are objects.
    ///
    /// - Parameter dropped: members that are the scenario's own.
    func laid(over defaults: JSON, without dropped: Set<String> = [], setting texts: [String: String] = [:]) -> [UInt8]
    {
        JSONWriter.write { writer in
            writer.object { object in
                for member in defaults.members where self[member.name] == nil {
                    object.key(member.name)
                    if let text = texts[member.name] { object.value(text) } else { object.raw(member.value.source) }
                }
                for member in members where !dropped.contains(member.name) {
                    object.key(member.name)
                    if let below = defaults[member.name], below.isObject, member.value.isObject {
                        object.raw(member.value.laid(over: below))
                    } else {
                        object.raw(member.value.source)
                    }
                }
            }
        }
    }
}
