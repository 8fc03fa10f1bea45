internal import Contract
internal import JSON

/// Values that the API accepts, for whatever a declaration asks: those of the documents' samples where there are some.
enum Specimen {
    private static let byName: [String: String] = [
        "firstName": #""John""#, "lastName": #""Doe""#, "street1": #""123 Test Dr.""#, "city": #""Hollywood""#,
        "regionAbbr": #""FL""#, "postalCode": #""33021""#, "country": #""US""#, "mobilePhone": #""6514447773""#,
        "phone": #""6514447773""#, "dateOfBirth": #""1998-03-23""#, "ssn": #""888776666""#, "monthlyIncome": "1250",
        "routing": #""021000021""#, "routingNumber": #""021000021""#, "account": #""3483898238239""#,
        "accountNumber": #""3483898238239""#, "brand": #""Apple""#, "sku": #""abc123""#,
        "description": #""iPad Mini""#, "cost": "100", "quantity": "1", "ipAddress": #""127.0.0.1""#,
        "password": #""correct horse battery""#, "lastFour": #""1111""#, "firstSix": #""411111""#,
        "expirationDate": #""2030-12""#, "cardType": #""visa""#, "amount": "10",
    ]

    /// A body with what must be there.
    static func body(of endpoint: Endpoint) -> Draft? {
        guard !endpoint.body.isEmpty else { return nil }
        var body = object(endpoint.body)
        if let one = endpoint.exactlyOneOf.first, let field = endpoint.body.first(where: { $0.name == one }) {
            body[one] = value(of: field)
        }
        return body
    }

    private static func object(_ fields: [Field]) -> Draft {
        var object = Draft.object([])
        for field in fields where field.isRequired { object[field.name] = value(of: field) }
        return object
    }

    /// The field at a path of a body, as validation writes it.
    static func field(at path: [Draft.Part], of fields: [Field]) -> Field? {
        var reached: Field?
        var here = fields
        for case .name(let name) in path {
            guard let next = here.first(where: { $0.name == name || $0.formerName == name }) else { return nil }
            reached = next
            here = next.schema.fields
        }
        return reached
    }

    static func value(of field: Field) -> Draft {
        guard let text = byName[field.name], let json = try? JSON(Array(text.utf8)),
            field.schema.accepts(json)
        else { return value(of: field.schema) }
        return Draft(json)
    }

    private static func value(of schema: Schema) -> Draft {
        switch schema {
        case .string(let length, _): .text(String(repeating: "1", count: length ?? 1))
        case .text, .any, .database: .text("text")
        case .digits(let counts): .text(String("021000021".prefix(counts.lowerBound)))
        case .email: .text("john.doe@example.com")
        case .ipAddress: .text("127.0.0.1")
        case .phone: .text("6514447773")
        case .oneOf(let values), .documented(let values): .text(values.first ?? "")
        case .number(let range): .scalar(Array((range.map { "\($0.lowerBound)" } ?? "1").utf8))
        case .cents: .number(1)
        case .integer(let range): .number(max(range.lowerBound, min(1, range.upperBound)))
        case .boolean(let only): .flag(only ?? true)
        case .date(let hasTime, _): .text(hasTime ? "2026-03-02T09:00:00.000Z" : "2026-03-02")
        case .moment: .text("2026-03-02T09:00:00.000Z")
        case .duration: .text("PT1H")
        case .object(let fields), .named(_, let fields): object(fields)
        case .array(let element, let counts):
            .array(Array(repeating: value(of: element), count: max(1, counts.lowerBound)))
        case .dictionary: .object([])
        case .expected(_, .notNegative): .number(100)
        case .expected(let inner, let expectation): expectation.example.map { .text($0) } ?? value(of: inner)
        case .alternatives(let schemas): schemas.first.map { value(of: $0) } ?? .text("text")
        }
    }
}
