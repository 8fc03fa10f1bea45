import Contract
import JSON
import Medusa
import Sandbox
import Testing

@Suite struct `A rule` {
    private static let fields = [
        "email", "lastName", "items.sku", "amount", "employmentInformation.monthlyIncome", "primary",
    ]

    private func rule(_ when: String) throws -> Rule {
        let document = try JSON(Array(#"{"when":\#(when),"outcome":"deny"}"#.utf8))
        return try Rule(reading: .object(document), requestFields: Self.fields, at: Timestamp(milliseconds: 0))
    }

    struct Case: Sendable {
        let when: String
        let body: String
        let fits: Bool
    }

    @Test(arguments: [
        Case(when: #"{"lastName":"Doe"}"#, body: #"{"lastName":"Doe"}"#, fits: true),
        Case(when: #"{"lastName":"doe"}"#, body: #"{"lastName":"DOE"}"#, fits: true),
        Case(when: #"{"lastName":"Doe"}"#, body: #"{"lastName":"Doer"}"#, fits: false),
        Case(when: #"{"lastName":"D*e"}"#, body: #"{"lastName":"Doe"}"#, fits: true),
        Case(when: #"{"lastName":"*"}"#, body: #"{"lastName":""}"#, fits: true),
        Case(when: #"{"email":"*@vip.example.com"}"#, body: #"{"email":"a@vip.example.com"}"#, fits: true),
        Case(when: #"{"email":"*@vip.example.com"}"#, body: #"{"email":"a@vip.example.com.x"}"#, fits: false),
        Case(when: #"{"email":"a*b*c"}"#, body: #"{"email":"axxbxxbc"}"#, fits: true),
        Case(when: #"{"email":"ab*ba"}"#, body: #"{"email":"aba"}"#, fits: false),
        Case(when: #"{"lastName":["Roe","Doe"]}"#, body: #"{"lastName":"Doe"}"#, fits: true),
        Case(when: #"{"amount":13}"#, body: #"{"amount":13.00}"#, fits: true),
        Case(when: #"{"amount":"13"}"#, body: #"{"amount":13}"#, fits: true),
        Case(when: #"{"amount":{"above":10,"below":20}}"#, body: #"{"amount":15}"#, fits: true),
        Case(when: #"{"amount":{"above":15}}"#, body: #"{"amount":15}"#, fits: false),
        Case(when: #"{"amount":{"below":20}}"#, body: #"{"amount":"many"}"#, fits: false),
        Case(when: #"{"primary":true}"#, body: #"{"primary":true}"#, fits: true),
        Case(
            when: #"{"employmentInformation.monthlyIncome":{"below":1000}}"#,
            body: #"{"employmentInformation":{"monthlyIncome":999}}"#, fits: true),
        Case(when: #"{"items.sku":"b"}"#, body: #"{"items":[{"sku":"a"},{"sku":"b"}]}"#, fits: true),
        Case(when: #"{"lastName":"Doe","amount":1}"#, body: #"{"lastName":"Doe","amount":2}"#, fits: false),
        Case(when: #"{"lastName":"Doe"}"#, body: "{}", fits: false),
    ])
    func `fits or does not`(example: Case) throws {
        #expect(try rule(example.when).fits(try JSON(Array(example.body.utf8)), customer: nil) == example.fits)
    }

    @Test func `asks the customer where the request says nothing`() throws {
        let customer = User(
            id: 1, firstName: "Jane", lastName: "Doe", email: "jane@example.com",
            createdAt: Timestamp(milliseconds: 0))
        #expect(try rule(#"{"lastName":"Doe"}"#).fits(nil, customer: customer))
        #expect(
            try !rule(#"{"lastName":"Doe"}"#).fits(try JSON(Array(#"{"lastName":"Roe"}"#.utf8)), customer: customer))
    }
}
